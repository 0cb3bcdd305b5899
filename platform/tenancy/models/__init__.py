"""The nouns of tenancy, one file per noun family."""

from tenancy.models.applications import Application, Invitation
from tenancy.models.associations import Association, AssociationMember, Moderator
from tenancy.models.memberships import Membership
from tenancy.models.networks import (
    CouncilPaper,
    Division,
    Funding,
    Network,
    NetworkStart,
    Office,
    Partnership,
    RoleTerm,
    TaskArea,
)
from tenancy.models.people import Person, PersonTopic, Topic
from tenancy.models.register import District, Municipality, State

__all__ = [
    "Application",
    "Association",
    "AssociationMember",
    "CouncilPaper",
    "District",
    "Division",
    "Funding",
    "Invitation",
    "Membership",
    "Moderator",
    "Municipality",
    "Network",
    "NetworkStart",
    "Office",
    "Partnership",
    "Person",
    "PersonTopic",
    "RoleTerm",
    "State",
    "TaskArea",
    "Topic",
]
