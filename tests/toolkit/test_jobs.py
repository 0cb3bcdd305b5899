"""Each job says for whom it acts, and a worker carries it out behind the wall as that person."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params

from config.embedded import ROLE
from tenancy.models import Network, Office
from tenancy.viewer import Viewer
from tests.factories.tenancy import MembershipFactory, NetworkFactory, OfficeFactory
from toolkit import jobs
from toolkit.acting import acting

seen: list[dict[str, Any]] = []


def look() -> dict[str, Any]:
    """What a job finds out about itself."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        role = cursor.fetchone()[0]
    return {
        "role": role,
        "person": acting().person_id,
        "networks": set(Network.objects.values_list("slug", flat=True)),
        "offices": set(Office.objects.values_list("name", flat=True)),
    }


@pytest.fixture
def look_for(db):
    """Two jobs that only tests have; taken away again, so that no other test counts them."""
    seen.clear()

    @jobs.job_for_viewer("tests.look_for_viewer")
    def for_viewer(viewer: Viewer, *, word: str) -> None:
        seen.append({"viewer": viewer.person_id, "word": word, **look()})

    @jobs.job_for_nobody("tests.look_for_nobody", because="To show that nobody sees nothing.")
    def for_nobody(*, word: str) -> None:
        seen.append({"word": word, **look()})

    yield {"viewer": for_viewer, "nobody": for_nobody}
    for name in ("tests.look_for_viewer", "tests.look_for_nobody"):
        del app.tasks[name]
        jobs.VIEWERS.discard(name)
        jobs.NOBODYS.pop(name, None)


def work() -> None:
    """A real worker, until nothing is left to do; it takes its jobs as the role that serves."""
    connector = PsycopgConnector(kwargs=connector_params() | {"options": f"-c role={ROLE}"})
    with app.replace_connector(connector) as worker:
        worker.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)


def test_every_job_says_for_whom_it_acts_or_why_for_nobody():
    app.perform_import_paths()
    silent = [
        name for name in app.tasks if name not in jobs.VIEWERS and not jobs.NOBODYS.get(name, "").strip().endswith(".")
    ]
    assert silent == []


def test_a_job_that_says_nothing_is_found():
    @app.task(name="tests.silent")
    def silent() -> None:
        """Acts for it does not know whom."""

    try:
        with pytest.raises(AssertionError, match=r"tests\.silent"):
            test_every_job_says_for_whom_it_acts_or_why_for_nobody()
    finally:
        del app.tasks["tests.silent"]


@pytest.mark.django_db(transaction=True)
def test_a_worker_sees_what_the_one_sees_for_whom_the_job_acts(look_for, coordinator, outsider):
    hidden = NetworkFactory(published_at=None, slug="geheim")
    OfficeFactory(network=hidden, name="Geheimes Amt")
    OfficeFactory(network=outsider.memberships.get().network, name="Offenes Amt")
    insider = MembershipFactory(network=hidden).person
    look_for["viewer"].defer(person_id=insider.pk, word="innen")
    look_for["viewer"].defer(person_id=outsider.pk, word="außen")
    look_for["nobody"].defer(word="niemand")
    work()
    by_word = {entry.pop("word"): entry for entry in seen}
    everybody = {"konstanz", "giessen"}
    assert {word: entry["role"] for word, entry in by_word.items()} == dict.fromkeys(by_word, ROLE)
    assert {word: entry["person"] for word, entry in by_word.items()} == {
        "innen": insider.pk,
        "außen": outsider.pk,
        "niemand": None,
    }
    assert by_word["innen"]["networks"] == everybody | {"geheim"}
    assert "Geheimes Amt" in by_word["innen"]["offices"]
    for word in ("außen", "niemand"):
        assert by_word[word]["networks"] == everybody
        assert by_word[word]["offices"] >= {"Offenes Amt"}
        assert "Geheimes Amt" not in by_word[word]["offices"]


@pytest.mark.django_db(transaction=True)
def test_a_job_for_somebody_who_was_suspended_meanwhile_sees_what_visitors_see(look_for):
    hidden = NetworkFactory(published_at=None, slug="geheim")
    person = MembershipFactory(network=hidden).person
    look_for["viewer"].defer(person_id=person.pk, word="gesperrt")
    person.is_active = False
    person.save()
    work()
    assert [(entry["viewer"], entry["person"], entry["networks"]) for entry in seen] == [(None, None, set())]
