"""Reports, and the decisions on what was reported."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ModerationDecision(models.Model):
    """What a moderator decided about a thing, and why (statement of reasons, DSA Art. 17).

    It names the thing itself, not a report, since it answers all open reports on that thing at once. ``follows`` is
    set where it takes back an earlier one; an earlier one can be taken back only once.
    """

    class Action(models.TextChoices):
        KEEP = "keep", _("Sichtbar lassen")
        HIDE = "hide", _("Ausblenden")
        RESTORE = "restore", _("Wieder einblenden")

    kind = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    title = models.CharField(max_length=200)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    network = models.ForeignKey("tenancy.Network", on_delete=models.PROTECT, null=True, related_name="+")
    land = models.ForeignKey("tenancy.State", on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=10, choices=Action.choices)
    reason = models.TextField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    association = models.ForeignKey("tenancy.Association", on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(auto_now_add=True)
    follows = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="followed_by")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="decision_gives_its_reason"),
            models.CheckConstraint(
                condition=models.Q(action="restore", follows__isnull=False)
                | (~models.Q(action="restore") & models.Q(follows=None)),
                name="only_a_restoring_decision_follows_another",
            ),
        ]
        indexes = [
            models.Index(fields=["land", "-decided_at", "-id"], name="decisions_of_land"),
            models.Index(fields=["kind", "object_id", "-id"], name="decisions_on_thing"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.kind} {self.object_id}"


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
    url = models.CharField(max_length=200, blank=True, help_text="Path of the page on which its author finds it")
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
    reporter_place = models.CharField(max_length=120, blank=True, help_text="City of the reporter at that time")
    reporter_name = models.CharField(max_length=160, blank=True, help_text="Of a visitor, who need not give it")
    reporter_email = models.EmailField(blank=True, help_text="Of a visitor without an account (DSA Art. 16)")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    decision = models.ForeignKey(
        ModerationDecision, on_delete=models.PROTECT, null=True, blank=True, related_name="reports"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "object_id", "reporter"],
                condition=models.Q(state="open", reporter__isnull=False),
                name="one_open_report_per_person_and_thing",
            ),
            models.UniqueConstraint(
                fields=["kind", "object_id", "reporter_email"],
                condition=models.Q(state="open") & ~models.Q(reporter_email=""),
                name="one_open_report_per_address_and_thing",
            ),
            models.CheckConstraint(
                condition=models.Q(state="open", decision=None) | models.Q(state="decided", decision__isnull=False),
                name="decided_report_has_its_decision",
            ),
        ]
        indexes = [
            models.Index(fields=["land", "state", "created_at", "id"], name="report_queue"),
            models.Index(fields=["kind", "object_id", "state"], name="reports_on_thing"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}: {self.reason}"
