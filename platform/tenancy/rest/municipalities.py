"""Municipalities of the official register for machines: the same suggestions as where people type."""

from __future__ import annotations

from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tenancy.models import Municipality
from tenancy.queries.municipalities import suggest_municipalities
from tenancy.rest.base import ViewerAPIView
from tenancy.rest.networks import text_asked
from toolkit.rest import Everybody


class MunicipalitySerializer(serializers.Serializer[Municipality]):
    """A municipality of the register."""

    ags = serializers.CharField(help_text="Official key, eight digits")
    name = serializers.CharField()
    official_name = serializers.CharField()
    state = serializers.CharField(source="state.name")
    district = serializers.CharField(source="district.name")
    population = serializers.IntegerField()


class MunicipalityListView(ViewerAPIView):
    """Municipalities for what is typed so far, the best first; typing errors are forgiven."""

    permission_classes = (Everybody,)

    @extend_schema(
        summary="Kommunen",
        operation_id="municipalities_list",
        parameters=[OpenApiParameter("q", OpenApiTypes.STR, required=True, description="Mindestens zwei Buchstaben")],
        responses=inline_serializer("MunicipalityHits", {"results": MunicipalitySerializer(many=True)}),
    )
    def get(self, request: Request) -> Response:
        found = suggest_municipalities(text_asked(request, "q"))
        return Response({"results": [MunicipalitySerializer(town).data for town in found]})


routes = [path("municipalities/", MunicipalityListView.as_view(), name="api-municipality-list")]
