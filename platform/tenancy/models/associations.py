"""State associations of municipalities, their members, and the people who moderate for them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.models.register import Municipality, State


class Association(models.Model):
    """A kommunaler Landesverband; ``state`` is empty for the associations of all Germany."""

    class Kind(models.TextChoices):
        CITIES = "cities", _("Städte")
        MUNICIPALITIES = "municipalities", _("Gemeinden")
        BOTH = "both", _("Städte und Gemeinden")
        COUNTIES = "counties", _("Landkreise")

    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    state = models.ForeignKey(
        State,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="associations",
    )
    verified = models.BooleanField(default=False, help_text="The name was checked against a public source")
    municipalities: models.ManyToManyField[Municipality, AssociationMember] = models.ManyToManyField(
        Municipality, through="AssociationMember", related_name="associations"
    )

    def __str__(self) -> str:
        return self.name


class AssociationMember(models.Model):
    """A municipality in an association. ``assumed`` until somebody of the association confirmed it."""

    association = models.ForeignKey(Association, on_delete=models.CASCADE, related_name="members")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="association_members")
    assumed = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["association", "municipality"],
                name="municipality_once_per_association",
            )
        ]

    def __str__(self) -> str:
        return f"{self.municipality_id} in {self.association_id}"


class Moderator(models.Model):
    """A person moderates for an association, from a day on and until it ends."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="moderations")
    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="moderators")
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "association"],
                condition=models.Q(ended_on=None),
                name="moderates_once_per_association",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} for {self.association_id}"
