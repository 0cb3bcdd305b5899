"""Exchange formats: lasting, owned by several cities as equals, known by a hashtag."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from toolkit.audience import AudienceField, Rung


class ExchangeFormat(models.Model):
    """A lasting format between cities, such as #KNmeetsHN.

    Until two cities have accepted it is a draft between the coordinations of those who are in it or invited. The
    database founds it then, and keeps it founded, also when a city leaves.
    """

    hashtag = models.CharField(max_length=40, help_text="Without the #")
    slug = models.SlugField(max_length=40, unique=True)
    motto = models.CharField(max_length=200, blank=True)
    about = models.TextField(blank=True)
    elements = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    since = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Year")
    rung = models.CharField(max_length=10, choices=Rung.choices, default=Rung.ALL)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    founded_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When its second city accepted; kept by a trigger"
    )
    room_id = models.BigIntegerField(null=True, blank=True, help_text="Number of its conversation in chat")
    version = models.PositiveIntegerField(default=1, help_text="Rises with each change; guards against lost words")
    audience = AudienceField()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("hashtag"), name="hashtag_once"),
            models.CheckConstraint(
                condition=models.Q(hashtag__regex=r"^[0-9A-Za-zÄÖÜäöüß_]{2,40}$"),
                name="hashtag_safe_in_an_address",
            ),
            models.CheckConstraint(
                condition=~models.Q(rung="office"),
                name="format_is_never_for_one_office",
            ),
        ]
        indexes = [GinIndex(fields=["audience"], name="format_by_audience")]

    def __str__(self) -> str:
        return f"#{self.hashtag}"


class FormatCity(models.Model):
    """A city in a format: invited or asking, accepted, gone. All who accepted own it with equal rights."""

    class State(models.TextChoices):
        INVITED = "invited", _("Eingeladen")
        ASKED = "asked", _("Möchte mitmachen")
        ACCEPTED = "accepted", _("Dabei")
        DECLINED = "declined", _("Abgelehnt")
        REFUSED = "refused", _("Nicht aufgenommen")
        LEFT = "left", _("Ausgeschieden")

    format = models.ForeignKey(ExchangeFormat, on_delete=models.CASCADE, related_name="cities")
    network = models.ForeignKey("tenancy.Network", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.INVITED)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    invited_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["format", "network"], name="city_once_per_format")]

    def __str__(self) -> str:
        return f"{self.network_id} in {self.format_id}"


class Edition(models.Model):
    """One edition of a format, also the cancelled one with its reason; kept for ever."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Geplant")
        HELD = "held", _("Hat stattgefunden")
        CANCELLED = "cancelled", _("Ausgefallen")

    class Mode(models.TextChoices):
        ON_SITE = "on_site", _("Vor Ort")
        ONLINE = "online", _("Online")
        HYBRID = "hybrid", _("Vor Ort und online")

    format = models.ForeignKey(ExchangeFormat, on_delete=models.CASCADE, related_name="editions")
    number = models.PositiveSmallIntegerField()
    year = models.PositiveSmallIntegerField()
    held_on = models.DateField(null=True, blank=True)
    host = models.ForeignKey(
        "tenancy.Municipality",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    mode = models.CharField(max_length=10, choices=Mode.choices, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    motto = models.CharField(max_length=200, blank=True)
    about = models.TextField(blank=True)
    themes = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    place = models.CharField(max_length=160, blank=True)
    people_note = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    workshop = models.OneToOneField(
        "exchange.Workshop",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="edition",
    )
    audience = AudienceField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["format", "number"], name="edition_number_once"),
            models.CheckConstraint(
                condition=~models.Q(state="cancelled") | ~models.Q(reason=""),
                name="cancelled_edition_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.format_id}/{self.number}"
