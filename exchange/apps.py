from __future__ import annotations

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "exchange"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from exchange.wiring import (
            after,
            cards,
            dates,
            days,
            experiences,
            feedback,
            invitations,
            program,
            proposals,
            questions,
            record,
            seats,
            workshops,
        )

        experiences.register()
        workshops.register()
        invitations.register()
        seats.register()
        days.register()
        feedback.register()
        program.register()
        questions.register()
        after.register()
        proposals.register()
        record.register()
        cards.register()
        dates.register()
