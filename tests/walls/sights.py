"""What each rule of sight in Python shows to whom, with every policy switched off; kept in ``sights.json``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from exchange.models import Workshop
from exchange.policies.questions import visible_answers
from exchange.policies.workshops import own_registrations, visible_registrations
from moderation.policies.record import visible_network_record
from tenancy.policies import people
from tests.access.aviary import Aviary
from tests.walls.rights import Table, viewers
from tests.walls.taking_down import EVERYTHING, name_of
from toolkit import rules
from toolkit.acting import acting_as

KEPT = Path(__file__).with_name("sights.json")


def _seats(function: Any, workshop: Workshop, viewer: Any) -> Iterable[Any]:
    rows: Iterable[Any] = function(viewer, workshop, own_registrations(viewer).filter(workshop=workshop).first())
    return rows


def _of(function: Any, number: int, viewer: Any) -> Iterable[Any]:
    rows: Iterable[Any] = function(viewer, number)
    return rows


def _calls(function: Any, birds: Aviary, cast: SimpleNamespace) -> Iterable[Callable[[Any], Iterable[Any]]]:
    """The questions to ask of a rule: one, or one for each thing that it is asked about."""
    if function in (visible_registrations, visible_answers):
        return [partial(_seats, function, workshop) for workshop in Workshop.objects.order_by("pk")]
    if function.__name__ in ("visible_messages", "seat_of"):
        return [partial(_of, function, talk) for talk in sorted({talk.pk for talk in birds.of("Conversation")})]
    if function is visible_network_record:
        return [partial(_of, function, network.pk) for network in (cast.konstanz, cast.heilbronn, cast.giessen)]
    return [function]


def rules_of_sight() -> list[Any]:
    """Every rule that gives rows."""
    asked = [f for f in EVERYTHING if f not in (rules.within_sight, rules.in_sight)]
    return [*asked, people.visible_people, people.visible_memberships]


def sights(function: Any, birds: Aviary, cast: SimpleNamespace) -> dict[str, list[str]]:
    """Who → the rows that the rule shows; who sees nothing is left out."""
    tables: dict[str, Table] = {}
    found: dict[str, list[str]] = {}
    for who, viewer in viewers(cast).items():
        seen: list[str] = []
        for call in _calls(function, birds, cast):
            with acting_as(viewer):
                rows = list(call(viewer))
            for row in rows:
                name = row._meta.db_table
                table = tables.setdefault(name, Table(name))
                seen.append(table.label[row.pk])
        if seen:
            found[who] = sorted(seen, key=lambda label: (int(label.split()[0]), label))
    return found


def kept() -> dict[str, dict[str, list[str]]]:
    """What was read and kept."""
    return json.loads(KEPT.read_text()) if KEPT.exists() else {}


def keep(found: dict[str, dict[str, list[str]]]) -> None:
    KEPT.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")


def names() -> dict[str, Any]:
    return {name_of(function): function for function in rules_of_sight()}
