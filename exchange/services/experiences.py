"""Verbs of experiences: begin, write, publish, recall, delete, say „Hilfreich“, hide and restore."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from exchange.models import ExchangeFormat, Experience, Helpful, Workshop
from exchange.policies.experiences import (
    may_change_audience,
    may_choose_rung,
    may_delete_experience,
    may_edit_experience,
    may_mark_helpful,
    may_publish_experience,
    may_recall_experience,
    may_write_experience,
    missing_to_publish,
    office_seat,
)
from tenancy.models import Office
from tenancy.viewer import Viewer
from toolkit.access import Conflict, require
from toolkit.acting import verb
from toolkit.audience import Rung
from toolkit.audit import record
from toolkit.past_sight import answer_of, locked, rows_of
from toolkit.telling import tell
from toolkit.text import fold

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: What an author writes; ``topics`` and the rung go beside it.
WORDS = (
    "title", "summary", "starting_point", "what_we_did", "legal_basis", "service", "software", "supplier",
    "cost_once_eur", "cost_yearly_eur", "effort_days", "funding", "took_part", "benefits", "result", "pitfalls",
    "differently", "reusable", "contact", "period_from", "period_to", "stage", "task_area",
)  # fmt: skip
MAX_TOPICS = 8


class ChangedMeanwhile(Conflict):
    """Somebody, or oneself in another window, saved in between. Carries what is stored by now."""

    def __init__(self, stored: Experience) -> None:
        super().__init__(
            _("Diese Erfahrung wurde inzwischen woanders geändert. Nichts ist verloren: Sie sehen beide Texte.")
        )
        self.stored = stored


def _locked(experience_id: int) -> Experience:
    locked("exchange_lock_experience", Experience, experience_id)
    return Experience.objects.get(pk=experience_id)


def clean_topics(names: Sequence[str]) -> list[str]:
    """Each topic once whatever its spelling, in the order given, eight at most."""
    once: dict[str, str] = {}
    for name in names:
        once.setdefault(fold(name), name)
    once.pop("", None)
    return list(once.values())[:MAX_TOPICS]


@verb
def start_experience(
    viewer: Viewer,
    network_id: int,
    *,
    title: str = "",
    words: Mapping[str, Any] | None = None,
    workshop: Workshop | None = None,
    exchange_format: ExchangeFormat | None = None,
) -> Experience:
    """Begin a draft that its author alone sees, for the narrowest rung that a whole network shares.

    ``words`` are what is known already; ``workshop`` and ``exchange_format`` are what it came out of, which the
    caller has found in the viewer's sight.
    """
    require(may_write_experience(viewer, network_id))
    seat = office_seat(viewer, network_id)
    office = Office.objects.filter(pk=seat.office_id or 0).first() if seat else None
    experience = Experience(
        network_id=network_id,
        author_id=viewer.someone,
        office=office,
        task_area=office.task_area if office else "",
        title=title,
        rung=Rung.NETWORK,
        workshop=workshop,
        exchange_format=exchange_format,
        **(words or {}),
    )
    experience.save()
    return experience


@verb
def save_experience(
    viewer: Viewer,
    experience_id: int,
    *,
    version: int,
    words: Mapping[str, Any],
    topics: Sequence[str] | None = None,
    rung: str | None = None,
) -> Experience:
    """Store words, topics and rung; what is left out stays. Answers the experience with its new version.

    Raises ``ChangedMeanwhile`` when ``version`` is not the stored one, and ``Conflict`` when a published experience
    would lose what its readers need.
    """
    experience = _locked(experience_id)
    require(may_edit_experience(viewer, experience))
    if experience.version != version:
        raise ChangedMeanwhile(experience)
    unknown = set(words) - set(WORDS)
    if unknown:
        raise ValueError(f"no words of an experience: {sorted(unknown)}")
    for name, value in words.items():
        setattr(experience, name, value)
    shown = experience.state == Experience.State.PUBLISHED
    steered = rung if rung is not None and rung != experience.rung else None
    if steered is not None:
        require(may_choose_rung(viewer, experience, steered))
        if not shown:
            experience.rung, experience.office_id = steered, _office_for(viewer, experience, steered)
    missing = missing_to_publish(experience)
    if shown and missing:
        raise Conflict(_("Das wird zum Lesen gebraucht."), field=missing[0])
    if topics is not None:
        experience.topics.set(clean_topics(topics))
    if steered is not None and shown:
        experience.save()
        _steer(viewer, experience, Experience.State.PUBLISHED, steered)
    else:
        experience.version += 1
        experience.save()
    return experience


def _office_for(viewer: Viewer, experience: Experience, rung: str) -> int | None:
    """The office that it is of on this rung: the one it has, else the author's where the rung is for one."""
    if rung != Rung.OFFICE or experience.office_id is not None:
        return experience.office_id
    seat = office_seat(viewer, experience.network_id)
    return seat.office_id if seat else None


def _steer(viewer: Viewer, experience: Experience, state: str, rung: str) -> None:
    """Let the database show it to others, or to nobody; it may be out of the viewer's own sight afterwards."""
    office_id = _office_for(viewer, experience, rung)
    version = answer_of("exchange_steer_experience", experience.pk, state, rung, office_id)
    experience.state, experience.rung, experience.office_id, experience.version = state, rung, office_id, version


@verb
def publish_experience(viewer: Viewer, experience_id: int) -> Experience:
    """Let the chosen rung read it. One that was recalled keeps the day of its first publication."""
    experience = _locked(experience_id)
    require(may_publish_experience(viewer, experience))
    _steer(viewer, experience, Experience.State.PUBLISHED, experience.rung)
    return experience


@verb
def change_audience(viewer: Viewer, experience_id: int, *, rung: str, reason: str = "") -> Experience:
    """Show a published experience to another rung. Who is not its author says why, and the author hears of it."""
    experience = _locked(experience_id)
    require(may_change_audience(viewer, experience))
    require(may_choose_rung(viewer, experience, rung))
    before = experience.rung
    if rung == before:
        return experience
    if experience.author_id != viewer.person_id and not reason.strip():
        raise Conflict(_("Bitte schreiben Sie dazu, warum: Die Autorin oder der Autor liest es."), field="reason")
    _steer(viewer, experience, Experience.State.PUBLISHED, rung)
    _tell_author(
        viewer,
        experience,
        verb="experience.audience_changed",
        reason=reason,
        changes={"rung": [before, rung]},
        text=format_lazy(
            _("Ihre Koordination hat die Sichtbarkeit von „{title}“ auf „{rung}“ gestellt: {reason}"),
            title=experience.title,
            rung=Rung(rung).label,
            reason=reason,
        ),
    )
    return experience


@verb
def recall_experience(viewer: Viewer, experience_id: int, *, reason: str = "") -> Experience:
    """Take it back from its readers; words, comments and marks stay. Who is not its author says why."""
    experience = _locked(experience_id)
    require(may_recall_experience(viewer, experience))
    if experience.author_id != viewer.person_id and not reason.strip():
        raise Conflict(_("Bitte schreiben Sie dazu, warum: Die Autorin oder der Autor liest es."), field="reason")
    _steer(viewer, experience, Experience.State.RECALLED, experience.rung)
    _tell_author(
        viewer,
        experience,
        verb="experience.recalled",
        reason=reason,
        changes={"state": [Experience.State.PUBLISHED, Experience.State.RECALLED]},
        text=format_lazy(
            _("Ihre Koordination hat „{title}“ zurückgezogen: {reason}"), title=experience.title, reason=reason
        ),
    )
    return experience


def _tell_author(
    viewer: Viewer, experience: Experience, *, verb: str, reason: str, changes: dict[str, Any], text: _StrPromise
) -> None:
    """What others do to an author's text is on the record, and the author is told; one's own acts are neither."""
    if experience.author_id == viewer.person_id:
        return
    record(
        verb,
        person_id=viewer.person_id,
        subject="experience",
        subject_id=experience.pk,
        network_id=experience.network_id,
        reason=reason,
        changes=changes,
    )
    tell(
        [experience.author_id],
        kind="experience",
        text=text,
        url=reverse("exchange:experience-detail", kwargs={"pk": experience.pk}),
        key=f"experience-{experience.pk}",
        mail=True,
    )


@verb
def delete_experience(viewer: Viewer, experience_id: int) -> None:
    """Delete a draft for good."""
    experience = _locked(experience_id)
    require(may_delete_experience(viewer, experience))
    experience.delete()


@verb
def set_helpful(viewer: Viewer, experience_id: int, *, helpful: bool) -> Experience:
    """Say „Hilfreich“, or take it back; saying it twice changes nothing. The database counts."""
    experience = _locked(experience_id)
    require(may_mark_helpful(viewer, experience))
    mine = Helpful.objects.filter(experience=experience, person_id=viewer.someone)
    if helpful and not mine.exists():
        Helpful.objects.create(experience=experience, person_id=viewer.someone)
    elif not helpful:
        mine.delete()
    experience.refresh_from_db(fields=["helpful_count"])
    return experience


@transaction.atomic
def hide_experience(experience_id: int, *, reason: str) -> None:
    """Hide it for everybody but its author, who reads the reason. The moderation decided and keeps the record."""
    rows_of("exchange_hide_experience", experience_id, reason)


@transaction.atomic
def restore_experience(experience_id: int) -> None:
    """Show it again to the rung it had. The moderation decided and keeps the record."""
    rows_of("exchange_restore_experience", experience_id)
