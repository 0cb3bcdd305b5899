"""Take one of the two walls down for a while, so that the other has to hold alone."""

from __future__ import annotations

import contextlib
import importlib
import pkgutil
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

from django.db import connection
from django.db.models import BooleanField, F, Value

from chat import policies as chat
from chat.models import Block, Conversation, Message, MessageFile, Participant
from exchange.models import (
    Answer,
    Attendance,
    CertificateBundle,
    Comment,
    CouncilDay,
    DatePoll,
    Edition,
    ExchangeFormat,
    Experience,
    FeedbackForm,
    FeedbackGiven,
    Material,
    Minutes,
    MinutesSection,
    MinutesVersion,
    PollPerson,
    PollVote,
    Question,
    Registration,
    SeatHandover,
    Session,
    SessionProposal,
    Workshop,
    WorkshopQuota,
    WorkshopSeries,
)
from exchange.policies import (
    dates,
    days,
    experiences,
    feedback,
    formats,
    minutes,
    program,
    proposals,
    questions,
    seats,
    workshops,
)
from moderation.models import ModerationDecision, Report
from moderation.policies import record, reports
from notices.models import Notice
from notices.policies import notices
from tenancy.models import Application, Invitation, Network, Partnership
from tenancy.policies import applications, networks
from tests.database.base import arranging
from tests.walls.swapping import swapped
from tests.walls.wall import protected_tables
from toolkit import rules
from toolkit.models import AuditEntry

ROOMS = ("tenancy", "notices", "moderation", "chat", "exchange")
#: How a function is called that answers "which may I see?".
SIGHT = ("visible_", "published_", "listed_", "own_", "seat_of")

#: What the first wall keeps alone, since the second knows no rows of it (config/open_tables.py says why).
FIRST_WALL_ALONE = {
    "tenancy.policies.people.visible_people": "signing in and naming authors need every person's row",
    "tenancy.policies.people.visible_memberships": "what a viewer holds is made of memberships before anybody acts",
}


def _conversations(_viewer: Any) -> Any:
    nothing = {
        "joined_seq": Value(0),
        "mention_seq": Value(0),
        "read_seq": F("head"),
        "muted": Value(False, output_field=BooleanField()),
    }
    return Conversation.objects.annotate(**nothing)


#: Each rule of sight, and what it says when it forgets all its conditions.
EVERYTHING: dict[Any, Callable[..., Any]] = {
    rules.within_sight: lambda rows, _viewer: rows,
    rules.in_sight: lambda _audience, _viewer: True,
    chat.visible_conversations: _conversations,
    chat.seat_of: lambda _viewer, conversation: Participant.objects.filter(conversation_id=conversation),
    chat.visible_files: lambda _viewer: MessageFile.objects.all(),
    chat.visible_blocks: lambda _viewer: Block.objects.all(),
    chat.visible_messages: lambda _viewer, conversation: Message.objects.filter(conversation_id=conversation),
    experiences.visible_experiences: lambda _viewer: Experience.objects.all(),
    experiences.published_experiences: lambda _viewer: Experience.objects.all(),
    experiences.own_experiences: lambda _viewer: Experience.objects.all(),
    experiences.visible_comments: lambda _viewer: Comment.objects.all(),
    formats.visible_formats: lambda _viewer: ExchangeFormat.objects.all(),
    formats.visible_editions: lambda _viewer: Edition.objects.all(),
    workshops.visible_workshops: lambda _viewer: Workshop.objects.all(),
    workshops.listed_workshops: lambda _viewer: Workshop.objects.all(),
    workshops.own_registrations: lambda _viewer: Registration.objects.all(),
    seats.visible_quotas: lambda _viewer: WorkshopQuota.objects.all(),
    seats.visible_handovers: lambda _viewer: SeatHandover.objects.all(),
    seats.own_answers: lambda _viewer: Registration.objects.all(),
    workshops.visible_registrations: lambda _viewer, workshop, _own: Registration.objects.filter(workshop=workshop),
    days.visible_attendance: lambda _viewer: Attendance.objects.all(),
    feedback.visible_feedback_forms: lambda _viewer: FeedbackForm.objects.all(),
    feedback.own_feedback: lambda _viewer: FeedbackGiven.objects.all(),
    days.visible_bundles: lambda _viewer: CertificateBundle.objects.all(),
    dates.visible_polls: lambda _viewer: DatePoll.objects.all(),
    dates.visible_votes: lambda _viewer: PollVote.objects.all(),
    dates.visible_asked: lambda _viewer: PollPerson.objects.all(),
    dates.visible_council_days: lambda _viewer: CouncilDay.objects.all(),
    program.visible_sessions: lambda _viewer: Session.objects.all(),
    program.visible_series: lambda _viewer: WorkshopSeries.objects.all(),
    proposals.visible_proposals: lambda _viewer: SessionProposal.objects.all(),
    program.visible_materials: lambda _viewer: Material.objects.all(),
    questions.visible_questions: lambda _viewer: Question.objects.all(),
    questions.visible_answers: lambda _viewer, workshop, _own: Answer.objects.filter(registration__workshop=workshop),
    minutes.visible_minutes: lambda _viewer: Minutes.objects.all(),
    minutes.visible_sections: lambda _viewer: MinutesSection.objects.all(),
    minutes.visible_versions: lambda _viewer: MinutesVersion.objects.all(),
    record.visible_land_record: lambda _viewer: AuditEntry.objects.all(),
    record.visible_network_record: lambda _viewer, _network: AuditEntry.objects.all(),
    reports.visible_reports: lambda _viewer: Report.objects.all(),
    reports.visible_decisions: lambda _viewer: ModerationDecision.objects.all(),
    notices.visible_notices: lambda _viewer: Notice.objects.all(),
    applications.visible_applications: lambda _viewer: Application.objects.all(),
    networks.visible_networks: lambda _viewer: Network.objects.all(),
    networks.visible_invitations: lambda _viewer: Invitation.objects.all(),
    networks.visible_partnerships: lambda _viewer: Partnership.objects.all(),
}
#: These ask another rule above, and hold no condition of their own.
ASK_OTHERS = {"moderation.policies.reports.visible_thing"}


def name_of(function: Any) -> str:
    """``module.function``."""
    return f"{function.__module__}.{function.__qualname__}"


def functions_of_policies() -> Iterator[FunctionType]:
    """Every function that is written in the policies of a room or floor."""
    for room in ROOMS:
        package = importlib.import_module(f"{room}.policies")
        inner = [f"{room}.policies.{m.name}" for m in pkgutil.iter_modules(getattr(package, "__path__", []))]
        for module in [package, *map(importlib.import_module, inner)]:
            for value in vars(module).values():
                if isinstance(value, FunctionType) and value.__module__ == module.__name__:
                    yield value


@contextlib.contextmanager
def without_the_first_wall() -> Iterator[None]:
    """Every rule of sight in Python says yes to every row."""
    with contextlib.ExitStack() as stack:
        for function, everything in EVERYTHING.items():
            stack.enter_context(swapped(function, everything))
        yield


@contextlib.contextmanager
def without_the_second_wall() -> Iterator[None]:
    """No table has a policy, until the block, or the transaction of the test around it, ends."""
    tables = sorted(protected_tables())
    _switch(tables, "DISABLE")
    try:
        yield
    finally:
        _switch(tables, "ENABLE")


def _switch(tables: list[str], how: str) -> None:
    with arranging(), connection.cursor() as cursor:
        # What deferred constraints still wait for stands in the way of changing a table.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        for table in tables:
            cursor.execute(f'ALTER TABLE "{table}" {how} ROW LEVEL SECURITY')
