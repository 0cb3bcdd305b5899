"""What the switchboard asks of the database: everything it hands over was allowed at the moment it was read.

The switchboard acts as nobody. Numbers (who is in what, how far a log has come) it gets from one function of the
database; texts are read as one of the people at hand, so the second wall holds here too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec
from django.contrib.sessions.models import Session
from django.utils import timezone

from chat import wall
from chat.models import Message
from chat.policies import visible_messages
from chat.queries.conversations import beat_of
from chat.queries.messages import BATCH, items_of, log_after
from chat.wire import Beat, Head, Item, Quote
from tenancy.models import Person
from tenancy.viewer import viewer_by_id
from toolkit.acting import acting_as
from toolkit.markdown import plain_text

Holder = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class News:
    """What is new in a conversation for people at hand.

    ``seats`` gives for each of them who is in it now the number above which the log is theirs. ``items`` are all
    entries after ``start`` that anybody of them may have; ``last`` is for those who do not show the conversation, and
    tells of the entry ``said``.
    """

    head: int
    start: int
    seats: dict[int, int]
    items: list[Item]
    more: bool
    last: Head | None
    said: int = 0


NOTHING = News(head=0, start=0, seats={}, items=[], more=False, last=None)


def read(conversation_id: int, person_ids: Iterable[int], cursors: Sequence[int]) -> News:
    """News for the people at hand who have got the log up to ``cursors``; nobody has a seat where there is none.

    Who is more than a batch behind is not waited for: ``start`` is then above their cursor.
    """
    standing = wall.standing([conversation_id], person_ids)
    if not standing:
        return NOTHING
    # Seats and head are of one moment: whoever was removed before an entry was written is not among them.
    head = standing[0].head
    near = [cursor for cursor in cursors if cursor >= head - BATCH]
    start = min(near, default=max(0, head - BATCH if cursors else head - 1))
    items = _read_as(min(standing, key=lambda seat: seat.joined_seq).person_id, conversation_id, start, head)
    said = next((item for item in reversed(items) if item.kind == Message.Kind.TEXT and not item.hidden), None)
    return News(
        head=head,
        start=start,
        seats={seat.person_id: seat.joined_seq for seat in standing},
        items=items,
        more=bool(items) and items[-1].seq < head,
        last=_head(said, items[-1].seq) if said else None,
        said=said.seq if said else 0,
    )


def _read_as(person_id: int, conversation_id: int, start: int, head: int) -> list[Item]:
    """A batch of the log as the one of the listeners sees it who sees most of it."""
    if start >= head:
        return []
    viewer = viewer_by_id(person_id)
    with acting_as(viewer):
        seen = visible_messages(viewer, conversation_id)
        return items_of(list(seen.filter(seq__gt=start, seq__lte=head).order_by("seq")[:BATCH]), seen)


def _head(said: Item, head: int) -> Head:
    return Head(
        c=said.c,
        head=head,
        at=said.at,
        sender=said.sender,
        name=said.name,
        line=plain_text(said.text, limit=80),
    )


def own_part(items: Sequence[Item], cursor: int, joined: int) -> list[Item]:
    """What of a batch is for somebody who came in after the number ``joined`` and has got all up to ``cursor``.

    That a message of before their time looks different now is an entry like all others, but not how it looks. Of one
    that is answered they get the number alone.
    """
    return [_for_one_who_joined(item, joined) for item in items if item.seq > max(cursor, joined)]


def _for_one_who_joined(item: Item, joined: int) -> Item:
    if item.now is not None:
        now = None if item.now.seq <= joined else _for_one_who_joined(item.now, joined)
        item = msgspec.structs.replace(item, now=now)
    if item.reply is not None and item.reply.seq <= joined:
        item = msgspec.structs.replace(item, reply=Quote(item.reply.seq, None, "", ""))
    return item


def page(person_id: int, conversation_id: int, after: int) -> tuple[list[Item], bool]:
    """The next batch for one person who is far behind, and whether there is more."""
    viewer = viewer_by_id(person_id)
    with acting_as(viewer):
        items = log_after(viewer, conversation_id, after)
    return items, len(items) == BATCH


def beat(person_id: int) -> Beat:
    """How everything of a person stands."""
    viewer = viewer_by_id(person_id)
    with acting_as(viewer):
        return beat_of(viewer)


def standing(conversation_ids: Iterable[int], person_ids: Iterable[int]) -> tuple[dict[int, int], set[tuple[int, int]]]:
    """Last numbers by conversation, and who of the people is in which now. One query."""
    seats = wall.standing(conversation_ids, person_ids)
    return (
        {seat.conversation_id: seat.head for seat in seats},
        {(seat.conversation_id, seat.person_id) for seat in seats},
    )


def still_signed_in(holders: Iterable[Holder]) -> set[Holder]:
    """Those of ``(person, session, password mark)`` that would still be let in: session alive, person not suspended."""
    holders = list(holders)
    living = set(
        Session.objects.filter(
            session_key__in=[key for _person, key, _mark in holders], expire_date__gt=timezone.now()
        ).values_list("session_key", flat=True)
    )
    people = Person.objects.filter(pk__in=[person for person, _key, _mark in holders], is_active=True)
    marks = {person.pk: person.get_session_auth_hash() for person in people.only("password")}
    return {(person, key, mark) for person, key, mark in holders if key in living and marks.get(person) == mark}
