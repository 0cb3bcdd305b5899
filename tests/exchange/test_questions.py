"""Questions at sign-up: what is asked, who reads the answers, and that no answer is turned into another."""

from __future__ import annotations

import datetime

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from exchange.models import Answer, Question, Registration
from exchange.services import questions as verbs
from exchange.services.seats import take_seat, withdraw
from exchange.services.workshops import cancel_workshop, delete_workshop
from tenancy.viewer import viewer_for
from tests.factories.workshops import RegistrationFactory, WorkshopFactory
from toolkit.access import Conflict, Denied

pytestmark = pytest.mark.django_db


@pytest.fixture
def workshop(konstanz, heilbronn):
    return WorkshopFactory(hosts=[konstanz, heilbronn], title="Zwei Wege")


def asks(host, workshop, text, kind="text", **more):
    words = {"text": text, "hint": "", "kind": kind, "options": [], "required": False, "shown": "hosts", **more}
    return verbs.add_question(host, workshop.pk, words=words)


@pytest.fixture
def host(coordinator):
    return viewer_for(coordinator)


@pytest.fixture
def four(host, workshop):
    """One of each kind."""
    return [
        asks(host, workshop, "Was möchten Sie lernen?"),
        asks(host, workshop, "Was essen Sie?", "choice", options=["Alles", "Vegan"], required=True, shown="seated"),
        asks(host, workshop, "Welche Themen?", "several", options=["KI", "Akten", "Chat"]),
        asks(host, workshop, "Waren Sie schon dabei?", "yes_no"),
    ]


def given(four, *values):
    return {f"question-{question.pk}": value for question, value in zip(four, values, strict=True)}


def address(workshop, more=""):
    return f"/veranstaltungen/{workshop.pk}/{more}"


def test_hosts_write_every_kind_of_question_on_their_page(as_person, coordinator, workshop):
    browser = as_person(coordinator)
    for kind, options in (("text", ""), ("choice", "A\nB"), ("several", "A\nB\nC"), ("yes_no", "")):
        sent = {"text": f"Frage {kind}", "kind": kind, "options": options, "shown": "hosts"}
        assert browser.post(address(workshop, "fragen/"), sent).status_code == 302
    rows = Question.objects.filter(workshop=workshop).order_by("position")
    assert list(rows.values_list("kind", "options", "position")) == [
        ("text", [], 1), ("choice", ["A", "B"], 2), ("several", ["A", "B", "C"], 3), ("yes_no", [], 4),
    ]  # fmt: skip
    assert "Frage several" in browser.get(address(workshop, "fragen/")).content.decode()


def test_a_choice_without_options_is_shown_again_with_what_was_typed(as_person, coordinator, workshop):
    answer = as_person(coordinator).post(
        address(workshop, "fragen/"), {"text": "Essen?", "kind": "choice", "options": "Nur eine", "shown": "hosts"}
    )
    assert answer.status_code == 422
    assert "mindestens zwei" in answer.context["form"].errors["options"][0]
    assert "Nur eine" in answer.content.decode()
    assert not Question.objects.exists()


def test_the_form_of_sign_up_asks_and_keeps_the_answers(as_person, pilot, konstanz, workshop, four):
    browser = as_person(pilot)
    page = browser.get(address(workshop)).content.decode()
    assert "Was essen Sie?" in page
    assert "Alle, die einen Platz haben, lesen die Antwort." in page
    sent = {"network": konstanz.pk, "name_shown": "on", **given(four, "Mut 🎉", "Vegan", ["Chat", "KI"], "no")}
    assert browser.post(address(workshop, "anmelden/"), sent).status_code == 302
    stored = dict(Answer.objects.values_list("question_id", "value"))
    assert stored == dict(zip([q.pk for q in four], ["Mut 🎉", "Vegan", ["KI", "Chat"], False], strict=True))
    assert "Mut 🎉" in browser.get(address(workshop)).content.decode()


def test_a_needed_answer_that_is_missing_stands_at_its_field_and_takes_no_seat(
    as_person, pilot, konstanz, workshop, four
):
    sent = {"network": konstanz.pk, **given(four, "Bleibt stehen", "", [], "")}
    answer = as_person(pilot).post(address(workshop, "anmelden/"), sent)
    assert answer.status_code == 422
    assert answer.context["seat_form"].errors[f"question-{four[1].pk}"] == ["Bitte antworten Sie auf diese Frage."]
    assert "Bleibt stehen" in answer.content.decode()
    assert not Registration.objects.exists()


@pytest.mark.parametrize("value", ["Nichts davon", "Alles\nVegan", "0", "True"])
def test_what_was_not_offered_cannot_be_chosen(as_person, pilot, konstanz, workshop, four, value):
    sent = {"network": konstanz.pk, **given(four, "", value, [value], value)}
    assert as_person(pilot).post(address(workshop, "anmelden/"), sent).status_code == 422
    assert not Answer.objects.exists()


def test_the_verb_itself_takes_no_place_without_a_needed_answer(pilot, workshop, four):
    with pytest.raises(Conflict, match="Bitte antworten"):
        verbs.sign_up(viewer_for(pilot), workshop.pk, answers={})
    assert not Registration.objects.exists()


def test_an_answer_is_deleted_when_the_place_is_given_back(pilot, workshop, four):
    viewer = viewer_for(pilot)
    verbs.sign_up(viewer, workshop.pk, answers={four[1].pk: "Vegan"})
    assert Answer.objects.count() == 1
    withdraw(viewer, workshop.pk)
    assert not Answer.objects.exists()


def test_answers_can_be_corrected_until_the_sign_up_ends(as_person, pilot, workshop, four):
    viewer = viewer_for(pilot)
    verbs.sign_up(viewer, workshop.pk, answers={four[0].pk: "Erst", four[1].pk: "Vegan"})
    browser = as_person(pilot)
    assert "Erst" in browser.get(address(workshop, "antworten/")).content.decode()
    assert browser.post(address(workshop, "antworten/"), given(four, "", "Alles", [], "yes")).status_code == 302
    assert dict(Answer.objects.values_list("question_id", "value")) == {four[1].pk: "Alles", four[3].pk: True}
    assert browser.post(address(workshop, "antworten/"), given(four, "", "", [], "")).status_code == 422
    past = timezone.now() - datetime.timedelta(minutes=1)
    type(workshop).objects.filter(pk=workshop.pk).update(registration_ends_at=past)
    assert browser.get(address(workshop, "antworten/")).status_code == 403
    with pytest.raises(Denied):
        verbs.correct_answers(viewer, workshop.pk, answers={four[1].pk: "Vegan"})


def test_only_who_has_a_place_answers(outsider, office_head, workshop, four, heilbronn):
    elsewhere = WorkshopFactory(hosts=[heilbronn])
    take_seat(viewer_for(office_head), elsewhere.pk)
    for person in (outsider, office_head):
        with pytest.raises(Denied):
            verbs.correct_answers(viewer_for(person), workshop.pk, answers={four[1].pk: "Vegan"})
    assert not Answer.objects.exists()


@pytest.mark.parametrize("who", ["pilot", "outsider", "office_head"])
def test_only_hosts_write_questions(request, who, workshop, four, as_person):
    person = request.getfixturevalue(who)
    with pytest.raises(Denied):
        asks(viewer_for(person), workshop, "Fremd")
    with pytest.raises(Denied):
        verbs.remove_question(viewer_for(person), four[0].pk)
    with pytest.raises(Denied):
        verbs.shift_question(viewer_for(person), four[0].pk, up=False)
    assert as_person(person).get(address(workshop, "fragen/")).status_code == 403
    assert Question.objects.count() == 4


def test_nobody_asks_anything_of_a_cancelled_workshop(host, workshop):
    cancel_workshop(host, workshop.pk, reason="Sturm")
    with pytest.raises(Denied):
        asks(host, workshop, "Zu spät")


def test_a_question_of_another_workshop_is_not_found(as_person, coordinator, konstanz, workshop, four):
    other = WorkshopFactory(hosts=[konstanz])
    browser = as_person(coordinator)
    assert browser.get(address(other, f"fragen/{four[0].pk}/")).status_code == 404
    assert browser.post(address(other, f"fragen/{four[0].pk}/tun/"), {"deed": "remove"}).status_code == 404
    assert browser.post(address(workshop, f"fragen/{four[0].pk}/tun/"), {"deed": "explode"}).status_code == 404


def words_of(question, **more):
    return {name: getattr(question, name) for name in verbs.WORDS} | more


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"text": "Was trinken Sie?"}, "text"),
        ({"kind": "several"}, "kind"),
        ({"options": ["Alles", "Ohne Fleisch"]}, "options"),
    ],
)
def test_an_answered_question_does_not_change_its_meaning(host, pilot, workshop, four, more, field):
    verbs.sign_up(viewer_for(pilot), workshop.pk, answers={four[1].pk: "Vegan"})
    with pytest.raises(Conflict) as refused:
        verbs.change_question(host, four[1].pk, words=words_of(four[1], **more))
    assert refused.value.field == field
    assert Question.objects.get(pk=four[1].pk).options == ["Alles", "Vegan"]


def test_what_was_answered_to_hosts_alone_is_not_shown_to_others_afterwards(host, pilot, workshop, four):
    verbs.sign_up(viewer_for(pilot), workshop.pk, answers={four[0].pk: "Vertraulich", four[1].pk: "Vegan"})
    with pytest.raises(Conflict) as refused:
        verbs.change_question(host, four[0].pk, words=words_of(four[0], shown="seated"))
    assert refused.value.field == "shown"
    verbs.change_question(host, four[1].pk, words=words_of(four[1], shown="hosts", options=["Alles", "Vegan", "Halal"]))


def test_a_question_without_answers_is_deleted_and_one_with_answers_is_put_away(host, pilot, workshop, four):
    verbs.sign_up(viewer_for(pilot), workshop.pk, answers={four[0].pk: "Bleibt", four[1].pk: "Vegan"})
    assert verbs.remove_question(host, four[0].pk)
    assert not verbs.remove_question(host, four[3].pk)
    assert Answer.objects.filter(question=four[0]).get().value == "Bleibt"
    verbs.correct_answers(viewer_for(pilot), workshop.pk, answers={four[1].pk: "Alles"})
    assert Answer.objects.filter(question=four[0]).get().value == "Bleibt"
    verbs.bring_back_question(host, four[0].pk)
    assert Question.objects.get(pk=four[0].pk).retired_at is None


def test_the_database_deletes_no_question_with_answers(pilot, workshop, four):
    verbs.sign_up(viewer_for(pilot), workshop.pk, answers={four[1].pk: "Vegan"})
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError):
            cursor.execute("DELETE FROM exchange_question WHERE id = %s", [four[1].pk])


def test_questions_are_moved_up_and_down(as_person, coordinator, workshop, four):
    browser = as_person(coordinator)
    browser.post(address(workshop, f"fragen/{four[3].pk}/tun/"), {"deed": "up"})
    browser.post(address(workshop, f"fragen/{four[0].pk}/tun/"), {"deed": "down"})
    browser.post(address(workshop, f"fragen/{four[1].pk}/tun/"), {"deed": "up"})
    order = list(Question.objects.order_by("position").values_list("pk", flat=True))
    assert order == [four[1].pk, four[0].pk, four[3].pk, four[2].pk]


@pytest.fixture
def answered(workshop, four, pilot, office_head, outsider):
    """Two with a seat, one of them without their name."""
    verbs.sign_up(viewer_for(pilot), workshop.pk, answers={four[0].pk: "Geheimes Ziel", four[1].pk: "Vegan"})
    verbs.sign_up(
        viewer_for(office_head),
        workshop.pk,
        answers={four[0].pk: "Noch ein Ziel", four[1].pk: "Alles", four[2].pk: ["KI"]},
        name_shown=False,
    )
    verbs.sign_up(viewer_for(outsider), workshop.pk, answers={four[1].pk: "Vegan", four[3].pk: True})
    return workshop


def test_hosts_read_every_answer_with_counts_and_in_the_table(as_person, coordinator, answered):
    browser = as_person(coordinator)
    page = browser.get(address(answered, "fragen/"))
    counted = {tally.question.text: tally.counts for tally in page.context["asked"]}
    assert counted["Was essen Sie?"] == [("Alles", 1), ("Vegan", 2)]
    assert counted["Welche Themen?"] == [("KI", 1), ("Akten", 0), ("Chat", 0)]
    assert counted["Waren Sie schon dabei?"] == [("Ja", 1), ("Nein", 0)]
    assert "Geheimes Ziel" in page.content.decode()
    table = browser.get(address(answered, "teilnehmende/")).content.decode()
    assert "Geheimes Ziel" in table
    lines = browser.get(address(answered, "teilnehmende.csv")).content.decode("utf-8-sig").splitlines()
    assert '"Was möchten Sie lernen?";"Was essen Sie?"' in lines[0]
    assert sum('"Vegan"' in line for line in lines) == 2


def test_others_with_a_seat_read_what_is_meant_for_all_of_those_who_show_their_names(
    as_person, outsider, pilot, office_head, answered
):
    page = as_person(outsider).get(address(answered, "teilnehmende/")).content.decode()
    assert "Was essen Sie?" in page
    assert "Was möchten Sie lernen?" not in page
    assert "Geheimes Ziel" not in page
    assert office_head.name not in page


@pytest.mark.parametrize("who", ["moderator", "neighbour"])
def test_who_has_no_place_reads_no_answer(request, who, as_person, answered):
    browser = as_person(request.getfixturevalue(who))
    for more in ("", "teilnehmende/", "teilnehmende.csv", "fragen/", "antworten/"):
        text = browser.get(address(answered, more)).content.decode()
        assert "Geheimes Ziel" not in text
        assert "Noch ein Ziel" not in text


def test_a_formula_in_an_answer_is_not_run_by_a_spreadsheet(as_person, coordinator, pilot, workshop, four):
    verbs.sign_up(viewer_for(pilot), workshop.pk, answers={four[0].pk: "=1+1", four[1].pk: "Vegan"})
    table = as_person(coordinator).get(address(workshop, "teilnehmende.csv")).content.decode()
    assert '"\'=1+1"' in table


def test_a_draft_with_questions_can_be_deleted(host, konstanz):
    draft = WorkshopFactory(hosts=[konstanz], state="draft")
    asks(host, draft, "Bleibt nicht")
    delete_workshop(host, draft.pk)
    assert not Question.objects.exists()


@pytest.mark.parametrize("people", [1, 3])
def test_the_list_of_participants_costs_the_same(people, as_person, coordinator, konstanz, workshop, four,
                                                 django_assert_num_queries):  # fmt: skip
    for _ in range(people):
        place = RegistrationFactory(workshop=workshop, network=konstanz)
        Answer.objects.create(question=four[1], registration=place, value="Vegan")
    browser = as_person(coordinator)
    browser.get(address(workshop, "teilnehmende/"))
    with django_assert_num_queries(11):
        browser.get(address(workshop, "teilnehmende/"))
