"""Minutes of a workshop, written together in sections, of which every version is kept."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from exchange.models.workshops import Workshop
from toolkit.audience import AudienceField


class Minutes(models.Model):
    """The minutes of one workshop. Its hosts and those with a seat read them; once released, the workshop's rung."""

    workshop = models.OneToOneField(Workshop, on_delete=models.CASCADE, related_name="+")
    seats_write = models.BooleanField(default=False, help_text="Those with a seat write too")
    released_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    audience = AudienceField()

    class Meta:
        verbose_name_plural = "minutes"

    def __str__(self) -> str:
        return f"minutes of {self.workshop_id}"


class MinutesWords(models.Model):
    """What stands in a section: shared by the section and by each of its versions."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        DECISION = "decision", _("Beschluss")
        TASK = "task", _("Aufgabe")

    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.TEXT)
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    who = models.CharField(max_length=120, blank=True, help_text="Who does it, in the writers' words; tasks only")
    until = models.DateField(null=True, blank=True)
    removed = models.BooleanField(default=False, help_text="Taken out; its versions stay")

    class Meta:
        abstract = True


class MinutesSection(MinutesWords):
    """One section as it stands now. ``version`` rises with each change and guards against lost words."""

    minutes = models.ForeignKey(Minutes, on_delete=models.CASCADE, related_name="sections")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["minutes", "id"], name="minutes_in_order")]

    def __str__(self) -> str:
        return self.title


class MinutesVersion(MinutesWords):
    """A section as somebody left it; never changed, never removed."""

    section = models.ForeignKey(MinutesSection, on_delete=models.CASCADE, related_name="versions")
    minutes = models.ForeignKey(Minutes, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["section", "version"], name="version_once_per_section")]

    def __str__(self) -> str:
        return f"{self.section_id}/{self.version}"
