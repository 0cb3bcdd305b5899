"""Sending and reading: one entry more in the log, and how far a person has come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.db.models import BigIntegerField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat import wall
from chat.errors import BadBody, TooFast
from chat.hints import hint_conversation, hint_person
from chat.models import Conversation
from chat.policies import refused, seat_of
from tenancy.viewer import Viewer
from toolkit.access import Conflict, Denied
from toolkit.acting import verb
from toolkit.text import UncleanText, clean_text

MAX_BODY = 8_000
MAX_FILES = 10
MAX_MENTIONS = 50
RATE = 10
RATE_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Receipt:
    """The number a message got. ``again`` when it had been stored before and nothing was written now."""

    conversation_id: int
    client_id: UUID
    seq: int
    at: datetime
    again: bool


def checked_body(body: str, *, may_be_empty: bool = False) -> str:
    """The text as it is stored; raises ``BadBody`` when it cannot be a message."""
    if len(body) > 4 * MAX_BODY:  # cleaning must not be given work by the megabyte
        raise BadBody("too_long", _("Die Nachricht ist zu lang: höchstens 8.000 Zeichen."))
    try:
        text = clean_text(body, multiline=True)
    except UncleanText as error:
        raise BadBody(
            "unclean", _("Der Text enthält Zeichen, die sich nicht speichern lassen. Bitte neu eingeben.")
        ) from error
    if not text and not may_be_empty:
        raise BadBody("empty", _("Bitte schreiben Sie etwas."))
    if len(text) > MAX_BODY:
        raise BadBody("too_long", _("Die Nachricht ist zu lang: höchstens 8.000 Zeichen."))
    return text


def draft_of(
    person_id: int,
    conversation_id: int,
    client_id: UUID,
    body: str,
    *,
    reply: int | None = None,
    mentions: Iterable[int] = (),
    everyone: bool = False,
    files: Sequence[UUID] = (),
) -> wall.Draft:
    """What is said, checked, ready to be stored; raises ``BadBody``. A message with files may say nothing besides."""
    if len(files) > MAX_FILES:
        raise BadBody("too_many_files", _("Höchstens 10 Dateien in einer Nachricht."))
    text = checked_body(body, may_be_empty=bool(files))
    key = UUID(bytes=sha256(f"{text}\0{reply}\0{[str(file) for file in files]}".encode()).digest()[:16])
    named = tuple(sorted(set(mentions)))[:MAX_MENTIONS]
    return wall.Draft(person_id, conversation_id, client_id, text, key, reply, named, everyone, tuple(files))


def store(drafts: Sequence[wall.Draft], now: datetime | None = None) -> list[Receipt | Exception]:
    """Store drafts in one transaction; for each the receipt, or the error that its sender is to get.

    Each conversation is locked first and membership asked after it (``chat.wall.append``). Sending again is always
    safe and gives the same number. Part of a transaction of the caller's.
    """
    outcomes = wall.append(drafts, now or timezone.now(), rate=rate(), within=timedelta(seconds=RATE_SECONDS))
    results = [result_of(draft, outcome) for draft, outcome in zip(drafts, outcomes, strict=True)]
    heads: dict[int, int] = {}
    for result in results:
        if isinstance(result, Receipt) and not result.again:
            heads[result.conversation_id] = max(result.seq, heads.get(result.conversation_id, 0))
    for conversation_id, head in heads.items():
        hint_conversation(conversation_id, head)
    return results


def rate() -> int:
    """So many messages of a person go into a conversation within ``RATE_SECONDS``."""
    return RATE * settings.CHAT_PACE


def result_of(draft: wall.Draft, outcome: wall.Outcome) -> Receipt | Exception:
    """What the sender of a draft is to get: the receipt, or an error with its sentence in the language of now."""
    if outcome.seq is None or outcome.at is None:
        return _error(draft, outcome)
    return Receipt(draft.talk, draft.id, outcome.seq, outcome.at, again=outcome.word == "again")


def _error(draft: wall.Draft, outcome: wall.Outcome) -> Exception:
    match outcome.word:
        case "unknown":
            return Conversation.DoesNotExist(draft.talk)
        case "too_fast":
            sentence = _("Das ging sehr schnell: höchstens 10 Nachrichten in 10 Sekunden. Bitte einen Moment warten.")
            return TooFast(sentence, retry_after=outcome.wait or 1.0)
        case "conflict":
            return Conflict(_("Unter dieser Nummer wurde schon eine andere Nachricht gesendet."))
        case "no_such_message":
            return BadBody("no_such_message", _("Die Nachricht, auf die Sie antworten, gibt es hier nicht."))
        case "no_such_file":
            return BadBody("no_such_file", _("Eine Datei ist nicht mehr da. Bitte hängen Sie sie noch einmal an."))
        case word:
            return Denied(refused(word))


def send_message(
    viewer: Viewer,
    conversation_id: int,
    client_id: UUID,
    body: str,
    *,
    reply: int | None = None,
    mentions: Iterable[int] = (),
    everyone: bool = False,
    files: Sequence[UUID] = (),
    at: datetime | None = None,
) -> Receipt:
    """Store a message exactly once, and give its number: sending again is always safe and gives the same number.

    ``reply`` is the number of the message it answers, ``mentions`` are people named in it, ``everyone`` names all.
    Raises ``Conversation.DoesNotExist`` for whoever is not in it, ``Denied`` with the reason, ``TooFast``,
    ``BadBody``, and ``Conflict`` when this client id already belongs to other content.
    """
    if viewer.person_id is None or conversation_id > BigIntegerField.MAX_BIGINT:
        raise Conversation.DoesNotExist(conversation_id)
    draft = draft_of(
        viewer.person_id,
        conversation_id,
        client_id,
        body,
        reply=reply,
        mentions=mentions,
        everyone=everyone,
        files=files,
    )
    return _send(viewer, draft, at)


@verb
def _send(_viewer: Viewer, draft: wall.Draft, at: datetime | None) -> Receipt:
    [result] = store([draft], at)
    if isinstance(result, Exception):
        raise result
    return result


@verb
def mark_read(viewer: Viewer, conversation_id: int, seq: int) -> int:
    """Say how far the viewer has read; only ever forwards, never beyond the last message. Gives the mark that holds."""
    conversation = Conversation.objects.get(pk=conversation_id)
    seat = seat_of(viewer, conversation_id)
    mark = seat.select_for_update().values_list("read_seq", flat=True).first()
    if mark is None:
        raise Conversation.DoesNotExist(conversation_id)
    reached = min(seq, conversation.head)
    if reached > mark and viewer.person_id is not None:
        seat.update(read_seq=reached)
        hint_person(viewer.person_id)
        return reached
    return mark
