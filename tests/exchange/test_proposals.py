"""Open space: who comes proposes and votes, so many times and no more; hosts take into the programme."""

from __future__ import annotations

import datetime

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from exchange.models import OpenSpace, ProposalVote, Session, SessionProposal
from exchange.policies.proposals import visible_proposals
from exchange.services import proposals
from notices.models import Notice
from tenancy.viewer import ANONYMOUS, viewer_for
from tests.factories.workshops import RegistrationFactory, WorkshopFactory
from toolkit.access import Conflict, Denied
from toolkit.acting import acting_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def workshop(konstanz, heilbronn, pilot, outsider, giessen, office_head):
    """Open, with a seat for the pilot and the outsider; the head of the office waits."""
    made = WorkshopFactory(hosts=[konstanz, heilbronn])
    OpenSpace.objects.create(workshop=made, until=made.starts_at, votes_each=2)
    RegistrationFactory(workshop=made, person=pilot, network=konstanz)
    RegistrationFactory(workshop=made, person=outsider, network=giessen)
    RegistrationFactory(workshop=made, person=office_head, network=konstanz, state="queued")
    return made


def proposed(workshop, by, title="Über Akten"):
    return proposals.propose(viewer_for(by), workshop.pk, title=title)


def test_who_has_a_seat_proposes_and_nobody_else(workshop, pilot, outsider, office_head, coordinator, neighbour):
    assert proposed(workshop, pilot).state == "open"
    proposed(workshop, outsider)
    for person in (office_head, coordinator, neighbour):
        with pytest.raises(Denied):
            proposed(workshop, person)
    with pytest.raises(Denied, match="vorbei"):
        proposals.propose(viewer_for(pilot), workshop.pk, title="Spät", at=workshop.starts_at)


def test_what_is_proposed_is_read_by_those_who_come_and_the_hosts(
    workshop, pilot, outsider, office_head, coordinator, neighbour_coordinator, neighbour, moderator
):
    proposed(workshop, pilot)
    for person in (pilot, outsider, coordinator, neighbour_coordinator):
        viewer = viewer_for(person)
        with acting_as(viewer):
            assert visible_proposals(viewer).count() == SessionProposal.objects.count() == 1
    for viewer in (*map(viewer_for, (office_head, neighbour, moderator)), ANONYMOUS):
        with acting_as(viewer):
            assert visible_proposals(viewer).count() == SessionProposal.objects.count() == 0


def test_each_has_so_many_votes_and_one_for_each_proposal(workshop, pilot, outsider, coordinator, office_head):
    one, two, three = (proposed(workshop, outsider, title) for title in ("Eins", "Zwei", "Drei"))
    viewer = viewer_for(pilot)
    assert proposals.vote(viewer, one.pk) == 1
    assert proposals.vote(viewer, one.pk) == 1
    assert proposals.vote(viewer, two.pk) == 0
    with pytest.raises(Conflict, match="alle Stimmen"):
        proposals.vote(viewer, three.pk)
    proposals.unvote(viewer, one.pk)
    assert proposals.vote(viewer, three.pk) == 0
    counted = dict(SessionProposal.objects.values_list("title", "votes"))
    assert counted == {"Eins": 0, "Zwei": 1, "Drei": 1}
    for person in (coordinator, outsider):
        with acting_as(viewer_for(person)):
            assert not ProposalVote.objects.exists()
    with pytest.raises(Denied):
        proposals.vote(viewer_for(coordinator), three.pk)
    with pytest.raises(SessionProposal.DoesNotExist):
        proposals.vote(viewer_for(office_head), three.pk)


def test_the_database_lets_nobody_vote_twice_too_often_or_for_others(workshop, pilot, outsider, office_head):
    one = proposed(workshop, outsider)
    vote = {"workshop_id": workshop.pk, "proposal_id": one.pk, "person_id": pilot.pk}
    with acting_as(viewer_for(pilot)):
        ProposalVote.objects.create(**vote, slot=0)
        with pytest.raises(IntegrityError), transaction.atomic():
            ProposalVote.objects.create(**vote, slot=1)
        with pytest.raises(ProgrammingError), transaction.atomic():
            ProposalVote.objects.create(**vote, slot=2)
    for person in (outsider, office_head):
        with acting_as(viewer_for(person)), pytest.raises(ProgrammingError), transaction.atomic():
            ProposalVote.objects.create(**vote, slot=1)


def test_one_takes_back_ones_own_and_no_others(workshop, pilot, outsider, coordinator):
    mine = proposed(workshop, pilot)
    for person in (outsider, coordinator):
        with pytest.raises(Denied):
            proposals.withdraw_proposal(viewer_for(person), mine.pk)
    proposals.withdraw_proposal(viewer_for(pilot), mine.pk)
    with pytest.raises(Conflict):
        proposals.vote(viewer_for(pilot), mine.pk)


def test_a_host_takes_it_into_the_programme_and_the_proposer_speaks(
    workshop, as_person, pilot, outsider, neighbour_coordinator
):
    mine = proposed(workshop, pilot)
    for person in (pilot, outsider):
        with pytest.raises(Denied):
            proposals.take_proposal(viewer_for(person), mine.pk)
    url = f"/veranstaltungen/{workshop.pk}/vorschlaege/{mine.pk}/programm/"
    taken = as_person(neighbour_coordinator).post(url)
    session = Session.objects.get()
    assert taken["Location"] == f"/veranstaltungen/{workshop.pk}/programm/{session.pk}/"
    assert (session.title, session.speakers.get().person, session.starts_at) == (
        "Über Akten", pilot, workshop.starts_at,
    )  # fmt: skip
    assert Notice.objects.get(person=pilot).text.startswith("Ihr Vorschlag „Über Akten“ steht im Programm")
    assert as_person(neighbour_coordinator).post(url).status_code == 403


def test_the_page_shows_it_to_those_who_come(workshop, as_person, pilot, office_head, client):
    proposed(workshop, pilot)
    url = f"/veranstaltungen/{workshop.pk}/"
    page = as_person(pilot).get(url).content.decode()
    assert "Über Akten" in page
    assert "Sie haben noch 2 Stimmen." in page
    assert "Über Akten" not in as_person(office_head).get(url).content.decode()


def test_hosts_ask_for_proposals_and_stop(workshop, as_person, coordinator, pilot):
    url = f"/veranstaltungen/{workshop.pk}/vorschlaege/"
    late = timezone.localdate() + datetime.timedelta(days=90)
    wrong = as_person(coordinator).post(url, {"until_day": late.isoformat(), "votes_each": 3})
    assert wrong.status_code == 422
    assert "until_day" in wrong.context["form"].errors
    day = timezone.localtime(workshop.starts_at).date() - datetime.timedelta(days=1)
    good = {"until_day": day.isoformat(), "until_clock": "12:00", "votes_each": 5}
    assert as_person(coordinator).post(url, good).status_code == 302
    assert OpenSpace.objects.get().votes_each == 5
    assert as_person(coordinator).post(url, {"votes_each": 5}).status_code == 302
    assert not OpenSpace.objects.exists()
    assert as_person(pilot).get(f"{url}neu/").status_code == 403
