"""Calendar files and feeds (RFC 5545) that real calendars take. Times carry Europe/Berlin, never a bare clock."""

from __future__ import annotations

import datetime
import functools
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from icalendar import Calendar, Component, Event, Timezone, TimezoneDaylight, TimezoneStandard, vText, vUri

from exchange.models import Registration, Workshop
from toolkit.markdown import plain_text

BERLIN = ZoneInfo("Europe/Berlin")


#: So much (characters) a feed tells of each workshop; a single entry and an invitation tell more.
TOLD, TOLD_IN_FEED = 1_000, 300
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


def line_of(text: str) -> str:
    """One line without control characters; whoever writes it into a file escapes the rest."""
    # Most texts hold nothing of the kind, and that is asked in a thousandth of the time.
    plain = text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)
    return " ".join(plain.split())


@functools.lru_cache(maxsize=8_192)
def _told(start: str, limit: int) -> str:
    """Words of a markdown text, kept: reading markdown is most of what a feed of thousands costs."""
    return line_of(plain_text(start, limit=limit))


@dataclass(frozen=True, slots=True)
class Facts:
    """What an entry says, in feeds and in invitations alike."""

    uid: str
    sequence: int
    stamp: datetime.datetime
    starts_at: datetime.datetime
    ends_at: datetime.datetime
    title: str
    status: str
    place: str
    words: str
    url: str


def uid_of(workshop: Workshop) -> str:
    """The same for as long as the workshop is known, in every calendar."""
    return f"{workshop.calendar_uid}@lotsennetz"


def title_of(workshop: Workshop) -> str:
    """The title with the hashtag of its format, which is prefetched as far as the viewer sees it."""
    hashtag = f"#{workshop.format.hashtag}: " if workshop.format is not None else ""
    return f"{hashtag}{workshop.title}"


def place_of(workshop: Workshop, mode: str = "") -> str:
    """Where it is, in one line; for somebody who takes part in one ``mode``, only that."""
    at_place = workshop.has_place and mode != Workshop.Mode.ONLINE
    places = [workshop.place] if at_place and workshop.place else []
    if workshop.has_online and mode != Workshop.Mode.ON_SITE:
        places.append(_("Online"))
    return line_of(", ".join(places))


def _not_yet(place: str) -> str:
    """What comes before the title where the place is no seat yet."""
    if place == Registration.State.OFFERED:
        return _("Platz angeboten: {title}")
    return _("Angefragt: {title}") if place == Registration.State.REQUESTED else _("Warteliste: {title}")


def facts_of(
    workshop: Workshop,
    *,
    online_url: str = "",
    place: str = "",
    mode: str = "",
    said: str = "",
    told: int = TOLD,
) -> Facts:
    """What stands in the calendar of somebody whose place is in the state ``place``; empty: of whoever reads it.

    ``said`` is a sentence that comes first, ``told`` cuts the text.
    """
    cancelled = workshop.state == Workshop.State.CANCELLED
    waiting = place not in ("", Registration.State.SEAT)
    title = title_of(workshop)
    if waiting and not cancelled:
        title = _not_yet(place).format(title=title)
    words = [said] if said else []
    words += [_("Abgesagt: {reason}").format(reason=workshop.cancel_reason)] if cancelled else []
    words += [workshop.summary, _told(workshop.description[: told + 100], told)]
    if online_url and not cancelled:
        words.append(_("Link zur Teilnahme: {address}").format(address=online_url))
    words.append(address_of(workshop.pk))
    return Facts(
        uid=uid_of(workshop),
        sequence=workshop.calendar_sequence,
        stamp=workshop.updated_at,
        starts_at=workshop.starts_at,
        ends_at=workshop.ends_at,
        title=line_of(title),
        status="CANCELLED" if cancelled else "TENTATIVE" if waiting else "CONFIRMED",
        place=place_of(workshop, mode),
        words="\n\n".join(line for word in words if (line := line_of(word))),
        url=address_of(workshop.pk),
    )


def event_of(facts: Facts) -> Event:
    """The entry itself; moments in Europe/Berlin."""
    event = Event()
    event.add("uid", facts.uid)
    event.add("sequence", facts.sequence)
    event.add("dtstamp", facts.stamp.astimezone(datetime.UTC))
    event.add("last-modified", facts.stamp.astimezone(datetime.UTC))
    event.add("dtstart", facts.starts_at.astimezone(BERLIN))
    event.add("dtend", facts.ends_at.astimezone(BERLIN))
    event.add("summary", vText(facts.title))
    event.add("status", facts.status)
    if facts.place:
        event.add("location", vText(facts.place))
    event.add("description", vText(facts.words))
    event.add("url", vUri(facts.url))
    return event


def _line(name: str, value: str) -> str:
    """One content line, folded where it has more than 75 octets, never within a character."""
    line = f"{name}:{value}\r\n"
    if len(line) <= 38 or (line.isascii() and len(line) <= 77):
        return line
    raw, parts, at, room = line[:-2].encode(), [], 0, 75
    while len(raw) - at > room:
        cut = at + room
        while raw[cut] & 0xC0 == 0x80:
            cut -= 1
        parts.append(raw[at:cut])
        at, room = cut, 74  # the space in front of what is continued counts
    parts.append(raw[at:])
    return b"\r\n ".join(parts).decode() + "\r\n"


def _moment(moment: datetime.datetime) -> str:
    local = moment.astimezone(BERLIN)
    return f"{local:%Y%m%dT%H%M%S}"


def text_of(facts: Facts) -> str:
    """The same entry as ``event_of`` makes, written at once: a feed has thousands, and objects for each are slow."""
    stamp = f"{facts.stamp.astimezone(datetime.UTC):%Y%m%dT%H%M%SZ}"
    where = _line("LOCATION", facts.place.translate(_ESCAPED)) if facts.place else ""
    return (
        f"BEGIN:VEVENT\r\n{_line('SUMMARY', facts.title.translate(_ESCAPED))}"
        f"DTSTART;TZID=Europe/Berlin:{_moment(facts.starts_at)}\r\n"
        f"DTEND;TZID=Europe/Berlin:{_moment(facts.ends_at)}\r\n"
        f"DTSTAMP:{stamp}\r\nLAST-MODIFIED:{stamp}\r\n{_line('UID', facts.uid)}"
        f"SEQUENCE:{facts.sequence}\r\nSTATUS:{facts.status}\r\n"
        f"{_line('DESCRIPTION', facts.words.translate(_ESCAPED))}{where}{_line('URL', facts.url)}END:VEVENT\r\n"
    )


def address_of(workshop_id: int) -> str:
    """The whole address of a workshop's page."""
    return settings.SITE_URL + reverse("exchange:workshop-detail", kwargs={"pk": workshop_id})


@dataclass(frozen=True, slots=True)
class Entry:
    """A workshop in a calendar: ``online_url`` for who has a seat or hosts, ``place`` is the state of theirs."""

    workshop: Workshop
    online_url: str = ""
    place: str = ""


def _half(kind: type[TimezoneStandard | TimezoneDaylight], name: str, since: str, month: int, before: int) -> Component:
    """One half of the year: it begins on the last Sunday of a month, by the rule of 1996."""
    half = kind()
    half.add("tzname", name)
    half.add("dtstart", datetime.datetime.fromisoformat(since))
    half.add("rrule", {"freq": "yearly", "bymonth": month, "byday": "-1su"})
    half.add("tzoffsetfrom", datetime.timedelta(hours=before))
    half.add("tzoffsetto", datetime.timedelta(hours=3 - before))
    return half


def berlin() -> Component:
    """Germany's time as a rule. A list of dates, as ``icalendar`` makes it, is misread by widespread parsers."""
    zone = Timezone()
    zone.add("tzid", "Europe/Berlin")
    zone.add_component(_half(TimezoneStandard, "CET", "1996-10-27T03:00:00", 10, 2))
    zone.add_component(_half(TimezoneDaylight, "CEST", "1996-03-31T02:00:00", 3, 1))
    return zone


def calendar_of(entries: Iterable[Entry], *, name: str, told: int = TOLD_IN_FEED) -> bytes:
    """A whole calendar with the time zone it speaks of; ``name`` is what subscribers see."""
    calendar = Calendar()
    calendar.add("prodid", "-//Lotsennetz//DE")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", vText(line_of(name)))
    calendar.add("x-wr-timezone", "Europe/Berlin")
    calendar.add("refresh-interval", datetime.timedelta(hours=4), parameters={"VALUE": "DURATION"})
    calendar.add_component(berlin())
    frame: bytes = calendar.to_ical()
    end = b"END:VCALENDAR\r\n"
    events = (
        text_of(facts_of(entry.workshop, online_url=entry.online_url, place=entry.place, told=told))
        for entry in entries
    )
    return frame.removesuffix(end) + "".join(events).encode() + end


def calendar_of_one(facts: Facts) -> bytes:
    """A file with one entry, for somebody who takes it into a calendar by hand."""
    calendar = Calendar()
    calendar.add("prodid", "-//Lotsennetz//DE")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add_component(berlin())
    calendar.add_component(event_of(facts))
    data: bytes = calendar.to_ical()
    return data


# --- the secret address of one's own calendar -----------------------------------------------------------------------


def _signature(person_id: int, generation: int) -> str:
    return salted_hmac("exchange.calendar", f"{person_id}:{generation}", algorithm="sha256").hexdigest()[:40]


def token_for(person_id: int, generation: int) -> str:
    """The secret part of the address; whoever has it reads the person's calendar, and nothing else."""
    return f"{person_id}-{_signature(person_id, generation)}"


def person_of(token: str) -> tuple[int, str] | None:
    """Person and signature that a token speaks of, unchecked; None when it is none of ours."""
    number, dash, signature = token.partition("-")
    if not dash or not number.isascii() or not number.isdigit() or len(number) > 12 or not signature.isascii():
        return None
    return int(number), signature


def fits(person_id: int, generation: int, signature: str) -> bool:
    """Whether the signature is the one of this person and generation; takes the same time for every wrong one."""
    return hmac.compare_digest(_signature(person_id, generation), signature)
