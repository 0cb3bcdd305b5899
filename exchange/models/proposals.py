"""Open space: what people who come propose to talk about, and how many want to hear it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from exchange.models.program import Session
from exchange.models.workshops import Workshop

#: So many votes the hosts can give each person at most.
MOST_VOTES = 10


class OpenSpace(models.Model):
    """A workshop takes proposals, until ``until``; each who has a seat gives ``votes_each`` votes."""

    workshop = models.OneToOneField(Workshop, on_delete=models.CASCADE, related_name="open_space")
    until = models.DateTimeField()
    votes_each = models.PositiveSmallIntegerField(default=3)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(votes_each__gte=1, votes_each__lte=MOST_VOTES), name="a_few_votes_each"
            )
        ]

    def __str__(self) -> str:
        return f"{self.workshop_id} until {self.until}"


class SessionProposal(models.Model):
    """What somebody proposes. ``votes`` is counted by a trigger; who voted is nobody's business."""

    class State(models.TextChoices):
        OPEN = "open", _("Vorgeschlagen")
        TAKEN = "taken", _("Im Programm")
        WITHDRAWN = "withdrawn", _("Zurückgezogen")

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="proposals")
    proposer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    title = models.CharField(max_length=160)
    text = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    votes = models.PositiveIntegerField(default=0, editable=False)
    session = models.ForeignKey(Session, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["workshop", "-votes", "id"], name="proposal_by_votes")]

    def __str__(self) -> str:
        return self.title


class ProposalVote(models.Model):
    """One of the votes of a person: ``slot`` counts them, so that nobody ever has one too many."""

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="+")
    proposal = models.ForeignKey(SessionProposal, on_delete=models.CASCADE, related_name="given")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    slot = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposal", "person"], name="one_vote_per_person_and_proposal"),
            models.UniqueConstraint(fields=["workshop", "person", "slot"], name="vote_slot_once"),
            models.CheckConstraint(condition=models.Q(slot__lt=MOST_VOTES), name="vote_slot_is_one_of_few"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} for {self.proposal_id}"
