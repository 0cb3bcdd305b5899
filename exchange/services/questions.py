"""Verbs of the questions at sign-up: ask, change, put away, order, and answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from exchange.models import Answer, Question, Registration, Workshop
from exchange.policies.questions import may_correct_answers, may_write_questions, visible_questions
from exchange.policies.workshops import hosts_of, own_registrations
from exchange.services.hosting import locked, record_act
from exchange.services.seats import take_seat
from tenancy.viewer import Viewer
from toolkit.access import Conflict, given, require
from toolkit.acting import verb

#: What hosts write of a question.
WORDS = ("text", "hint", "kind", "options", "required", "shown")
#: So many questions at most; a sign-up is no survey.
MOST = 20
MOST_OPTIONS = 20
MOST_WORDS = 1_000


def _acting(viewer: Viewer, workshop: Workshop) -> int | None:
    return min(viewer.coordinates & hosts_of(workshop), default=None)


def _checked(words: Mapping[str, Any]) -> dict[str, Any]:
    known = {name: words[name] for name in WORDS if name in words}
    if known["kind"] not in (Question.Kind.CHOICE, Question.Kind.SEVERAL):
        known["options"] = []
    elif len(set(known["options"])) < 2:
        raise Conflict(
            _("Bitte nennen Sie mindestens zwei Möglichkeiten, jede in einer eigenen Zeile."), field="options"
        )
    elif len(known["options"]) > MOST_OPTIONS:
        raise Conflict(format_lazy(_("Höchstens {most} Möglichkeiten."), most=MOST_OPTIONS), field="options")
    known["options"] = list(dict.fromkeys(known["options"]))
    return known


def _held(viewer: Viewer, question_id: int) -> tuple[Workshop, Question]:
    """Workshop and question, locked for change by a host. Raises ``Question.DoesNotExist``."""
    question = visible_questions(viewer).get(pk=question_id)
    workshop = locked(question.workshop_id)
    require(may_write_questions(viewer, workshop))
    return workshop, Question.objects.get(pk=question_id)


@verb
def add_question(viewer: Viewer, workshop_id: int, *, words: Mapping[str, Any]) -> Question:
    """Ask something more, at the end. Who is signed up already may answer it until the sign-up ends."""
    workshop = locked(workshop_id)
    require(may_write_questions(viewer, workshop))
    asked = Question.objects.filter(workshop=workshop)
    if asked.filter(retired_at=None).count() >= MOST:
        raise Conflict(format_lazy(_("Höchstens {most} Fragen. Wer sich anmeldet, soll nicht müde werden."), most=MOST))
    last = asked.aggregate(last=Max("position"))["last"] or 0
    question = Question.objects.create(workshop=workshop, position=last + 1, **_checked(words))
    record_act(viewer, "question_added", workshop, network_id=_acting(viewer, workshop))
    return question


@verb
def change_question(viewer: Viewer, question_id: int, *, words: Mapping[str, Any]) -> Question:
    """Change a question; where it was answered already, nothing that would give an answer another meaning or reader."""
    workshop, question = _held(viewer, question_id)
    known = _checked(words)
    answers = list(Answer.objects.filter(question=question).values_list("value", flat=True))
    if answers:
        _keep_meaning(question, known, answers)
    for name, value in known.items():
        setattr(question, name, value)
    question.save(update_fields=list(known))
    record_act(viewer, "question_changed", workshop, network_id=_acting(viewer, workshop))
    return question


def _keep_meaning(question: Question, known: Mapping[str, Any], answers: list[Any]) -> None:
    """Refuse what would turn stored answers into something that nobody said."""
    times = ngettext_lazy(
        "Diese Frage wurde schon {n}-mal beantwortet.", "Diese Frage wurde schon {n}-mal beantwortet.", len(answers)
    )
    said = format_lazy(times, n=len(answers))
    if known["kind"] != question.kind:
        raise Conflict(format_lazy(_("{said} Ihre Art lässt sich nicht mehr ändern."), said=said), field="kind")
    if known["text"] != question.text:
        sentence = _("{said} Fragen Sie etwas Neues mit einer neuen Frage, und nehmen Sie diese aus dem Formular.")
        raise Conflict(format_lazy(sentence, said=said), field="text")
    if question.shown == Question.Shown.HOSTS and known["shown"] == Question.Shown.SEATED:
        sentence = _("{said} Wer geantwortet hat, hat nur den Gastgebenden geantwortet.")
        raise Conflict(format_lazy(sentence, said=said), field="shown")
    chosen = {option for value in answers for option in (value if isinstance(value, list) else [value])}
    gone = [option for option in question.options if option not in known["options"] and option in chosen]
    if gone:
        sentence = _("„{option}“ wurde schon gewählt und muss stehen bleiben. Neue Möglichkeiten können dazukommen.")
        raise Conflict(format_lazy(sentence, option=gone[0]), field="options")


@verb
def remove_question(viewer: Viewer, question_id: int) -> bool:
    """Take a question out of the form. Answered, it is put away with its answers (yes); else it is deleted (no)."""
    workshop, question = _held(viewer, question_id)
    answered = Answer.objects.filter(question=question).exists()
    if answered:
        question.retired_at = question.retired_at or timezone.now()
        question.save(update_fields=["retired_at"])
    else:
        question.delete()
    record_act(viewer, "question_removed", workshop, network_id=_acting(viewer, workshop))
    return answered


@verb
def bring_back_question(viewer: Viewer, question_id: int) -> Question:
    """Ask a question again that was put away."""
    _workshop, question = _held(viewer, question_id)
    question.retired_at = None
    question.save(update_fields=["retired_at"])
    return question


@verb
def shift_question(viewer: Viewer, question_id: int, *, up: bool) -> None:
    """Put a question one place further up or down; nothing happens at the end of the list."""
    workshop, question = _held(viewer, question_id)
    order = list(Question.objects.filter(workshop=workshop, retired_at=None).order_by("position", "pk"))
    here = next((place for place, row in enumerate(order) if row.pk == question.pk), None)
    there = None if here is None else here + (-1 if up else 1)
    if here is None or there is None or not 0 <= there < len(order):
        return
    order[here], order[there] = order[there], order[here]
    for place, row in enumerate(order, start=1):
        if row.position != place:
            row.position = place
            row.save(update_fields=["position"])


# --- answers --------------------------------------------------------------------------------------------------------


def _answer(question: Question, given: Any) -> Any:
    """An answer as it is stored; None for none. Raises ``Conflict`` on ``question-<number>``."""
    kind, field = question.kind, f"question-{question.pk}"
    value: Any
    if kind == Question.Kind.YES_NO:
        value = given if isinstance(given, bool) else None
    elif kind == Question.Kind.SEVERAL:
        chosen = given if isinstance(given, list | tuple) else []
        value = [option for option in question.options if option in chosen] or None
    elif kind == Question.Kind.CHOICE:
        value = given if given in question.options else None
    else:
        value = given.strip()[:MOST_WORDS] or None if isinstance(given, str) else None
    if value is None and question.required:
        raise Conflict(_("Bitte antworten Sie auf diese Frage."), field=field)
    return value


def _store(registration: Registration, answers: Mapping[int, Any]) -> None:
    """Within the workshop's lock: keep the answers to what is asked now; other ones stay as they are."""
    questions = list(Question.objects.filter(workshop_id=registration.workshop_id, retired_at=None))
    stored = {row.question_id: row for row in Answer.objects.filter(registration=registration)}
    for question in questions:
        value, row = _answer(question, answers.get(question.pk)), stored.get(question.pk)
        if row is None and value is not None:
            Answer.objects.create(question=question, registration=registration, value=value)
        elif row is not None and value is None:
            row.delete()
        elif row is not None and row.value != value:
            row.value = value
            row.save(update_fields=["value", "changed_at"])


@verb
def sign_up(viewer: Viewer, workshop_id: int, *, answers: Mapping[int, Any], **place: Any) -> Registration:
    """Take a place and answer what the hosts ask, both or neither; ``place`` as ``take_seat`` has it.

    Raises as ``take_seat`` does, and ``Conflict`` on ``question-<number>`` where an answer is missing.
    """
    registration = take_seat(viewer, workshop_id, **place)
    _store(registration, answers)
    return registration


@verb
def correct_answers(
    viewer: Viewer, workshop_id: int, *, answers: Mapping[int, Any], at: datetime | None = None
) -> Registration:
    """Write the own answers anew. Raises ``Conflict`` on ``question-<number>`` where one is missing."""
    workshop = locked(workshop_id)
    own = own_registrations(viewer).filter(workshop=workshop).first()
    require(may_correct_answers(viewer, workshop, own, at=at or timezone.now()))
    own = given(own)
    _store(own, answers)
    return own
