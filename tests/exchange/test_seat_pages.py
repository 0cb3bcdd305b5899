"""Pages of seats: what they say, what they take, and who is turned away."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from exchange.models import Registration, SeatHandover, Workshop, WorkshopQuota
from exchange.services.seat_changes import seats_due
from exchange.services.seats import take_seat, withdraw
from notices.models import Notice
from tenancy.viewer import viewer_for
from tests.factories.tenancy import MembershipFactory
from tests.factories.workshops import QuotaFactory, RegistrationFactory, WorkshopFactory
from toolkit.access import Denied
from toolkit.models import AuditEntry

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)


def page(client, workshop, path=""):
    return " ".join(client.get(f"/veranstaltungen/{workshop.pk}/{path}").content.decode().split())


def state(person):
    return Registration.objects.filter(person=person).order_by("-pk").values_list("state", flat=True).first()


@pytest.fixture
def shared_out(konstanz, heilbronn):
    """Twelve for Konstanz, of which nine are taken; two for Heilbronn; six for all."""
    workshop = WorkshopFactory(hosts=[konstanz, heilbronn], seats=20, quota_release_at=timezone.now() + 24 * HOUR)
    QuotaFactory(workshop=workshop, network=konstanz, seats=12)
    QuotaFactory(workshop=workshop, network=heilbronn, seats=2)
    RegistrationFactory.create_batch(9, workshop=workshop, network=konstanz, pool="city")
    return workshop


def test_the_page_says_the_rule_in_plain_words(client, as_person, pilot, shared_out):
    Workshop.objects.update(rung="public")
    for browser in (client, as_person(pilot)):
        text = page(browser, shared_out)
        assert "9 von 12 Plätzen von Konstanz belegt" in text
        assert "0 von 2 Plätzen von Heilbronn belegt" in text
        assert "6 Plätze für alle offen" in text
        assert "Was eine Kommune bis" in text


def test_who_waits_reads_both_places_in_line_and_answers_the_offer(as_person, konstanz, pilot, neighbour, heilbronn):
    workshop = WorkshopFactory(hosts=[konstanz], seats=2, offer_hours=48)
    QuotaFactory(workshop=workshop, network=konstanz, seats=1)
    first = MembershipFactory(network=konstanz).person
    for person in (first, neighbour):
        take_seat(viewer_for(person), workshop.pk)
    client = as_person(pilot)
    client.post(f"/veranstaltungen/{workshop.pk}/anmelden/", {"network": konstanz.pk})
    text = page(client, workshop)
    assert "Sie stehen an Stelle 1." in text
    assert "Auf der Warteliste für die Plätze von Konstanz an Stelle 1." in text
    assert client.post(f"/veranstaltungen/{workshop.pk}/angebot/", {"answer": "yes"}).status_code == 403
    withdraw(viewer_for(first), workshop.pk)
    assert "Wir halten ihn bis" in page(client, workshop)
    assert Notice.objects.filter(person=pilot, kind="invitation.seat").count() == 1
    assert client.post(f"/veranstaltungen/{workshop.pk}/angebot/", {"answer": "yes"}).status_code == 302
    assert state(pilot) == "seat"


def test_an_offer_that_runs_out_goes_on_by_itself(as_person, konstanz, pilot, office_head):
    workshop = WorkshopFactory(hosts=[konstanz], seats=1, offer_hours=48)
    first = MembershipFactory(network=konstanz).person
    for person in (first, pilot, office_head):
        take_seat(viewer_for(person), workshop.pk)
    withdraw(viewer_for(first), workshop.pk)
    Registration.objects.filter(state="offered").update(offered_until=timezone.now() - HOUR)
    assert as_person(pilot).post(f"/veranstaltungen/{workshop.pk}/angebot/", {"answer": "yes"}).status_code == 403
    seats_due()
    assert (state(pilot), state(office_head)) == ("lapsed", "offered")
    assert Notice.objects.filter(person=pilot, kind="workshop.lapsed").exists()
    assert "Er ist weitergegangen." in page(as_person(pilot), workshop)
    as_person(office_head).post(f"/veranstaltungen/{workshop.pk}/angebot/", {"answer": "no"})
    assert state(office_head) == "withdrawn"


def test_on_its_day_what_a_city_left_falls_to_all(konstanz, heilbronn, neighbour):
    workshop = WorkshopFactory(hosts=[konstanz], seats=2, quota_release_at=timezone.now() + HOUR)
    QuotaFactory(workshop=workshop, network=konstanz, seats=2)
    take_seat(viewer_for(neighbour), workshop.pk)
    assert state(neighbour) == "queued"
    Workshop.objects.update(quota_release_at=timezone.now() - HOUR)
    seats_due()
    assert state(neighbour) == "seat"
    assert WorkshopQuota.objects.get().released


def test_companions_take_seats_and_are_refused_at_the_field(as_person, konstanz, pilot):
    workshop = WorkshopFactory(hosts=[konstanz], seats=3)
    client = as_person(pilot)
    words = {"network": konstanz.pk, "companions": "1", "companion_names": "Tim Beispiel"}
    client.post(f"/veranstaltungen/{workshop.pk}/anmelden/", words)
    workshop.refresh_from_db()
    assert workshop.seats_taken == 2
    refused = client.post(
        f"/veranstaltungen/{workshop.pk}/begleitung/", {"companions": "3", "companion_names": "Bleibt stehen"}
    )
    assert refused.status_code == 422
    assert "Bleibt stehen" in refused.content.decode()
    assert list(refused.context["companions_form"].errors) == ["companions"]
    assert client.post(f"/veranstaltungen/{workshop.pk}/begleitung/", {"companions": "zwei"}).status_code == 422
    assert client.post(f"/veranstaltungen/{workshop.pk}/begleitung/", {"companions": ""}).status_code == 302
    assert Registration.objects.get().party == 1
    assert Registration.objects.get().companion_names == ""


def test_a_seat_goes_to_a_colleague_past_those_who_wait(as_person, konstanz, pilot, office_head, neighbour):
    workshop = WorkshopFactory(hosts=[konstanz], seats=1)
    for person in (pilot, neighbour):
        take_seat(viewer_for(person), workshop.pk)
    giving = as_person(pilot)
    path = f"/veranstaltungen/{workshop.pk}/weitergeben/"
    assert office_head.name in giving.get(path).content.decode()
    assert giving.post(path, {"taker": neighbour.pk}).status_code == 422
    assert giving.post(path, {"taker": office_head.pk}).status_code == 302
    asked = SeatHandover.objects.get()
    assert as_person(neighbour).post(f"{path}{asked.pk}/", {"answer": "yes"}).status_code == 404
    assert giving.post(f"{path}{asked.pk}/", {"answer": "yes"}).status_code == 404
    assert pilot.name in page(as_person(office_head), workshop)
    as_person(office_head).post(f"{path}{asked.pk}/", {"answer": "yes"})
    assert (state(pilot), state(office_head), state(neighbour)) == ("withdrawn", "seat", "queued")
    assert not SeatHandover.objects.exists()


def test_who_has_no_seat_hands_none_over(as_person, konstanz, pilot, office_head, outsider):
    workshop = WorkshopFactory(hosts=[konstanz], seats=1)
    take_seat(viewer_for(office_head), workshop.pk)
    take_seat(viewer_for(pilot), workshop.pk)
    path = f"/veranstaltungen/{workshop.pk}/weitergeben/"
    for person in (pilot, outsider):
        assert as_person(person).post(path, {"taker": office_head.pk}).status_code == 403


def test_hosts_say_yes_or_no_and_the_person_reads_why(as_person, konstanz, coordinator, pilot, office_head, outsider):
    workshop = WorkshopFactory(hosts=[konstanz], seats=1, approval=True)
    for person in (pilot, office_head):
        as_person(person).post(f"/veranstaltungen/{workshop.pk}/anmelden/", {"network": konstanz.pk})
    assert state(pilot) == "requested"
    assert "Ihre Anmeldung wird geprüft" in page(as_person(pilot), workshop)
    yes, no = Registration.objects.order_by("pk")
    path = f"/veranstaltungen/{workshop.pk}/plaetze/"
    host = as_person(coordinator)
    assert pilot.name in page(host, workshop, "plaetze/")
    for person in (pilot, outsider):
        assert as_person(person).post(f"{path}{yes.pk}/zusagen/").status_code == 403
        assert as_person(person).post(f"{path}{no.pk}/absagen/", {"reason": "Nein"}).status_code == 403
    assert host.post(f"{path}{yes.pk}/zusagen/").status_code == 302
    assert host.post(f"{path}{no.pk}/absagen/", {"reason": ""}).status_code == 422
    assert host.post(f"{path}{no.pk}/absagen/", {"reason": "Nur für Bauämter."}).status_code == 302
    assert host.post(f"{path}999999/zusagen/").status_code == 404
    assert (state(pilot), state(office_head)) == ("seat", "refused")
    assert "Nur für Bauämter." in page(as_person(office_head), workshop)
    assert "Nur für Bauämter." not in page(as_person(pilot), workshop)
    assert Notice.objects.filter(person=office_head, kind="decision.seat").exists()
    assert AuditEntry.objects.filter(verb="workshop.place_refused").exists()


def test_hosts_set_quotas_and_are_told_at_the_field_what_does_not_fit(
    as_person, konstanz, heilbronn, coordinator, pilot
):
    workshop = WorkshopFactory(hosts=[konstanz], seats=5, mode="hybrid")
    path = f"/veranstaltungen/{workshop.pk}/plaetze/"
    host = as_person(coordinator)
    day = (workshop.starts_at - 48 * HOUR).date().isoformat()
    words = {
        "seats": "5", "seats_online": "30", "offer_hours": "24", f"quota-{konstanz.pk}": "2", "release_day": day,
        "other": str(heilbronn.pk), "other_seats": "1", "withdraw_day": day,
    }  # fmt: skip
    assert as_person(pilot).post(path, words).status_code == 403
    assert host.post(path, words).status_code == 302
    assert dict(WorkshopQuota.objects.values_list("network_id", "seats")) == {konstanz.pk: 2, heilbronn.pk: 1}
    workshop.refresh_from_db()
    assert (workshop.seats_online, workshop.offer_hours, workshop.quota_seats) == (30, 24, 3)
    take_seat(viewer_for(pilot), workshop.pk, mode="on_site")
    again = {**words, "other": "", "other_seats": "", f"quota-{heilbronn.pk}": "1"}
    refused = host.post(path, {**again, f"quota-{konstanz.pk}": ""})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, [f"quota-{konstanz.pk}"])
    refused = host.post(path, {**again, "seats": "2"})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["seats"])
    late = (workshop.starts_at + 48 * HOUR).date().isoformat()
    refused = host.post(path, {**again, "release_day": late, "withdraw_day": late})
    assert refused.status_code == 422
    told = AuditEntry.objects.get(verb="workshop.seats_changed")
    assert told.changes["quotas"] == ["", "Heilbronn 1, Konstanz 2"]


def test_after_the_date_of_the_hosts_a_seat_stays_but_who_waits_may_go(konstanz, pilot, office_head):
    workshop = WorkshopFactory(hosts=[konstanz], seats=1, withdraw_until=timezone.now() - HOUR)
    take_seat(viewer_for(pilot), workshop.pk)
    take_seat(viewer_for(office_head), workshop.pk)
    with pytest.raises(Denied, match="Gastgebenden"):
        withdraw(viewer_for(pilot), workshop.pk)
    withdraw(viewer_for(office_head), workshop.pk)


def test_the_list_for_the_door_knows_companions_and_pools(as_person, konstanz, coordinator, shared_out):
    RegistrationFactory(workshop=shared_out, network=konstanz, companions=2, companion_names="Mia, Tim", state="queued")
    text = as_person(coordinator).get(f"/veranstaltungen/{shared_out.pk}/teilnehmende.csv").content.decode()
    assert '"Kontingent"' in text
    assert '"2";"Mia, Tim"' in text
