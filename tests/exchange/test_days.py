"""The day of a workshop: who ticks off whom, and when one may say that one is there."""

from __future__ import annotations

import datetime
import re

import pytest
from django.db import ProgrammingError, transaction
from django.utils import timezone

from exchange.door_codes import door_code, fits
from exchange.models import Attendance, DoorCode, Registration
from exchange.policies.days import KEPT, days_of, is_held
from exchange.services.days import check_in, forget_attendance, mark_attendance, renew_door_code
from tenancy.viewer import viewer_for
from tests.factories.workshops import RegistrationFactory, WorkshopFactory
from toolkit.access import Conflict, Denied
from toolkit.acting import acting_as
from toolkit.models import AuditEntry
from toolkit.past_sight import answer_of

pytestmark = pytest.mark.django_db
BERLIN = timezone.get_default_timezone()
TEN = datetime.datetime(2026, 6, 15, 10, tzinfo=BERLIN)
DAY = datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)
LINK = "https://video.example/raum"


def held_at(start=TEN, hours=2.0, **more):
    return WorkshopFactory(starts_at=start, ends_at=start + datetime.timedelta(hours=hours), **more)


@pytest.fixture
def workshop(konstanz, heilbronn):
    return held_at(hosts=[konstanz, heilbronn])


@pytest.fixture
def place(workshop, pilot, konstanz):
    return RegistrationFactory(workshop=workshop, person=pilot, network=konstanz)


# --- which days ------------------------------------------------------------------------------------------------------


def test_one_day_is_one_day_and_an_evening_past_midnight_too():
    assert [day.date for day in days_of(held_at())] == [TEN.date()]
    assert [day.date for day in days_of(held_at(TEN + 11 * HOUR, 5))] == [TEN.date()]


def test_three_days_each_have_their_hours():
    days = days_of(held_at(TEN, 48 + 6))
    assert [(day.number, day.date.day, day.begins.hour, day.ends.hour) for day in days] == [
        (1, 15, 10, 16), (2, 16, 10, 16), (3, 17, 10, 16),
    ]  # fmt: skip
    odd = days_of(held_at(TEN, 47))
    assert [(day.begins.hour, day.ends.hour) for day in odd] == [(10, 23), (10, 23), (8, 9)]
    assert all(day.begins < day.ends for day in odd)


def test_what_is_over_and_was_not_called_off_is_held():
    over = TEN + 3 * HOUR
    assert is_held(held_at(), over)
    assert not is_held(held_at(), TEN)
    assert not is_held(held_at(state="cancelled", cancel_reason="Sturm"), over)
    assert not is_held(held_at(state="draft"), over)


# --- by list ---------------------------------------------------------------------------------------------------------


def test_any_host_ticks_off_who_came_and_takes_it_back(workshop, place, neighbour_coordinator):
    host = viewer_for(neighbour_coordinator)
    assert mark_attendance(host, workshop.pk, place.pk, TEN.date(), present=True, at=TEN)
    assert not mark_attendance(host, workshop.pk, place.pk, TEN.date(), present=True, at=TEN)
    row = Attendance.objects.get()
    assert (row.person_id, row.by, row.marked_by_id) == (place.person_id, "list", neighbour_coordinator.pk)
    assert mark_attendance(host, workshop.pk, place.pk, TEN.date(), present=False, at=TEN + DAY)
    assert not Attendance.objects.exists()
    said = AuditEntry.objects.filter(subject="workshop").order_by("id").values_list("verb", flat=True)
    assert list(said) == ["workshop.attendance_begun", "workshop.attendance_taken_back"]


@pytest.mark.parametrize("who", ["pilot", "outsider", "office_head"])
def test_nobody_else_ticks_anybody_off(workshop, place, who, request):
    with pytest.raises(Denied):
        mark_attendance(
            viewer_for(request.getfixturevalue(who)), workshop.pk, place.pk, TEN.date(), present=True, at=TEN
        )


def test_the_list_opens_an_hour_before_and_is_closed_once_it_is_deleted(workshop, place, coordinator):
    host = viewer_for(coordinator)
    for moment in (TEN - 61 * datetime.timedelta(minutes=1), workshop.ends_at + KEPT):
        with pytest.raises(Denied):
            mark_attendance(host, workshop.pk, place.pk, TEN.date(), present=True, at=moment)
    with pytest.raises(Conflict):
        mark_attendance(host, workshop.pk, place.pk, TEN.date() + DAY, present=True, at=TEN)
    assert mark_attendance(host, workshop.pk, place.pk, TEN.date(), present=True, at=TEN - HOUR)


def test_who_has_no_seat_is_not_on_the_list(workshop, coordinator, neighbour, heilbronn):
    waiting = RegistrationFactory(workshop=workshop, person=neighbour, network=heilbronn, state="queued")
    elsewhere = RegistrationFactory(person=neighbour, network=heilbronn)
    for place in (waiting, elsewhere):
        with pytest.raises(Registration.DoesNotExist):
            mark_attendance(viewer_for(coordinator), workshop.pk, place.pk, TEN.date(), present=True, at=TEN)


def test_the_page_ticks_off_finds_and_counts(place, workshop, coordinator, as_person):
    workshop.starts_at = timezone.now() - HOUR
    workshop.ends_at = timezone.now() + HOUR
    workshop.save()
    RegistrationFactory(workshop=workshop, person__given_name="Tim", person__family_name="Beispiel")
    host, address = as_person(coordinator), f"/veranstaltungen/{workshop.pk}/anwesenheit/"
    page = host.get(address).content.decode()
    assert "0 von 2 da" in page
    day = re.findall(r'name="tag" value="([\d-]+)"', page)[0]
    answer = host.post(address, {"there": place.pk, "tag": day, "q": "musterlotsin"}, follow=True)
    assert answer.redirect_chain[0][0].endswith(f"q=musterlotsin#platz-{place.pk}")
    found = answer.content.decode()
    assert "1 von 2 da" in found
    assert "Mara Musterlotsin" in found
    assert "Tim Beispiel" not in found
    for wrong in (
        {"there": "x", "tag": day},
        {"there": place.pk, "tag": "gestern"},
        {"gone": "9" * 30, "tag": day},
        {},
    ):
        assert host.post(address, wrong).status_code == 404


# --- by code ---------------------------------------------------------------------------------------------------------


def test_who_has_a_seat_checks_in_with_the_code_within_the_time(workshop, place, pilot):
    me, code = viewer_for(pilot), door_code(workshop.pk, 0)
    for moment in (TEN - 61 * datetime.timedelta(minutes=1), TEN + 2 * HOUR):
        with pytest.raises(Denied):
            check_in(me, workshop.pk, code=code, at=moment)
    row = check_in(me, workshop.pk, code=code, at=TEN - HOUR)
    assert (row.by, row.day, row.marked_by_id) == ("code", TEN.date(), pilot.pk)
    with pytest.raises(Denied, match="schon eingecheckt"):
        check_in(me, workshop.pk, code=code, at=TEN)


def test_on_each_of_several_days_once(konstanz, pilot):
    workshop = held_at(TEN, 54, hosts=[konstanz])
    RegistrationFactory(workshop=workshop, person=pilot, network=konstanz)
    for day in range(3):
        check_in(viewer_for(pilot), workshop.pk, code=door_code(workshop.pk, 0), at=TEN + day * DAY)
    with pytest.raises(Denied):  # between two days the door is closed
        check_in(viewer_for(pilot), workshop.pk, code=door_code(workshop.pk, 0), at=TEN + DAY + 9 * HOUR)
    assert Attendance.objects.count() == 3


def test_a_code_is_of_one_workshop_and_worthless_once_it_is_made_anew(workshop, place, pilot, coordinator):
    old = door_code(workshop.pk, 0)
    for wrong in (door_code(workshop.pk + 1, 0), "0" * 25, old[:-1], "ä" * 25):
        with pytest.raises(Denied, match="gilt nicht mehr"):
            check_in(viewer_for(pilot), workshop.pk, code=wrong, at=TEN)
    assert renew_door_code(viewer_for(coordinator), workshop.pk, at=TEN) == 1
    with pytest.raises(Denied, match="gilt nicht mehr"):
        check_in(viewer_for(pilot), workshop.pk, code=old, at=TEN)
    assert fits(door_code(workshop.pk, 1), workshop.pk, 1)
    check_in(viewer_for(pilot), workshop.pk, code=door_code(workshop.pk, 1), at=TEN)


@pytest.mark.parametrize("who", ["pilot", "outsider"])
def test_nobody_else_makes_the_code_anew(workshop, who, request):
    with pytest.raises(Denied):
        renew_door_code(viewer_for(request.getfixturevalue(who)), workshop.pk, at=TEN)
    assert not DoorCode.objects.exists()


@pytest.mark.parametrize("state", ["queued", "withdrawn", None])
def test_without_a_seat_the_code_opens_nothing(workshop, neighbour, heilbronn, state):
    if state:
        RegistrationFactory(workshop=workshop, person=neighbour, network=heilbronn, state=state)
    with pytest.raises(Denied, match="einen Platz"):
        check_in(viewer_for(neighbour), workshop.pk, code=door_code(workshop.pk, 0), at=TEN)


def test_the_code_at_the_door_leads_through_sign_in_to_one_click(konstanz, pilot, coordinator, as_person, client):
    workshop = WorkshopFactory(hosts=[konstanz], starts_at=timezone.now() - HOUR)
    RegistrationFactory(workshop=workshop, person=pilot, network=konstanz)
    door = as_person(coordinator).get(f"/veranstaltungen/{workshop.pk}/tuer/")
    assert door["Cache-Control"] == "private, no-store"
    page = door.content.decode()
    assert 'class="door__svg"' in page
    assert "style=" not in page.split('class="door__qr"')[1].split("</div>")[0]
    address = re.findall(rf"http://testserver(/veranstaltungen/{workshop.pk}/einchecken/\w+/)", page)[0]
    assert address in client.get(address)["Location"]
    phone = as_person(pilot)
    assert "Ich bin da" in phone.get(address).content.decode()
    done = phone.post(address, follow=True)
    assert "Sie sind eingecheckt" in done.content.decode()
    assert "Sie sind eingecheckt. Viel Freude!" in phone.get(address).content.decode()
    assert phone.post(address).status_code == 403


# --- alone -----------------------------------------------------------------------------------------------------------


def test_online_one_checks_in_on_the_page_and_on_site_one_does_not(konstanz, pilot, neighbour, heilbronn, as_person):
    workshop = WorkshopFactory(hosts=[konstanz], starts_at=timezone.now() - HOUR, mode="hybrid", online_url=LINK)
    RegistrationFactory(workshop=workshop, person=pilot, network=konstanz, mode="online")
    RegistrationFactory(workshop=workshop, person=neighbour, network=heilbronn, mode="on_site")
    address = f"/veranstaltungen/{workshop.pk}/"
    assert "Ich bin da" in as_person(pilot).get(address).content.decode()
    assert "Ich bin da" not in as_person(neighbour).get(address).content.decode()
    assert as_person(neighbour).post(f"{address}einchecken/").status_code == 403
    assert as_person(pilot).post(f"{address}einchecken/").status_code == 302
    assert Attendance.objects.get().by == "self"


def test_the_link_to_take_part_is_for_who_has_a_seat_alone(konstanz, pilot, neighbour, heilbronn, outsider, as_person):
    workshop = WorkshopFactory(hosts=[konstanz], starts_at=timezone.now() - HOUR, mode="online", online_url=LINK)
    RegistrationFactory(workshop=workshop, person=pilot, network=konstanz)
    RegistrationFactory(workshop=workshop, person=neighbour, network=heilbronn, state="queued")
    seen = {
        person.pk: LINK in as_person(person).get(f"/veranstaltungen/{workshop.pk}/").content.decode()
        for person in (pilot, neighbour, outsider)
    }
    assert seen == {pilot.pk: True, neighbour.pk: False, outsider.pk: False}


# --- the wall --------------------------------------------------------------------------------------------------------


def of_place(place, **more):
    kept = {"workshop_id": place.workshop_id, "registration": place, "person_id": place.person_id, "day": TEN.date()}
    return Attendance(**kept | more)


def saved(viewer, row):
    try:
        with acting_as(viewer), transaction.atomic():
            row.save()
    except ProgrammingError:
        return False
    return True


def test_the_database_lets_only_hosts_tick_off_and_only_oneself_check_in(
    workshop, place, pilot, coordinator, neighbour
):
    other = RegistrationFactory(workshop=workshop, person=neighbour)
    me, host = viewer_for(pilot), viewer_for(coordinator)
    assert not saved(me, of_place(place, by="list", marked_by=pilot))
    assert not saved(me, of_place(other, by="code", marked_by=pilot))
    assert not saved(me, of_place(place, by="code", marked_by=coordinator))
    assert not saved(me, of_place(place, by="code", marked_by=pilot, workshop_id=WorkshopFactory().pk))
    assert not saved(host, of_place(place, by="list", marked_by=coordinator, person_id=coordinator.pk))
    assert not saved(host, of_place(other, by="code", marked_by=coordinator))
    assert saved(me, of_place(place, by="code", marked_by=pilot))
    assert saved(host, of_place(other, by="list", marked_by=coordinator))
    for viewer, rows in ((me, 1), (host, 2), (viewer_for(neighbour), 1)):
        with acting_as(viewer):
            assert Attendance.objects.count() == rows
    with acting_as(me), transaction.atomic():
        assert Attendance.objects.all().delete()[0] == 0
    with acting_as(host), transaction.atomic():
        assert Attendance.objects.filter(person=neighbour).delete()[0] == 1


@pytest.mark.parametrize("who", ["pilot", "outsider"])
def test_how_often_the_code_was_made_anew_is_told_where_the_workshop_is_seen(konstanz, who, request):
    workshop = held_at(hosts=[konstanz], rung="network")
    DoorCode.objects.create(workshop=workshop, generation=4)
    with acting_as(viewer_for(request.getfixturevalue(who))):
        assert answer_of("exchange_door_generation", workshop.pk) == {"pilot": 4, "outsider": None}[who]
        assert not DoorCode.objects.exists()


def test_attendance_is_deleted_a_year_after_the_end_and_not_a_day_sooner(place, pilot):
    of_place(place, by="code", marked_by=pilot).save()
    workshop = place.workshop
    for age, left in ((364 * DAY, 1), (366 * DAY, 0)):
        workshop.ends_at = timezone.now() - age
        workshop.starts_at = workshop.registration_ends_at = workshop.ends_at - HOUR
        workshop.save()
        forget_attendance(timestamp=0)  # type: ignore[arg-type]  # a task hides the arguments of its function
        with acting_as(viewer_for(pilot)):
            answer_of("exchange_forget_attendance", timezone.now() + 900 * DAY)
        assert Attendance.objects.count() == left
