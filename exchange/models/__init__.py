"""The nouns of the exchange, one file per noun family."""

from exchange.models.experiences import Comment, Experience, ExperienceTopic, Helpful
from exchange.models.formats import Edition, ExchangeFormat, FormatCity
from exchange.models.workshops import CalendarAddress, Registration, Workshop, WorkshopHost

__all__ = [
    "CalendarAddress",
    "Comment",
    "Edition",
    "ExchangeFormat",
    "Experience",
    "ExperienceTopic",
    "FormatCity",
    "Helpful",
    "Registration",
    "Workshop",
    "WorkshopHost",
]
