"""The log of a conversation: each entry has one number in it, taken under the row lock of the conversation."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.models.conversations import Conversation


class Message(models.Model):
    """One entry of the log. Hiding and retracting empty what is shown, never the row, so numbers stay.

    A change is an entry with a number of its own, so that one cursor brings everything to whoever was away.
    """

    class Kind(models.TextChoices):
        TEXT = "text", _("Nachricht")
        NOTE = "note", _("Hinweis")
        CHANGE = "change", _("Änderung")

    class What(models.TextChoices):
        HIDE = "hide", _("ausgeblendet oder wieder eingeblendet")
        EDIT = "edit", _("bearbeitet")
        RETRACT = "retract", _("zurückgenommen")
        REACT = "react", _("Reaktion")
        PIN = "pin", _("angeheftet oder gelöst")
        FILE = "file", _("Datei geprüft")

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
    content_key = models.UUIDField(
        null=True,
        blank=True,
        help_text="Fingerprint of what was sent: it stays when the text changes, so that sending again is recognised",
    )
    reply_seq = models.BigIntegerField(null=True, blank=True, help_text="The message this one answers")
    thread_seq = models.BigIntegerField(null=True, blank=True, help_text="The message with which its thread began")
    replies = models.PositiveIntegerField(default=0, db_default=0, help_text="Answers in the thread that began here")
    mentions = ArrayField(
        models.BigIntegerField(), default=list, db_default=Value("{}"), help_text="People named in it"
    )
    mentions_all = models.BooleanField(default=False, db_default=False)
    file_count = models.PositiveSmallIntegerField(default=0, db_default=0)
    reactions = models.JSONField(
        default=dict,
        db_default=Value({}, models.JSONField()),
        help_text='{"👍": [person, …]}, in the order of reacting',
    )
    what = models.CharField(
        max_length=10, choices=What.choices, blank=True, db_default="", help_text="What a change did to its message"
    )
    target_seq = models.BigIntegerField(
        null=True,
        blank=True,
        help_text="A change says which message of this conversation looks different from now on",
    )
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    pinned_at = models.DateTimeField(null=True, blank=True)
    retracted_at = models.DateTimeField(
        null=True, blank=True, help_text="Taken back by its sender; nothing of it is kept"
    )
    expired_at = models.DateTimeField(
        null=True, blank=True, help_text="Emptied by the rule on how long things are kept"
    )
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
            models.CheckConstraint(
                condition=models.Q(reply_seq=None, thread_seq=None)
                | models.Q(reply_seq__lt=models.F("seq"), thread_seq__lte=models.F("reply_seq")),
                name="answers_follow_on_what_they_answer",
            ),
            models.CheckConstraint(
                condition=models.Q(retracted_at=None, expired_at=None) | models.Q(body="", reactions={}),
                name="what_is_gone_is_empty",
            ),
        ]
        indexes = [
            models.Index(
                fields=["conversation", "thread_seq", "seq"],
                name="threads",
                condition=models.Q(thread_seq__isnull=False),
            ),
            models.Index(fields=["conversation", "seq"], name="pinned", condition=models.Q(pinned_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id}/{self.seq}"


class EarlierText(models.Model):
    """How a message read before it was edited; seen by whoever sees the message, and gone with it."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+", db_index=False)
    seq = models.BigIntegerField(help_text="Number of the message")
    body = models.TextField()
    until = models.DateTimeField(help_text="Moment of the edit that replaced it")

    class Meta:
        indexes = [models.Index(fields=["conversation", "seq"], name="earlier_texts")]

    def __str__(self) -> str:
        return f"{self.conversation_id}/{self.seq} until {self.until}"


class MessageFile(models.Model):
    """A file in a conversation. Uploaded first (without a number, seen by who uploads), then sent with a message."""

    class State(models.TextChoices):
        PENDING = "pending", _("wird geprüft")
        READY = "ready", _("geprüft")
        REFUSED = "refused", _("abgelehnt")
        GONE = "gone", _("entfernt")

    key = models.UUIDField(unique=True, default=uuid4, help_text="By which the outside names it")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+", db_index=False)
    seq = models.BigIntegerField(null=True, blank=True, help_text="Number of the message it was sent with")
    uploader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=150, help_text="As its uploader called it, cleaned")
    media_type = models.CharField(max_length=100, help_text="By its content, never by its name")
    size = models.PositiveIntegerField(help_text="Bytes, as stored")
    width = models.PositiveIntegerField(null=True, blank=True, help_text="Pixels of a picture")
    height = models.PositiveIntegerField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    reason = models.CharField(max_length=200, blank=True, help_text="Why it was refused, as a sentence")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["conversation", "seq"], name="files_of_messages")]

    def __str__(self) -> str:
        return self.name
