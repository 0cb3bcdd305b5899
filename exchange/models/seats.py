"""Places in a workshop, and the seats that are kept for single cities."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from exchange.models.workshops import Workshop
from toolkit.audience import AudienceField


class WorkshopQuota(models.Model):
    """Seats of a workshop that are kept for one city; ``released`` once they are open to all.

    Of the seats on site, or of those online where the workshop is online only. ``taken`` is kept by a trigger.
    """

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="quotas")
    network = models.ForeignKey("tenancy.Network", on_delete=models.PROTECT, related_name="+")
    seats = models.PositiveIntegerField()
    taken = models.PositiveIntegerField(default=0, editable=False)
    released = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "network"], name="one_quota_per_city_and_workshop"),
            models.CheckConstraint(
                condition=models.Q(taken__lte=models.F("seats")), name="never_more_of_a_quota_than_it_has"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seats} seats for {self.network_id} in {self.workshop_id}"

    @property
    def free(self) -> int:
        return max(0, self.seats - self.taken)


class Registration(models.Model):
    """A place: a seat, an offer of one, or one in the queue, for a person and whoever accompanies them.

    The queue is ordered by ``queued_at`` and number. ``pool`` says which seats a ``seat`` or an ``offered`` one takes.
    """

    class State(models.TextChoices):
        REQUESTED = "requested", _("Angefragt")
        SEAT = "seat", _("Platz")
        OFFERED = "offered", _("Platz angeboten")
        QUEUED = "queued", _("Warteliste")
        WITHDRAWN = "withdrawn", _("Abgemeldet")
        REFUSED = "refused", _("Abgelehnt")
        LAPSED = "lapsed", _("Angebot verfallen")

    class Pool(models.TextChoices):
        CITY = "city", _("Kontingent")
        SHARED = "shared", _("Für alle offen")
        ONLINE = "online", _("Online")

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="registrations")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    network = models.ForeignKey("tenancy.Network", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices)
    pool = models.CharField(max_length=8, choices=Pool.choices, default=Pool.SHARED)
    companions = models.PositiveSmallIntegerField(default=0)
    companion_names = models.CharField(max_length=300, blank=True)
    mode = models.CharField(max_length=10, choices=Workshop.Mode.choices, blank=True)
    name_shown = models.BooleanField(default=True, help_text="Name and city visible to others who take part")
    created_at = models.DateTimeField(auto_now_add=True)
    queued_at = models.DateTimeField(null=True, blank=True, help_text="When the person signed up: the order of all")
    waited = models.BooleanField(default=False, help_text="Found no seat at first, so the next one is an offer")
    seated_at = models.DateTimeField(null=True, blank=True)
    offered_until = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="When the place ended, whatever ended it")
    answer = models.CharField(max_length=300, blank=True, help_text="Why the hosts said no")
    audience = AudienceField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "person"],
                condition=~models.Q(state__in=["withdrawn", "refused", "lapsed"]),
                name="one_place_per_person_and_workshop",
            ),
            models.CheckConstraint(condition=models.Q(companions__lte=5), name="five_companions_at_most"),
            models.CheckConstraint(
                condition=~models.Q(state="offered") | models.Q(offered_until__isnull=False),
                name="offer_has_a_deadline",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="refused") | ~models.Q(answer=""), name="refused_place_says_why"
            ),
        ]
        indexes = [
            models.Index(
                fields=["workshop", "state", "queued_at", "id"],
                name="registration_queue",
            ),
            models.Index(fields=["offered_until"], condition=models.Q(state="offered"), name="registration_offers_end"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.state} in {self.workshop_id}"

    @property
    def party(self) -> int:
        """How many seats the place takes."""
        return 1 + self.companions

    @property
    def needs(self) -> str:
        """What the person needs to take part; empty for all but themselves and the hosts."""
        need: PlaceNeed | None = getattr(self, "need", None)
        return need.text if need else ""


class PlaceNeed(models.Model):
    """What somebody needs to take part. It may tell of their health, so it is no part of the place that others read."""

    registration = models.OneToOneField(Registration, on_delete=models.CASCADE, related_name="need")
    text = models.CharField(max_length=300)

    def __str__(self) -> str:
        return f"what is needed for {self.registration_id}"


class SeatHandover(models.Model):
    """Somebody wants to hand their seat over to a colleague of their city, who has not answered yet."""

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="handovers")
    giver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    taker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "giver"], name="one_handover_per_seat"),
            models.CheckConstraint(condition=~models.Q(giver=models.F("taker")), name="handover_goes_to_somebody_else"),
        ]

    def __str__(self) -> str:
        return f"{self.giver_id} to {self.taker_id} in {self.workshop_id}"
