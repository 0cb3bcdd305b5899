"""Finding a date: polls over candidate days, who is asked, what they say, and the days on which councils sit."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from exchange.models.formats import ExchangeFormat
from exchange.models.workshops import Workshop
from toolkit.audience import AudienceField


class DatePoll(models.Model):
    """The question which of some dates suits, owned by one or more networks with equal rights.

    A draft is seen by the coordinators of its owners; once sent, by everybody who is asked as well. ``ends_at`` ends it
    by itself; ``names_shown`` says whether all who are asked read who said what, and never changes.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Entwurf")
        OPEN = "open", _("Offen")
        CLOSED = "closed", _("Beendet")
        DECIDED = "decided", _("Termin steht fest")

    title = models.CharField(max_length=160)
    text = models.TextField(blank=True)
    format = models.ForeignKey(ExchangeFormat, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    workshop = models.ForeignKey(
        Workshop,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Whose date is looked for; in the end the one that got it",
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    ends_at = models.DateTimeField(null=True, blank=True)
    names_shown = models.BooleanField(default=True, help_text="All who are asked see who said what; else only owners")
    decided = models.ForeignKey(
        "exchange.PollOption", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    calendar_uid = models.UUIDField(default=uuid.uuid4, editable=False, help_text="In the end that of the workshop")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1, help_text="Rises with each change; guards against lost words")
    audience = AudienceField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="decided", decided__isnull=False)
                | (~models.Q(state="decided") & models.Q(decided=None)),
                name="decided_poll_has_its_date",
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="poll_newest"),
            GinIndex(fields=["audience"], name="poll_by_audience"),
        ]

    def __str__(self) -> str:
        return self.title


class PollCity(models.Model):
    """A city that a poll concerns: it owns it, all its people are asked (``asked_at``), or some of them by name."""

    poll = models.ForeignKey(DatePoll, on_delete=models.CASCADE, related_name="cities")
    network = models.ForeignKey("tenancy.Network", on_delete=models.PROTECT, related_name="+")
    owns = models.BooleanField(default=False)
    asked_at = models.DateTimeField(null=True, blank=True, help_text="Since when all its people are asked")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poll", "network"], name="city_once_per_poll")]

    def __str__(self) -> str:
        return f"{self.network_id} in poll {self.poll_id}"

    @property
    def everyone(self) -> bool:
        """Whether all its people are asked."""
        return self.asked_at is not None


class PollPerson(models.Model):
    """Somebody who is asked by name."""

    poll = models.ForeignKey(DatePoll, on_delete=models.CASCADE, related_name="people")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poll", "person"], name="person_once_per_poll")]

    def __str__(self) -> str:
        return f"{self.person_id} in poll {self.poll_id}"


class PollOption(models.Model):
    """A date to choose: a day, and the clock of Germany on it. Once there it never changes, so that votes stay true."""

    poll = models.ForeignKey(DatePoll, on_delete=models.CASCADE, related_name="options")
    day = models.DateField()
    begins = models.TimeField()
    ends = models.TimeField()
    mode = models.CharField(max_length=10, choices=Workshop.Mode.choices, default=Workshop.Mode.ON_SITE)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["poll", "day", "begins", "ends", "mode"], name="date_once_per_poll"),
            models.CheckConstraint(condition=models.Q(ends__gt=models.F("begins")), name="date_ends_after_it_begins"),
        ]
        ordering = ["day", "begins", "id"]

    def __str__(self) -> str:
        return f"{self.day} {self.begins:%H:%M}"


class PollVote(models.Model):
    """What one person says to one date. The database takes it only as long as the poll runs."""

    class Answer(models.TextChoices):
        YES = "yes", _("Ja")
        MAYBE = "maybe", _("Zur Not")
        NO = "no", _("Nein")

    poll = models.ForeignKey(DatePoll, on_delete=models.CASCADE, related_name="+", editable=False)
    option = models.ForeignKey(PollOption, on_delete=models.CASCADE, related_name="votes")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    answer = models.CharField(max_length=5, choices=Answer.choices)
    remark = models.CharField(max_length=160, blank=True)
    at = models.DateTimeField(auto_now=True)
    audience = AudienceField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["option", "person"], name="one_vote_per_person_and_date")]
        indexes = [models.Index(fields=["poll", "person"], name="vote_of_person")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.answer} to {self.option_id}"


class CouncilDay(models.Model):
    """A day on which a city's council or one of its committees sits, as its coordination entered it."""

    network = models.ForeignKey("tenancy.Network", on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    text = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["network", "day", "text"], name="council_day_once_per_network")]
        ordering = ["day", "text"]

    def __str__(self) -> str:
        return f"{self.day} {self.text}"
