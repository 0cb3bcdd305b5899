"""A municipality asks to be let in; an association answers."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.models.associations import Association
from tenancy.models.register import Municipality


class Application(models.Model):
    """From „I want this for my city“ to the answer of the association. States move forward only."""

    class State(models.TextChoices):
        UNCONFIRMED = "unconfirmed", _("Adresse noch nicht bestätigt")
        OPEN = "open", _("Wartet auf Entscheidung")
        APPROVED = "approved", _("Zugelassen")
        DECLINED = "declined", _("Abgelehnt")

    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="applications")
    given_name = models.CharField(max_length=80)
    family_name = models.CharField(max_length=80)
    office_name = models.CharField(max_length=160)
    email = models.EmailField()
    network_name = models.CharField(max_length=120)
    note = models.TextField(blank=True)
    domain_fits = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=State.choices, default=State.UNCONFIRMED)
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    association = models.ForeignKey(Association, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(blank=True)
    override_reason = models.TextField(blank=True, help_text="Why a mail domain that does not fit was accepted")
    token_hash = models.CharField(
        max_length=64, blank=True, default="", help_text="SHA-256 of what the mail to the applicant brought"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["municipality"],
                condition=models.Q(state__in=["open", "approved"]),
                name="one_living_application_per_municipality",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="declined") | ~models.Q(reason=""),
                name="declined_with_a_reason",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="approved") | models.Q(domain_fits=True) | ~models.Q(override_reason=""),
                name="foreign_mail_domain_needs_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["state", "confirmed_at"], name="application_queue")]

    def __str__(self) -> str:
        return f"{self.municipality_id} {self.state}"


class Invitation(models.Model):
    """An invitation into a network: one address, or a link that several people may use.

    Only a hash of the token is kept (SHA-256, hex); who reads the table cannot join.
    """

    network = models.ForeignKey("tenancy.Network", on_delete=models.CASCADE, related_name="invitations")
    office = models.ForeignKey(
        "tenancy.Office",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="invitations",
    )
    role = models.CharField(max_length=20)
    email = models.EmailField(blank=True, help_text="Empty for a link that anyone who has it may use")
    given_name = models.CharField(max_length=80, blank=True)
    family_name = models.CharField(max_length=80, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    uses_left = models.PositiveSmallIntegerField(default=1)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    via = models.ForeignKey(
        "self",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="confirmations",
        help_text="The link that somebody used; this row proves their address and takes one of its uses",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["network", "email", "role"],
                condition=models.Q(withdrawn_at=None, uses_left__gt=0) & ~models.Q(email=""),
                name="one_living_invitation_per_address",
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.network_id}"
