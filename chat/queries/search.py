"""The search in the chat: everything one may see, newest first, with what fits marked in an excerpt."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe

from chat.models import Message, Participant
from chat.policies import findable_messages, visible_conversations
from chat.queries.conversations import titles_of
from chat.queries.faces import Face, faces_of
from tenancy.models import Person
from tenancy.viewer import Viewer
from toolkit.markdown import plain_text
from toolkit.pagination import Page, page_by_key
from toolkit.past_sight import answer_of
from toolkit.text import fold, spellings

NEWEST = ("-id",)
PAGE = 20
#: With fewer exact hits than this, words that are written alike are offered too.
THIN = 4
#: Names are looked up to so many people.
NAMESAKES = 50
#: A message of so many characters is shown whole.
SHORT = 200
_MAX_DIGITS = 16
# No text holds these: they are taken out of everything that comes from outside.
_FROM, _TO = "\x02", "\x03"
_MARKS = f'StartSel="{_FROM}", StopSel="{_TO}"'
_EXCERPT = _MARKS + ', MaxFragments=2, MaxWords=28, MinWords=12, ShortWord=0, FragmentDelimiter=" … "'
_WHOLE = _MARKS + ", HighlightAll=true"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for, from the address; what is unknown or unclean was left out. ``until`` is included."""

    q: str = ""
    talk: int | None = None
    person: str = ""
    since: date | None = None
    until: date | None = None
    files: bool = False

    @property
    def anything(self) -> bool:
        return bool(self.q or self.person or self.since or self.until or self.files)

    def address(self, **more: str) -> str:
        """The query string, ``more`` added."""
        pairs = {
            "q": self.q,
            "c": str(self.talk or ""),
            "person": self.person,
            "von": self.since.isoformat() if self.since else "",
            "bis": self.until.isoformat() if self.until else "",
            "datei": "1" if self.files else "",
        } | more
        return "?" + urlencode({name: value for name, value in pairs.items() if value})


@dataclass(frozen=True, slots=True)
class Hit:
    """A message that was found, with where it stands and who said it; ``excerpt`` is safe to show."""

    conversation_id: int
    title: str
    sender: Face | None
    at: datetime
    excerpt: SafeString
    files: int
    url: str


@dataclass(frozen=True, slots=True)
class Found:
    """A page of hits, marks for the pages beside it, and what is only written alike."""

    hits: list[Hit] = field(default_factory=list)
    alike: list[Hit] = field(default_factory=list)
    next: str = ""
    previous: str = ""


def found_page(viewer: Viewer, asked: Asked, mark: str = "") -> Found:
    """What was said and fits, newest first. Five queries at most, one more for a name, four for what is alike."""
    if not asked.anything or viewer.person_id is None:
        return Found()
    senders = _people(viewer, asked)
    if senders is not None and not senders:
        return Found()
    question: str | None = None
    if asked.q:
        question = answer_of("chat_question", spellings(asked.q))
        if question is None:
            return Found()
    page = _page(viewer, asked, senders, question, mark)
    alike: list[Message] = []
    similar = None
    if question is not None and not mark and len(page.items) < THIN:
        similar = _similar(asked)
        if similar is not None:
            found = {message.pk for message in page.items}
            more = _page(viewer, asked, senders, similar, "")
            alike = [message for message in more.items if message.pk not in found][: PAGE // 2]
    hits = _hits(viewer, page.items, question)
    return Found(hits, _hits(viewer, alike, similar), page.next, page.previous)


def _page(viewer: Viewer, asked: Asked, senders: list[int] | None, question: str | None, mark: str) -> Page[Message]:
    def candidates(beyond: Sequence[Any] | None, backwards: bool, most: int) -> RawSQL:
        talks = None if asked.talk is None else [asked.talk]
        return RawSQL(
            "SELECT found FROM chat_find(%s, %s::bigint[], %s::bigint[], %s::timestamptz, %s::timestamptz, %s, "
            "%s::bigint, %s, %s)",
            (
                question,
                talks,
                senders,
                _morning(asked.since),
                _morning(asked.until, days=1),
                asked.files,
                beyond[0] if beyond else None,
                backwards,
                most,
            ),
        )

    return page_by_key(findable_messages(viewer), NEWEST, mark, size=PAGE, among=candidates)


def _morning(day: date | None, *, days: int = 0) -> datetime | None:
    if day is None:
        return None
    return timezone.make_aware(datetime.combine(day + timedelta(days=days), time()))


def _people(viewer: Viewer, asked: Asked) -> list[int] | None:
    """Who said it: a number, or a name among those one talks with; None: anybody."""
    if not asked.person:
        return None
    if asked.person.isdecimal():
        return [int(asked.person)] if len(asked.person) < _MAX_DIGITS else []
    words = fold(asked.person).split()[:5]
    if not words:
        return []
    mine = visible_conversations(viewer)
    if asked.talk is not None:
        mine = mine.filter(pk=asked.talk)
    people = Person.objects.filter(
        Exists(Participant.objects.filter(person=OuterRef("pk"), conversation__in=mine.values("pk")))
    )
    for word in words:
        people = people.filter(search_key__contains=word)
    return list(people.order_by("pk").values_list("pk", flat=True)[:NAMESAKES])


def _similar(asked: Asked) -> str | None:
    words = [word for word in asked.q.replace('"', " ").split() if len(fold(word)) >= 3][:6]
    if not words:
        return None
    similar: str | None = answer_of("chat_alike", words, None if asked.talk is None else [asked.talk])
    return similar


def _hits(viewer: Viewer, messages: Sequence[Message], question: str | None) -> list[Hit]:
    """Four queries: what fits in each, the conversations and who is in them, the people."""
    if not messages:
        return []
    excerpts = _excerpts([plain_text(message.body, limit=8_000) for message in messages], question)
    titles = titles_of(viewer, {message.conversation_id for message in messages})
    faces = faces_of(message.sender_id for message in messages)
    hits = []
    for message, excerpt in zip(messages, excerpts, strict=True):
        number = message.conversation_id
        hits.append(
            Hit(
                conversation_id=number,
                title=titles[number],
                sender=faces.get(message.sender_id or 0),
                at=message.created_at,
                excerpt=excerpt,
                files=message.file_count,
                url=reverse("chat:conversation", kwargs={"pk": number}) + f"?um={message.seq}#m{message.seq}",
            )
        )
    return hits


def _excerpts(texts: list[str], question: str | None) -> list[SafeString]:
    if question is None:
        return [_marked(text if len(text) <= SHORT else text[:SHORT].rsplit(" ", 1)[0] + " …") for text in texts]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ts_headline('german_folded', said, %s::tsquery, CASE WHEN length(said) <= %s THEN %s ELSE %s END)"
            " FROM unnest(%s::text[]) WITH ORDINALITY x(said, n) ORDER BY n",
            [question, SHORT, _WHOLE, _EXCERPT, texts],
        )
        return [_marked(text) for (text,) in cursor.fetchall()]


def _marked(text: str) -> SafeString:
    escaped = html.escape(text).replace(_FROM, "<mark>").replace(_TO, "</mark>")
    return mark_safe(escaped)  # noqa: S308 -- escaped on the line above
