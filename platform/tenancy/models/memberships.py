"""A person in a network: role, office, from, to."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.models.networks import Network, Office


class Membership(models.Model):
    """A person's role in a network. It ends with a day and is never deleted; a person may have several."""

    class Role(models.TextChoices):
        PILOT = "pilot", _("Lotsin oder Lotse")
        COORDINATOR = "coordinator", _("Koordination")
        OFFICE_HEAD = "office_head", _("Amtsleitung")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="memberships")
    office = models.ForeignKey(
        Office,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
    )
    role = models.CharField(max_length=20, choices=Role.choices)
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "network", "role"],
                condition=models.Q(ended_on=None),
                name="one_living_membership_per_role",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_on=None) | models.Q(ended_on__gte=models.F("started_on")),
                name="membership_ends_after_it_starts",
            ),
        ]
        indexes = [
            models.Index(
                fields=["network", "office"],
                name="living_memberships",
                condition=models.Q(ended_on=None),
            ),
            # Holds all that counting a network's pilots asks, so that the rows themselves are left alone.
            models.Index(
                fields=["network", "role", "person"],
                name="living_roles",
                condition=models.Q(ended_on=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role} of {self.network_id}"

    @property
    def title(self) -> str:
        """The role in the city's own words; load ``network__role_term`` where many are shown."""
        if self.role == self.Role.PILOT and (term := getattr(self.network, "role_term", None)) is not None:
            return str(term.singular)
        return str(self.Role(self.role).label)
