"""Make the people and conversations of this product: sizes come in as JSON, who sits where goes out as JSON.

The people are pilots of forty cities. Rooms of two are direct conversations, others are groups; each has one message,
so that a client which asks for what came before knows that it has joined.
"""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from chat.models import Conversation
    from tenancy.models import Person

CITIES = 40


def main() -> None:
    """Fill an empty, migrated database as its owner."""
    django.setup()
    from config.roles import Role, connected_as
    from tests.bench.chat.layout import Filled, Room, how_many, people_of

    sizes = json.load(sys.stdin)
    with connected_as(Role.OWNER):
        people = _people(how_many(sizes))
        cookies = _signed_in(people)
        rooms = {
            name: [Room(_conversation([people[n] for n in some]).pk, some) for some in seated]
            for name, seated in people_of(sizes).items()
        }
    json.dump(Filled(cookies, rooms).plain(), sys.stdout)


def _people(many: int) -> list[Person]:
    from tenancy.models import Membership, Person
    from tests.factories.tenancy import MembershipFactory, NetworkFactory, PersonFactory

    networks = NetworkFactory.create_batch(CITIES)
    people = Person.objects.bulk_create(
        [PersonFactory.build(email=f"person{n}@musterstadt.example") for n in range(many)], batch_size=1_000
    )
    Membership.objects.bulk_create(
        [MembershipFactory.build(person=person, network=networks[n % CITIES]) for n, person in enumerate(people)],
        batch_size=1_000,
    )
    return people


def _signed_in(people: list[Person]) -> list[str]:
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    store = import_module(settings.SESSION_ENGINE).SessionStore()
    later = timezone.now() + timedelta(days=1)
    sessions = [
        Session(
            session_key=f"bench{person.pk:027d}",
            session_data=store.encode(
                {
                    SESSION_KEY: str(person.pk),
                    BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[-1],
                    HASH_SESSION_KEY: person.get_session_auth_hash(),
                }
            ),
            expire_date=later,
        )
        for person in people
    ]
    Session.objects.bulk_create(sessions, batch_size=1_000)
    return [f"{settings.SESSION_COOKIE_NAME}={session.session_key}" for session in sessions]


def _conversation(people: list[Person]) -> Conversation:
    from chat.ids import new_client_id
    from chat.models import Conversation, Message, Participant

    numbers = sorted(person.pk for person in people)
    direct = len(numbers) == 2
    conversation, new = Conversation.objects.get_or_create(
        kind=Conversation.Kind.DIRECT if direct else Conversation.Kind.GROUP,
        **({"direct_key": f"{numbers[0]}:{numbers[1]}"} if direct else {"pk": None, "title": "Gemessen"}),
        defaults={"head": 1},
    )
    if new:
        Participant.objects.bulk_create([Participant(conversation=conversation, person=person) for person in people])
        Message.objects.create(
            conversation=conversation, seq=1, sender=people[0], client_id=new_client_id(), body="Guten Tag"
        )
    return conversation


if __name__ == "__main__":
    main()
