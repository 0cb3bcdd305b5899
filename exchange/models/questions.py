"""What the hosts of a workshop ask at sign-up, and what people answer."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from exchange.models.seats import Registration
from exchange.models.workshops import Workshop


class Question(models.Model):
    """One question of the form. Retired, it is asked no more, and what was answered stays."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        CHOICE = "choice", _("Eine Auswahl")
        SEVERAL = "several", _("Mehrere zur Auswahl")
        YES_NO = "yes_no", _("Ja oder nein")

    class Shown(models.TextChoices):
        HOSTS = "hosts", _("Nur die Gastgebenden")
        SEATED = "seated", _("Alle, die einen Platz haben")

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="questions")
    text = models.CharField(max_length=200)
    hint = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    options = models.JSONField(default=list, blank=True, help_text="What can be chosen, in this order")
    required = models.BooleanField(default=False)
    shown = models.CharField(max_length=6, choices=Shown.choices, default=Shown.HOSTS)
    position = models.PositiveIntegerField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["workshop", "position", "id"], name="questions_in_order")]

    def __str__(self) -> str:
        return self.text

    @property
    def has_options(self) -> bool:
        return self.kind in (Question.Kind.CHOICE, Question.Kind.SEVERAL)


class Answer(models.Model):
    """An answer of somebody with a place: text, one option, a list of options, or yes and no.

    It goes with the place: the database deletes it when the place is given back.
    """

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers")
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="answers")
    value = models.JSONField()
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["question", "registration"], name="one_answer_per_question_and_place")
        ]

    def __str__(self) -> str:
        return f"{self.registration_id} to {self.question_id}"
