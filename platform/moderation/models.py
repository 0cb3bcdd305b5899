"""Reports and the decisions on them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Report(models.Model):
    """Somebody reports a thing. The excerpt is kept, so that a moderator sees the reported part and no more."""

    class Reason(models.TextChoices):
        ILLEGAL = "illegal", _("Rechtswidriger Inhalt")
        PERSONAL_DATA = "personal_data", _("Personenbezogene Daten")
        INSULT = "insult", _("Beleidigung oder Herabsetzung")
        WRONG = "wrong", _("Falsch oder irreführend")
        ADVERTISING = "advertising", _("Werbung")
        OTHER = "other", _("Anderer Grund")

    class State(models.TextChoices):
        OPEN = "open", _("Offen")
        DECIDED = "decided", _("Entschieden")

    kind = models.CharField(
        max_length=20,
        help_text="Registered kind of the reported thing: experience, comment …",
    )
    object_id = models.BigIntegerField()
    title = models.CharField(max_length=200)
    excerpt = models.TextField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    network = models.ForeignKey("tenancy.Network", on_delete=models.PROTECT, null=True, related_name="+")
    land = models.ForeignKey("tenancy.State", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=20, choices=Reason.choices)
    text = models.TextField(blank=True)
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    reporter_email = models.EmailField(blank=True, help_text="Of a visitor without an account (DSA Art. 16)")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "object_id", "reporter"],
                condition=models.Q(state="open", reporter__isnull=False),
                name="one_open_report_per_person_and_thing",
            )
        ]
        indexes = [models.Index(fields=["land", "state", "created_at", "id"], name="report_queue")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}: {self.reason}"


class ModerationDecision(models.Model):
    """What a moderator decided on a report, and why (statement of reasons, DSA Art. 17)."""

    class Action(models.TextChoices):
        KEEP = "keep", _("Sichtbar lassen")
        HIDE = "hide", _("Ausblenden")

    report = models.OneToOneField(Report, on_delete=models.PROTECT, related_name="decision")
    action = models.CharField(max_length=10, choices=Action.choices)
    reason = models.TextField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    association = models.ForeignKey("tenancy.Association", on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(reason=""), name="decision_gives_its_reason")]

    def __str__(self) -> str:
        return f"{self.action} on {self.report_id}"
