from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from chat.ids import new_client_id
from chat.models import Conversation, Message, Participant
from tests.factories.tenancy import PersonFactory


class RoomFactory(DjangoModelFactory):
    class Meta:
        model = Conversation

    kind = Conversation.Kind.ROOM
    title = "Musterraum"
    subject_kind = "format"
    subject_id = factory.Sequence(lambda n: n + 1)


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


class MessageFactory(DjangoModelFactory):
    """A row of the log as it is; the services keep ``head`` in step, this factory does not."""

    class Meta:
        model = Message

    conversation = factory.SubFactory(GroupFactory)
    seq = factory.Sequence(lambda n: n + 1)
    sender = factory.SubFactory(PersonFactory)
    client_id = factory.LazyFunction(new_client_id)
    body = "Guten Tag"
