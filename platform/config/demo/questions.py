"""What the hosts of a workshop ask at sign-up, what some answered, and that its room was changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exchange.models import Answer, Question, Registration, Workshop, WorkshopMove

if TYPE_CHECKING:
    from config.demo.loader import Stage

ASKED: tuple[tuple[dict[str, Any], tuple[Any, ...]], ...] = (
    (
        {"text": "Welches Thema bringen Sie mit?", "kind": "text", "shown": "seated", "hint": "Ein Satz genügt."},
        ("Bescheide, die man beim ersten Lesen versteht", "Die E-Akte in kleinen Ämtern", "Chatbots mit Maß"),
    ),
    (
        {"text": "Was essen Sie?", "kind": "choice", "options": ["Alles", "Vegetarisch", "Vegan"], "required": True},
        ("Vegetarisch", "Alles", "Vegan", "Alles"),
    ),
    ({"text": "Waren Sie schon einmal dabei?", "kind": "yes_no"}, (True, False)),
)


def load_questions(stage: Stage) -> None:
    """For the next workshop of a format."""
    rows = Workshop.objects.filter(state=Workshop.State.OPEN, format__isnull=False, starts_at__gt=stage.now)
    workshop = rows.order_by("starts_at").first()
    if workshop is None:
        return
    places = Registration.objects.filter(workshop=workshop, state=Registration.State.SEAT).order_by("pk")
    for position, (words, answers) in enumerate(ASKED, start=1):
        question = Question.objects.create(workshop=workshop, position=position, **words)
        for place, value in zip(places, answers * 3, strict=False):
            Answer.objects.create(question=question, registration=place, value=value)
    if workshop.place:
        workshop.calendar_sequence = 1
        workshop.save(update_fields=["calendar_sequence"])
        WorkshopMove.objects.create(
            workshop=workshop,
            sequence=1,
            changes={"place": ["Rathaus, kleiner Saal", workshop.place]},
            reason="So viele haben sich angemeldet, dass wir mehr Platz brauchen.",
            moved_at=stage.ago(days=2),
        )
