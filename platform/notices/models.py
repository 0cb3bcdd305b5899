"""What a person is told in the page, and whether they want it by mail too."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from notices.quiet import EVENING, MORNING, NEVER, Quiet


class Notice(models.Model):
    """One sentence for one person, with where it leads. ``key`` merges repeats while unread."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    text = models.CharField(max_length=300)
    url = models.CharField(max_length=200, blank=True)
    key = models.CharField(max_length=80, blank=True)
    count = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "key"],
                condition=models.Q(read_at=None) & ~models.Q(key=""),
                name="one_unread_notice_per_key",
            )
        ]
        indexes = [
            models.Index(fields=["person", "-created_at", "-id"], name="notice_newest"),
            models.Index(fields=["person"], name="notice_unread", condition=models.Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return self.text


class NoticeWish(models.Model):
    """A person's wish about notices; who never said anything gets mails, by day."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    mail = models.BooleanField(default=True, help_text="Also by mail what need not be told by mail")
    quiet = models.BooleanField(default=True, help_text="Whether there are quiet hours at all")
    quiet_from = models.TimeField(default=EVENING)
    quiet_to = models.TimeField(default=MORNING)
    quiet_weekends = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"{self.person_id}: {'mail' if self.mail else 'page only'}"

    @property
    def quiet_hours(self) -> Quiet:
        return Quiet(self.quiet_from, self.quiet_to, self.quiet_weekends) if self.quiet else NEVER


class PushSubscription(models.Model):
    """One browser of a person that wants to be told, as long as the session lasts in which it said so."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    endpoint = models.CharField(max_length=1000, unique=True, help_text="Whoever knows it may write to the browser")
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=60)
    device = models.CharField(max_length=80, help_text="What the browser calls itself, for its person")
    session = models.CharField(max_length=40, help_text="Signing out ends it: a desk may be shared")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.person_id}: {self.device}"
