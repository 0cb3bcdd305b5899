"""The directory for machines: the same people and the same contact details as on the pages."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tenancy.models import Person
from tenancy.policies.people import may_see_contact
from tenancy.queries.people import PeopleFilter, people_for, person_by_id, with_card
from tenancy.rest.base import ViewerAPIView
from tenancy.rest.networks import PAGE, paged, text_asked
from toolkit.rest import SignedIn


class MembershipSerializer(serializers.Serializer[Any]):
    """What a person does where."""

    network = serializers.CharField(source="network.slug")
    municipality = serializers.CharField(source="network.municipality.name")
    role = serializers.CharField(help_text="pilot, coordinator or office_head")
    title = serializers.CharField(help_text="The role in the city's words")
    office = serializers.CharField(source="office.name", default="")
    task_area = serializers.CharField(source="office.task_area", default="")


class PersonSerializer(serializers.Serializer[Person]):
    """A person in a list; contact details stand on the person's own address."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    memberships = MembershipSerializer(many=True, source="shown")
    topics = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_topics(self, person: Person) -> list[str]:
        return [topic.name for topic in person.topics.all()]


class PersonDetailSerializer(PersonSerializer):
    """One person, with the contact details that the viewer may see (empty otherwise)."""

    about = serializers.CharField(help_text="Markdown")
    email = serializers.SerializerMethodField()
    phone = serializers.SerializerMethodField()

    def get_email(self, person: Person) -> str:
        return person.email if may_see_contact(self.context["viewer"], person, "email") else ""

    def get_phone(self, person: Person) -> str:
        return person.phone if may_see_contact(self.context["viewer"], person, "phone") else ""


_FILTERS = {
    "q": "Teil des Namens",
    "place": "Stadt oder Gemeinde",
    "network": "Kurzname eines Netzwerks",
    "office": "Teil des Namens eines Amts",
    "area": "Schlüssel eines Aufgabenfelds",
    "state": "Zweistelliger Schlüssel des Landes",
    "topic": "Thema",
}


class PersonListView(ViewerAPIView):
    """People that the one who asks may see, by name."""

    permission_classes = (SignedIn,)

    @extend_schema(
        summary="Personen",
        parameters=[*(OpenApiParameter(k, OpenApiTypes.STR, description=v) for k, v in _FILTERS.items()), PAGE],
        responses=paged("PersonPage", PersonSerializer),
    )
    def get(self, request: Request) -> Response:
        wanted = PeopleFilter(
            q=text_asked(request, "q"),
            place=text_asked(request, "place"),
            network=text_asked(request, "network"),
            office=text_asked(request, "office"),
            area=text_asked(request, "area"),
            state=text_asked(request, "state"),
            topic=text_asked(request, "topic"),
        )
        return self.page(with_card(self.viewer, people_for(self.viewer, wanted)), ("sort_key", "id"), PersonSerializer)


class PersonDetailView(ViewerAPIView):
    """One person, with contact details as far as that person shows them to the one who asks."""

    permission_classes = (SignedIn,)

    @extend_schema(summary="Eine Person", responses=PersonDetailSerializer)
    def get(self, request: Request, pk: int) -> Response:
        person = get_object_or_404(person_by_id(self.viewer, pk))
        return Response(PersonDetailSerializer(person, context={"viewer": self.viewer}).data)


routes = [
    path("people/", PersonListView.as_view(), name="api-person-list"),
    path("people/<int:pk>/", PersonDetailView.as_view(), name="api-person-detail"),
]
