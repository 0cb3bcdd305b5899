"""Verbs of workshops: begin, write, open, cancel, delete a draft."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from chat.public import open_room
from exchange.invitations import changes_in_words
from exchange.models import ExchangeFormat, Registration, Workshop, WorkshopHost
from exchange.policies.timetable import outside
from exchange.policies.workshops import (
    LIVING,
    hosts_of,
    may_cancel_workshop,
    may_create_workshop,
    may_delete_workshop,
    may_edit_workshop,
    may_open_workshop,
)
from exchange.services.changes import changes_between
from exchange.services.hosting import invite_host, locked, record_act
from exchange.services.invitations import calendar_changed
from exchange.services.program import follow_workshop, lines_as_sessions
from exchange.services.seats import allocate, fold_modes, page_of, room_of
from tenancy.policies.people import visible_people
from tenancy.queries.people import coordinators_of
from tenancy.viewer import Viewer
from toolkit.access import Conflict, require
from toolkit.acting import verb
from toolkit.audience import ALL_NETWORKS, PUBLIC, land_key, network_key
from toolkit.past_sight import rows_of
from toolkit.telling import tell

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: What a coordinator writes of a workshop.
WORDS = (
    "title", "summary", "description", "accessibility", "accessibility_notes", "kind", "mode", "starts_at", "ends_at",
    "place", "online_url", "seats", "registration_ends_at", "rung", "reminder_days",
    "contact", "contact_person_id", "price", "cost",
)  # fmt: skip
#: A change of these is a move: everybody who comes is told, and calendars take the new entry for the old.
MOVES = ("title", "starts_at", "ends_at", "place", "mode", "online_url")
#: What changed, in the words of whoever reads it.
_LAZY_CHANGES = lazy(lambda changes, workshop: " ".join(changes_in_words(changes, workshop)), str)


class WorkshopChangedMeanwhile(Conflict):
    """Somebody of another host saved in between. Carries what is stored by now."""

    def __init__(self, stored: Workshop) -> None:
        super().__init__(
            _("Diese Veranstaltung wurde inzwischen geändert. Nichts ist verloren: Sie sehen beide Texte.")
        )
        self.stored = stored


def _known(words: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(words) - set(WORDS)
    if unknown:
        raise ValueError(f"no words of a workshop: {sorted(unknown)}")
    return dict(words)


def _columns(words: Mapping[str, Any]) -> list[str]:
    """The fields by the names that saving knows."""
    return [name.removesuffix("_id") for name in words]


def _acting(viewer: Viewer, workshop: Workshop) -> int | None:
    """The hosting network for which the viewer acts."""
    return min(viewer.coordinates & hosts_of(workshop), default=None)


def _coming(workshop: Workshop) -> set[int]:
    """Everybody with a seat or a place in the queue."""
    rows = Registration.objects.filter(workshop=workshop, state__in=LIVING)
    return set(rows.values_list("person_id", flat=True))


@verb
def create_workshop(
    viewer: Viewer,
    network_id: int,
    *,
    words: Mapping[str, Any],
    exchange_format: ExchangeFormat | None = None,
    invited: Iterable[int] = (),
    points: Sequence[Mapping[str, str]] = (),
) -> Workshop:
    """Begin a draft that the coordinators of its hosts alone see, and ask the other cities to host it too.

    ``points`` are ``{time, title, text}`` of its first day. Raises ``Conflict`` with a field.
    """
    require(may_create_workshop(viewer, network_id, exchange_format))
    _contact_known(viewer, words)
    workshop = Workshop.objects.create(format=exchange_format, created_by_id=viewer.someone, **_known(words))
    WorkshopHost.objects.create(
        workshop=workshop, network_id=network_id, state=WorkshopHost.State.ACCEPTED, answered_at=timezone.now()
    )
    record_act(viewer, "created", workshop, network_id=network_id)
    _begin_program(workshop, points)
    for other in sorted(set(invited) - {network_id}):
        invite_host(viewer, workshop.pk, other)
    return workshop


def _begin_program(workshop: Workshop, points: Sequence[Mapping[str, str]]) -> None:
    for session in lines_as_sessions(workshop, timezone.localtime(workshop.starts_at).date(), points):
        lies_outside = outside(workshop, session)
        if lies_outside:
            raise Conflict(f"{session.title}: {' '.join(lies_outside.values())}", field="agenda")
        session.save()


def _contact_known(viewer: Viewer, words: Mapping[str, Any], stored: int | None = None) -> None:
    """Refuse to name somebody whom the viewer does not see; who is named already stays."""
    named = words.get("contact_person_id")
    if named not in (None, stored) and not visible_people(viewer).filter(pk=named).exists():
        raise Conflict(_("Diese Person gibt es hier nicht."), field="contact_person_id")


@verb
def save_workshop(
    viewer: Viewer, workshop_id: int, *, version: int, words: Mapping[str, Any], reason: str = ""
) -> Workshop:
    """Store what changed, and put it on the record for all hosts.

    More seats let the head of the queue move up. A move tells everybody who comes, with the ``reason``. Raises
    ``WorkshopChangedMeanwhile``, and ``Conflict`` on ``seats`` or ``rung`` when somebody would lose a place.
    """
    workshop = locked(workshop_id)
    require(may_edit_workshop(viewer, workshop))
    if workshop.version != version:
        raise WorkshopChangedMeanwhile(workshop)
    words = _known(words)
    seats = words.get("seats", workshop.seats)
    if seats < workshop.seats_taken:
        sentence = _("Es sind schon {taken} Plätze vergeben. Weniger können es nicht werden.")
        raise Conflict(format_lazy(sentence, taken=workshop.seats_taken), field="seats")
    if seats < workshop.quota_seats + workshop.shared_taken:
        sentence = _("{quotas} Plätze sind für einzelne Kommunen vorgesehen, {taken} weitere sind vergeben.")
        sentence = format_lazy(sentence, quotas=workshop.quota_seats, taken=workshop.shared_taken)
        raise Conflict(sentence, field="seats")
    _contact_known(viewer, words, workshop.contact_person_id)
    changes = changes_between(workshop, words)
    began, ended = workshop.starts_at, workshop.ends_at
    if not changes:
        return workshop
    for name, value in words.items():
        setattr(workshop, name, value)
    workshop.version += 1
    moved = workshop.state == Workshop.State.OPEN and any(name in changes for name in MOVES)
    if moved:
        workshop.calendar_sequence += 1
    workshop.save(update_fields=[*_columns(words), "version", "calendar_sequence", "updated_at"])
    follow_workshop(workshop, began, ended)
    if "rung" in changes:
        _nobody_shut_out(workshop)
    if "mode" in changes and workshop.mode != Workshop.Mode.HYBRID:
        fold_modes(workshop)
    _keep_edition(workshop)
    if "title" in changes and workshop.room_id is not None:
        open_room("workshop", workshop.pk, workshop.title)
    shown = {name: pair for name, pair in changes.items() if name != "online_url"}
    if "online_url" in changes:
        # The record outlives the workshop; a link that lets people in does not belong into it.
        shown["online_url"] = ["…", "…"]
    record_act(viewer, "changed", workshop, network_id=_acting(viewer, workshop), changes=shown)
    if moved:
        calendar_changed(workshop, changes, reason)
        _tell_moved(viewer, workshop, changes, reason)
    allocate(workshop, at=timezone.now())
    return workshop


def _nobody_shut_out(workshop: Workshop) -> None:
    """Refuse a narrower rung while somebody from outside it has a place; the change is rolled back."""
    workshop.refresh_from_db(fields=["audience"])
    audience = set(workshop.audience)
    rows = Registration.objects.filter(workshop=workshop, state__in=LIVING)
    networks = rows.values_list("network_id", "network__municipality__state_id").distinct()
    for network_id, state_code in networks:
        if audience.isdisjoint({PUBLIC, ALL_NETWORKS, network_key(network_id), land_key(state_code)}):
            raise Conflict(_("Damit sähen schon Angemeldete die Veranstaltung nicht mehr."), field="rung")


def _tell_moved(viewer: Viewer, workshop: Workshop, changes: Mapping[str, list[Any]], reason: str) -> None:
    sentence = _("„{title}“ hat sich geändert. {changes} {reason}")
    _tell_all(
        workshop,
        but=viewer.someone,
        kind="workshop.moved",
        text=format_lazy(sentence, title=workshop.title, changes=_LAZY_CHANGES(changes, workshop), reason=reason),
        key=f"workshop-{workshop.pk}-move-{workshop.calendar_sequence}",
    )


def _tell_all(
    workshop: Workshop, *, but: int, kind: str, text: _StrPromise, key: str, also: Iterable[int] = ()
) -> None:
    """Tell everybody who comes or waits; who has a seat has the mail from their invitation."""
    rows = Registration.objects.filter(workshop=workshop, state=Registration.State.SEAT)
    seated = set(rows.values_list("person_id", flat=True))
    others = (_coming(workshop) | set(also)) - seated
    for people, mail in ((seated, False), (others, True)):
        tell(people - {but}, kind=kind, text=text, url=page_of(workshop), key=key, mail=mail)


@verb
def open_workshop(viewer: Viewer, workshop_id: int, *, at: datetime | None = None) -> Workshop:
    """Show it to its rung and let people sign up; its room opens, and its format gets the edition."""
    workshop = locked(workshop_id)
    require(may_open_workshop(viewer, workshop, at=at or timezone.now()))
    workshop.state = Workshop.State.OPEN
    workshop.version += 1
    workshop.save(update_fields=["state", "version", "updated_at"])
    room_of(workshop)
    _keep_edition(workshop)
    record_act(viewer, "opened", workshop, network_id=_acting(viewer, workshop))
    return workshop


def _keep_edition(workshop: Workshop) -> None:
    """Let the edition of the format follow its workshop; a planned one that has none yet is taken first."""
    if workshop.format_id is None or workshop.state == Workshop.State.DRAFT:
        return
    rows_of("exchange_keep_edition", workshop.pk)


@verb
def cancel_workshop(viewer: Viewer, workshop_id: int, *, reason: str, at: datetime | None = None) -> Workshop:
    """Call it off. Everybody who was coming or waiting is told why, and calendars strike it out."""
    workshop = locked(workshop_id)
    require(may_cancel_workshop(viewer, workshop, at=at or timezone.now()))
    if not reason.strip():
        raise Conflict(_("Bitte schreiben Sie, warum: Alle Angemeldeten lesen es."), field="reason")
    workshop.state = Workshop.State.CANCELLED
    workshop.cancel_reason = reason
    workshop.version += 1
    workshop.calendar_sequence += 1
    workshop.save(update_fields=["state", "cancel_reason", "version", "calendar_sequence", "updated_at"])
    _keep_edition(workshop)
    record_act(viewer, "cancelled", workshop, network_id=_acting(viewer, workshop), reason=reason)
    calendar_changed(workshop)
    _tell_all(
        workshop,
        but=viewer.someone,
        also=coordinators_of(hosts_of(workshop)),
        kind="workshop.cancelled",
        text=format_lazy(_("„{title}“ ist abgesagt: {reason}"), title=workshop.title[:120], reason=reason),
        key=f"workshop-{workshop.pk}-cancelled",
    )
    return workshop


@verb
def delete_workshop(viewer: Viewer, workshop_id: int) -> None:
    """Delete a draft for good."""
    workshop = locked(workshop_id)
    require(may_delete_workshop(viewer, workshop))
    record_act(viewer, "deleted", workshop, network_id=_acting(viewer, workshop))
    rows_of("exchange_delete_draft", workshop.pk)
