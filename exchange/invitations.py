"""Invitations that calendars understand (iTIP, RFC 5546, by mail as RFC 6047 says), and what changed in plain words."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from email.utils import parseaddr
from typing import Any, Literal

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from icalendar import Calendar, vCalAddress, vText

from exchange.calendars import Facts, berlin, event_of, line_of, place_of, title_of, uid_of
from exchange.models import Registration, Workshop

Method = Literal["REQUEST", "CANCEL"]


@dataclass(frozen=True, slots=True)
class Told:
    """What a person knows of a workshop by our mails. The link is kept as a mark only, to see that it changed."""

    uid: str
    title: str
    starts_at: datetime.datetime
    ends_at: datetime.datetime
    place: str
    mode: str
    link: str
    hosts: tuple[str, ...] = ()

    def stored(self) -> dict[str, Any]:
        """As JSON knows it."""
        return {
            "uid": self.uid,
            "title": self.title,
            "starts_at": self.starts_at.isoformat(),
            "ends_at": self.ends_at.isoformat(),
            "place": self.place,
            "mode": self.mode,
            "link": self.link,
            "hosts": list(self.hosts),
        }

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Told:
        """What was stored."""
        return cls(
            uid=stored["uid"],
            title=stored["title"],
            starts_at=datetime.datetime.fromisoformat(stored["starts_at"]),
            ends_at=datetime.datetime.fromisoformat(stored["ends_at"]),
            place=stored["place"],
            mode=stored["mode"],
            link=stored["link"],
            hosts=tuple(stored["hosts"]),
        )

    def same_as(self, other: Told) -> bool:
        """Whether a calendar would show the same; who hosts is no news."""
        return replace(self, hosts=()) == replace(other, hosts=())


def told_of(workshop: Workshop, place: Registration, hosts: Sequence[str]) -> Told:
    """What is true now for somebody with a seat. The format is prefetched as far as they see it."""
    mode = place.mode or workshop.mode
    link = workshop.online_url if workshop.has_online else ""
    return Told(
        uid=uid_of(workshop),
        title=line_of(title_of(workshop)),
        starts_at=workshop.starts_at,
        ends_at=workshop.ends_at,
        place=place_of(workshop, mode),
        mode=mode,
        link=hashlib.sha256(link.encode()).hexdigest()[:16] if link else "",
        hosts=tuple(hosts),
    )


# --- words ----------------------------------------------------------------------------------------------------------


def span(starts_at: datetime.datetime, ends_at: datetime.datetime) -> str:
    """From when to when, in Germany, as one reads it aloud."""
    starts, ends = timezone.localtime(starts_at), timezone.localtime(ends_at)
    values = {
        "day": date_format(starts, "l, j. F Y"),
        "begins": date_format(starts, "H:i"),
        "last": date_format(ends, "l, j. F Y"),
        "ends": date_format(ends, "H:i"),
    }
    if starts.date() == ends.date():
        return _("{day}, {begins} bis {ends} Uhr").format(**values)
    return _("{day}, {begins} Uhr, bis {last}, {ends} Uhr").format(**values)


def _turned(name: str, before: str, after: str) -> str:
    if not before:
        return _("{name}: neu {after}").format(name=name, after=after)
    if not after:
        return _("{name}: bisher {before}, jetzt offen").format(name=name, before=before)
    return _("{name}: bisher {before}, jetzt {after}").format(name=name, before=before, after=after)


def mode_name(mode: str) -> str:
    """What a way of taking part is called."""
    return str(Workshop.Mode(mode).label) if mode in Workshop.Mode.values else ""


def differences(before: Told, after: Told) -> list[str]:
    """What changed, before and after, one sentence each."""
    said = []
    if before.title != after.title:
        said.append(_turned(_("Titel"), f"„{before.title}“", f"„{after.title}“"))
    if (before.starts_at, before.ends_at) != (after.starts_at, after.ends_at):
        was, now = span(before.starts_at, before.ends_at), span(after.starts_at, after.ends_at)
        said.append(_turned(_("Zeit"), was, now))
    if before.mode != after.mode:
        said.append(_turned(_("Teilnahme"), mode_name(before.mode), mode_name(after.mode)))
    if before.place != after.place and (
        before.mode == after.mode or Workshop.Mode.ONLINE not in (before.mode, after.mode)
    ):
        said.append(_turned(_("Ort"), before.place, after.place))
    if before.link != after.link and after.link:
        said.append(_("Der Link zur Teilnahme ist neu.") if before.link else _("Ein Link zur Teilnahme ist da."))
    return said


def changes_in_words(changes: Mapping[str, Sequence[Any]], workshop: Workshop) -> list[str]:
    """What a change of an open workshop says, of ``{field: [before, after]}`` as the record keeps it."""
    said = []
    if "title" in changes:
        before, after = changes["title"]
        said.append(_turned(_("Titel"), f"„{line_of(before)}“", f"„{line_of(after)}“"))
    if "starts_at" in changes or "ends_at" in changes:
        stands = [workshop.starts_at.isoformat(), workshop.ends_at.isoformat()]
        starts, ends = changes.get("starts_at", [stands[0]] * 2), changes.get("ends_at", [stands[1]] * 2)
        was, now = (
            span(datetime.datetime.fromisoformat(starts[n]), datetime.datetime.fromisoformat(ends[n])) for n in (0, 1)
        )
        said.append(_turned(_("Zeit"), was, now))
    if "mode" in changes:
        said.append(_turned(_("Art"), *map(mode_name, changes["mode"])))
    if "place" in changes:
        said.append(_turned(_("Ort"), *map(line_of, changes["place"])))
    if "online_url" in changes:
        said.append(_("Der Link zur Teilnahme ist neu."))
    return said


def names_of(hosts: Sequence[str]) -> str:
    """The cities that host, as one says it."""
    if len(hosts) < 2:
        return "".join(hosts)
    return _("{some} und {last}").format(some=", ".join(hosts[:-1]), last=hosts[-1])


# --- the message ----------------------------------------------------------------------------------------------------


def _address(name: str, email: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    # A quotation mark cannot stand in a parameter.
    address.params["CN"] = vText(line_of(name).replace('"', "'"))
    return address


def message(method: Method, facts: Facts, *, hosts: Sequence[str], name: str, email: str) -> str:
    """The message to one person: an invitation or its update, or that the entry goes. Lines end as RFC 5545 says.

    The organizer is the installation, which sends the mail: calendars trust it no other way. Its name says who hosts.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Lotsennetz//DE")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add_component(berlin())
    if method == "CANCEL":
        facts = replace(facts, status="CANCELLED")
    event = event_of(facts)
    own_name, own_address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    organizer = _address(_("{hosts} über {site}").format(hosts=names_of(hosts), site=settings.SITE_NAME), own_address)
    if not hosts:
        organizer = _address(own_name or settings.SITE_NAME, own_address)
    attendee = _address(name, email)
    attendee.params.update(
        {
            "CUTYPE": vText("INDIVIDUAL"),
            "ROLE": vText("REQ-PARTICIPANT"),
            # Who has a seat asked for it, so nothing is left to answer.
            "PARTSTAT": vText("ACCEPTED"),
            "RSVP": vText("FALSE"),
        }
    )
    event.add("organizer", organizer)
    event.add("attendee", attendee)
    event.add("transp", "OPAQUE" if method == "REQUEST" else "TRANSPARENT")
    calendar.add_component(event)
    data: bytes = calendar.to_ical()
    return data.decode()
