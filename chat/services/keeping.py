"""How long what is said is kept: said in each conversation, by cities for their people, and done every night."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from chat import wall
from chat.hints import hint_conversation
from chat.policies import may_keep, visible_conversations
from tenancy.models import Network
from tenancy.policies.networks import may_coordinate, visible_networks
from tenancy.viewer import Viewer
from toolkit.access import require
from toolkit.acting import verb
from toolkit.jobs import job_for_nobody

#: So many entries are emptied in one transaction, which holds up who writes there meanwhile.
BATCH = 500
#: So many conversations are looked up at once.
TALKS = 200


@verb
def keep_for(viewer: Viewer, conversation_id: int, days: int | None) -> None:
    """Say that what is said in a conversation is emptied after so many days (None: never, by this conversation).

    A stricter rule of a city still holds. Raises ``Conversation.DoesNotExist``, ``Denied``.
    """
    conversation = visible_conversations(viewer).get(pk=conversation_id)
    require(may_keep(viewer, conversation, days))
    if wall.keep(conversation_id, days):
        hint_conversation(conversation_id)


@verb
def set_keeping_rule(viewer: Viewer, network_id: int, days: int | None) -> int:
    """Set how long a city's people keep what is said with them (None: no rule); in how many conversations it changed.

    Raises ``Network.DoesNotExist``, ``Denied``.
    """
    network: Network = visible_networks(viewer).get(pk=network_id)
    require(may_coordinate(viewer, network.pk))
    changed = wall.keeping_rule(network.pk, days)
    for number in changed:
        hint_conversation(number)
    return len(changed)


def empty_all(now: datetime | None = None, tell: Callable[[int, int], None] | None = None) -> int:
    """Empty everything that had its time; how many entries were gone through. Can be stopped and begun again anywhere.

    Nobody may act. ``tell`` is called after each conversation with its number and what was gone through in it.
    """
    moment = now or timezone.now()
    after, total = 0, 0
    while numbers := wall.due(after, TALKS):
        for number in numbers:
            done = _empty_one(number, moment)
            total += done
            if tell is not None:
                tell(number, done)
        after = numbers[-1]
    return total


def _empty_one(number: int, moment: datetime) -> int:
    total = 0
    while True:
        with transaction.atomic():
            gone = wall.empty(number, moment, BATCH)
            if gone:
                hint_conversation(number)
        total += max(gone, 0)
        if gone < BATCH:
            return total


@app.periodic(cron="40 2 * * *")
@job_for_nobody(
    "chat.empty",
    because="It empties by rules that the database knows, in conversations that nobody reads for it.",
)
def empty_job(*, timestamp: int) -> None:
    """Every night: what had its time is emptied, numbers and order stay."""
    empty_all()
