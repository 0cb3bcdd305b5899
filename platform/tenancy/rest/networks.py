"""Networks for machines: what their pages show to everybody who looks."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tenancy.models import Network
from tenancy.queries.networks import network_by_slug, network_page, networks_for
from tenancy.rest.base import ViewerAPIView
from toolkit.rest import Everybody
from toolkit.text import UncleanText, clean_text


def text_asked(request: Request, name: str) -> str:
    """A query parameter made clean; what cannot be read asks nothing."""
    try:
        return clean_text(request.query_params.get(name, ""))[:100]
    except UncleanText:
        return ""


def paged(name: str, of: type[serializers.BaseSerializer[Any]]) -> Any:
    """The schema of a page of a list: results, and the marks of its neighbours."""
    return inline_serializer(
        name,
        {
            "results": of(many=True),
            "next": serializers.CharField(help_text="Mark for ?page=, or empty"),
            "previous": serializers.CharField(help_text="Mark for ?page=, or empty"),
        },
    )


PAGE = OpenApiParameter("page", OpenApiTypes.STR, description="Marke aus next oder previous")


class NetworkSerializer(serializers.Serializer[Network]):
    """A network in a list."""

    slug = serializers.CharField()
    name = serializers.CharField()
    slogan = serializers.CharField()
    ags = serializers.CharField(source="municipality_id", help_text="Key of the municipality in the official register")
    municipality = serializers.CharField(source="municipality.name")
    state = serializers.CharField(source="municipality.state.name")
    role_term = serializers.SerializerMethodField(help_text="How the city calls its pilots, in the plural")
    url = serializers.SerializerMethodField(help_text="The page for people")

    def get_role_term(self, network: Network) -> str:
        term = getattr(network, "role_term", None)
        return str(term.plural) if term is not None else ""

    def get_url(self, network: Network) -> str:
        return str(self.context["request"].build_absolute_uri(f"/netzwerke/{network.slug}/"))


# As a class it could have no field called „source“: every field has an attribute of this name.
START = inline_serializer(
    "NetworkStart", {"value": serializers.CharField(), "source": serializers.CharField()}, many=True
)


class OfficeSerializer(serializers.Serializer[Any]):
    """An office of the administration."""

    name = serializers.CharField(source="office.name")
    division = serializers.CharField(source="office.division.name", default="")
    task_area = serializers.CharField(source="office.task_area")


class NetworkDetailSerializer(NetworkSerializer):
    """One network with what it says of itself."""

    about = serializers.CharField(help_text="Markdown")
    goals = serializers.ListField(child=serializers.CharField())
    role_facets = serializers.ListField(child=serializers.CharField())
    sdg_targets = serializers.ListField(child=serializers.CharField())
    strategy = serializers.CharField()
    lead_office = serializers.CharField()
    contact_email = serializers.CharField()
    starts = serializers.SerializerMethodField()
    offices = serializers.SerializerMethodField()
    pilots = serializers.SerializerMethodField(help_text="How many pilots there are")
    partners = serializers.SerializerMethodField(help_text="Slugs of the partner networks")

    @extend_schema_field(START)
    def get_starts(self, network: Network) -> list[dict[str, str]]:
        return [{"value": start.value, "source": start.source} for start in self.context["data"].starts]

    @extend_schema_field(OfficeSerializer(many=True))
    def get_offices(self, network: Network) -> Any:
        rows = [office for group in self.context["data"].divisions for office in group.offices]
        return OfficeSerializer(rows, many=True).data

    def get_pilots(self, network: Network) -> int:
        return int(self.context["data"].pilot_total)

    def get_partners(self, network: Network) -> list[str]:
        return [partner.slug for partner in self.context["data"].partners]


class NetworkListView(ViewerAPIView):
    """Networks that the one who asks may see, by town."""

    permission_classes = (Everybody,)

    @extend_schema(
        summary="Netzwerke",
        parameters=[
            OpenApiParameter("q", OpenApiTypes.STR, description="Teil des Namens oder der Stadt"),
            OpenApiParameter("state", OpenApiTypes.STR, description="Zweistelliger Schlüssel des Landes"),
            PAGE,
        ],
        responses=paged("NetworkPage", NetworkSerializer),
    )
    def get(self, request: Request) -> Response:
        rows = networks_for(self.viewer, q=text_asked(request, "q"), state=text_asked(request, "state"))
        return self.page(rows, ("sort", "id"), NetworkSerializer)


class NetworkDetailView(ViewerAPIView):
    """One network in its own words."""

    permission_classes = (Everybody,)

    @extend_schema(summary="Ein Netzwerk", responses=NetworkDetailSerializer)
    def get(self, request: Request, slug: str) -> Response:
        network = get_object_or_404(network_by_slug(self.viewer, slug))
        context = {"request": request, "data": network_page(self.viewer, network)}
        return Response(NetworkDetailSerializer(network, context=context).data)


routes = [
    path("networks/", NetworkListView.as_view(), name="api-network-list"),
    path("networks/<slug:slug>/", NetworkDetailView.as_view(), name="api-network-detail"),
]
