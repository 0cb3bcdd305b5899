from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from chat.models import Conversation, Participant
from tests.factories.tenancy import PersonFactory


class GroupFactory(DjangoModelFactory):
    class Meta:
        model = Conversation

    kind = Conversation.Kind.GROUP
    title = "Mustergruppe"


class ParticipantFactory(DjangoModelFactory):
    class Meta:
        model = Participant

    conversation = factory.SubFactory(GroupFactory)
    person = factory.SubFactory(PersonFactory)
