"""Make the tables and the people of the tutorial's chat: sizes come in as JSON, who sits where goes out as JSON."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from importlib import import_module

import django


def main() -> None:
    """Fill an empty database."""
    django.setup()
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.models import User
    from django.contrib.sessions.models import Session
    from django.core.management import call_command
    from django.utils import timezone

    from tests.bench.chat.layout import Filled, Room, how_many, people_of
    from tests.bench.chat.tutorial import models

    sizes = json.load(sys.stdin)
    call_command("migrate", verbosity=0)
    call_command("migrate", run_syncdb=True, verbosity=0)  # the tables without migrations refer to those with
    users = User.objects.bulk_create(
        [User(username=f"person{n}", password=f"!{n}") for n in range(how_many(sizes))], batch_size=1_000
    )
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    later = timezone.now() + timedelta(days=1)
    sessions = [
        Session(
            session_key=f"bench{user.pk:027d}",
            session_data=store.encode(
                {
                    SESSION_KEY: str(user.pk),
                    BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend",
                    HASH_SESSION_KEY: user.get_session_auth_hash(),
                }
            ),
            expire_date=later,
        )
        for user in users
    ]
    Session.objects.bulk_create(sessions, batch_size=1_000)
    rooms: dict[str, list[Room]] = {}
    for name, some in people_of(sizes).items():
        rooms[name] = []
        for people in some:
            room = models.Room.objects.create(name="")
            room.name = str(room.pk)
            room.save()
            room.members.set([users[n] for n in people])
            rooms[name].append(Room(room.pk, people))
    cookies = [f"sessionid={session.session_key}" for session in sessions]
    json.dump(Filled(cookies, rooms).plain(), sys.stdout)


if __name__ == "__main__":
    main()
