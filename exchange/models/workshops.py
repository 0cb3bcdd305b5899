"""Workshops that cities own together, and the seats in them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exchange.models.formats import ExchangeFormat
from toolkit.audience import AudienceField, Rung


def usual_reminders() -> list[int]:
    """How many days before it begins people are reminded, where the hosts say nothing else."""
    return [7, 1]


class Workshop(models.Model):
    """One event, owned by one or more networks with equal rights.

    While it is a draft its audience is the coordinators of its hosts; then the rung decides, counted from every
    host that accepted. ``seats_taken`` is kept by a trigger on registrations and checked against ``seats``.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Entwurf")
        OPEN = "open", _("Anmeldung offen")
        CANCELLED = "cancelled", _("Abgesagt")
        HELD = "held", _("Hat stattgefunden")

    class Mode(models.TextChoices):
        ON_SITE = "on_site", _("Vor Ort")
        ONLINE = "online", _("Online")
        HYBRID = "hybrid", _("Vor Ort und online")

    class Kind(models.TextChoices):
        WORKSHOP = "workshop", _("Workshop")
        TRAINING = "training", _("Schulung")
        MEETING = "meeting", _("Netzwerktreffen")
        KICKOFF = "kickoff", _("Auftakt")
        FORUM = "forum", _("Forum")

    format = models.ForeignKey(
        ExchangeFormat,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="workshops",
    )
    title = models.CharField(max_length=160)
    summary = models.CharField(max_length=300, blank=True)
    description = models.TextField(blank=True)
    agenda = models.JSONField(default=list, blank=True, help_text="[{time, title, text}]")
    accessibility = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.WORKSHOP)
    mode = models.CharField(max_length=10, choices=Mode.choices, default=Mode.ON_SITE)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=200, blank=True)
    online_url = models.URLField(blank=True, help_text="Shown to people with a seat only")
    seats = models.PositiveIntegerField()
    seats_taken = models.PositiveIntegerField(default=0, editable=False)
    registration_ends_at = models.DateTimeField()
    rung = models.CharField(max_length=10, choices=Rung.choices, default=Rung.ALL)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    cancel_reason = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1, help_text="Rises with each change; guards against lost words")
    calendar_uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    calendar_sequence = models.PositiveIntegerField(default=0, help_text="SEQUENCE of RFC 5545: rises with each move")
    reminder_days = ArrayField(
        models.PositiveSmallIntegerField(),
        default=usual_reminders,
        blank=True,
        help_text="So many days before it begins people with a seat are reminded",
    )
    room_id = models.BigIntegerField(null=True, blank=True, help_text="Number of its conversation in chat")
    audience = AudienceField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="workshop_ends_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(registration_ends_at__lte=models.F("ends_at")),
                name="registration_ends_before_the_workshop",
            ),
            models.CheckConstraint(
                condition=models.Q(seats_taken__lte=models.F("seats")),
                name="never_more_seats_than_there_are",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="cancelled") | ~models.Q(cancel_reason=""),
                name="cancelled_workshop_says_why",
            ),
            models.CheckConstraint(
                condition=~models.Q(rung="office"),
                name="workshop_is_never_for_one_office",
            ),
        ]
        indexes = [
            models.Index(fields=["starts_at", "id"], name="workshop_soonest"),
            GinIndex(fields=["audience"], name="workshop_by_audience"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def seats_free(self) -> int:
        return max(0, self.seats - self.seats_taken)

    @property
    def is_over(self) -> bool:
        return self.ends_at <= timezone.now()

    @property
    def has_online(self) -> bool:
        return self.mode != Workshop.Mode.ON_SITE

    @property
    def has_place(self) -> bool:
        return self.mode != Workshop.Mode.ONLINE


class WorkshopHost(models.Model):
    """A network that hosts the workshop, once it accepted; nobody can remove another host."""

    class State(models.TextChoices):
        INVITED = "invited", _("Eingeladen")
        ACCEPTED = "accepted", _("Gastgeberin")
        DECLINED = "declined", _("Abgelehnt")

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="hosts")
    network = models.ForeignKey("tenancy.Network", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.INVITED)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workshop", "network"], name="host_once_per_workshop")]

    def __str__(self) -> str:
        return f"{self.network_id} hosts {self.workshop_id}"


class Registration(models.Model):
    """A seat, or a place in the queue, for a person. The queue is ordered by ``queued_at`` and number."""

    class State(models.TextChoices):
        SEAT = "seat", _("Platz")
        QUEUED = "queued", _("Warteliste")
        WITHDRAWN = "withdrawn", _("Abgemeldet")

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="registrations")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    network = models.ForeignKey("tenancy.Network", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices)
    mode = models.CharField(max_length=10, choices=Workshop.Mode.choices, blank=True)
    needs = models.CharField(
        max_length=300,
        blank=True,
        help_text="What the person needs to take part; hosts only",
    )
    name_shown = models.BooleanField(default=True, help_text="Name and city visible to others who take part")
    created_at = models.DateTimeField(auto_now_add=True)
    queued_at = models.DateTimeField(null=True, blank=True)
    seated_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    audience = AudienceField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "person"],
                condition=~models.Q(state="withdrawn"),
                name="one_place_per_person_and_workshop",
            )
        ]
        indexes = [
            models.Index(
                fields=["workshop", "state", "queued_at", "id"],
                name="registration_queue",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.state} in {self.workshop_id}"


class CalendarAddress(models.Model):
    """A person's secret calendar address exists; a new ``generation`` makes the old address worthless.

    The address itself is not stored: it is computed from person, generation and the installation's key.
    """

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    generation = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.person_id}, {self.generation}"
