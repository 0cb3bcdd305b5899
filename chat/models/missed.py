"""What people were told by mail because they were away, so that nothing is told twice."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from chat.models.conversations import Conversation


class MissedTold(models.Model):
    """Up to which number of a conversation somebody was told, by mail and in their browsers."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    seq = models.BigIntegerField()
    pushed = models.BigIntegerField(default=0, db_default=0, help_text="The same for browsers")
    noted = models.BigIntegerField(default=0, db_default=0, help_text="The same for mentions among the notices")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "conversation"], name="told_up_to_one_number")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.conversation_id}/{self.seq}"


class MissedMail(models.Model):
    """When somebody last got such a mail. Its row is locked by whoever is about to send the next."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)
    turn = models.PositiveIntegerField(default=0, help_text="How many were sent since the person last read anything")

    def __str__(self) -> str:
        return f"{self.person_id}: {self.turn}"
