"""„Start one of your own“: which cities would fit for a format, and why."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from exchange.policies.formats import may_create_format
from exchange.policies.partners import may_look_for_partners
from exchange.queries.partners import RADII, PartnerFilter, partner_ideas
from tenancy.middleware import ViewerRequest
from toolkit.access import require


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else 0


@require_safe
def partner_ideas_page(request: ViewerRequest) -> HttpResponse:
    """Cities that would fit to ``?fuer=`` (a network of the viewer's), narrowed by ``land=gleich`` and ``umkreis``."""
    viewer = request.viewer
    require(may_look_for_partners(viewer))
    networks = list({seat.network_id: seat.place for seat in viewer.seats}.items())
    coordinated = [number for number, _place in networks if number in viewer.coordinates]
    chosen = _number(request.GET.get("fuer")) or (coordinated or [networks[0][0]])[0]
    require(may_look_for_partners(viewer, chosen))
    radius = _number(request.GET.get("umkreis"))
    wanted = PartnerFilter(request.GET.get("land") == "gleich", radius if radius in RADII else 0)
    context = {
        "section": "workshops",
        "ideas": partner_ideas(viewer, chosen, wanted),
        "wanted": wanted,
        "radii": RADII,
        "networks": networks,
        "chosen": chosen,
        "may_create": may_create_format(viewer, chosen),
    }
    return render(request, "exchange/format_ideas.html", context)
