"""Formats and workshops for machines: read only, what the pages show."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import URLPattern, path
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from exchange.models import Edition, ExchangeFormat, Session, Workshop, WorkshopHost
from exchange.policies.formats import visible_formats
from exchange.policies.workshops import listed_workshops, may_see_online_url
from exchange.queries import formats as format_queries
from exchange.queries import workshops as queries
from exchange.queries.narrowing import filter_from, narrowed
from exchange.queries.program import sessions_of
from exchange.queries.seats import quotas_of
from exchange.rest.experiences import CitySerializer
from tenancy.rest.base import ViewerAPIView
from toolkit.rest import Everybody

WORKSHOP_FIELDS = (
    "id", "title", "summary", "format", "hosts", "kind", "mode", "place", "starts_at", "ends_at", "seats",
    "seats_taken", "registration_ends_at", "rung", "state", "cancel_reason", "updated_at",
)  # fmt: skip


class WorkshopCardSerializer(serializers.ModelSerializer[Workshop]):
    """A workshop as it stands in a list."""

    format = serializers.SerializerMethodField()
    hosts = serializers.SerializerMethodField()

    class Meta:
        model = Workshop
        fields = WORKSHOP_FIELDS

    def get_format(self, workshop: Workshop) -> str | None:
        """The short name of its format, if the one who asks may see it."""
        return workshop.format.slug if workshop.format is not None else None

    @extend_schema_field(CitySerializer(many=True))
    def get_hosts(self, workshop: Workshop) -> Any:
        accepted = WorkshopHost.State.ACCEPTED
        rows = getattr(workshop, "accepted", None)
        hosts = rows if rows is not None else [h for h in workshop.hosts.all() if h.state == accepted]
        return CitySerializer([host.network for host in hosts], many=True).data


class CityCountSerializer(serializers.Serializer[Any]):
    """How many come from one city: numbers without names."""

    city = CitySerializer(source="network")
    people = serializers.IntegerField()


class SpeakerSerializer(serializers.Serializer[Any]):
    """Who speaks, by the name that stands in the programme."""

    name = serializers.CharField(source="shown")
    organisation = serializers.CharField()


class SessionSerializer(serializers.ModelSerializer[Session]):
    """A point of the programme."""

    speakers = SpeakerSerializer(many=True)

    class Meta:
        model = Session
        fields = ("kind", "starts_at", "ends_at", "track", "place", "title", "text", "speakers")


class QuotaSerializer(serializers.Serializer[Any]):
    """Seats that are kept for one city; once ``released`` they are open to all."""

    city = CitySerializer(source="network")
    seats = serializers.IntegerField()
    taken = serializers.IntegerField()
    released = serializers.BooleanField()


class WorkshopSerializer(WorkshopCardSerializer):
    """The whole workshop. ``online_url`` is empty for everybody without a seat."""

    online_url = serializers.CharField(source="shown_url", allow_blank=True)
    cities = CityCountSerializer(many=True, source="counted_cities")
    quotas = QuotaSerializer(many=True, source="read_quotas")
    sessions = SessionSerializer(many=True, source="read_sessions")

    class Meta:
        model = Workshop
        fields = (
            *WORKSHOP_FIELDS, "description", "sessions", "accessibility", "accessibility_notes", "price", "cost",
            "online_url", "cities", "seats_online", "online_taken", "quotas", "quota_release_at", "offer_hours",
            "approval", "withdraw_until",
        )  # fmt: skip


class EditionSerializer(serializers.ModelSerializer[Edition]):
    """One edition of a format."""

    host = serializers.CharField(source="host.name", allow_null=True, default=None)
    workshop = serializers.IntegerField(source="workshop_id", allow_null=True)

    class Meta:
        model = Edition
        fields = (
            "number", "year", "held_on", "host", "mode", "state", "motto", "about", "themes", "place", "people_note",
            "reason", "workshop",
        )  # fmt: skip


class FormatCardSerializer(serializers.ModelSerializer[ExchangeFormat]):
    """A format as it stands in a list."""

    cities = serializers.SerializerMethodField()

    class Meta:
        model = ExchangeFormat
        fields = ("id", "slug", "hashtag", "motto", "about", "elements", "since", "rung", "cities")

    @extend_schema_field(CitySerializer(many=True))
    def get_cities(self, exchange_format: ExchangeFormat) -> Any:
        rows = getattr(exchange_format, "accepted", None)
        if rows is None:
            rows = [city for city in exchange_format.cities.all() if city.state == "accepted"]
        return CitySerializer([city.network for city in rows], many=True).data


class FormatSerializer(FormatCardSerializer):
    """A format with its history."""

    editions = EditionSerializer(many=True, source="read_editions")

    class Meta:
        model = ExchangeFormat
        fields = (*FormatCardSerializer.Meta.fields, "editions")


def _page_of(name: str, serializer: Any) -> Any:
    return inline_serializer(
        name,
        {"results": serializer(many=True), "next": serializers.CharField(), "previous": serializers.CharField()},
    )


def _parameter(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, str, description=description, required=False)


class WorkshopListView(ViewerAPIView):
    """Workshops that the one who asks may see, those to come soonest first."""

    permission_classes = (Everybody,)

    @extend_schema(
        summary="Veranstaltungen",
        parameters=[
            _parameter("zeit", "vergangen: die vergangenen, neueste zuerst"),
            _parameter("meine", "1: nur die eigenen"),
            _parameter("format", "Kurzname eines Formats"),
            _parameter("art", "vor-ort oder online"),
            _parameter("land", "Zweistelliger Schlüssel des Landes"),
            _parameter("typ", "workshop, training, meeting, kickoff oder forum"),
            _parameter("kommune", "Kurzname eines Netzwerks, das einlädt"),
            _parameter("page", "Marke aus next oder previous"),
        ],
        responses=_page_of("WorkshopPage", WorkshopCardSerializer),
    )
    def get(self, request: Request) -> Response:
        wanted = filter_from(request._request.GET)
        rows = narrowed(listed_workshops(self.viewer), self.viewer, wanted)
        rows = queries.with_hosts(queries.at_time(rows, wanted, timezone.now()), self.viewer)
        return self.page(rows, queries.LATEST if wanted.past else queries.SOONEST, WorkshopCardSerializer)


class WorkshopView(ViewerAPIView):
    """One workshop; drafts are not served."""

    permission_classes = (Everybody,)

    @extend_schema(summary="Eine Veranstaltung", responses=WorkshopSerializer)
    def get(self, request: Request, pk: int) -> Response:
        try:
            workshop = queries.readable_workshop(self.viewer, pk)
        except Workshop.DoesNotExist as error:
            raise Http404 from error
        if workshop.state == Workshop.State.DRAFT:
            raise Http404
        own = queries.own_place(self.viewer, workshop)
        may_read = may_see_online_url(self.viewer, workshop, own)
        workshop.shown_url = workshop.online_url if may_read else ""  # type: ignore[attr-defined]  # for the serializer
        workshop.read_quotas = quotas_of(self.viewer, workshop)  # type: ignore[attr-defined]  # for the serializer
        workshop.counted_cities = queries.city_counts(workshop)  # type: ignore[attr-defined]  # for the serializer
        workshop.read_sessions = sessions_of(self.viewer, workshop)  # type: ignore[attr-defined]  # for the serializer
        return Response(WorkshopSerializer(workshop).data)


class FormatListView(ViewerAPIView):
    """Formats that the one who asks may see, by name."""

    permission_classes = (Everybody,)

    @extend_schema(
        summary="Austauschformate",
        parameters=[_parameter("page", "Marke aus next oder previous")],
        responses=_page_of("FormatPage", FormatCardSerializer),
    )
    def get(self, request: Request) -> Response:
        rows = format_queries.with_cities(visible_formats(self.viewer))
        return self.page(rows, format_queries.BY_NAME, FormatCardSerializer)


class FormatView(ViewerAPIView):
    """One format with its editions."""

    permission_classes = (Everybody,)

    @extend_schema(summary="Ein Austauschformat mit seinen Folgen", responses=FormatSerializer)
    def get(self, request: Request, slug: str) -> Response:
        try:
            found = format_queries.readable_format(self.viewer, slug)
        except ExchangeFormat.DoesNotExist as error:
            raise Http404 from error
        found.read_editions = queries.series_of(self.viewer, found.pk)  # type: ignore[attr-defined]  # for the serializer
        return Response(FormatSerializer(found).data)


routes: list[URLPattern] = [
    path("workshops/", WorkshopListView.as_view(), name="rest-workshop-list"),
    path("workshops/<int:pk>/", WorkshopView.as_view(), name="rest-workshop-detail"),
    path("formats/", FormatListView.as_view(), name="rest-format-list"),
    path("formats/<slug:slug>/", FormatView.as_view(), name="rest-format-detail"),
]
