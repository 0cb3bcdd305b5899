"""The nouns of the exchange, one file per noun family."""

from exchange.models.dates import CouncilDay, DatePoll, PollCity, PollOption, PollPerson, PollVote
from exchange.models.days import Attendance, CertificateBundle, DoorCode
from exchange.models.experiences import Comment, Experience, ExperienceTopic, Helpful
from exchange.models.feedback import FeedbackAnswer, FeedbackForm, FeedbackGiven
from exchange.models.formats import Edition, ExchangeFormat, FormatCity
from exchange.models.invitations import CalendarMail, WorkshopMove
from exchange.models.minutes import Minutes, MinutesSection, MinutesVersion
from exchange.models.program import Material, Session, SessionSpeaker
from exchange.models.proposals import OpenSpace, ProposalVote, SessionProposal
from exchange.models.questions import Answer, Question
from exchange.models.seats import PlaceNeed, Registration, SeatHandover, WorkshopQuota
from exchange.models.series import WorkshopSeries
from exchange.models.workshops import CalendarAddress, Workshop, WorkshopHost

__all__ = [
    "Answer",
    "Attendance",
    "CalendarAddress",
    "CalendarMail",
    "CertificateBundle",
    "Comment",
    "CouncilDay",
    "DatePoll",
    "DoorCode",
    "Edition",
    "ExchangeFormat",
    "Experience",
    "ExperienceTopic",
    "FeedbackAnswer",
    "FeedbackForm",
    "FeedbackGiven",
    "FormatCity",
    "Helpful",
    "Material",
    "Minutes",
    "MinutesSection",
    "MinutesVersion",
    "OpenSpace",
    "PlaceNeed",
    "PollCity",
    "PollOption",
    "PollPerson",
    "PollVote",
    "ProposalVote",
    "Question",
    "Registration",
    "SeatHandover",
    "Session",
    "SessionProposal",
    "SessionSpeaker",
    "Workshop",
    "WorkshopHost",
    "WorkshopMove",
    "WorkshopQuota",
    "WorkshopSeries",
]
