"""What people were told by mail about their places, and how a workshop was moved."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from exchange.models.workshops import Workshop


class CalendarMail(models.Model):
    """What stands in a person's calendar of a workshop, as far as we mailed it. One row for each person and workshop.

    A mail goes out where this differs from what is true now, so nothing is told twice, whoever asks how often.
    """

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    invited = models.BooleanField(default=False, help_text="An invitation went out and was not called back")
    sequence = models.PositiveIntegerField(default=0, help_text="SEQUENCE of the last mail: rises with each")
    seen_sequence = models.PositiveIntegerField(default=0, help_text="The workshop's own sequence at that time")
    told = models.JSONField(default=dict, help_text="Title, time and place as the person knows them")
    told_at = models.DateTimeField(null=True, blank=True)
    reminded_of = models.DateTimeField(null=True, blank=True, help_text="The beginning that was reminded of")
    reminded_days = models.PositiveSmallIntegerField(null=True, blank=True, help_text="How many days before")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "person"], name="one_calendar_mail_per_person_and_workshop")
        ]

    def __str__(self) -> str:
        return f"{self.person_id}, {self.workshop_id}: {self.sequence}"


class WorkshopMove(models.Model):
    """An open workshop got another title, time or place: ``{field: [before, after]}``, without the link."""

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="moves")
    sequence = models.PositiveIntegerField(help_text="The workshop's calendar sequence from then on")
    changes = models.JSONField(default=dict)
    reason = models.CharField(max_length=200, blank=True)
    moved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workshop", "sequence"], name="one_move_per_sequence")]

    def __str__(self) -> str:
        return f"{self.workshop_id}: {self.sequence}"
