"""A file that is taken away before it is sent: by its uploader alone, and never out of a message."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, transaction

from chat import wall
from chat.errors import BadBody
from chat.ids import new_client_id
from chat.models import Message, MessageFile
from chat.services.files import upload
from chat.services.messages import send_message
from tenancy.viewer import viewer_for
from tests.chat import files
from tests.chat.past import as_, refused
from toolkit.acting import acting_as_nobody

pytestmark = pytest.mark.django_db


@pytest.fixture
def unsent(pilot, direct) -> MessageFile:
    return upload(viewer_for(pilot), direct, files.uploaded("Plan.pdf", files.PDF))


@pytest.mark.parametrize("stranger", ["neighbour", "outsider", "moderator", "operator"], indirect=True)
def test_nobody_else_takes_it_away(stranger, unsent):
    with as_(stranger):
        assert wall.drop_file(unsent.key) is None
        assert MessageFile.objects.all()._raw_delete("default") == 0
    assert MessageFile.objects.exists()


def test_nobody_takes_it_away_while_nobody_acts(unsent):
    with acting_as_nobody():
        assert wall.drop_file(unsent.key) is None
    assert MessageFile.objects.exists()


def test_its_uploader_takes_it_away_by_the_function_alone_and_not_once_it_is_sent(pilot, direct, unsent):
    with as_(pilot):
        assert MessageFile.objects.all()._raw_delete("default") == 0
    send_message(viewer_for(pilot), direct, new_client_id(), "", files=[unsent.key])
    with as_(pilot):
        assert wall.drop_file(unsent.key) is None
    assert MessageFile.objects.get().seq == 1


def test_only_the_job_forgets_what_nobody_sends(pilot, unsent):
    from django.utils import timezone

    with as_(pilot), refused():
        wall.drop_unsent_files(timezone.now())
    with acting_as_nobody():
        assert wall.drop_unsent_files(unsent.created_at) == []
        assert wall.drop_unsent_files(timezone.now()) == [unsent.key]


@pytest.mark.django_db(transaction=True)
def test_what_is_being_dropped_in_another_tab_goes_with_no_message(pilot, direct, unsent):
    outcome: list[object] = []

    def send() -> None:
        try:
            outcome.append(send_message(viewer_for(pilot), direct, new_client_id(), "", files=[unsent.key]))
        except BadBody as error:
            outcome.append(error.code)
        finally:
            connection.close()

    other = threading.Thread(target=send)
    with as_(pilot), transaction.atomic():
        assert wall.drop_file(unsent.key) == direct
        other.start()
        time.sleep(0.3)  # long enough to get to where it must wait
        assert outcome == []
    other.join(timeout=10)
    assert outcome == ["no_such_file"]
    assert not Message.objects.exists()
