"""Rules of feedback: who may say how it was, who asks what, and who reads it from when on."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from exchange.models import FeedbackForm, FeedbackGiven, Workshop
from exchange.policies.days import is_held
from exchange.policies.workshops import is_host, visible_workshops
from tenancy.viewer import Viewer
from toolkit.access import ALLOW, Decision, deny

#: So long after the end answers are taken; the function that takes them says the same.
TAKEN = timedelta(days=21)
#: From so many answers on results are shown; the function that gives them says the same.
ENOUGH = 5

_ONLY_HOSTS = _("Das darf die Koordination einer der gastgebenden Kommunen.")


def visible_feedback_forms(viewer: Viewer) -> QuerySet[FeedbackForm]:
    """The questions of workshops in sight."""
    return FeedbackForm.objects.filter(workshop__in=visible_workshops(viewer))


def own_feedback(viewer: Viewer) -> QuerySet[FeedbackGiven]:
    """Of which workshops the viewer has said how they were; never what."""
    return FeedbackGiven.objects.filter(person_id=viewer.person_id or 0)


def is_taken(workshop: Workshop, at: datetime) -> bool:
    """Whether answers are taken: from the end on, for three weeks."""
    return is_held(workshop, at) and at < workshop.ends_at + TAKEN


def may_give_feedback(viewer: Viewer, workshop: Workshop, *, entitled: bool, given: bool, at: datetime) -> Decision:
    """Whether the viewer may say how it was: who was there; who had a seat, where nobody kept a list."""
    if not viewer.signed_in or not entitled:
        return deny(_("Eine Rückmeldung geben kann, wer dabei war."))
    if given:
        return deny(_("Sie haben schon geantwortet. Danke!"))
    if not is_held(workshop, at):
        return deny(_("Rückmeldungen gibt es nach dem Ende der Veranstaltung."))
    return ALLOW if is_taken(workshop, at) else deny(_("Rückmeldungen waren drei Wochen lang möglich."))


def may_ask_questions(viewer: Viewer, workshop: Workshop, *, at: datetime) -> Decision:
    """Whether the viewer may add questions of the hosts' own: any host, until it is over and answers come."""
    if not is_host(viewer, workshop):
        return deny(_ONLY_HOSTS)
    if workshop.state != Workshop.State.OPEN:
        return deny(_("Fragen stellen Sie, sobald die Anmeldung eröffnet ist."))
    if workshop.ends_at <= at:
        return deny(_("Die ersten Antworten können schon da sein: Jetzt lassen sich Fragen nicht mehr ändern."))
    return ALLOW


def may_read_feedback(viewer: Viewer, workshop: Workshop, *, at: datetime) -> Decision:
    """Whether the viewer reads what people said: the hosts; how much is there decides the database."""
    if not is_host(viewer, workshop):
        return deny(_ONLY_HOSTS)
    return ALLOW if is_held(workshop, at) else deny(_("Rückmeldungen gibt es nach dem Ende der Veranstaltung."))
