"""Tell people something: a row for the page, and a mail where it is wished or must be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation

from notices.kinds import always_arrives
from notices.models import Notice
from notices.queries.quiet import loud_moments
from tenancy.models import Person
from toolkit.mail import send_mail

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


def tell_people(
    person_ids: Iterable[int], *, kind: str, text: str | _StrPromise, url: str, key: str, mail: bool
) -> None:
    """Carry one sentence to people who are not suspended; the teller behind ``toolkit.telling.tell``.

    A lazily translated ``text`` is written in each person's language. A repeat of an unread ``key`` only raises its
    count and sends no second mail. Costs two queries, and one job per mail.
    """
    ids = sorted(set(person_ids))
    if ids:
        with transaction.atomic():
            _tell(ids, kind=kind, text=text, url=url, key=key, mail=mail)


def _tell(ids: list[int], *, kind: str, text: str | _StrPromise, url: str, key: str, mail: bool) -> None:
    people = list(Person.objects.filter(pk__in=ids, is_active=True).order_by("pk"))
    texts = {language: _sentence(text, language) for language in {person.language for person in people}}
    with connection.cursor() as cursor:
        # The rows are other people's: one function adds them, and says who heard of it for the first time.
        cursor.execute(
            "SELECT person, fresh FROM notices_tell(%s::bigint[], %s::text[], %s, %s, %s)",
            [
                [person.pk for person in people],
                [texts[person.language] for person in people],
                kind[:40],
                url[:200],
                key[:80],
            ],
        )
        fresh = {person_id for person_id, is_new in cursor.fetchall() if is_new}
    if mail:
        _mail([person for person in people if person.pk in fresh], kind=kind, texts=texts, url=url)


def _sentence(text: str | _StrPromise | _StrPromise, language: str) -> str:
    with translation.override(language):
        said = " ".join(str(text).split())
    limit = Notice._meta.get_field("text").max_length or 300
    return said if len(said) <= limit else said[: limit - 1].rstrip() + "…"


def _mail(people: list[Person], *, kind: str, texts: dict[str, str], url: str) -> None:
    if not always_arrives(kind):
        with connection.cursor() as cursor:
            cursor.execute("SELECT notices_without_mail(%s::bigint[])", [[person.pk for person in people]])
            silent = {person_id for (person_id,) in cursor.fetchall()}
        people = [person for person in people if person.pk not in silent]
    # What somebody waits for comes at once; the rest may wait for the morning.
    loud = {} if always_arrives(kind) else loud_moments([person.pk for person in people])
    for person in people:
        send_mail(
            [person.email],
            "notices/mail/notice",
            {
                "person": person,
                "text": texts[person.language],
                "address": f"{settings.SITE_URL}{url}" if url else "",
                "wishes": "" if always_arrives(kind) else settings.SITE_URL,
            },
            language=person.language,
            at=loud.get(person.pk),
        )
