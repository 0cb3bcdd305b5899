"""Rows without a domain: the record of acts, and the operator's texts."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """One act on the record. Numbers instead of foreign keys: the record outlives what it speaks of."""

    at = models.DateTimeField(auto_now_add=True)
    verb = models.CharField(max_length=60)
    person_id = models.BigIntegerField(null=True)
    subject = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=40)
    network_id = models.BigIntegerField(null=True)
    state_code = models.CharField(max_length=2, blank=True)
    reason = models.TextField(blank=True)
    changes = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["subject", "subject_id", "-at"], name="audit_by_subject"),
            models.Index(fields=["network_id", "-at"], name="audit_by_network"),
            models.Index(fields=["state_code", "-at"], name="audit_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject} {self.subject_id}"


class LegalText(models.Model):
    """A page the operator must answer for: Impressum, Datenschutz, Barrierefreiheit; markdown, per language."""

    class Page(models.TextChoices):
        IMPRINT = "imprint", _("Impressum")
        PRIVACY = "privacy", _("Datenschutz")
        ACCESSIBILITY = "accessibility", _("Barrierefreiheit")

    page = models.CharField(max_length=20, choices=Page.choices)
    language = models.CharField(max_length=2, default="de")
    body = models.TextField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["page", "language"], name="one_legal_text_per_language")]

    def __str__(self) -> str:
        return f"{self.page} ({self.language})"
