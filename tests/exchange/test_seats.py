"""Seats: never more than there are, never a free one while somebody waits, and the queue keeps its order."""

from __future__ import annotations

import datetime
import threading

import pytest
from django.db import connection, connections, transaction
from django.db.utils import IntegrityError
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange.models import Registration, Workshop
from exchange.services.hosting import answer_hosting, invite_host
from exchange.services.seats import take_seat, withdraw
from exchange.services.workshops import cancel_workshop, open_workshop, save_workshop
from notices.models import Notice
from tenancy.services.memberships import end_membership
from tenancy.viewer import viewer_for
from tests.factories.tenancy import MembershipFactory
from tests.factories.workshops import RegistrationFactory, WorkshopFactory
from toolkit.access import Conflict, Denied

pytestmark = pytest.mark.django_db


def states(workshop):
    """Person to state, of the living places."""
    rows = Registration.objects.filter(workshop=workshop).exclude(state="withdrawn")
    return dict(rows.values_list("person_id", "state"))


steps = st.lists(
    st.one_of(
        st.tuples(st.just("take"), st.integers(0, 5)),
        st.tuples(st.just("withdraw"), st.integers(0, 5)),
        st.tuples(st.just("seats"), st.integers(1, 6)),
    ),
    max_size=25,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seats=st.integers(1, 4), steps=steps)
def test_whatever_happens_seats_and_queue_are_what_a_plain_list_says(db, konstanz, coordinator, seats, steps):
    """The plain rule: those who came first and did not leave; the first ``seats`` of them sit, the others wait."""
    # A savepoint and no block: within a block of one's own, one viewer acts.
    before = transaction.savepoint()
    try:
        people = [MembershipFactory(network=konstanz).person for _ in range(6)]
        host = viewer_for(coordinator)
        workshop = WorkshopFactory(hosts=[konstanz], seats=seats)
        line: list[int] = []
        for number, (what, value) in enumerate(steps):
            at = timezone.now() + datetime.timedelta(seconds=number)
            seated = set(line[:seats])
            if what == "seats":
                workshop.refresh_from_db()
                if value < len(seated):
                    with pytest.raises(Conflict):
                        save_workshop(host, workshop.pk, version=workshop.version, words={"seats": value})
                else:
                    save_workshop(host, workshop.pk, version=workshop.version, words={"seats": value})
                    seats = value
                continue
            person = people[value]
            verb = take_seat if what == "take" else withdraw
            if (person.pk in line) == (what == "take"):
                with pytest.raises(Denied):
                    verb(viewer_for(person), workshop.pk, at=at)
            else:
                verb(viewer_for(person), workshop.pk, at=at)
                if what == "take":
                    line.append(person.pk)
                else:
                    line.remove(person.pk)
            assert states(workshop) == {p: "seat" if i < seats else "queued" for i, p in enumerate(line)}
            workshop.refresh_from_db()
            assert workshop.seats_taken == min(len(line), seats)
    finally:
        transaction.savepoint_rollback(before)


@pytest.mark.django_db(transaction=True)
def test_of_a_hundred_at_once_exactly_one_gets_the_last_seat(konstanz):
    """Ten connections, each asking ten times for another person, all at the same moment."""
    workshop = WorkshopFactory(hosts=[konstanz], seats=1)
    viewers = [viewer_for(MembershipFactory(network=konstanz).person) for _ in range(100)]
    gate = threading.Barrier(10)
    failed: list[BaseException] = []

    def run(part):
        try:
            gate.wait(timeout=30)
            for viewer in part:
                take_seat(viewer, workshop.pk)
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(viewers[i::10],)) for i in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert failed == []
    assert sorted(states(workshop).values()) == ["queued"] * 99 + ["seat"]
    workshop.refresh_from_db()
    assert workshop.seats_taken == 1


@pytest.mark.django_db(transaction=True)
def test_leaving_and_coming_at_once_leaves_no_seat_free_and_none_doubled(konstanz):
    """Six who leave, six who come, one seat after another moves up; each on a connection of its own."""
    workshop = WorkshopFactory(hosts=[konstanz], seats=6)
    sitting = [viewer_for(MembershipFactory(network=konstanz).person) for _ in range(6)]
    waiting = [viewer_for(MembershipFactory(network=konstanz).person) for _ in range(3)]
    coming = [viewer_for(MembershipFactory(network=konstanz).person) for _ in range(6)]
    for viewer in (*sitting, *waiting):
        take_seat(viewer, workshop.pk)
    failed: list[BaseException] = []

    def run(verb, viewer):
        try:
            verb(viewer, workshop.pk)
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(withdraw, viewer)) for viewer in sitting[:4]]
    threads += [threading.Thread(target=run, args=(take_seat, viewer)) for viewer in coming]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failed == []
    assert sorted(states(workshop).values()) == ["queued"] * 5 + ["seat"] * 6


@pytest.mark.django_db(transaction=True)
def test_the_same_person_twice_at_once_gets_one_place(konstanz, pilot):
    workshop = WorkshopFactory(hosts=[konstanz], seats=5)
    viewer = viewer_for(pilot)
    answers: list[str] = []

    def run():
        try:
            take_seat(viewer, workshop.pk)
            answers.append("seat")
        except Denied:
            answers.append("denied")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(answers) == ["denied", "denied", "denied", "seat"]


def test_the_database_itself_refuses_one_seat_too_many(konstanz):
    workshop = WorkshopFactory(hosts=[konstanz], seats=1)
    RegistrationFactory(workshop=workshop)
    with pytest.raises(IntegrityError, match="never_more_seats_than_there_are"), transaction.atomic():
        RegistrationFactory(workshop=workshop)


def test_fewer_seats_than_taken_are_refused_at_the_field(as_person, coordinator, konstanz):
    workshop = WorkshopFactory(hosts=[konstanz], seats=2)
    RegistrationFactory.create_batch(2, workshop=workshop, network=konstanz)
    client = as_person(coordinator)
    data = client.get(f"/veranstaltungen/{workshop.pk}/bearbeiten/").context["form"].initial
    day = timezone.localtime(workshop.starts_at)
    posted = {
        **{k: v for k, v in data.items() if v is not None},
        "seats": 1, "title": "Bleibt stehen", "agenda": "",
        "day": day.date().isoformat(), "begins": day.strftime("%H:%M"),
        "ends": timezone.localtime(workshop.ends_at).strftime("%H:%M"),
    }  # fmt: skip
    for name in ("last_day", "until_day", "until_clock"):
        posted.pop(name, None)
    posted["last_day"] = timezone.localtime(workshop.ends_at).date().isoformat()
    answer = client.post(f"/veranstaltungen/{workshop.pk}/bearbeiten/", posted)
    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        "seats": ["Es sind schon 2 Plätze vergeben. Weniger können es nicht werden."]
    }
    assert "Bleibt stehen" in answer.content.decode()


def test_who_moves_up_is_told_once_and_by_name_of_the_workshop(konstanz, pilot, office_head):
    workshop = WorkshopFactory(hosts=[konstanz], seats=1, title="Runder Tisch")
    take_seat(viewer_for(pilot), workshop.pk)
    take_seat(viewer_for(office_head), workshop.pk)
    withdraw(viewer_for(pilot), workshop.pk)
    assert [n.text for n in Notice.objects.filter(person=office_head)] == [
        "Sie haben jetzt einen Platz bei „Runder Tisch“."
    ]
    assert not Notice.objects.filter(person=pilot).exists()


def test_what_somebody_needed_is_forgotten_when_they_withdraw(konstanz, pilot):
    workshop = WorkshopFactory(hosts=[konstanz])
    take_seat(viewer_for(pilot), workshop.pk, needs="Rollstuhlplatz")
    assert withdraw(viewer_for(pilot), workshop.pk).needs == ""
    assert Registration.objects.get().needs == ""


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"state": "cancelled", "cancel_reason": "Krank."}, "abgesagt"),
        ({"state": "draft"}, "nicht offen"),
        ({"registration_ends_at": timezone.now() - datetime.timedelta(hours=1)}, "Anmeldefrist"),
        (
            {
                "starts_at": timezone.now() - datetime.timedelta(hours=1),
                "registration_ends_at": timezone.now() - datetime.timedelta(hours=2),
            },
            "schon begonnen",
        ),
    ],
)
def test_there_are_moments_when_nobody_gets_a_seat(konstanz, coordinator, change, sentence):
    workshop = WorkshopFactory(hosts=[konstanz], **change)
    with pytest.raises(Denied, match=sentence):
        take_seat(viewer_for(coordinator), workshop.pk)


def test_after_the_beginning_nobody_withdraws_and_nobody_moves_up(konstanz, pilot):
    workshop = WorkshopFactory(hosts=[konstanz])
    take_seat(viewer_for(pilot), workshop.pk)
    with pytest.raises(Denied, match="schon begonnen"):
        withdraw(viewer_for(pilot), workshop.pk, at=workshop.starts_at)
    with pytest.raises(Denied, match="nicht angemeldet"):
        withdraw(viewer_for(MembershipFactory(network=konstanz).person), workshop.pk)


def test_who_is_in_no_network_gets_no_seat(operator, moderator, konstanz):
    workshop = WorkshopFactory(hosts=[konstanz], rung="public")
    for person in (operator, moderator):
        with pytest.raises(Denied, match="zu einem Netzwerk gehören"):
            take_seat(viewer_for(person), workshop.pk)


def test_what_one_cannot_see_one_cannot_enter(outsider, konstanz):
    workshop = WorkshopFactory(hosts=[konstanz], rung="network")
    for verb in (take_seat, withdraw):
        with pytest.raises(Workshop.DoesNotExist):
            verb(viewer_for(outsider), workshop.pk)


def test_nobody_signs_up_for_a_network_of_others(pilot, konstanz, heilbronn):
    workshop = WorkshopFactory(hosts=[konstanz])
    with pytest.raises(Conflict):
        take_seat(viewer_for(pilot), workshop.pk, network_id=heilbronn.pk)


def test_who_leaves_the_network_gives_the_seat_back(pilot, office_head, coordinator, konstanz):
    workshop = WorkshopFactory(hosts=[konstanz], seats=1)
    take_seat(viewer_for(pilot), workshop.pk)
    take_seat(viewer_for(office_head), workshop.pk)
    end_membership(viewer_for(coordinator), pilot.memberships.get().pk)
    assert states(workshop) == {office_head.pk: "seat"}


def test_a_move_tells_everybody_who_comes_and_a_new_word_does_not(pilot, coordinator, konstanz):
    workshop = WorkshopFactory(hosts=[konstanz])
    host = viewer_for(coordinator)
    take_seat(viewer_for(pilot), workshop.pk)
    save_workshop(host, workshop.pk, version=1, words={"summary": "Neu gesagt"})
    assert not Notice.objects.filter(person=pilot).exists()
    later = workshop.ends_at + datetime.timedelta(hours=1)
    save_workshop(host, workshop.pk, version=2, words={"ends_at": later})
    assert Notice.objects.get(person=pilot).kind == "workshop.moved"
    workshop.refresh_from_db()
    assert workshop.calendar_sequence == 1


def test_nobody_with_a_place_is_shut_out_by_a_narrower_rung(outsider, coordinator, konstanz):
    workshop = WorkshopFactory(hosts=[konstanz], rung="all")
    take_seat(viewer_for(outsider), workshop.pk)
    with pytest.raises(Conflict) as refused, transaction.atomic():
        save_workshop(viewer_for(coordinator), workshop.pk, version=1, words={"rung": "network"})
    assert refused.value.field == "rung"
    save_workshop(viewer_for(coordinator), workshop.pk, version=1, words={"rung": "public"})


def test_opening_waits_for_every_answer(coordinator, neighbour_coordinator, konstanz, heilbronn):
    workshop = WorkshopFactory(hosts=[konstanz], state="draft")
    host, asked = viewer_for(coordinator), viewer_for(neighbour_coordinator)
    invite_host(host, workshop.pk, heilbronn.pk)
    with pytest.raises(Denied, match="geantwortet"):
        open_workshop(host, workshop.pk)
    with pytest.raises(Denied):
        answer_hosting(host, workshop.pk, heilbronn.pk, accept=True)
    answer_hosting(asked, workshop.pk, heilbronn.pk, accept=False)
    open_workshop(host, workshop.pk)
    with pytest.raises(Denied):
        cancel_workshop(asked, workshop.pk, reason="Nein")


def test_taking_a_seat_costs_the_same_with_a_long_queue(pilot, konstanz, django_assert_num_queries):
    workshop = WorkshopFactory(hosts=[konstanz], seats=1)
    RegistrationFactory(workshop=workshop, network=konstanz)
    RegistrationFactory.create_batch(5, workshop=workshop, network=konstanz, state="queued")
    viewer = viewer_for(pilot)
    # Two savepoints around, lock, workshop, own place, network, place; then who is first, and both anew.
    with django_assert_num_queries(10):
        take_seat(viewer, workshop.pk)
    assert connection.in_atomic_block
