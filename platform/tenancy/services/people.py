"""People: their login, and what they say of themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from tenancy.models import Person, Topic
from tenancy.names import person_search_key, person_sort_key
from tenancy.policies.people import may_edit_person
from tenancy.viewer import Viewer
from toolkit.access import Conflict, require
from toolkit.acting import verb
from toolkit.audit import record
from toolkit.text import fold

MAX_TOPICS = 20


@transaction.atomic
def create_person(email: str, *, given_name: str, family_name: str, password: str | None = None) -> Person:
    """Make a login whose address is proved already (an invitation or a confirmed application went to it).

    Raises ``Conflict`` when there is a login with this address.
    """
    try:
        with transaction.atomic():
            person = Person.objects.create_user(
                email,
                password,
                given_name=given_name,
                family_name=family_name,
                sort_key=person_sort_key(given_name, family_name),
                search_key=person_search_key(given_name, family_name),
            )
    except IntegrityError as error:
        raise Conflict(_("Mit dieser Adresse gibt es schon ein Konto. Bitte melden Sie sich an.")) from error
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
    record("person.created", person_id=person.pk, subject="person", subject_id=person.pk)
    return person


PROFILE_FIELDS = (
    *("given_name", "family_name", "about", "phone"),
    *("email_seen", "phone_seen", "listed", "language"),
)


@verb
def update_profile(viewer: Viewer, person_id: int, *, topics: Sequence[str], **fields: Any) -> Person:
    """Change what a person says of themselves; ``fields`` are of ``PROFILE_FIELDS``, ``topics`` are words."""
    unknown = set(fields) - set(PROFILE_FIELDS)
    if unknown:
        raise ValueError(f"no field of a profile: {sorted(unknown)}")
    person = Person.objects.select_for_update(no_key=True).get(pk=person_id)
    require(may_edit_person(viewer, person))
    for name, value in fields.items():
        setattr(person, name, value)
    person.sort_key = person_sort_key(person.given_name, person.family_name)
    person.search_key = person_search_key(person.given_name, person.family_name)
    person.save(update_fields=[*fields, "sort_key", "search_key"])
    person.topics.set(topics_named(topics[:MAX_TOPICS]))
    return person


@verb
def choose_language(viewer: Viewer, person_id: int, language: str) -> None:
    """Have mails, notices and the chat speak ``language``, one of the settings' codes, to this person."""
    person = Person.objects.select_for_update(no_key=True).get(pk=person_id)
    require(may_edit_person(viewer, person))
    if person.language != language:
        person.language = language
        person.save(update_fields=["language"])


def topics_named(words: Sequence[str]) -> list[Topic]:
    """The topics of these words, made where they are new; upper and lower case are one topic."""
    topics: dict[str, Topic] = {}
    for word in words:
        name = word.strip()[:100]
        # A word without a letter or digit has no address, and nobody looks for it.
        if not fold(name):
            continue
        slug = slugify(fold(name))[:100]
        if slug in topics:
            continue
        found = Topic.objects.filter(name__iexact=name).first() or Topic.objects.filter(slug=slug).first()
        topics[slug] = found or Topic.objects.get_or_create(slug=slug, defaults={"name": name})[0]
    return list({topic.pk: topic for topic in topics.values()}.values())
