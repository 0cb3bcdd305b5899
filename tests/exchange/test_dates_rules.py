"""Which date wins, who may do what with a poll, and what the database refuses whoever asks."""

from __future__ import annotations

import contextlib
import datetime
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange.forms.council_days import CouncilDaysForm
from exchange.forms.dates import OptionsForm
from exchange.models import CouncilDay, DatePoll, PollCity, PollOption, PollVote
from exchange.policies.dates import Sum, winner_of
from exchange.services import dates as verbs
from exchange.services.council_days import add_council_days
from exchange.services.date_decisions import decide_date
from tenancy.viewer import viewer_for
from tests.factories.dates import CouncilDayFactory, PollFactory, PollOptionFactory, PollVoteFactory
from tests.factories.tenancy import NetworkFactory
from tests.factories.workshops import WorkshopFactory
from toolkit.access import Conflict, Denied
from toolkit.acting import acting_as
from toolkit.past_sight import rows_of

# --- which date wins? ----------------------------------------------------------------------------------------------

FIRST = datetime.datetime(2027, 1, 11, 9, tzinfo=datetime.UTC)
#: Drawing is slow where the machine has other work; that says nothing of the rule.
BUSY = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
NUMBERS = st.integers(min_value=0, max_value=6)


@st.composite
def sums(draw: st.DrawFn) -> list[Sum]:
    said = draw(st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS), min_size=1, max_size=8))
    return [
        Sum(number, FIRST + datetime.timedelta(days=day), yes, maybe, no)
        for number, (day, yes, maybe, no) in enumerate(said, start=1)
    ]


@BUSY
@given(sums(), st.randoms())
def test_the_winner_has_most_yes_then_fewest_no_then_is_the_earliest(said, shuffle):
    winner = winner_of(said)
    able = [s for s in said if s.yes + s.maybe]
    if not able:
        assert winner is None
        return
    assert winner is not None
    best = next(s for s in said if s.option_id == winner.option_id)
    rivals = [s for s in able if s is not best]
    assert all(s.yes <= best.yes for s in rivals)
    assert all(s.no >= best.no for s in rivals if s.yes == best.yes)
    assert all(s.starts >= best.starts for s in rivals if (s.yes, s.no) == (best.yes, best.no))
    # The reason that is told is the one that decided.
    by = {
        "yes": all(s.yes < best.yes for s in rivals),
        "no": all(s.yes < best.yes or s.no > best.no for s in rivals),
        "earliest": True,
    }
    assert by[winner.by]
    assert next(word for word in ("yes", "no", "earliest") if by[word]) == winner.by
    mixed = [*said]
    shuffle.shuffle(mixed)
    assert winner_of(mixed) == winner


@BUSY
@given(sums())
def test_one_more_yes_never_makes_a_date_lose(said):
    winner = winner_of(said)
    if winner is None:
        return
    more = [
        Sum(s.option_id, s.starts, s.yes + 1, s.maybe, s.no) if s.option_id == winner.option_id else s for s in said
    ]
    again = winner_of(more)
    assert again is not None
    assert again.option_id == winner.option_id


def test_where_everybody_says_no_no_date_wins():
    assert winner_of([Sum(1, FIRST, no=3), Sum(2, FIRST)]) is None


# --- who may? ------------------------------------------------------------------------------------------------------


@pytest.fixture
def poll(db, konstanz, heilbronn):
    return PollFactory(owners=[konstanz], everyone=[konstanz, heilbronn])


@pytest.mark.parametrize("who", ["pilot", "neighbour_coordinator"])
def test_who_is_asked_steers_nothing(who, request, poll):
    viewer = viewer_for(request.getfixturevalue(who))
    option = PollOptionFactory(poll=poll)
    words = {"title": "Anders", "text": "", "ends_at": None}
    time = datetime.time(10), datetime.time(11)
    for refused in (
        lambda: verbs.save_poll(viewer, poll.pk, version=1, words=words),
        lambda: verbs.ask_more(viewer, poll.pk, people=[viewer.someone]),
        lambda: verbs.add_options(viewer, poll.pk, days=[option.day], times=[time], mode="online"),
        lambda: verbs.remove_option(viewer, poll.pk, option.pk),
        lambda: verbs.close_poll(viewer, poll.pk),
        lambda: verbs.delete_poll(viewer, poll.pk),
        lambda: decide_date(viewer, poll.pk, option.pk),
    ):
        with pytest.raises(Denied):
            refused()
    assert DatePoll.objects.get().title == poll.title


@pytest.mark.parametrize("who", ["outsider", "moderator"])
def test_who_is_not_asked_finds_no_poll(who, request, poll):
    viewer = viewer_for(request.getfixturevalue(who))
    option = PollOptionFactory(poll=poll)
    for missing in (
        lambda: verbs.vote(viewer, poll.pk, {option.pk: ("yes", "")}),
        lambda: verbs.close_poll(viewer, poll.pk),
        lambda: decide_date(viewer, poll.pk, option.pk),
    ):
        with pytest.raises(DatePoll.DoesNotExist):
            missing()
    assert not PollVote.objects.exists()


@pytest.mark.parametrize("who", ["pilot", "neighbour_coordinator"])
def test_only_its_coordination_enters_the_session_days_of_a_city(who, request, konstanz, db):
    viewer = viewer_for(request.getfixturevalue(who))
    with pytest.raises(Denied):
        add_council_days(viewer, konstanz.pk, [(timezone.localdate(), "Rat")])
    assert not CouncilDay.objects.exists()


def test_only_for_an_own_published_network_and_with_published_others_a_poll_begins(coordinator, konstanz, heilbronn):
    viewer, words = viewer_for(coordinator), {"title": "Neu", "text": "", "ends_at": None}
    with pytest.raises(Denied):
        verbs.create_poll(viewer, heilbronn.pk, words=words)
    hidden = NetworkFactory(published_at=None)
    with pytest.raises(Conflict):
        verbs.create_poll(viewer, konstanz.pk, words=words, owners=[hidden.pk])
    with pytest.raises(Conflict):
        verbs.create_poll(viewer, konstanz.pk, words=words, asked=[hidden.pk])
    assert not DatePoll.objects.exists()


def test_people_whom_one_may_not_find_are_not_asked(coordinator, outsider, neighbour, poll):
    outsider.listed = False
    outsider.save()
    viewer = viewer_for(coordinator)
    verbs.ask_more(viewer, poll.pk, people=[outsider.pk, neighbour.pk, 999_999])
    assert set(poll.people.values_list("person_id", flat=True)) == {neighbour.pk}


def test_people_to_ask_are_named_with_their_town(as_person, coordinator, neighbour, poll):
    html = as_person(coordinator).get(f"/terminsuche/{poll.pk}/fragen/?q={neighbour.family_name}").content.decode()
    assert f"{neighbour.name} (Heilbronn)" in html


def test_asking_somebody_by_name_brings_in_what_their_city_keeps_free(coordinator, outsider, giessen, poll):
    verbs.ask_more(viewer_for(coordinator), poll.pk, people=[outsider.pk])
    city = poll.cities.get(network=giessen)
    assert (city.owns, city.everyone) == (False, False)


def test_a_date_in_the_past_is_not_settled_on_and_none_twice(coordinator, poll):
    viewer = viewer_for(coordinator)
    past = PollOptionFactory(poll=poll, day=timezone.localdate() - datetime.timedelta(days=1))
    coming = PollOptionFactory(poll=poll)
    with pytest.raises(Denied):
        decide_date(viewer, poll.pk, past.pk)
    decide_date(viewer, poll.pk, coming.pk)
    with pytest.raises(Denied):
        decide_date(viewer, poll.pk, coming.pk)


def test_the_workshop_of_another_city_gets_no_date_from_outside(coordinator, poll, giessen):
    poll.workshop = WorkshopFactory(hosts=[giessen], state="draft")
    poll.save()
    with pytest.raises(Conflict):
        decide_date(viewer_for(coordinator), poll.pk, PollOptionFactory(poll=poll).pk)
    assert DatePoll.objects.get().state == "open"


# --- what the database refuses -------------------------------------------------------------------------------------


def as_viewer(person, work):
    """Try it as the role that serves, past every rule in Python."""
    with acting_as(viewer_for(person)), transaction.atomic():
        return work()


@pytest.mark.parametrize(
    "over", [{"state": "closed"}, {"ends_at": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)}, {"state": "draft"}]
)
def test_after_the_end_the_database_takes_no_word(over, pilot, poll):
    held = PollVoteFactory(option=PollOptionFactory(poll=poll), person=pilot)
    other = PollOptionFactory(poll=poll)
    DatePoll.objects.update(**over)
    with pytest.raises(DatabaseError):
        as_viewer(pilot, lambda: PollVote.objects.create(poll=poll, option=other, person=pilot, answer="yes"))
    with contextlib.suppress(DatabaseError):  # it is refused, or passes the row over
        as_viewer(pilot, lambda: PollVote.objects.update(answer="maybe"))
    # Not even its owner, who passes the policies.
    with pytest.raises(IntegrityError), transaction.atomic():
        PollVote.objects.filter(pk=held.pk).update(answer="no")
    held.refresh_from_db()
    assert held.answer == "yes"


def test_nobody_answers_for_somebody_else_or_twice(pilot, office_head, poll):
    option = PollOptionFactory(poll=poll)
    with pytest.raises(ProgrammingError):
        as_viewer(pilot, lambda: PollVote.objects.create(poll=poll, option=option, person=office_head, answer="yes"))
    as_viewer(pilot, lambda: PollVote.objects.create(poll=poll, option=option, person=pilot, answer="yes"))
    with pytest.raises(IntegrityError):
        as_viewer(pilot, lambda: PollVote.objects.create(poll=poll, option=option, person=pilot, answer="no"))


def test_an_answer_belongs_to_the_poll_of_its_date_whatever_is_written(outsider, pilot, poll, giessen):
    other = PollOptionFactory(poll=PollFactory(owners=[giessen], people=[outsider]))
    with pytest.raises(ProgrammingError):
        as_viewer(pilot, lambda: PollVote.objects.create(poll=poll, option=other, person=pilot, answer="yes"))


def test_a_date_ends_after_it_begins_and_is_there_once(poll):
    option = PollOptionFactory(poll=poll)
    with pytest.raises(IntegrityError), transaction.atomic():
        PollOptionFactory(poll=poll, begins=datetime.time(12), ends=datetime.time(12))
    with pytest.raises(IntegrityError), transaction.atomic():
        PollOptionFactory(poll=poll, day=option.day)


def test_who_was_promised_that_names_stay_hidden_keeps_that_promise(coordinator, poll, konstanz):
    quiet = PollFactory(owners=[konstanz], names_shown=False)
    with pytest.raises(ProgrammingError):
        as_viewer(coordinator, lambda: DatePoll.objects.filter(pk=quiet.pk).update(names_shown=True))


def test_no_owner_takes_a_poll_from_another(coordinator, poll, heilbronn):
    PollCity.objects.filter(poll=poll, network=heilbronn).update(owns=True)
    with pytest.raises(ProgrammingError):
        as_viewer(coordinator, lambda: PollCity.objects.filter(network=heilbronn).update(owns=False))
    as_viewer(coordinator, lambda: PollCity.objects.filter(network=heilbronn).delete())
    assert poll.cities.filter(network=heilbronn, owns=True).exists()


@pytest.mark.parametrize("who", ["pilot", "outsider", "neighbour_coordinator"])
def test_only_an_owner_deletes_a_draft_by_the_function(who, request, konstanz, db):
    draft = PollFactory(owners=[konstanz], state="draft")
    with pytest.raises(ProgrammingError):
        as_viewer(request.getfixturevalue(who), lambda: rows_of("exchange_delete_poll", draft.pk))
    assert DatePoll.objects.exists()


def test_a_poll_that_was_sent_is_deleted_by_nobody(coordinator, poll):
    with pytest.raises(ProgrammingError):
        as_viewer(coordinator, lambda: rows_of("exchange_delete_poll", poll.pk))


@pytest.mark.parametrize(("who", "rows"), [("neighbour", 1), ("outsider", 0), ("moderator", 0)])
def test_sums_are_told_to_who_sees_the_poll_alone(who, rows, request, poll):
    PollVoteFactory(option=PollOptionFactory(poll=poll))
    person = request.getfixturevalue(who)
    assert len(as_viewer(person, lambda: rows_of("exchange_poll_sums", poll.pk))) == rows


@pytest.mark.parametrize(("who", "found"), [("pilot", 1), ("outsider", 0)])
def test_only_who_sees_a_poll_holds_it(who, found, request, poll):
    person = request.getfixturevalue(who)
    assert len([n for (n,) in as_viewer(person, lambda: rows_of("exchange_lock_poll", poll.pk)) if n]) == found


def test_a_draft_of_a_workshop_is_deleted_though_a_poll_points_to_it(coordinator, poll, konstanz):
    from exchange.services.workshops import delete_workshop

    poll.workshop = WorkshopFactory(hosts=[konstanz], state="draft")
    poll.save()
    delete_workshop(viewer_for(coordinator), poll.workshop.pk)
    poll.refresh_from_db()
    assert poll.workshop_id is None


# --- what is typed -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pasted", "read"),
    [
        ("17.12.2026 Gemeinderat", [("2026-12-17", "Gemeinderat")]),
        ("Do, 17.12.26", [("2026-12-17", "Rat")]),
        ("2027-01-14 – Bauausschuss\n\n28.1.2027: Bauausschuss", [
            ("2027-01-14", "Bauausschuss"), ("2027-01-28", "Bauausschuss"),
        ]),
        ("Gemeinderat: 1.2.2027, 1.3.2027; 5. 4. 2027", [
            ("2027-02-01", "Gemeinderat"), ("2027-03-01", "Gemeinderat"), ("2027-04-05", "Gemeinderat"),
        ]),
    ],
)  # fmt: skip
def test_session_days_are_read_as_they_are_pasted(pasted, read):
    form = CouncilDaysForm({"name": "Rat", "days": pasted})
    assert form.is_valid(), form.errors
    assert [(day.isoformat(), text) for day, text in form.pairs] == read


@pytest.mark.parametrize("pasted", ["31.2.2027", "Gemeinderat", "1.1.1887", "17.12.2026 " + "x" * 121])
def test_a_line_without_a_day_is_named(pasted):
    form = CouncilDaysForm({"name": "Rat", "days": f"17.12.2026\n{pasted}"})
    assert not form.is_valid()
    assert "Zeile 2" in form.errors["days"][0]


def test_session_days_are_entered_once_and_taken_away(as_person, coordinator, pilot, konstanz):
    client, path = as_person(coordinator), f"/netzwerke/{konstanz.slug}/sitzungstage/"
    day = timezone.localdate() + datetime.timedelta(days=20)
    for _ in range(2):
        client.post(path, {"name": "Rat", "days": f"{day:%d.%m.%Y}"})
    assert list(CouncilDay.objects.values_list("day", "text")) == [(day, "Rat")]
    wrong = client.post(path, {"name": "Rat", "days": "irgendwann"})
    assert wrong.status_code == 422
    assert "irgendwann" in wrong.content.decode()
    assert f"{day:%Y-%m-%d}" in as_person(pilot).get(path).content.decode()
    assert "Sitzungstage" in as_person(pilot).get(f"/netzwerke/{konstanz.slug}/").content.decode()
    other = CouncilDayFactory()
    client.post(path + "entfernen/", {"gone": [CouncilDay.objects.get(network=konstanz).pk]})
    client.post(path + "entfernen/", {"gone": [other.pk]})
    assert list(CouncilDay.objects.all()) == [other]


def test_days_are_put_to_the_choice_at_one_time_or_two():
    day = (timezone.localdate() + datetime.timedelta(days=9)).isoformat()
    times = {"begins": "9:00", "ends": "10:00", "mode": "online"}
    both = OptionsForm({"days": day, **times, "also_begins": "14:00", "also_ends": "15:00"} | {"days": [day]})
    assert both.is_valid(), both.errors
    assert len(both.cleaned_data["times"]) == 2
    wrongs: tuple[dict[str, Any], ...] = (
        {"days": []},
        {"days": ["2020-01-01"]},
        {"days": ["gestern"]},
        {"ends": "8:00"},
        {"also_begins": "14:00"},
        {"begins": ""},
        {"mode": "woanders"},
    )
    for wrong in wrongs:
        assert not OptionsForm({"days": [day], **times} | wrong).is_valid(), wrong


def test_no_more_dates_than_people_can_answer(coordinator, poll):
    viewer, first = viewer_for(coordinator), timezone.localdate() + datetime.timedelta(days=9)
    times = [(datetime.time(9), datetime.time(10))]
    days = [first + datetime.timedelta(days=n) for n in range(31)]
    with pytest.raises(Conflict):
        verbs.add_options(viewer, poll.pk, days=days, times=times, mode="online")
    assert verbs.add_options(viewer, poll.pk, days=days[:30], times=times, mode="online") == 30
    assert verbs.add_options(viewer, poll.pk, days=days[:30], times=times, mode="online") == 0
    assert PollOption.objects.count() == 30
