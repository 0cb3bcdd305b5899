"""The first hour of a network: small steps that can be left and taken up again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tenancy.models import Network
from tenancy.services.networks import locked_network
from tenancy.viewer import Viewer
from toolkit.acting import verb

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

DONE = "done"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: ``key`` is stored, ``slug`` stands in the address."""

    key: str
    slug: str
    title: _StrPromise
    lead: _StrPromise


STEPS: tuple[Step, ...] = (
    Step(
        "role",
        "bezeichnung",
        _("Bezeichnung"),
        _("Wie heißen die Lotsinnen und Lotsen bei Ihnen? So nennt sie ab jetzt die ganze Seite."),
    ),
    Step("about", "wir", _("Wer wir sind"), _("Stellen Sie Ihr Netzwerk vor, in Ihren eigenen Worten.")),
    Step("start", "beginn", _("Beginn"), _("Seit wann gibt es das Netzwerk, und woher wissen wir das?")),
    Step("offices", "aemter", _("Ämter"), _("Welche Ämter und Fachbereiche hat Ihre Verwaltung?")),
    Step("rule", "umfang", _("Umfang"), _("Wie viele Personen soll ein Amt stellen?")),
    Step(
        "publish", "vorschau", _("Vorschau"), _("So sehen andere Ihr Netzwerk. Veröffentlichen Sie es, wenn es passt.")
    ),
)
_KEYS = [step.key for step in STEPS] + [DONE]


def step_by_slug(slug: str) -> Step | None:
    """The step at this place of the address, or nothing."""
    return next((step for step in STEPS if step.slug == slug), None)


def current_step(network: Network) -> Step:
    """Where the first hour goes on; the last step when everything is done."""
    return next((step for step in STEPS if step.key == network.setup_step), STEPS[-1])


def next_step(step: Step) -> Step:
    """The step after this one; the last one is its own next."""
    return STEPS[min(STEPS.index(step) + 1, len(STEPS) - 1)]


def is_done(network: Network, step: Step) -> bool:
    """Whether this step lies behind the network."""
    reached = _KEYS.index(network.setup_step) if network.setup_step in _KEYS else 0
    return _KEYS.index(step.key) < reached


@verb
def finish_step(viewer: Viewer, network_id: int, step: Step) -> Network:
    """Go on after a step; going back to an earlier one and finishing it again loses no ground."""
    network = locked_network(viewer, network_id)
    if not is_done(network, step) and step.key != STEPS[-1].key:
        network.setup_step = next_step(step).key
        network.save(update_fields=["setup_step"])
    return network
