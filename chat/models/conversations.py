"""Conversations, and who is in them. The log itself is in ``chat.models.messages``."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Conversation(models.Model):
    """A log. ``head`` is the number of its last message; it only rises, under a lock on this row."""

    class Kind(models.TextChoices):
        DIRECT = "direct", _("Direkt")
        GROUP = "group", _("Gruppe")
        ROOM = "room", _("Raum")
        TOPIC = "topic", _("Themenraum")

    class Writers(models.TextChoices):
        ALL = "all", _("Alle, die dabei sind")
        OWNERS = "owners", _("Nur die Verantwortlichen")

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
    about = models.CharField(max_length=300, blank=True, db_default="")
    open_to = models.IntegerField(
        null=True,
        blank=True,
        help_text="A topic room: the key (toolkit.audience) of those who may enter it by themselves",
    )
    writers = models.CharField(
        max_length=10,
        choices=Writers.choices,
        default=Writers.ALL,
        db_default=Writers.ALL,
        help_text="Announcements: only its owners write",
    )
    retention_days = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="What is said is emptied after so many days; a network's own rule may be stricter",
    )
    announced_days = models.PositiveIntegerField(
        null=True, blank=True, help_text="What was said in the log last on how long things are kept"
    )
    emptied_seq = models.BigIntegerField(
        default=0, db_default=0, help_text="Up to this number everything is emptied: the next look goes on here"
    )
    head = models.BigIntegerField(default=0)
    version = models.BigIntegerField(
        default=0,
        db_default=0,
        help_text="Rises with every change of who is in it, by a trigger: whoever remembers the seats compares it",
    )
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
            models.CheckConstraint(
                condition=models.Q(kind="topic", open_to__isnull=False)
                | (~models.Q(kind="topic") & models.Q(open_to=None)),
                name="topics_say_to_whom_they_are_open",
            ),
        ]

    def __str__(self) -> str:
        return self.title or f"{self.kind} {self.pk}"


class Participant(models.Model):
    """A person in a conversation, with the part of the log that is theirs and how far they have read."""

    class Role(models.TextChoices):
        MEMBER = "member", _("Mitglied")
        OWNER = "owner", _("Verantwortlich")

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="participants")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    joined_seq = models.BigIntegerField(default=0, help_text="Sees messages above this number")
    left_seq = models.BigIntegerField(null=True, blank=True, help_text="Saw messages up to this number; then gone")
    read_seq = models.BigIntegerField(default=0)
    read_at = models.DateTimeField(null=True, blank=True, help_text="When read_seq last rose; kept by a trigger")
    joined_at = models.DateTimeField(auto_now_add=True)
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.MEMBER, db_default=Role.MEMBER)
    muted = models.BooleanField(default=False)
    favourite = models.BooleanField(default=False, db_default=False)
    archived_seq = models.BigIntegerField(
        null=True,
        blank=True,
        help_text="Put away when the log had come so far; what is said later brings it back, unless it is muted",
    )
    mention_seq = models.BigIntegerField(
        default=0,
        db_default=0,
        help_text="The last message that names this person; unread while it is above read_seq. Set with the message",
    )

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
