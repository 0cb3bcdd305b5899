"""Feedback: without names, shown from five answers on, and asked for once."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from exchange.models import Attendance, FeedbackAnswer, FeedbackForm, FeedbackGiven
from exchange.queries.feedback import results_of
from exchange.services import feedback as verbs
from notices.models import Notice
from tenancy.viewer import ANONYMOUS, viewer_for
from tests.factories.tenancy import MembershipFactory
from tests.factories.workshops import RegistrationFactory, WorkshopFactory
from toolkit.access import Denied
from toolkit.acting import acting_as
from toolkit.past_sight import answer_of, rows_of

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)
ASKED = ("Gut?", "Anders?", "Danach?")
SAID: dict[str, Any] = {"helpful": 4, "recommend": "yes"}
remind: Any = verbs.remind_of_feedback  # a task hides the arguments of its function
forget: Any = verbs.forget_who_answered


def ended(ago, **more):
    end = timezone.now() - ago
    return WorkshopFactory(starts_at=end - 3 * HOUR, ends_at=end, seats=40, **more)


@pytest.fixture
def workshop(konstanz, heilbronn):
    return ended(DAY, hosts=[konstanz, heilbronn])


def guest(workshop, network, *, there=False):
    person = MembershipFactory(network=network).person
    place = RegistrationFactory(workshop=workshop, person=person, network=network)
    if there:
        kept = {"workshop": workshop, "registration": place, "person": person}
        Attendance.objects.create(**kept, day=timezone.localdate(workshop.starts_at), by="code", marked_by=person)
    return person


def answered(workshop, network, count, **said):
    return [
        verbs.give_feedback(viewer_for(guest(workshop, network)), workshop.pk, **{**SAID, **said}) for _ in range(count)
    ]


# --- who may answer --------------------------------------------------------------------------------------------------


def test_who_was_there_answers_once(workshop, konstanz):
    me = viewer_for(guest(workshop, konstanz, there=True))
    verbs.give_feedback(me, workshop.pk, **SAID, good="Das Beispiel", own=["Viel"])
    answer = FeedbackAnswer.objects.get()
    assert (answer.helpful, answer.recommend, answer.good, answer.own) == (4, "yes", "Das Beispiel", ["Viel"])
    with pytest.raises(Denied, match="schon geantwortet"):
        verbs.give_feedback(me, workshop.pk, **SAID)
    with pytest.raises(ProgrammingError), acting_as(me), transaction.atomic():
        rows_of("exchange_give_feedback", workshop.pk, 1, "no", "", "", "", [])
    assert FeedbackAnswer.objects.count() == 1


def test_where_a_list_was_kept_a_seat_is_not_enough_and_where_none_was_it_is(workshop, konstanz):
    absent = viewer_for(guest(workshop, konstanz))
    verbs.give_feedback(viewer_for(guest(workshop, konstanz)), workshop.pk, **SAID)
    guest(workshop, konstanz, there=True)
    with pytest.raises(Denied, match="wer dabei war"):
        verbs.give_feedback(absent, workshop.pk, **SAID)


@pytest.mark.parametrize("who", ["outsider", "coordinator", "pilot"])
def test_who_was_not_there_says_nothing_also_past_the_rule(workshop, who, request):
    viewer = viewer_for(request.getfixturevalue(who))
    with pytest.raises(Denied):
        verbs.give_feedback(viewer, workshop.pk, **SAID)
    for somebody in (viewer, ANONYMOUS):
        with pytest.raises(ProgrammingError), acting_as(somebody), transaction.atomic():
            rows_of("exchange_give_feedback", workshop.pk, 5, "yes", "", "", "", [])


@pytest.mark.parametrize(("ago", "more"), [
    (-HOUR, {}), (22 * DAY, {}), (DAY, {"state": "cancelled", "cancel_reason": "Sturm"}),
])  # fmt: skip
def test_answers_are_taken_from_the_end_for_three_weeks(konstanz, ago, more):
    workshop = ended(ago, hosts=[konstanz], **more)
    me = viewer_for(guest(workshop, konstanz))
    with pytest.raises(Denied):
        verbs.give_feedback(me, workshop.pk, **SAID)
    with pytest.raises(ProgrammingError), acting_as(me), transaction.atomic():
        rows_of("exchange_give_feedback", workshop.pk, 5, "yes", "", "", "", [])


# --- without names ---------------------------------------------------------------------------------------------------


def test_nobody_reads_an_answer_or_who_else_answered(workshop, konstanz, coordinator):
    answered(workshop, konstanz, 6, good="Kaffee")
    me = guest(workshop, konstanz)
    verbs.give_feedback(viewer_for(me), workshop.pk, **SAID)
    for person, own in ((me, 1), (coordinator, 0)):
        with acting_as(viewer_for(person)):
            assert not FeedbackAnswer.objects.exists()
            assert FeedbackGiven.objects.count() == own
        with pytest.raises(ProgrammingError), acting_as(viewer_for(person)), transaction.atomic():
            FeedbackAnswer.objects.create(workshop=workshop, **SAID)
        with pytest.raises(ProgrammingError), acting_as(viewer_for(person)), transaction.atomic():
            FeedbackGiven.objects.create(workshop=workshop, person=person, day=timezone.localdate())


def test_nothing_in_the_tables_joins_an_answer_with_a_person(workshop, konstanz):
    columns = {field.name for field in FeedbackAnswer._meta.get_fields()}
    assert columns == {"id", "workshop", "helpful", "recommend", "good", "change", "next", "own"}
    orders = []
    for _again in range(3):
        FeedbackAnswer.objects.all().delete()
        for number in range(8):
            verbs.give_feedback(viewer_for(guest(workshop, konstanz)), workshop.pk, **SAID, good=str(number))
        with connection.cursor() as cursor:
            cursor.execute("SELECT good FROM exchange_feedbackanswer ORDER BY ctid")
            orders.append([row[0] for row in cursor.fetchall()])
            cursor.execute("SELECT count(DISTINCT xmin::text) FROM exchange_feedbackanswer")
            assert cursor.fetchone() == (1,)
    assert orders != [[str(number) for number in range(8)]] * 3


# --- from five on ----------------------------------------------------------------------------------------------------


def test_below_five_answers_not_even_the_database_tells_the_hosts(workshop, konstanz, coordinator, as_person):
    answered(workshop, konstanz, 4, good="Geheim")
    host = viewer_for(coordinator)
    with acting_as(host):
        assert rows_of("exchange_feedback_results", workshop.pk) == []
    page = as_person(coordinator).get(f"/veranstaltungen/{workshop.pk}/rueckmeldung/ergebnis/").content.decode()
    assert "Noch zu wenige Antworten" in page
    assert "Geheim" not in page


def test_from_five_on_hosts_read_numbers_and_words(workshop, konstanz, coordinator, as_person):
    FeedbackForm.objects.create(workshop=workshop, questions=["Wie war das Essen?"])
    answered(workshop, konstanz, 4, good="Kaffee", own=["Reichlich"])
    answered(workshop, konstanz, 1, helpful=2, recommend="no", change="Länger <b>reden</b>")
    with acting_as(viewer_for(coordinator)):
        found = results_of(viewer_for(coordinator), workshop, ASKED)
    assert found is not None
    assert found.answers == 5
    assert [(bar.label, bar.count) for bar in found.helpful] == [("5", 0), ("4", 4), ("3", 0), ("2", 1), ("1", 0)]
    assert found.average == 3.6
    assert [bar.count for bar in found.recommend] == [4, 0, 1]
    assert [(part.question, part.texts) for part in found.said] == [
        ("Gut?", ["Kaffee"] * 4), ("Anders?", ["Länger <b>reden</b>"]), ("Danach?", []),
        ("Wie war das Essen?", ["Reichlich"] * 4),
    ]  # fmt: skip
    page = as_person(coordinator).get(f"/veranstaltungen/{workshop.pk}/rueckmeldung/ergebnis/").content.decode()
    assert "Im Schnitt 3,6 von 5" in page
    assert "Länger &lt;b&gt;reden" in page


@pytest.mark.parametrize("who", ["pilot", "outsider"])
def test_nobody_but_the_hosts_reads_results(workshop, konstanz, who, request, as_person):
    answered(workshop, konstanz, 6)
    person = request.getfixturevalue(who)
    with acting_as(viewer_for(person)):
        assert rows_of("exchange_feedback_results", workshop.pk) == []
    assert as_person(person).get(f"/veranstaltungen/{workshop.pk}/rueckmeldung/ergebnis/").status_code == 403


# --- questions -------------------------------------------------------------------------------------------------------


def test_hosts_add_three_questions_until_the_end(konstanz, coordinator, as_person):
    workshop = WorkshopFactory(hosts=[konstanz])
    host = viewer_for(coordinator)
    verbs.ask_questions(host, workshop.pk, ["Eins?", " ", "Zwei?", "Drei?", "Vier?"])
    assert FeedbackForm.objects.get().questions == ["Eins?", "Zwei?", "Drei?"]
    with pytest.raises(Denied):
        verbs.ask_questions(host, workshop.pk, ["Zu spät?"], at=workshop.ends_at)
    address = f"/veranstaltungen/{workshop.pk}/rueckmeldung/fragen/"
    assert "Zwei?" in as_person(coordinator).get(address).content.decode()
    assert as_person(coordinator).post(address, {"question_1": "x" * 161}).status_code == 422


@pytest.mark.parametrize("who", ["pilot", "neighbour_coordinator"])
def test_nobody_else_adds_questions(konstanz, who, request):
    workshop = WorkshopFactory(hosts=[konstanz])
    with pytest.raises(Denied):
        verbs.ask_questions(viewer_for(request.getfixturevalue(who)), workshop.pk, ["Eins?"])


# --- pages -----------------------------------------------------------------------------------------------------------


def test_the_page_asks_who_was_there_and_thanks(workshop, konstanz, as_person):
    FeedbackForm.objects.create(workshop=workshop, questions=["Wie war das Essen?"])
    browser, address = as_person(guest(workshop, konstanz)), f"/veranstaltungen/{workshop.pk}/"
    assert "Rückmeldung geben" in browser.get(address).content.decode()
    form = browser.get(f"{address}rueckmeldung/").content.decode()
    assert "Wie war das Essen?" in form
    refused = browser.post(f"{address}rueckmeldung/", {"good": "Der Kaffee", "helpful": "9"})
    assert refused.status_code == 422
    assert "Der Kaffee" in refused.content.decode()
    done = browser.post(f"{address}rueckmeldung/", {**SAID, "own_1": "Gut"}, follow=True).content.decode()
    assert "ohne Namen gespeichert" in done
    assert "Sie haben geantwortet. Danke!" in done
    assert FeedbackAnswer.objects.get().own == ["Gut"]


# --- asked once, forgotten in time -----------------------------------------------------------------------------------


def test_who_has_not_answered_is_asked_once_a_day_after(konstanz, coordinator):
    workshop = ended(25 * HOUR, hosts=[konstanz], title="Lotsen gewinnen")
    early = ended(23 * HOUR, hosts=[konstanz])
    told, quiet = guest(workshop, konstanz, there=True), guest(workshop, konstanz, there=True)
    guest(workshop, konstanz)
    guest(early, konstanz)
    verbs.give_feedback(viewer_for(quiet), workshop.pk, **SAID)
    remind(timestamp=0)
    remind(timestamp=0)
    notice = Notice.objects.get(kind="workshop.feedback")
    assert notice.person_id == told.pk
    assert "Lotsen gewinnen" in notice.text
    assert notice.url == f"/veranstaltungen/{workshop.pk}/rueckmeldung/"
    with pytest.raises(ProgrammingError), acting_as(viewer_for(coordinator)), transaction.atomic():
        rows_of("exchange_feedback_due", timezone.now())


def test_who_answered_is_forgotten_once_no_more_answers_are_taken(workshop, konstanz):
    me = viewer_for(guest(workshop, konstanz))
    verbs.give_feedback(me, workshop.pk, **SAID)
    forget(timestamp=0)
    with acting_as(me):
        assert answer_of("exchange_forget_who_answered", timezone.now() + 900 * DAY) == 0
    assert FeedbackGiven.objects.count() == 1
    workshop.ends_at = timezone.now() - 22 * DAY
    workshop.starts_at = workshop.registration_ends_at = workshop.ends_at - HOUR
    workshop.save()
    forget(timestamp=0)
    assert not FeedbackGiven.objects.exists()
    assert FeedbackAnswer.objects.count() == 1
