"""The parts of what a network says of itself: those of the first hour, and those that come later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tenancy.services.setup import STEPS

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Part:
    """One part, by its place in the address; ``guided`` says that the first hour asks for it."""

    slug: str
    title: _StrPromise
    lead: _StrPromise
    guided: bool = False


PARTS: tuple[Part, ...] = (
    *(Part(step.slug, step.title, step.lead, guided=True) for step in STEPS),
    Part("mehr", _("Rolle und Wirkung"), _("Was die Rolle ausmacht, wem sie nützt, und was schon gelungen ist.")),
    Part("foerderung", _("Förderung"), _("Welche Programme das Netzwerk fördern, mit Summen und Bescheid.")),
    Part("vorlagen", _("Vorlagen"), _("Vorlagen des Rats mit ihrem Weg durch die Gremien.")),
)
