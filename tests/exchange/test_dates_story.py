"""A date is found between two cities: begun, sent, answered, ended, settled on, and everybody knows."""

from __future__ import annotations

import datetime

import icalendar
import pytest
from django.urls import reverse
from django.utils import timezone

from exchange.models import DatePoll, PollVote, Workshop
from exchange.services.date_decisions import end_polls
from notices.models import Notice
from tests.factories.dates import CouncilDayFactory, PollFactory, PollOptionFactory, PollVoteFactory
from tests.factories.workshops import FormatFactory, RegistrationFactory, WorkshopFactory

pytestmark = pytest.mark.django_db


def days(count: int, *, ahead: int = 40) -> list[str]:
    first = timezone.localdate() + datetime.timedelta(days=ahead)
    return [(first + datetime.timedelta(days=n)).isoformat() for n in range(count)]


TIMES = {"begins": "10:00", "ends": "12:00", "mode": "online"}


def test_from_the_first_word_to_the_date_in_everybodys_calendar(
    as_person, coordinator, pilot, neighbour, neighbour_coordinator, outsider, konstanz, heilbronn
):
    asks, other = as_person(coordinator), as_person(neighbour_coordinator)
    made = asks.post(
        reverse("exchange:poll-new"),
        {"title": "Runde zur E-Akte", "network": konstanz.pk, "asked": [konstanz.pk], "owners": [heilbronn.pk],
         "names": "all"},
    )  # fmt: skip
    poll = DatePoll.objects.get()
    assert made.headers["Location"] == reverse("exchange:poll-days", kwargs={"pk": poll.pk})
    page = reverse("exchange:poll-detail", kwargs={"pk": poll.pk})
    assert as_person(pilot).get(page).status_code == 404, "a draft is not for those who will be asked"
    assert other.get(page).status_code == 200

    chosen = days(2)
    asks.post(reverse("exchange:poll-days", kwargs={"pk": poll.pk}), {"days": chosen, **TIMES})
    asks.post(reverse("exchange:poll-ask", kwargs={"pk": poll.pk}), {"people": [neighbour.pk]})
    sent = asks.post(reverse("exchange:poll-open", kwargs={"pk": poll.pk}))
    assert sent.status_code == 302
    told = set(Notice.objects.filter(kind="invitation.poll").values_list("person_id", flat=True))
    assert {pilot.pk, neighbour.pk, neighbour_coordinator.pk} <= told
    assert coordinator.pk not in told
    assert outsider.pk not in told

    first, second = poll.options.order_by("day")
    vote = reverse("exchange:poll-vote", kwargs={"pk": poll.pk})
    for person, one, two in ((pilot, "no", "yes"), (neighbour, "maybe", "yes"), (neighbour_coordinator, "yes", "yes")):
        answer = {f"answer_{first.pk}": one, f"answer_{second.pk}": two, f"remark_{first.pk}": "Erst ab elf."}
        assert as_person(person).post(vote, answer).status_code == 302
    html = asks.get(page).content.decode()
    assert "3 Ja, 0 zur Not, 0 Nein" in html
    assert "Kein anderer Termin hat so viele Ja." in html
    assert neighbour.name in html

    # The other owner settles on it, with one click.
    done = other.post(reverse("exchange:poll-decide", kwargs={"pk": poll.pk}), {"option": second.pk})
    workshop = Workshop.objects.get()
    assert done.headers["Location"] == reverse("exchange:workshop-detail", kwargs={"pk": workshop.pk})
    poll.refresh_from_db()
    assert (poll.state, poll.decided, poll.workshop) == ("decided", second, workshop)
    assert timezone.localtime(workshop.starts_at).date() == second.day
    assert workshop.state == "draft"
    assert {(h.network_id, h.state) for h in workshop.hosts.all()} == {
        (heilbronn.pk, "accepted"), (konstanz.pk, "invited"),
    }  # fmt: skip
    settled = set(Notice.objects.filter(kind="poll.decided").values_list("person_id", flat=True))
    assert {pilot.pk, neighbour.pk, coordinator.pk} <= settled

    # Who was asked does not see the draft, but has the entry; the workshop's own will take its place.
    file = as_person(pilot).get(reverse("exchange:poll-calendar", kwargs={"pk": poll.pk}))
    [event] = icalendar.Calendar.from_ical(file.content).walk("VEVENT")
    assert event["UID"] == f"{workshop.calendar_uid}@lotsennetz"
    assert event["SEQUENCE"] == 0
    assert event.decoded("DTSTART") == workshop.starts_at
    assert as_person(pilot).get(page).status_code == 200
    assert as_person(pilot).post(vote, {f"answer_{first.pk}": "yes"}).status_code == 403


def test_the_draft_of_a_workshop_gets_the_date_and_keeps_the_time_to_sign_up(
    as_person, coordinator, neighbour_coordinator, konstanz, heilbronn
):
    starts = timezone.now().replace(microsecond=0) + datetime.timedelta(days=9)
    draft = WorkshopFactory(
        state="draft", hosts=[konstanz, heilbronn], starts_at=starts,
        registration_ends_at=starts - datetime.timedelta(days=3),
    )  # fmt: skip
    asks = as_person(coordinator)
    assert (
        reverse("exchange:poll-new") + f"?workshop={draft.pk}"
        in asks.get(reverse("exchange:workshop-detail", kwargs={"pk": draft.pk})).content.decode()
    )
    form = asks.get(reverse("exchange:poll-new") + f"?workshop={draft.pk}").context["form"]
    assert form["owners"].value() == [heilbronn.pk]
    asks.post(
        reverse("exchange:poll-new") + f"?workshop={draft.pk}",
        {"title": draft.title, "network": konstanz.pk, "asked": [heilbronn.pk], "names": "all"},
    )
    poll = DatePoll.objects.get()
    assert poll.workshop == draft
    option = PollOptionFactory(poll=poll, mode="on_site")
    asks.post(reverse("exchange:poll-open", kwargs={"pk": poll.pk}))
    asks.post(reverse("exchange:poll-decide", kwargs={"pk": poll.pk}), {"option": option.pk})
    draft.refresh_from_db()
    assert Workshop.objects.count() == 1
    assert timezone.localtime(draft.starts_at).date() == option.day
    assert draft.starts_at - draft.registration_ends_at == datetime.timedelta(days=3)


def test_a_format_leads_to_a_poll_between_its_cities(as_person, coordinator, konstanz, heilbronn):
    lasting = FormatFactory(cities=[konstanz, heilbronn])
    form = as_person(coordinator).get(reverse("exchange:poll-new") + f"?format={lasting.slug}").context["form"]
    assert form["owners"].value() == [heilbronn.pk]
    assert set(form["asked"].value()) == {konstanz.pk, heilbronn.pk}


def test_its_time_ends_a_poll_and_its_owners_are_told(coordinator, pilot, konstanz, heilbronn):
    due = PollFactory(owners=[konstanz], everyone=[konstanz], ends_at=timezone.now() - datetime.timedelta(minutes=1))
    running = PollFactory(owners=[konstanz], ends_at=timezone.now() + datetime.timedelta(days=1))
    end_polls(timestamp=0)  # type: ignore[arg-type]  # a task hides the arguments of its function
    due.refresh_from_db()
    running.refresh_from_db()
    assert (due.state, running.state) == ("closed", "open")
    assert list(Notice.objects.filter(kind="poll.closed").values_list("person_id", flat=True)) == [coordinator.pk]
    end_polls(timestamp=0)  # type: ignore[arg-type]  # as above
    assert Notice.objects.filter(kind="poll.closed").count() == 1


def test_a_poll_of_a_city_without_coordination_waits_and_takes_no_answer(as_person, neighbour, heilbronn):
    due = PollFactory(owners=[heilbronn], everyone=[heilbronn], ends_at=timezone.now() - datetime.timedelta(minutes=1))
    option = PollOptionFactory(poll=due)
    end_polls(timestamp=0)  # type: ignore[arg-type]  # as above
    due.refresh_from_db()
    assert due.state == "open"
    answer = as_person(neighbour).post(
        reverse("exchange:poll-vote", kwargs={"pk": due.pk}), {f"answer_{option.pk}": "yes"}
    )
    assert answer.status_code == 403


def test_the_page_says_what_speaks_against_a_date(as_person, pilot, coordinator, konstanz, heilbronn, giessen):
    poll = PollFactory(owners=[konstanz], everyone=[konstanz, giessen])
    repentance = datetime.date(2027, 5, 27)  # Fronleichnam: in Baden-Württemberg, and in Hessen
    option = PollOptionFactory(poll=poll, day=repentance)
    PollOptionFactory(poll=poll, day=datetime.date(2031, 6, 2))
    CouncilDayFactory(network=giessen, day=repentance, text="Stadtverordnetenversammlung")
    CouncilDayFactory(network=heilbronn, day=repentance, text="Nicht gefragt")
    noon = timezone.make_aware(datetime.datetime(2027, 5, 27, 11))
    when = {"starts_at": noon, "ends_at": noon + datetime.timedelta(hours=3)}
    WorkshopFactory(hosts=[giessen], title="Schon geplant", **when)
    WorkshopFactory(hosts=[giessen], title="Geheim", rung="network", **when)
    own = WorkshopFactory(hosts=[heilbronn], title="Mein Platz", **when)
    RegistrationFactory(workshop=own, person=pilot, network=konstanz)
    html = as_person(pilot).get(reverse("exchange:poll-detail", kwargs={"pk": poll.pk})).content.decode()
    assert "Fronleichnam" in html
    assert "(Baden-Württemberg, Hessen)" in html
    assert "Pfingstferien" in html
    assert "Stadtverordnetenversammlung" in html
    assert "Schon geplant" in html
    assert "Da haben Sie schon etwas:" in html
    assert "Mein Platz" in html
    assert "Geheim" not in html
    assert "Nicht gefragt" not in html
    assert "sind die Schulferien noch nicht bekannt: Baden-Württemberg, Hessen" in html
    assert "OpenHolidays API, ODbL 1.0" in html
    assert option.day == repentance


def test_days_that_nothing_speaks_against_come_first(as_person, coordinator, konstanz):
    poll = PollFactory(owners=[konstanz], state="draft")
    CouncilDayFactory(network=konstanz, day=datetime.date(2027, 6, 9))
    path = reverse("exchange:poll-days", kwargs={"pk": poll.pk})
    context = as_person(coordinator).get(path + "?von=2027-05-24&bis=2027-06-13&tage=1&tage=2&tage=3").context
    assert [n.day.isoformat() for n in context["clear"]] == [
        "2027-06-01",
        "2027-06-02",
        "2027-06-03",
        "2027-06-08",
        "2027-06-10",
    ]
    assert [n.day.isoformat() for n in context["others"]] == ["2027-05-25", "2027-05-26", "2027-05-27", "2027-06-09"]


def test_what_was_answered_can_be_changed_and_what_is_wrong_is_said_at_its_field(as_person, pilot, konstanz):
    poll = PollFactory(owners=[konstanz], everyone=[konstanz])
    option, other = PollOptionFactory(poll=poll), PollOptionFactory(poll=poll)
    path = reverse("exchange:poll-vote", kwargs={"pk": poll.pk})
    client = as_person(pilot)
    wrong = client.post(path, {f"remark_{option.pk}": "Nur ein Wort", f"answer_{other.pk}": "perhaps"})
    assert wrong.status_code == 422
    html = wrong.content.decode()
    assert "Nur ein Wort" in html
    assert "Bitte wählen Sie auch eine Antwort." in html
    assert not PollVote.objects.exists()
    assert client.post(path, {}).status_code == 422
    client.post(path, {f"answer_{option.pk}": "yes"})
    client.post(path, {f"answer_{option.pk}": "no", f"remark_{option.pk}": "Doch nicht"})
    vote = PollVote.objects.get()
    assert (vote.answer, vote.remark, vote.person) == ("no", "Doch nicht", pilot)


def test_two_who_change_a_poll_at_once_see_both_texts(as_person, coordinator, neighbour_coordinator, konstanz,
                                                     heilbronn):  # fmt: skip
    poll = PollFactory(owners=[konstanz, heilbronn], title="Alt")
    path = reverse("exchange:poll-edit", kwargs={"pk": poll.pk})
    assert as_person(coordinator).post(path, {"title": "Mein Titel", "version": "1"}).status_code == 302
    second = as_person(neighbour_coordinator).post(path, {"title": "Dein Titel", "version": "1"})
    assert second.status_code == 409
    html = second.content.decode()
    assert "Mein Titel" in html
    assert "Dein Titel" in html


def test_a_date_with_answers_stays(as_person, coordinator, konstanz):
    poll = PollFactory(owners=[konstanz], everyone=[konstanz])
    said, unsaid = PollOptionFactory(poll=poll), PollOptionFactory(poll=poll)
    PollVoteFactory(option=said)
    path = reverse("exchange:poll-option-remove", kwargs={"pk": poll.pk})
    for option in (said, unsaid):
        as_person(coordinator).post(path, {"option": option.pk})
    assert list(poll.options.all()) == [said]


def test_names_stay_with_the_owners_where_that_was_promised(as_person, pilot, coordinator, office_head, konstanz):
    poll = PollFactory(owners=[konstanz], everyone=[konstanz], names_shown=False)
    PollVoteFactory(option=PollOptionFactory(poll=poll), person=office_head, remark="Nur für Sie")
    path = reverse("exchange:poll-detail", kwargs={"pk": poll.pk})
    seen, hidden = as_person(coordinator).get(path).content.decode(), as_person(pilot).get(path).content.decode()
    assert "Nur für Sie" in seen
    assert office_head.name in seen
    assert "1 Ja, 0 zur Not, 0 Nein" in hidden
    assert "Nur für Sie" not in hidden
    assert office_head.name not in hidden


def test_who_has_not_answered_is_reminded_on_the_start_page(as_person, pilot, coordinator, konstanz):
    poll = PollFactory(owners=[konstanz], everyone=[konstanz], title="Wann denn")
    option = PollOptionFactory(poll=poll)
    word = "„Wann denn“: Wann können Sie?"
    assert word in as_person(pilot).get("/").content.decode()
    PollVoteFactory(option=option, person=pilot)
    assert word not in as_person(pilot).get("/").content.decode()
    DatePoll.objects.update(state="closed")
    assert "„Wann denn“: Termin festlegen" in as_person(coordinator).get("/").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_cost_the_same_for_any_number_of_dates_and_people(
    count, as_person, coordinator, konstanz, giessen, django_assert_num_queries
):
    poll = PollFactory(owners=[konstanz], everyone=[konstanz, giessen])
    for number in range(count):
        # Within the days that are shown at first, wherever the factory has got to by now.
        option = PollOptionFactory(poll=poll, day=timezone.localdate() + datetime.timedelta(days=30 + number))
        PollVoteFactory.create_batch(count, option=option)
        CouncilDayFactory(network=konstanz, day=option.day)
        starts = timezone.make_aware(datetime.datetime.combine(option.day, datetime.time(9)))
        WorkshopFactory(hosts=[konstanz], starts_at=starts)
    PollFactory.create_batch(count, owners=[konstanz], everyone=[giessen])
    client = as_person(coordinator)
    client.get("/terminsuche/")
    with django_assert_num_queries(DETAIL):
        client.get(reverse("exchange:poll-detail", kwargs={"pk": poll.pk}))
    with django_assert_num_queries(LIST):
        client.get(reverse("exchange:poll-list"))
    with django_assert_num_queries(DAYS):
        client.get(reverse("exchange:poll-days", kwargs={"pk": poll.pk}))


DETAIL, LIST, DAYS = 15, 7, 11
