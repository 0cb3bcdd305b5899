"""What people say about themselves and others in the chat, and what a city says about keeping."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ChatWish(models.Model):
    """How somebody wants the chat; without a row the defaults hold. What shows others something is off at first."""

    class Announce(models.TextChoices):
        ALL = "all", _("Alle neuen Nachrichten")
        MENTIONS = "mentions", _("Nur, wenn ich erwähnt werde")
        OFF = "off", _("Nichts")

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    show_presence = models.BooleanField(_("Zeigen, dass ich gerade da bin"), default=False)
    show_typing = models.BooleanField(_("Zeigen, dass ich gerade schreibe"), default=True)
    show_read = models.BooleanField(_("Zeigen, was ich gelesen habe"), default=False)
    announce = models.CharField(
        _("Vorlesen, was ankommt"), max_length=10, choices=Announce.choices, default=Announce.ALL
    )
    enter_sends = models.BooleanField(_("Eingabetaste sendet"), default=False)
    shortcuts = models.BooleanField(_("Tastenkürzel"), default=True)
    mail_missed = models.BooleanField(_("Mail, wenn ich etwas verpasst habe"), default=True)
    mail_rooms = models.BooleanField(
        _("In diesen Mails auch, was in Räumen gesagt wurde"), default=False, db_default=False
    )

    def __str__(self) -> str:
        return f"{self.person_id}"


class Block(models.Model):
    """Somebody does not want to be written to by another. The other is never told, only that nothing arrives."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    blocked = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "blocked"], name="blocked_once"),
            models.CheckConstraint(condition=~models.Q(person=models.F("blocked")), name="nobody_blocks_themselves"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} blocks {self.blocked_id}"


class KeepingRule(models.Model):
    """A city's rule on how long what is said is kept. Where cities meet in a conversation, the strictest holds."""

    network = models.OneToOneField("tenancy.Network", on_delete=models.CASCADE, related_name="+")
    days = models.PositiveIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(days__gte=1), name="kept_at_least_a_day")]

    def __str__(self) -> str:
        return f"{self.network_id}: {self.days}"
