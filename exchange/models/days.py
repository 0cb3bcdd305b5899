"""What happens on the day of a workshop: who was there, and the code at the door."""

from __future__ import annotations

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exchange.models.seats import Registration
from exchange.models.workshops import Workshop

#: Letters and digits that nobody mixes up when reading them aloud; 16 of them are 80 bits.
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def new_check_code() -> str:
    """A code that nobody guesses, for ``Attendance.check_code``."""
    return "".join(secrets.choice(_ALPHABET) for _letter in range(16))


class Attendance(models.Model):
    """A person with a seat was there on one day of the workshop.

    ``workshop`` and ``person`` are those of the registration (the wall asks that they are), so that the rule of who
    sees it needs no other table. ``check_code`` stands on the certificate: whoever has it may ask whether it is real.
    """

    class By(models.TextChoices):
        LIST = "list", _("Anwesenheitsliste")
        CODE = "code", _("Code an der Tür")
        SELF = "self", _("Selbst gemeldet")

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="+")
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    at = models.DateTimeField(default=timezone.now)
    by = models.CharField(max_length=4, choices=By.choices)
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    check_code = models.CharField(max_length=16, unique=True, default=new_check_code, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["registration", "day"], name="there_once_a_day")]
        indexes = [models.Index(fields=["workshop", "day"], name="attendance_of_a_day")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.workshop_id} on {self.day}"


class DoorCode(models.Model):
    """The code at the door was made anew: a new ``generation`` makes the old addresses worthless.

    The code itself is not stored: it is computed from workshop, generation and the installation's key. Without a row
    the generation is 0.
    """

    workshop = models.OneToOneField(Workshop, on_delete=models.CASCADE, related_name="+")
    generation = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.workshop_id}, {self.generation}"


class CertificateBundle(models.Model):
    """All certificates of a workshop in one file, asked for by a host; drawn by a job, and kept for a week.

    ``key`` is where the file lies (``toolkit.uploads.store``); it is there once ``finished_at`` is.
    """

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    language = models.CharField(max_length=8, default="de")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["workshop", "-id"], name="newest_certificates")]

    def __str__(self) -> str:
        return f"{self.workshop_id}: {self.done} of {self.total}"

    @property
    def is_drawing(self) -> bool:
        return self.finished_at is None and self.failed_at is None
