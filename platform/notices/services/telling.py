"""Tell people something: a row for the page, and a mail where it is wished or must be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone, translation

from notices.kinds import always_arrives
from notices.models import Notice, NoticeWish
from tenancy.models import Person
from toolkit.mail import send_mail

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# A repeat raises the count of the unread one and brings it to the top. xmax is 0 for a row that is new.
_MERGE = """
INSERT INTO notices_notice (person_id, kind, text, url, key, count, created_at)
SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::int[], %s::timestamptz[])
ON CONFLICT (person_id, key) WHERE read_at IS NULL AND NOT key = ''
DO UPDATE SET count = notices_notice.count + 1, kind = excluded.kind, text = excluded.text, url = excluded.url,
              created_at = excluded.created_at
RETURNING person_id, (xmax = 0)
"""


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
    now = timezone.now()
    count = len(people)
    with connection.cursor() as cursor:
        cursor.execute(
            _MERGE,
            [
                [person.pk for person in people],
                [kind[:40]] * count,
                [texts[person.language] for person in people],
                [url[:200]] * count,
                [key[:80]] * count,
                [1] * count,
                [now] * count,
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
        silent = set(NoticeWish.objects.filter(person__in=people, mail=False).values_list("person_id", flat=True))
        people = [person for person in people if person.pk not in silent]
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
        )
