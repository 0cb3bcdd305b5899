"""What happens when in a workshop: its sessions, in tracks, with places and speakers; and what they leave to read."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from exchange.models.workshops import Workshop


class Session(models.Model):
    """One point of the programme. ``ends_at`` is empty where nobody said when it ends."""

    class Kind(models.TextChoices):
        SESSION = "session", _("Programmpunkt")
        BREAK = "break", _("Pause")

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="sessions")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.SESSION)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    track = models.CharField(max_length=60, blank=True, help_text="Sessions of several tracks run side by side")
    place = models.CharField(max_length=120, blank=True)
    title = models.CharField(max_length=300)
    text = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1, help_text="Rises with each change; guards against lost words")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at=None) | models.Q(ends_at__gt=models.F("starts_at")),
                name="session_ends_after_start",
            )
        ]
        indexes = [models.Index(fields=["workshop", "starts_at", "id"], name="session_in_order")]

    def __str__(self) -> str:
        return self.title


class SessionSpeaker(models.Model):
    """Who speaks: a person of the platform, or somebody else by name. ``organisation`` is where they come from."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="speakers")
    position = models.PositiveSmallIntegerField(default=0)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=120, blank=True, help_text="Of somebody who is no person of the platform")
    organisation = models.CharField(max_length=160, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(person=None) ^ models.Q(name=""), name="speaker_is_a_person_or_a_name"
            ),
            models.UniqueConstraint(fields=["session", "person"], name="speaker_once_per_session"),
        ]

    def __str__(self) -> str:
        return self.shown

    @property
    def shown(self) -> str:
        """The name that stands in the programme."""
        return self.person.name if self.person is not None else self.name


class Material(models.Model):
    """Something to read before or after: a file, kept by its key, or a link."""

    class Phase(models.TextChoices):
        BEFORE = "before", _("Zum Vorbereiten")
        AFTER = "after", _("Zum Nachlesen")

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="materials")
    phase = models.CharField(max_length=6, choices=Phase.choices)
    title = models.CharField(max_length=160)
    url = models.URLField(max_length=400, blank=True)
    key = models.UUIDField(null=True, blank=True, unique=True)
    name = models.CharField(max_length=160, blank=True, help_text="What the file is saved as")
    media_type = models.CharField(max_length=120, blank=True)
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes")
    seats_only = models.BooleanField(default=False, help_text="Only who has a seat, and the hosts, get it")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(key=None) ^ models.Q(url=""), name="material_is_a_file_or_a_link")
        ]
        indexes = [models.Index(fields=["workshop", "phase", "id"], name="material_in_order")]

    def __str__(self) -> str:
        return self.title

    @property
    def ending(self) -> str:
        """What kind of file it is, as its name says: ``PDF``."""
        return self.name.rpartition(".")[2].upper()

    @property
    def site(self) -> str:
        """Where a link leads to, for people who decide whether to follow it."""
        return urlsplit(self.url).hostname or ""

    @property
    def icon(self) -> str:
        """The icon beside it."""
        if self.key is None:
            return "link"
        kinds = {"PDF": "picture_as_pdf", "PPTX": "slideshow", "ODP": "slideshow"}
        return "image" if self.media_type.startswith("image/") else kinds.get(self.ending, "description")
