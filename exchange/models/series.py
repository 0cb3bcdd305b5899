"""Meetings that come again by a rule."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class WorkshopSeries(models.Model):
    """A rule of RFC 5545 and the workshops that were made by it; each of them lives its own life.

    ``left_out`` are the days (ISO 8601) of the rule on which nothing takes place.
    """

    title = models.CharField(max_length=160)
    rule = models.CharField(max_length=200, help_text="RRULE of RFC 5545")
    first_day = models.DateField()
    left_out = models.JSONField(default=list, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.title}: {self.rule}"
