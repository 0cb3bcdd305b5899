"""Loads the demo in one transaction. Facts on cities come from public pages, everything else is invented.

Rows are written as if they had grown over months, with their own dates; that is why the loader writes them itself
instead of calling the services, whose moment is always now.
"""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from config.demo.cities import load_cities
from config.demo.dates import load_dates
from config.demo.days import load_days
from config.demo.exchange import load_exchange
from config.demo.questions import load_questions
from config.demo.talk import load_talk
from tenancy.models import Membership, Network, Person
from toolkit.audit import record

FOLDER = Path(__file__).parent
MARK = "demo.loaded"

#: Who can sign in to try each role, as printed at the end: what they are, and their key in people.toml.
TRY_THESE = [
    ("Lotsin in Konstanz", "mara"),
    ("Koordination in Konstanz", "paula"),
    ("Koordination in Heilbronn", "hanna"),
    ("Lotse in Heilbronn", "emre"),
    ("Amtsleitung in Konstanz", "dora"),
    ("Moderation Baden-Württemberg", "verena"),
    ("Moderation Hessen", "heiko"),
    ("Betrieb", "berta"),
]


@dataclass
class Stage:
    """What has been put on the stage so far: people by their key, networks by their municipality's key."""

    now: datetime.datetime
    password: str
    people: dict[str, Person] = field(default_factory=dict)
    networks: dict[str, Network] = field(default_factory=dict)
    memberships: dict[str, Membership] = field(default_factory=dict)

    def ago(self, *, days: float = 0, hours: float = 0) -> datetime.datetime:
        """A moment before now, within office hours when it is days ago."""
        moment = self.now - datetime.timedelta(days=days, hours=hours)
        if days >= 1:
            local = timezone.localtime(moment)
            moment = local.replace(hour=8 + local.minute % 9, minute=(local.minute * 7) % 60)
        return moment


def read(name: str) -> dict[str, Any]:
    """A file of the demo as data."""
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def load_demo(*, password: str, say: Callable[[str], Any]) -> list[tuple[str, str]] | None:
    """Load the demo and return who can sign in, as ``(role, address)``; ``None`` when it was there already."""
    from toolkit.models import AuditEntry

    with transaction.atomic():
        if AuditEntry.objects.filter(verb=MARK).exists():
            return None
        stage = Stage(now=timezone.now(), password=password)
        say("  Netzwerke und Personen …")
        load_cities(stage, read("people.toml"), FOLDER / "networks.json")
        say("  Erfahrungen, Formate und Veranstaltungen …")
        experiences = read("experiences_1.toml")["experience"] + read("experiences_2.toml")["experience"]
        load_exchange(stage, experiences, read("exchange.toml"), FOLDER / "networks.json")
        load_dates(stage)
        load_days(stage)
        load_questions(stage)
        say("  Unterhaltungen, ein Antrag, eine Meldung …")
        load_talk(stage, read("exchange.toml"))
        record(MARK, person_id=None, subject="demo", subject_id=0)
    return [(role, stage.people[key].email) for role, key in TRY_THESE]
