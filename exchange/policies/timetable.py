"""What fits into the programme of a workshop: nothing outside of its time, and nobody in two places at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from exchange.models import Session, SessionSpeaker, Workshop

#: Where nobody said when a session ends, it fills its first minute.
_A_MOMENT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks: ``person_id`` of the platform, or a ``name``; and where they come from."""

    person_id: int | None = None
    name: str = ""
    organisation: str = ""


def clock(moment: datetime) -> str:
    """The time of the day in Germany."""
    return date_format(timezone.localtime(moment), "H:i")


def end_of(session: Session) -> datetime:
    """When it ends, or the first minute is over."""
    return session.ends_at or session.starts_at + _A_MOMENT


def outside(workshop: Workshop, session: Session) -> dict[str, str]:
    """What of a session lies outside of its workshop, as a sentence for the field."""
    found = {}
    if not workshop.starts_at <= session.starts_at < workshop.ends_at:
        found["begins"] = str(
            _("Die Veranstaltung dauert von {start} bis {end}.").format(
                start=date_format(timezone.localtime(workshop.starts_at), "j. F, H:i"),
                end=date_format(timezone.localtime(workshop.ends_at), "j. F, H:i"),
            )
        )
    elif end_of(session) > workshop.ends_at:
        found["ends"] = str(
            _("Die Veranstaltung endet am {end}.").format(
                end=date_format(timezone.localtime(workshop.ends_at), "j. F, H:i")
            )
        )
    return found


def said(name: str) -> str:
    """A name as it is compared with others."""
    return " ".join(name.split()).casefold()


def _keys(speakers: Iterable[Speaker | SessionSpeaker]) -> set[int | str]:
    return {s.person_id if s.person_id is not None else said(s.name) for s in speakers}


def clashes(
    session: Session, speakers: Iterable[Speaker | SessionSpeaker], others: Iterable[Session]
) -> dict[str, str]:
    """What of a session is taken at the same time by ``others`` (with their speakers): a sentence for the field."""
    found: dict[str, str] = {}
    keys = _keys(speakers)
    for other in others:
        if other.pk == session.pk or other.starts_at >= end_of(session) or session.starts_at >= end_of(other):
            continue
        named = {"title": other.title, "time": clock(other.starts_at)}
        if session.place and said(session.place) == said(other.place):
            sentence = _("An diesem Ort läuft zur selben Zeit „{title}“ (ab {time}).")
            found.setdefault("place", str(sentence.format(**named)))
        if keys & _keys(other.speakers.all()):
            sentence = _("Jemand davon spricht zur selben Zeit bei „{title}“ (ab {time}).")
            found.setdefault("speaker_0", str(sentence.format(**named)))
        if said(session.track) == said(other.track):
            sentence = _(
                "Zur selben Zeit läuft „{title}“ (ab {time}). Was nebeneinander läuft, braucht verschiedene Stränge."
            )
            found.setdefault("track", str(sentence.format(**named)))
    return found
