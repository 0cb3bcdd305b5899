"""The seventeen goals of the United Nations for sustainable development, by their short German names."""

from __future__ import annotations

import re

GOALS = (
    "Keine Armut",
    "Kein Hunger",
    "Gesundheit und Wohlergehen",
    "Hochwertige Bildung",
    "Geschlechtergleichheit",
    "Sauberes Wasser und Sanitäreinrichtungen",
    "Bezahlbare und saubere Energie",
    "Menschenwürdige Arbeit und Wirtschaftswachstum",
    "Industrie, Innovation und Infrastruktur",
    "Weniger Ungleichheiten",
    "Nachhaltige Städte und Gemeinden",
    "Nachhaltiger Konsum und nachhaltige Produktion",
    "Maßnahmen zum Klimaschutz",
    "Leben unter Wasser",
    "Leben an Land",
    "Frieden, Gerechtigkeit und starke Institutionen",
    "Partnerschaften zur Erreichung der Ziele",
)

TARGET = re.compile(r"^(1[0-7]|[1-9])(\.([1-9][0-9]?|[a-d]))?$")


def goal_of(target: str) -> str:
    """The name of the goal that a target such as ``16.6`` belongs to; empty when there is none."""
    found = TARGET.match(target)
    return GOALS[int(found[1]) - 1] if found else ""
