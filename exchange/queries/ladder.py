"""The rungs that somebody may choose, each with one plain sentence that says who exactly will read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from exchange.models import Experience
from exchange.queries.experiences import partner_names
from toolkit.audience import Rung


@dataclass(frozen=True, slots=True)
class RungChoice:
    """One rung: its name, who reads then, and the icon that stands beside it."""

    value: str
    label: str
    who: str
    icon: str


_ICONS = {
    Rung.OFFICE: "domain",
    Rung.NETWORK: "group",
    Rung.PARTNERS: "handshake",
    Rung.LAND: "map",
    Rung.ALL: "hub",
    Rung.PUBLIC: "public",
}


def _and(words: Sequence[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return _("{first} und {last}").format(first=", ".join(words[:-1]), last=words[-1])


def ladder_for(experience: Experience) -> list[RungChoice]:
    """The rungs for an experience, narrowest first; the office's only when there is one.

    Expects network, municipality, Land and office to be loaded; one query for the partners. While the network is not
    published, only its own people can be chosen.
    """
    town = experience.network.municipality
    partners = partner_names(experience.network_id)
    shown = (
        _and(partners[:3])
        if len(partners) <= 3
        else _("{towns} und {more} weiteren").format(towns=", ".join(partners[:3]), more=len(partners) - 3)
    )
    who = {
        Rung.NETWORK: _("Alle im Netzwerk {town}.").format(town=town.name),
        Rung.PARTNERS: _("Alle im Netzwerk {town} und in {partners}.").format(town=town.name, partners=shown)
        if partners
        else _("{town} hat noch keine Partnernetzwerke. Bis dahin lesen es alle im eigenen Netzwerk.").format(
            town=town.name
        ),
        Rung.LAND: _("Alle Netzwerke in {land}.").format(land=town.state.name),
        Rung.ALL: _("Alle Netzwerke, die bei Lotsennetz mitmachen, und die Landesverbände."),
        Rung.PUBLIC: _("Alle Menschen, auch ohne Konto und mit Ihrem Namen. Suchmaschinen finden es."),
    }
    if experience.office is not None:
        who = {
            Rung.OFFICE: _("Alle aus „{office}“ in {town}.").format(office=experience.office.name, town=town.name),
            **who,
        }
    if experience.network.published_at is None:
        later = _("Alle im Netzwerk {town}. Andere, sobald Ihr Netzwerk veröffentlicht ist.").format(town=town.name)
        who = {rung: sentence for rung, sentence in who.items() if rung == Rung.OFFICE} | {Rung.NETWORK: later}
    return [RungChoice(rung.value, str(rung.label), sentence, _ICONS[rung]) for rung, sentence in who.items()]
