"""Workshops that cities own together."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exchange.models.formats import ExchangeFormat
from exchange.models.series import WorkshopSeries
from toolkit.audience import AudienceField, Rung


def usual_reminders() -> list[int]:
    """How many days before it begins people are reminded, where the hosts say nothing else."""
    return [7, 1]


class Workshop(models.Model):
    """One event, owned by one or more networks with equal rights.

    While it is a draft its audience is the coordinators of its hosts; then the rung decides, counted from every
    host that accepted. What is taken is counted by a trigger on registrations and checked against what there is:
    ``seats_taken`` of ``seats``, ``online_taken`` of ``seats_online``, and of the seats that all cities share
    ``shared_taken``, beside ``quota_seats`` that are kept for single cities.
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
    series = models.ForeignKey(
        WorkshopSeries, on_delete=models.SET_NULL, null=True, blank=True, related_name="workshops"
    )
    series_day = models.DateField(null=True, blank=True, help_text="The day its series gave it, wherever it moved")
    title = models.CharField(max_length=160)
    summary = models.CharField(max_length=300, blank=True)
    description = models.TextField(blank=True)
    accessibility = models.CharField(max_length=200, blank=True)
    accessibility_notes = models.TextField(blank=True)
    contact = models.CharField(max_length=200, blank=True, help_text="Whom to ask, in words")
    contact_person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    price = models.DecimalField(
        max_digits=7, decimal_places=2, null=True, blank=True, help_text="Euro per person; 0 is free, empty not said"
    )
    cost = models.CharField(max_length=200, blank=True, help_text="What it costs, in words")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.WORKSHOP)
    mode = models.CharField(max_length=10, choices=Mode.choices, default=Mode.ON_SITE)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=200, blank=True)
    online_url = models.URLField(blank=True, help_text="Shown to people with a seat only")
    seats = models.PositiveIntegerField()
    seats_taken = models.PositiveIntegerField(default=0, editable=False)
    seats_online = models.PositiveIntegerField(
        null=True, blank=True, help_text="Hybrid: seats online beside those on site; empty: one total for both"
    )
    online_taken = models.PositiveIntegerField(default=0, editable=False)
    shared_taken = models.PositiveIntegerField(default=0, editable=False)
    quota_seats = models.PositiveIntegerField(default=0, editable=False)
    quota_release_at = models.DateTimeField(null=True, blank=True, help_text="From then on quotas are open to all")
    offer_hours = models.PositiveSmallIntegerField(
        default=48, help_text="How long a freed seat is held for whoever is next; 0: they are seated at once"
    )
    approval = models.BooleanField(default=False, help_text="Hosts say yes or no to each who signs up")
    withdraw_until = models.DateTimeField(null=True, blank=True, help_text="Empty: until it begins")
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
                condition=models.Q(online_taken__lte=Coalesce(models.F("seats_online"), 0)),
                name="never_more_online_seats_than_there_are",
            ),
            models.CheckConstraint(
                condition=models.Q(seats__gte=models.F("shared_taken") + models.F("quota_seats")),
                name="quotas_and_shared_seats_fit_together",
            ),
            models.CheckConstraint(condition=models.Q(offer_hours__lte=720), name="offer_lasts_thirty_days_at_most"),
            models.CheckConstraint(
                condition=~models.Q(state="cancelled") | ~models.Q(cancel_reason=""),
                name="cancelled_workshop_says_why",
            ),
            models.UniqueConstraint(fields=["series", "series_day"], name="one_workshop_per_day_of_a_series"),
            models.CheckConstraint(
                condition=models.Q(price=None) | models.Q(price__gte=0), name="workshop_price_is_not_below_zero"
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
    def splits_modes(self) -> bool:
        """Whether online has seats of its own beside those on site."""
        return self.mode == Workshop.Mode.HYBRID and self.seats_online is not None

    @property
    def seats_all(self) -> int:
        """All seats, on site and online."""
        return self.seats + (self.seats_online or 0 if self.splits_modes else 0)

    @property
    def taken_all(self) -> int:
        return self.seats_taken + self.online_taken

    @property
    def seats_free(self) -> int:
        """Seats that nobody has, those kept for single cities among them."""
        return max(0, self.seats_all - self.taken_all)

    @property
    def withdraw_ends_at(self) -> datetime:
        """Until when a place can be given back."""
        return min(self.withdraw_until or self.starts_at, self.starts_at)

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


class CalendarAddress(models.Model):
    """A person's secret calendar address exists; a new ``generation`` makes the old address worthless.

    The address itself is not stored: it is computed from person, generation and the installation's key.
    """

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    generation = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.person_id}, {self.generation}"
