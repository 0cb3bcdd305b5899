"""What the switchboard asks of the database: everything it hands over was allowed at the moment it was read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.sessions.models import Session
from django.utils import timezone

from chat.models import Conversation, Message, Participant
from chat.policies import listeners_of
from chat.queries.conversations import beat_of
from chat.queries.messages import BATCH, entries_of, items_of, log_after
from chat.wire import Beat, Head, Item
from tenancy.models import Person
from tenancy.viewer import viewer_by_id
from toolkit.markdown import plain_text

Holder = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class News:
    """What is new in a conversation for people at hand.

    ``seats`` gives for each of them who is in it now the number above which the log is theirs. ``items`` are all
    entries after ``start``; ``last`` is for those who do not show the conversation.
    """

    head: int
    start: int
    seats: dict[int, int]
    items: list[Item]
    more: bool
    last: Head | None


def read(conversation_id: int, person_ids: Iterable[int], cursors: Sequence[int]) -> News:
    """News for the people at hand who have got the log up to ``cursors``; nobody has a seat where there is none.

    Who is more than a batch behind is not waited for: ``start`` is then above their cursor.
    """
    head = Conversation.objects.filter(pk=conversation_id).values_list("head", flat=True).first()
    if head is None:
        return News(head=0, start=0, seats={}, items=[], more=False, last=None)
    # Seats are read after the head: whoever was removed before an entry was written is not among them.
    seats = dict(listeners_of(conversation_id).filter(person_id__in=person_ids).values_list("person_id", "joined_seq"))
    near = [cursor for cursor in cursors if cursor >= head - BATCH]
    start = min(near, default=max(0, head - BATCH if cursors else head - 1))
    entries: list[Message] = []
    if seats and start < head:
        entries = [entry for entry in entries_of(conversation_id, start, BATCH) if entry.seq <= head]
    items = items_of(entries) if entries else []
    return News(
        head=head,
        start=start,
        seats=seats,
        items=items,
        more=bool(items) and items[-1].seq < head,
        last=_last(items),
    )


def _last(items: Sequence[Item]) -> Head | None:
    said = next((item for item in reversed(items) if item.kind == Message.Kind.TEXT and not item.hidden), None)
    if said is None:
        return None
    return Head(
        c=said.c,
        head=items[-1].seq,
        at=said.at,
        sender=said.sender,
        name=said.name,
        line=plain_text(said.text, limit=80),
    )


def page(person_id: int, conversation_id: int, after: int) -> tuple[list[Item], bool]:
    """The next batch for one person who is far behind, and whether there is more."""
    items = log_after(viewer_by_id(person_id), conversation_id, after)
    return items, len(items) == BATCH


def beat(person_id: int) -> Beat:
    """How everything of a person stands."""
    return beat_of(viewer_by_id(person_id))


def standing(conversation_ids: Iterable[int], person_ids: Iterable[int]) -> tuple[dict[int, int], set[tuple[int, int]]]:
    """Last numbers by conversation, and who of the people is in which now. One query."""
    rows = Participant.objects.filter(
        conversation_id__in=list(conversation_ids),
        person_id__in=list(person_ids),
        left_seq=None,
        person__is_active=True,
    ).values_list("conversation_id", "person_id", "conversation__head")
    heads: dict[int, int] = {}
    seats: set[tuple[int, int]] = set()
    for conversation_id, person_id, head in rows:
        heads[conversation_id] = head
        seats.add((conversation_id, person_id))
    return heads, seats


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
