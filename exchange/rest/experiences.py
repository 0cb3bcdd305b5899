"""Experiences for machines: read only, what the pages show."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import URLPattern, path
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from exchange.models import Comment, Experience
from exchange.policies.experiences import may_see_commenters, published_experiences
from exchange.queries import experiences as queries
from tenancy.rest.base import ViewerAPIView
from toolkit.rest import Everybody

CARD_FIELDS = (
    "id", "title", "summary", "network", "author", "topics", "stage", "task_area", "rung", "effort_days",
    "cost_once_eur", "cost_yearly_eur", "helpful_count", "comment_count", "published_at", "updated_at",
)  # fmt: skip


class CitySerializer(serializers.Serializer[Any]):
    """The network that speaks."""

    id = serializers.IntegerField()
    slug = serializers.CharField()
    name = serializers.CharField()
    municipality = serializers.CharField(source="municipality.name")
    ags = serializers.CharField(source="municipality_id")
    land = serializers.CharField(source="municipality.state_id", help_text="Two-digit code of the official register")


class ExperienceCardSerializer(serializers.ModelSerializer[Experience]):
    """An experience as it stands in a list."""

    network = CitySerializer()
    author = serializers.CharField(source="author.name")
    topics = serializers.SerializerMethodField()

    class Meta:
        model = Experience
        fields = CARD_FIELDS

    def get_topics(self, experience: Experience) -> list[str]:
        return [row.tag.name for row in experience.experience_topics.all()]


class CommentSerializer(serializers.ModelSerializer[Comment]):
    """A comment; ``body`` is Markdown. ``author`` is empty for those who do not belong to the programme."""

    author = serializers.SerializerMethodField()
    network = CitySerializer(allow_null=True)

    class Meta:
        model = Comment
        fields = ("id", "author", "network", "body", "created_at", "edited_at")

    def get_author(self, comment: Comment) -> str:
        return comment.author.name if self.context.get("names_shown") else ""


class ExperienceSerializer(ExperienceCardSerializer):
    """The whole transfer card; the long texts are Markdown."""

    comments = CommentSerializer(many=True, source="read_comments")

    class Meta:
        model = Experience
        fields = (
            *CARD_FIELDS, "starting_point", "what_we_did", "legal_basis", "service", "software", "supplier", "funding",
            "took_part", "benefits", "result", "pitfalls", "differently", "reusable", "contact", "period_from",
            "period_to", "comments",
        )  # fmt: skip


def _parameter(name: str, description: str, *, many: bool = False) -> OpenApiParameter:
    return OpenApiParameter(name, str, description=description, many=many, required=False)


class ExperienceListView(ViewerAPIView):
    """Published experiences that the one who asks may read, newest first."""

    permission_classes = (Everybody,)

    @extend_schema(
        summary="Erfahrungen",
        parameters=[
            _parameter("q", "Wörter, wie in der Suche der Seite"),
            _parameter("topic", "Kurzname eines Themas; mehrere sind Alternativen", many=True),
            _parameter("land", "Zweistelliger Schlüssel des Landes", many=True),
            _parameter("network", "Kurzname eines Netzwerks", many=True),
            _parameter("area", "Aufgabenfeld", many=True),
            _parameter("stage", "Stand", many=True),
            _parameter("page", "Marke aus next oder previous"),
        ],
        responses=inline_serializer(
            "ExperiencePage",
            {
                "results": ExperienceCardSerializer(many=True),
                "next": serializers.CharField(),
                "previous": serializers.CharField(),
            },
        ),
    )
    def get(self, request: Request) -> Response:
        wanted = queries.filter_from(request._request.GET)
        rows = queries.with_cards(queries.narrowed(published_experiences(self.viewer), wanted))
        return self.page(rows, queries.NEWEST, ExperienceCardSerializer, among=queries.matching(wanted))


class ExperienceView(ViewerAPIView):
    """One published experience with its comments."""

    permission_classes = (Everybody,)

    @extend_schema(summary="Eine Erfahrung mit ihren Kommentaren", responses=ExperienceSerializer)
    def get(self, request: Request, pk: int) -> Response:
        try:
            experience = queries.readable_experience(self.viewer, pk)
        except Experience.DoesNotExist as error:
            raise Http404 from error
        if experience.state != Experience.State.PUBLISHED or experience.hidden_at is not None:
            raise Http404
        comments = queries.comments_of(self.viewer, pk).filter(hidden_at=None)[:500]
        experience.read_comments = list(comments)  # type: ignore[attr-defined]  # read by the serializer
        context = {"names_shown": may_see_commenters(self.viewer)}
        return Response(ExperienceSerializer(experience, context=context).data)


routes: list[URLPattern] = [
    path("experiences/", ExperienceListView.as_view(), name="rest-experience-list"),
    path("experiences/<int:pk>/", ExperienceView.as_view(), name="rest-experience-detail"),
]
