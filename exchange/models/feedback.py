"""What people say of a workshop afterwards. Nobody can tell who said what: answers know no person and no time."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from exchange.models.workshops import Workshop

#: So many questions of their own the hosts may add.
OWN_QUESTIONS = 3


def number_of_chance() -> int:
    """A number that says nothing of when it was given; 53 bits, as the function that takes answers gives them."""
    return secrets.randbelow(2**53)


class FeedbackForm(models.Model):
    """The hosts' own questions, and when people were asked to answer. Without a row there are none, and nobody was."""

    workshop = models.OneToOneField(Workshop, on_delete=models.CASCADE, related_name="+")
    questions = ArrayField(models.CharField(max_length=160), size=OWN_QUESTIONS, default=list, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True, editable=False)

    def __str__(self) -> str:
        return f"{self.workshop_id}: {len(self.questions)}"


class FeedbackGiven(models.Model):
    """A person has answered. Kept apart from what they said, for as long as answers are taken."""

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workshop", "person"], name="feedback_given_once")]

    def __str__(self) -> str:
        return f"{self.person_id} on {self.workshop_id}"


class FeedbackAnswer(models.Model):
    """What somebody said. Added and read by functions of the database alone; numbered by chance.

    ``own`` answers the hosts' own questions in their order; an empty text is no answer.
    """

    class Recommend(models.TextChoices):
        YES = "yes", _("Ja")
        MAYBE = "maybe", _("Vielleicht")
        NO = "no", _("Nein")

    id = models.BigIntegerField(primary_key=True, default=number_of_chance, editable=False)
    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="+")
    helpful = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])
    recommend = models.CharField(max_length=5, choices=Recommend.choices)
    good = models.TextField(blank=True)
    change = models.TextField(blank=True)
    next = models.TextField(blank=True)
    own = ArrayField(models.TextField(blank=True), size=OWN_QUESTIONS, default=list, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(helpful__gte=1, helpful__lte=5), name="helpful_from_one_to_five"),
            models.CheckConstraint(
                condition=models.Q(recommend__in=["yes", "maybe", "no"]), name="recommend_is_yes_maybe_or_no"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.helpful} for {self.workshop_id}"
