"""Verbs of feedback: asking, answering, and reminding once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from exchange.models import FeedbackForm
from exchange.models.feedback import OWN_QUESTIONS
from exchange.policies.feedback import TAKEN, may_ask_questions, may_give_feedback
from exchange.policies.workshops import hosts_of, visible_workshops
from exchange.queries.feedback import has_given, is_entitled
from exchange.services.hosting import locked, record_act
from tenancy.viewer import Viewer
from toolkit.access import require
from toolkit.acting import verb
from toolkit.jobs import job_for_nobody
from toolkit.past_sight import answer_of, rows_of
from toolkit.telling import tell


@verb
def ask_questions(viewer: Viewer, workshop_id: int, questions: Sequence[str], *, at: datetime | None = None) -> None:
    """Store the hosts' own questions, three at most, empty ones left out. Raises ``DoesNotExist`` and ``Denied``."""
    workshop = locked(workshop_id)
    require(may_ask_questions(viewer, workshop, at=at or timezone.now()))
    wanted = [question for question in questions if question.strip()][:OWN_QUESTIONS]
    form, _created = FeedbackForm.objects.get_or_create(workshop=workshop)
    if form.questions == wanted:
        return
    form.questions = wanted
    form.save(update_fields=["questions"])
    record_act(
        viewer, "feedback_questions", workshop, network_id=min(viewer.coordinates & hosts_of(workshop), default=None)
    )


@verb
def give_feedback(
    viewer: Viewer,
    workshop_id: int,
    *,
    helpful: int,
    recommend: str,
    good: str = "",
    change: str = "",
    after: str = "",
    own: Sequence[str] = (),
    at: datetime | None = None,
) -> None:
    """Say how it was, once and without a name: the function that takes it keeps who answered apart from what was said.

    ``helpful`` is 1 to 5, ``recommend`` one of ``FeedbackAnswer.Recommend``. Raises ``DoesNotExist`` and ``Denied``.
    """
    workshop = visible_workshops(viewer).get(pk=workshop_id)
    entitled, given = is_entitled(workshop), has_given(viewer, workshop)
    require(may_give_feedback(viewer, workshop, entitled=entitled, given=given, at=at or timezone.now()))
    rows_of("exchange_give_feedback", workshop.pk, helpful, recommend, good, change, after, list(own)[:OWN_QUESTIONS])


@app.periodic(cron="12 * * * *")
@job_for_nobody(
    "exchange.remind_of_feedback", because="One function says who has not answered yet, and marks that they were asked."
)
def remind_of_feedback(*, timestamp: int) -> None:
    """Every hour: ask those who were at a workshop that ended a day ago, once."""
    with transaction.atomic():
        for workshop_id, title, people in rows_of("exchange_feedback_due", timezone.now()):
            tell(
                people,
                kind="workshop.feedback",
                text=format_lazy(
                    _("Wie war „{title}“? Drei Minuten helfen den Gastgebenden, ohne Namen."), title=title
                ),
                url=reverse("exchange:feedback", kwargs={"pk": workshop_id}),
                key=f"workshop-{workshop_id}-feedback",
                mail=True,
            )


@app.periodic(cron="51 3 * * *")
@job_for_nobody("exchange.forget_who_answered", because="It deletes what is past its time, whosever it is.")
def forget_who_answered(*, timestamp: int) -> None:
    """Every night: forget who answered once no more answers are taken."""
    with transaction.atomic():
        answer_of("exchange_forget_who_answered", timezone.now() - TAKEN)
