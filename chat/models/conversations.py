"""Conversations as logs: each message has one number in its conversation, taken under the row lock."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Conversation(models.Model):
    """A log. ``head`` is the number of its last message; it only rises, under a lock on this row."""

    class Kind(models.TextChoices):
        DIRECT = "direct", _("Direkt")
        GROUP = "group", _("Gruppe")
        ROOM = "room", _("Raum")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    title = models.CharField(max_length=120, blank=True)
    direct_key = models.CharField(
        max_length=40,
        null=True,
        blank=True,
        unique=True,
        help_text="low:high person numbers",
    )
    subject_kind = models.CharField(
        max_length=20,
        blank=True,
        help_text="What a room belongs to: format, workshop …",
    )
    subject_id = models.BigIntegerField(null=True, blank=True)
    head = models.BigIntegerField(default=0)
    last_at = models.DateTimeField(
        auto_now_add=True,
        help_text="Moment of the last message, for the order of the list",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id"],
                condition=models.Q(kind="room"),
                name="one_room_per_subject",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="direct", direct_key__isnull=False)
                | (~models.Q(kind="direct") & models.Q(direct_key=None)),
                name="direct_conversations_have_their_key",
            ),
        ]

    def __str__(self) -> str:
        return self.title or f"{self.kind} {self.pk}"


class Participant(models.Model):
    """A person in a conversation, with the part of the log that is theirs and how far they have read."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="participants")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    joined_seq = models.BigIntegerField(default=0, help_text="Sees messages above this number")
    left_seq = models.BigIntegerField(null=True, blank=True, help_text="Saw messages up to this number; then gone")
    read_seq = models.BigIntegerField(default=0)
    joined_at = models.DateTimeField(auto_now_add=True)
    muted = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "person"], name="person_once_per_conversation")]
        indexes = [
            models.Index(
                fields=["person", "conversation"],
                name="living_participants",
                condition=models.Q(left_seq=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.conversation_id}"


class Message(models.Model):
    """One entry of the log. Hiding and retracting empty what is shown, never the row, so numbers stay.

    A change is an entry with a number of its own, so that one cursor brings everything to whoever was away.
    """

    class Kind(models.TextChoices):
        TEXT = "text", _("Nachricht")
        NOTE = "note", _("Hinweis")
        CHANGE = "change", _("Änderung")

    # Own indexes on the two would be the beginnings of the unique ones below: paid at each message, and for nothing.
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages", db_index=False)
    seq = models.BigIntegerField()
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    client_id = models.UUIDField(help_text="Made by the sender's browser (UUIDv7); sending again gives the same number")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.TEXT)
    body = models.TextField()
    target_seq = models.BigIntegerField(
        null=True,
        blank=True,
        help_text="A change says which message of this conversation looks different from now on",
    )
    created_at = models.DateTimeField(default=timezone.now)
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "seq"], name="one_message_per_number"),
            models.UniqueConstraint(fields=["sender", "client_id"], name="one_message_per_client_id"),
            models.CheckConstraint(condition=models.Q(seq__gte=1), name="numbers_start_at_one"),
            models.CheckConstraint(
                condition=models.Q(kind="change", target_seq__isnull=False, target_seq__lt=models.F("seq"))
                | (~models.Q(kind="change") & models.Q(target_seq=None)),
                name="changes_point_back_to_a_message",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id}/{self.seq}"
