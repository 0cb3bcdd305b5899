"""Verbs of the programme: add, change, move and remove sessions. Each is on the record of all hosts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from exchange.models import Session, SessionSpeaker, Workshop
from exchange.policies.program import may_edit_program, visible_sessions
from exchange.policies.timetable import Speaker, clashes, clock, outside, said
from exchange.policies.workshops import hosts_of
from exchange.services.changes import changes_between
from exchange.services.hosting import locked, record_act
from exchange.services.seats import page_of
from tenancy.policies.people import visible_people
from tenancy.viewer import Viewer
from toolkit.access import Conflict, require
from toolkit.acting import verb
from toolkit.telling import tell

WORDS = ("kind", "starts_at", "ends_at", "track", "place", "title", "text")
#: So many sessions a workshop may have; a seminar of three days in four tracks has eighty.
MOST = 200


class SessionChangedMeanwhile(Conflict):
    """Somebody of another host saved this session in between. Carries what is stored by now."""

    def __init__(self, stored: Session) -> None:
        super().__init__(
            _("Dieser Programmpunkt wurde inzwischen geändert. Nichts ist verloren: Sie sehen beide Texte.")
        )
        self.stored = stored


class DoesNotFit(Conflict):
    """The session lies outside of the workshop, or clashes. ``fields`` has a sentence for each field.

    ``clash`` says that it may be stored all the same, when the hosts want it so.
    """

    def __init__(self, fields: Mapping[str, str], *, clash: bool) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = dict(fields)
        self.clash = clash


def program(workshop: Workshop) -> list[Session]:
    """All sessions of a workshop in their order, with who speaks. Two queries."""
    rows = Session.objects.filter(workshop=workshop).prefetch_related("speakers__person")
    return list(rows.order_by("starts_at", "track", "id"))


def _fits(workshop: Workshop, session: Session, speakers: Sequence[Speaker], *, anyway: bool) -> None:
    """Raise ``DoesNotFit`` where it does not."""
    lies_outside = outside(workshop, session)
    if lies_outside:
        raise DoesNotFit(lies_outside, clash=False)
    taken = {} if anyway else clashes(session, speakers, program(workshop))
    if taken:
        raise DoesNotFit(taken, clash=True)


def acting_host(viewer: Viewer, workshop: Workshop) -> int | None:
    """The hosting network for which the viewer acts."""
    return min(viewer.coordinates & hosts_of(workshop), default=None)


def _known(words: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(words) - set(WORDS)
    if unknown:
        raise ValueError(f"no words of a session: {sorted(unknown)}")
    return dict(words)


def note(viewer: Viewer, act: str, workshop: Workshop, session: Session, changes: Mapping[str, Any]) -> None:
    """One line on the record of the workshop; ``session`` names which point it was."""
    named = {"session": [session.title, session.title], **changes}
    record_act(viewer, act, workshop, network_id=acting_host(viewer, workshop), changes=named)


def _shown(speakers: Iterable[Speaker | SessionSpeaker], names: Mapping[int, str]) -> str:
    said = []
    for one in speakers:
        name = names.get(one.person_id or 0, "…") if one.person_id is not None else one.name
        said.append(f"{name}, {one.organisation}" if one.organisation else name)
    return "; ".join(said)


def _keep_speakers(viewer: Viewer, session: Session, speakers: Sequence[Speaker]) -> list[str]:
    """Store who speaks, and tell people who are new. Answers before and after in words, or nothing."""
    stored = list(SessionSpeaker.objects.filter(session=session).order_by("position", "id"))
    had = {one.person_id for one in stored if one.person_id is not None}
    wanted = list({one.person_id or f"{said(one.name)}|{one.organisation}": one for one in speakers}.values())
    if [(s.person_id, s.name, s.organisation) for s in stored] == [
        (s.person_id, s.name, s.organisation) for s in wanted
    ]:
        return []
    new = {one.person_id for one in wanted if one.person_id is not None} - had
    known = {person.pk: person.name for person in visible_people(viewer).filter(pk__in=new | had)}
    if new - known.keys():
        raise Conflict(_("Diese Person gibt es hier nicht."), field="speaker_0")
    SessionSpeaker.objects.filter(session=session).delete()
    SessionSpeaker.objects.bulk_create(
        SessionSpeaker(
            session=session, position=place, person_id=one.person_id, name=one.name, organisation=one.organisation
        )
        for place, one in enumerate(wanted)
    )
    tell(
        new - {viewer.someone},
        kind="workshop.program",
        text=format_lazy(
            _("{name} hat Sie ins Programm von „{title}“ eingetragen: {session}"),
            name=viewer.name,
            title=session.workshop.title[:120],
            session=session.title[:120],
        ),
        url=page_of(session.workshop),
        key=f"session-{session.pk}-speaker",
        mail=True,
    )
    return [_shown(stored, known), _shown(wanted, known)]


@verb
def add_session(
    viewer: Viewer,
    workshop_id: int,
    *,
    words: Mapping[str, Any],
    speakers: Sequence[Speaker] = (),
    anyway: bool = False,
) -> Session:
    """Add a point to the programme. Raises ``DoesNotFit``; ``anyway`` passes over clashes."""
    workshop = locked(workshop_id)
    require(may_edit_program(viewer, workshop))
    if Session.objects.filter(workshop=workshop).count() >= MOST:
        raise Conflict(format_lazy(_("Höchstens {n} Programmpunkte."), n=MOST))
    session = Session(workshop=workshop, **_known(words))
    _fits(workshop, session, speakers, anyway=anyway)
    session.save()
    spoken = _keep_speakers(viewer, session, speakers)
    note(viewer, "session_added", workshop, session, {"speakers": spoken} if spoken else {})
    return session


def _held(viewer: Viewer, session_id: int) -> Session:
    """The session with its workshop, which is locked; raises ``DoesNotExist``, ``Denied``."""
    number = visible_sessions(viewer).values_list("workshop_id", flat=True).get(pk=session_id)
    workshop = locked(number)
    require(may_edit_program(viewer, workshop))
    session = Session.objects.get(pk=session_id)
    session.workshop = workshop
    return session


@verb
def save_session(
    viewer: Viewer,
    session_id: int,
    *,
    version: int,
    words: Mapping[str, Any],
    speakers: Sequence[Speaker] = (),
    anyway: bool = False,
) -> Session:
    """Store what changed. Raises ``SessionChangedMeanwhile`` and ``DoesNotFit``."""
    session = _held(viewer, session_id)
    if session.version != version:
        raise SessionChangedMeanwhile(session)
    changes = changes_between(session, _known(words))
    for name, value in words.items():
        setattr(session, name, value)
    _fits(session.workshop, session, speakers, anyway=anyway)
    spoken = _keep_speakers(viewer, session, speakers)
    if not changes and not spoken:
        return session
    session.version += 1
    session.save(update_fields=[*words, "version"])
    note(viewer, "session_changed", session.workshop, session, changes | ({"speakers": spoken} if spoken else {}))
    return session


@verb
def remove_session(viewer: Viewer, session_id: int, *, version: int) -> Workshop:
    """Take a point out of the programme; the record keeps its words. ``SessionChangedMeanwhile`` as with saving."""
    session = _held(viewer, session_id)
    if session.version != version:
        raise SessionChangedMeanwhile(session)
    note(viewer, "session_removed", session.workshop, session, {"text": [session.text, ""]} if session.text else {})
    SessionSpeaker.objects.filter(session=session).delete()
    session.delete()
    return session.workshop


def shifted(moment: datetime, by: timedelta) -> datetime:
    """The moment so much later on the clock on the wall, also over the change of the clocks."""
    return timezone.make_aware(timezone.make_naive(moment) + by)


def _shift(session: Session, by: timedelta) -> None:
    session.starts_at = shifted(session.starts_at, by)
    session.ends_at = shifted(session.ends_at, by) if session.ends_at else None
    session.version += 1


@verb
def move_session(viewer: Viewer, session_id: int, *, minutes: int, following: bool = False) -> int:
    """Move a point, and with ``following`` all later ones of its day, by minutes. Answers how many were moved."""
    first = _held(viewer, session_id)
    workshop, by = first.workshop, timedelta(minutes=minutes)
    day = timezone.localtime(first.starts_at).date()
    rows = [first]
    if following:
        later = Session.objects.filter(workshop=workshop, starts_at__gte=first.starts_at).exclude(pk=first.pk)
        rows += [s for s in later if timezone.localtime(s.starts_at).date() == day]
    before = first.starts_at
    for session in rows:
        _shift(session, by)
        lies_outside = outside(workshop, session)
        if lies_outside:
            raise DoesNotFit({"minutes": f"{session.title}: {' '.join(lies_outside.values())}"}, clash=False)
    Session.objects.bulk_update(rows, ["starts_at", "ends_at", "version"])
    moved = [before.isoformat(), first.starts_at.isoformat()]
    note(viewer, "session_moved", workshop, first, {"starts_at": moved, "moved": [None, len(rows)]})
    return len(rows)


@verb
def add_lines(viewer: Viewer, workshop_id: int, *, day: date, points: Sequence[Mapping[str, str]]) -> int:
    """Add a session for each ``{time, title, text}`` of a day. Raises ``DoesNotFit`` on ``lines``."""
    workshop = locked(workshop_id)
    require(may_edit_program(viewer, workshop))
    if Session.objects.filter(workshop=workshop).count() + len(points) > MOST:
        raise Conflict(format_lazy(_("Höchstens {n} Programmpunkte."), n=MOST), field="lines")
    rows = lines_as_sessions(workshop, day, points)
    for row in rows:
        lies_outside = outside(workshop, row)
        if lies_outside:
            raise DoesNotFit({"lines": f"{row.title}: {' '.join(lies_outside.values())}"}, clash=False)
    for row in rows:
        row.save()
    if rows:
        added = "; ".join(f"{clock(row.starts_at)} {row.title}" for row in rows)
        record_act(
            viewer, "session_added", workshop, network_id=acting_host(viewer, workshop), changes={"agenda": ["", added]}
        )
    return len(rows)


def lines_as_sessions(workshop: Workshop, day: date, points: Sequence[Mapping[str, str]]) -> list[Session]:
    """Sessions, not stored yet, for the lines of a day; each ends when the next one begins."""
    starts = [timezone.make_aware(datetime.combine(day, time.fromisoformat(point["time"]))) for point in points]
    ends: list[datetime | None] = [
        after if after > begin else None for begin, after in zip(starts, [*starts[1:], workshop.ends_at], strict=False)
    ]
    if timezone.localtime(workshop.ends_at).date() != day and ends:
        ends[-1] = None
    return [
        Session(workshop=workshop, starts_at=begin, ends_at=end, title=point["title"], text=point.get("text", ""))
        for begin, end, point in zip(starts, ends, points, strict=True)
    ]


def follow_workshop(workshop: Workshop, starts: datetime, ends: datetime) -> None:
    """Within the workshop's lock, when it took place from ``starts`` to ``ends`` before: its programme moves along.

    By the clock on the wall where the whole of it was moved, by days where its length changed too.
    """
    by = timezone.make_naive(workshop.starts_at) - timezone.make_naive(starts)
    if by != timezone.make_naive(workshop.ends_at) - timezone.make_naive(ends):
        by = timedelta(days=(timezone.localtime(workshop.starts_at).date() - timezone.localtime(starts).date()).days)
    if not by:
        return
    rows = list(Session.objects.filter(workshop=workshop))
    for session in rows:
        _shift(session, by)
    Session.objects.bulk_update(rows, ["starts_at", "ends_at", "version"])
