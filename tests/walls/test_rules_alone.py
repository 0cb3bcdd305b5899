"""Rules that another rule behind them hides from every other test: each is asked here without that other one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import ProgrammingError, connection
from django.utils import timezone

from tenancy.models import Partnership
from tenancy.policies.networks import may_end_partnership
from tenancy.services.invitations import invite_by_link
from tenancy.services.memberships import end_membership
from tenancy.viewer import ANONYMOUS, Viewer, viewer_for
from tests.access.aviary import Aviary
from tests.access.test_every_address import cast
from tests.database.undoing import undone
from tests.factories.tenancy import OfficeFactory, PartnershipFactory
from tests.factories.workshops import FormatFactory
from tests.walls import rights
from tests.walls.taking_down import without_the_second_wall
from toolkit.acting import acting_as, holding

__all__ = ["cast"]


@pytest.fixture
def birds(cast: SimpleNamespace) -> Aviary:
    return rights.world(cast)


def answers(viewer: Viewer, statement: str, *parameters: Any) -> list[Any]:
    """The first column of what a statement answers the viewer."""
    with acting_as(viewer), undone(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [row[0] for row in cursor.fetchall()]


def titled(birds: Aviary, canary: str) -> int:
    return int(next(e.pk for e in birds.of("Experience") if canary in e.title))


# --- functions of the owner -----------------------------------------------------------------------------------------


def test_nobody_is_let_out_of_a_conversation_by_nobody(birds: Aviary, cast: SimpleNamespace):
    group = next(c.pk for c in birds.of("Conversation") if c.kind == "group")
    with pytest.raises(ProgrammingError, match="Nobody acts"):
        answers(ANONYMOUS, "SELECT chat_let_out(%s, %s::bigint[])", group, [cast.pilot.pk])


@pytest.mark.parametrize("noun", ["format", "workshop"])
def test_what_a_coordinator_has_begun_is_begun_by_no_other(noun: str, birds: Aviary, cast: SimpleNamespace):
    statement = f"SELECT exchange_{noun}s_begun()"
    assert len(answers(viewer_for(cast.coordinator), statement)) == 1
    assert answers(viewer_for(cast.neighbour_coordinator), statement) == []
    assert answers(ANONYMOUS, statement) == []


def test_keys_that_one_only_says_to_hold_bring_no_topic(birds: Aviary, cast: SimpleNamespace):
    every_key = sorted({key for experience in _all_audiences() for key in experience})
    statement = "SELECT name FROM tenancy_topic WHERE id IN (SELECT topic FROM exchange_popular_topics(%s::int[], 500))"
    seen = " ".join(answers(viewer_for(cast.outsider), statement, every_key))
    assert "xqknalltopicxq" in seen
    assert "xqginetworktopicxq" in seen
    assert "xqknnetworktopicxq" not in seen
    assert answers(ANONYMOUS, statement, every_key) == []


def _all_audiences() -> list[list[int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT audience FROM exchange_experience")
        return [row[0] for row in cursor.fetchall()]


STEER = "SELECT exchange_steer_experience(%s, %s, %s, %s)"


def test_an_author_who_left_publishes_no_more_what_they_still_see(birds: Aviary, cast: SimpleNamespace):
    numbers = [titled(birds, canary) for canary in ("xqknrecalledtitlexq", "xqkndrafttitlexq")]
    for number in numbers:
        assert answers(viewer_for(cast.pilot), STEER, number, "published", "network", None)
    end_membership(viewer_for(cast.coordinator), cast.pilot.memberships.get(ended_on=None).pk)
    for number in numbers:
        assert answers(viewer_for(cast.pilot), "SELECT id FROM exchange_experience WHERE id = %s", number)
        with pytest.raises(ProgrammingError, match="second wall"):
            answers(viewer_for(cast.pilot), STEER, number, "published", "network", None)


def test_the_coordination_steers_nothing_that_it_does_not_see(birds: Aviary, cast: SimpleNamespace):
    number = titled(birds, "xqknofficetitlexq")
    office = cast.pilot.memberships.get(ended_on=None).office_id
    with pytest.raises(ProgrammingError, match="second wall"):
        answers(viewer_for(cast.coordinator), STEER, number, "published", "public", office)


def test_nobody_gives_an_experience_to_an_office_that_is_not_their_own(birds: Aviary, cast: SimpleNamespace):
    number = titled(birds, "xqknlandtitlexq")
    own = cast.pilot.memberships.get(ended_on=None).office_id
    other = OfficeFactory(network=cast.konstanz).pk
    assert answers(viewer_for(cast.pilot), STEER, number, "published", "office", own)
    with pytest.raises(ProgrammingError, match="second wall"):
        answers(viewer_for(cast.pilot), STEER, number, "published", "office", other)


def test_a_token_opens_its_own_invitation_and_none_opens_nothing(birds: Aviary, cast: SimpleNamespace):
    issued = invite_by_link(viewer_for(cast.coordinator), cast.konstanz.pk, role="pilot", office_id=None, uses=3)
    token = issued.invitation.token_hash
    until = timezone.now()
    confirm = "SELECT tenancy_issue_confirmation('neu@konstanz.example', 'abc', %s, %s)"
    for opened in ("SELECT tenancy_invited_network()", "SELECT tenancy_link_of_invitation()"):
        assert answers(ANONYMOUS, opened) in ([None], [])
    assert answers(ANONYMOUS, confirm, until, until) == [None]
    with holding(token):
        assert answers(ANONYMOUS, "SELECT tenancy_invited_network()") == [cast.konstanz.pk]
        assert answers(ANONYMOUS, confirm, until, until) == [until]
    with holding("0" * 63 + "z"):
        assert answers(ANONYMOUS, confirm, until, until) == [None]


def test_a_confirmation_leads_to_its_own_link(cast: SimpleNamespace):
    """Of two invitations that came by links, the token of the second must not lead to the link of the first."""
    viewer, until = viewer_for(cast.coordinator), timezone.now()
    for address in ("eins", "zwei"):
        link = invite_by_link(viewer, cast.konstanz.pk, role="pilot", office_id=None, uses=3).invitation
        with holding(link.token_hash), acting_as(ANONYMOUS), connection.cursor() as cursor:
            call = "SELECT tenancy_issue_confirmation(%s, %s, %s, %s)"
            cursor.execute(call, [f"{address}@konstanz.example", address, until, until])
        with holding(address):
            assert answers(ANONYMOUS, "SELECT tenancy_link_of_invitation()") == [link.pk]


# --- doors ----------------------------------------------------------------------------------------------------------


def test_only_the_two_networks_end_a_partnership_and_once(cast: SimpleNamespace):
    partnership = PartnershipFactory(asking=cast.konstanz, asked=cast.heilbronn, accepted_at=timezone.now())
    for who in (cast.coordinator, cast.neighbour_coordinator):
        assert may_end_partnership(viewer_for(who), partnership)
    for who in (cast.pilot, cast.neighbour, cast.outsider, cast.moderator, cast.operator):
        assert not may_end_partnership(viewer_for(who), partnership)
    Partnership.objects.filter(pk=partnership.pk).update(ended_at=timezone.now())
    partnership.refresh_from_db()
    assert not may_end_partnership(viewer_for(cast.coordinator), partnership)


def test_who_has_not_answered_is_named_to_the_cities_of_a_format_alone(cast: SimpleNamespace, as_person: Any):
    """While the second wall is down, which would keep the invitation to itself."""
    own = FormatFactory(cities=[cast.konstanz], invited=[cast.heilbronn], rung="all")
    with without_the_second_wall():
        pages = {
            who: as_person(getattr(cast, who)).get(f"/formate/{own.slug}/").content.decode()
            for who in ("coordinator", "neighbour_coordinator", "pilot", "outsider", "moderator")
        }
    assert {who for who, page in pages.items() if "hat noch nicht geantwortet" in page} == {
        "coordinator",
        "neighbour_coordinator",
    }
