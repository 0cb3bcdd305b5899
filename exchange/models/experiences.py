"""Experiences: transfer cards that say what a city did, what it cost and what it would do differently."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager
from taggit.models import ItemBase

from tenancy.models import TaskArea, Topic
from toolkit.art import tone_of
from toolkit.audience import AudienceField, Rung

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Experience(models.Model):
    """A transfer card. A draft carries its author's key alone; published, the rung decides (by trigger)."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Entwurf")
        PUBLISHED = "published", _("Veröffentlicht")
        RECALLED = "recalled", _("Zurückgezogen")

    class Stage(models.TextChoices):
        """How far the thing described is."""

        IDEA = "idea", _("Idee")
        PILOT = "pilot", _("In Erprobung")
        RUNNING = "running", _("Im Einsatz")
        ENDED = "ended", _("Beendet")

    network = models.ForeignKey("tenancy.Network", on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    exchange_format = models.ForeignKey(
        "exchange.ExchangeFormat",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="The format that it came out of; stays as it was begun",
    )
    workshop = models.ForeignKey(
        "exchange.Workshop",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="The workshop that it came out of; stays as it was begun",
    )
    office = models.ForeignKey(
        "tenancy.Office",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    task_area = models.CharField(max_length=20, choices=TaskArea.choices, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    rung = models.CharField(max_length=10, choices=Rung.choices, default=Rung.NETWORK)
    stage = models.CharField(max_length=10, choices=Stage.choices, blank=True)
    title = models.CharField(max_length=160, blank=True)
    summary = models.TextField(blank=True)
    starting_point = models.TextField(blank=True)
    what_we_did = models.TextField(blank=True)
    legal_basis = models.TextField(blank=True)
    service = models.CharField(max_length=200, blank=True, help_text="OZG service or process")
    software = models.CharField(max_length=200, blank=True)
    supplier = models.CharField(max_length=200, blank=True)
    cost_once_eur = models.PositiveIntegerField(null=True, blank=True)
    cost_yearly_eur = models.PositiveIntegerField(null=True, blank=True)
    effort_days = models.PositiveIntegerField(null=True, blank=True, help_text="Person-days")
    funding = models.CharField(max_length=200, blank=True)
    took_part = models.TextField(blank=True)
    benefits = models.TextField(blank=True)
    result = models.TextField(blank=True)
    pitfalls = models.TextField(blank=True)
    differently = models.TextField(blank=True)
    reusable = models.TextField(blank=True, help_text="What can be taken over, and under which licence")
    contact = models.CharField(max_length=200, blank=True)
    period_from = models.DateField(null=True, blank=True)
    period_to = models.DateField(null=True, blank=True)
    sdg_targets = ArrayField(models.CharField(max_length=6), default=list, blank=True)
    strategy_goals = models.JSONField(default=list, blank=True, help_text="[{code, sign, reason}]")
    version = models.PositiveIntegerField(default=1, help_text="Rises with each change; guards against lost words")
    helpful_count = models.PositiveIntegerField(default=0)
    comment_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    published_at = models.DateTimeField(null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_reason = models.TextField(blank=True)
    audience = AudienceField()
    search_key = models.TextField(
        default="",
        editable=False,
        help_text="Folded title, topics and town, for forgiving search; kept by a trigger",
    )
    search = SearchVectorField(null=True, editable=False)
    topics = TaggableManager(through="ExperienceTopic", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="published") | models.Q(published_at__isnull=False),
                name="published_has_its_moment",
            ),
            models.CheckConstraint(
                condition=~models.Q(rung="office") | models.Q(office__isnull=False),
                name="office_rung_names_its_office",
            ),
            models.CheckConstraint(
                condition=models.Q(period_to=None)
                | models.Q(period_from=None)
                | models.Q(period_to__gte=models.F("period_from")),
                name="experience_ends_after_it_starts",
            ),
        ]
        indexes = [
            models.Index(fields=["-published_at", "-id"], name="experience_newest"),
            models.Index(fields=["network", "-published_at", "-id"], name="experience_of_network"),
            models.Index(fields=["author", "state", "-updated_at"], name="experience_of_author"),
            GinIndex(fields=["audience"], name="experience_by_audience"),
            GinIndex(fields=["search"], name="experience_by_words"),
            GinIndex(fields=["search_key"], name="experience_by_trigram", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def lead_topic(self) -> Topic | None:
        """The first topic, which stands on the card; prefetch ``experience_topics__tag`` where many are shown."""
        return next((row.tag for row in self.experience_topics.all()), None)

    @property
    def art_seed(self) -> str:
        """What the card's picture is drawn from: it stays the same whatever the title becomes."""
        return f"experience-{self.pk}"

    @property
    def art_tone(self) -> str:
        """One hue per topic, so that a list can be read by colour."""
        topic = self.lead_topic
        return tone_of(topic.slug if topic else self.task_area or self.pk)

    @property
    def shown_at(self) -> datetime:
        """The moment that readers see: of publishing, else of the last change."""
        return self.published_at or self.updated_at

    @property
    def effort_level(self) -> int:
        """1 up to ten person-days, 2 up to sixty, 3 above; 0 when nobody said."""
        if self.effort_days is None:
            return 0
        return 1 if self.effort_days <= 10 else 2 if self.effort_days <= 60 else 3

    @property
    def effort_word(self) -> _StrPromise | str:
        return ("", _("gering"), _("mittel"), _("hoch"))[self.effort_level]

    @property
    def stage_icon(self) -> str:
        icons = {"idea": "emoji_objects", "pilot": "hourglass_top", "running": "verified", "ended": "archive"}
        return icons.get(self.stage, "task_alt")


class ExperienceTopic(ItemBase):
    """A topic of an experience."""

    tag = models.ForeignKey(
        Topic,
        on_delete=models.CASCADE,
        related_name="+",
        related_query_name="experience_topics",
    )
    content_object = models.ForeignKey(Experience, on_delete=models.CASCADE, related_name="experience_topics")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tag", "content_object"], name="topic_once_per_experience")]

    @classmethod
    def tag_relname(cls) -> str:
        """The name taggit asks by; the accessor itself is hidden, for topics live a floor below."""
        return "experience_topics"


class Comment(models.Model):
    """A comment under an experience; it is seen by whom its experience is seen (audience copied by trigger)."""

    experience = models.ForeignKey(Experience, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    network = models.ForeignKey(
        "tenancy.Network",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="For which network the author spoke",
    )
    body = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_reason = models.TextField(blank=True)
    audience = AudienceField()

    class Meta:
        indexes = [
            models.Index(fields=["experience", "created_at", "id"], name="comment_in_order"),
            GinIndex(fields=["audience"], name="comment_by_audience"),
        ]

    def __str__(self) -> str:
        return self.body[:60]


class Helpful(models.Model):
    """„Hilfreich“: one per person and experience."""

    experience = models.ForeignKey(Experience, on_delete=models.CASCADE, related_name="helpfuls")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["experience", "person"], name="helpful_once_per_person")]

    def __str__(self) -> str:
        return f"{self.person_id} on {self.experience_id}"
