"""Rules of the questions at sign-up: hosts ask, people answer for themselves, and each answer is read by few."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from exchange.models import Answer, Question, Registration, Workshop
from exchange.policies.workshops import LIVING, may_edit_workshop, may_see_needs, visible_workshops
from tenancy.viewer import Viewer
from toolkit.access import ALLOW, Decision, deny


def visible_questions(viewer: Viewer) -> QuerySet[Question]:
    """The questions of workshops within sight, retired ones too."""
    return Question.objects.filter(workshop__in=visible_workshops(viewer))


def visible_answers(viewer: Viewer, workshop: Workshop, own: Registration | None) -> QuerySet[Answer]:
    """The answers that the viewer reads: hosts all, who has a seat those meant for all with a seat, all their own."""
    rows = Answer.objects.filter(registration__workshop=workshop, registration__state__in=LIVING)
    if may_see_needs(viewer, workshop):
        return rows
    if own is None:
        return rows.none()
    mine = rows.filter(registration=own)
    if own.state != Registration.State.SEAT:
        return mine
    shown = rows.filter(
        registration__state=Registration.State.SEAT,
        registration__name_shown=True,
        question__shown=Question.Shown.SEATED,
    )
    return mine | shown


def may_write_questions(viewer: Viewer, workshop: Workshop) -> Decision:
    """Whether the viewer writes what is asked: any host, until it is cancelled."""
    return may_edit_workshop(viewer, workshop)


def may_correct_answers(viewer: Viewer, workshop: Workshop, own: Registration | None, *, at: datetime) -> Decision:
    """Whether the viewer may change the own answers: with a place, until the sign-up ends."""
    if own is None or own.person_id != viewer.person_id:
        return deny(_("Antworten kann, wer angemeldet ist."))
    if workshop.state != Workshop.State.OPEN:
        return deny(_("Die Anmeldung ist nicht offen."))
    if workshop.registration_ends_at <= at:
        return deny(_("Die Anmeldefrist ist vorbei. Ihre Antworten stehen jetzt fest."))
    return ALLOW
