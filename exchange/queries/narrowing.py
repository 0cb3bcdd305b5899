"""By what the list and the calendar of workshops can be narrowed, read from an address and never refused."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.datastructures import MultiValueDict
from django.utils.http import urlencode

from exchange.models import ExchangeFormat, Workshop, WorkshopHost
from exchange.policies.formats import visible_formats
from exchange.policies.workshops import listed_workshops, own_registrations
from tenancy.models import Network, State
from tenancy.policies.networks import visible_networks
from tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class WorkshopFilter:
    """What is asked of the list, from the address; whatever is unknown is left out."""

    past: bool = False
    mine: bool = False
    format: str = ""
    mode: str = ""
    land: str = ""
    kind: str = ""
    city: str = ""

    @property
    def active(self) -> int:
        """How many filters narrow the list."""
        return sum(map(bool, (self.mine, self.format, self.mode, self.land, self.kind, self.city)))

    def address(self, **more: str) -> str:
        """The query string, ``more`` added."""
        pairs = [("zeit", "vergangen" if self.past else ""), ("meine", "1" if self.mine else "")]
        pairs += [("format", self.format), ("art", self.mode), ("land", self.land)]
        pairs += [("typ", self.kind), ("kommune", self.city), *more.items()]
        return "?" + urlencode([(name, value) for name, value in pairs if value])

    @property
    def upcoming_address(self) -> str:
        return replace(self, past=False).address()

    @property
    def past_address(self) -> str:
        return replace(self, past=True).address()


def _slug(text: str, longest: int) -> str:
    return text if len(text) <= longest and text.isascii() and text.replace("-", "").isalnum() else ""


def filter_from(data: MultiValueDict[str, str]) -> WorkshopFilter:
    """Read the filter from an address; never raises."""
    mode, land, kind = data.get("art") or "", data.get("land") or "", data.get("typ") or ""
    return WorkshopFilter(
        past=data.get("zeit") == "vergangen",
        mine=data.get("meine") == "1",
        format=_slug(data.get("format") or "", 40),
        mode=mode if mode in ("vor-ort", "online") else "",
        land=land if len(land) == 2 and land.isascii() and land.isdigit() else "",
        kind=kind if kind in Workshop.Kind.values else "",
        city=_slug(data.get("kommune") or "", 80),
    )


def narrowed(rows: QuerySet[Workshop], viewer: Viewer, wanted: WorkshopFilter) -> QuerySet[Workshop]:
    """Rows that fit the filter. „Mine“ are those the viewer comes to, or hosts as a coordinator."""
    accepted = WorkshopHost.objects.filter(workshop=OuterRef("pk"), state=WorkshopHost.State.ACCEPTED)
    if wanted.mine:
        hosted = accepted.filter(network__in=list(viewer.coordinates))
        rows = rows.filter(Exists(own_registrations(viewer).filter(workshop=OuterRef("pk"))) | Exists(hosted))
    if wanted.format:
        # Only a format that the viewer may see narrows anything; others look as if they did not exist.
        rows = rows.filter(format__in=visible_formats(viewer).filter(slug=wanted.format))
    if wanted.mode:
        other = Workshop.Mode.ONLINE if wanted.mode == "vor-ort" else Workshop.Mode.ON_SITE
        rows = rows.exclude(mode=other)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.land:
        rows = rows.filter(Exists(accepted.filter(network__municipality__state_id=wanted.land)))
    if wanted.city:
        rows = rows.filter(Exists(accepted.filter(network__in=visible_networks(viewer).filter(slug=wanted.city))))
    return rows


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filter offers: formats in sight, and the Länder and cities that host something in sight."""

    formats: list[ExchangeFormat] = field(default_factory=list)
    lands: list[State] = field(default_factory=list)
    cities: list[Network] = field(default_factory=list)
    kinds: list[tuple[str, str]] = field(default_factory=list)


def choices_for(viewer: Viewer) -> Choices:
    """What the viewer can narrow by. Three queries."""
    hosts = WorkshopHost.objects.filter(state=WorkshopHost.State.ACCEPTED, workshop__in=listed_workshops(viewer))
    there = Exists(hosts.filter(network__municipality__state=OuterRef("pk")))
    cities = visible_networks(viewer).filter(Exists(hosts.filter(network=OuterRef("pk"))))
    return Choices(
        formats=list(visible_formats(viewer).order_by("hashtag")[:50]),
        lands=list(State.objects.filter(there).order_by("name")),
        cities=list(cities.select_related("municipality").order_by("municipality__sort_key")[:300]),
        kinds=[(value, str(label)) for value, label in Workshop.Kind.choices],
    )
