"""Verbs of exchange formats: begin, change, invite, answer, leave, and keep the history of editions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy, slugify
from django.utils.translation import gettext_lazy as _

from chat.public import join_room, leave_room, open_room
from exchange.models import Edition, ExchangeFormat, FormatCity
from exchange.policies.formats import (
    may_answer_format,
    may_create_format,
    may_edit_format,
    may_invite_city,
    may_leave_format,
    may_recall_city,
    owners_of,
)
from exchange.services.changes import changes_between
from tenancy.models import Municipality, Network
from tenancy.policies.networks import visible_networks
from tenancy.queries.people import coordinators_of, members_of
from tenancy.viewer import Viewer
from toolkit.access import Conflict, deny, require
from toolkit.acting import verb
from toolkit.audit import record
from toolkit.past_sight import answer_of, locked
from toolkit.telling import tell
from toolkit.text import fold

#: What a coordinator writes of a format.
WORDS = ("hashtag", "motto", "about", "elements", "since", "rung")
#: What a coordinator writes of an edition.
EDITION_WORDS = (
    "number", "year", "held_on", "mode", "state", "motto", "about", "themes", "place", "people_note", "reason",
)  # fmt: skip
#: Parts of addresses that no format may take.
RESERVED = frozenset({"neu", "new", "feed", "kalender", "anregen"})


class FormatChangedMeanwhile(Conflict):
    """Somebody of another city saved in between. Carries what is stored by now."""

    def __init__(self, stored: ExchangeFormat) -> None:
        super().__init__(_("Das Format wurde inzwischen geändert. Nichts ist verloren: Sie sehen beide Texte."))
        self.stored = stored


def locked_format(format_id: int) -> ExchangeFormat:
    """The format, locked until the transaction ends; raises ``DoesNotExist`` for what is out of sight."""
    locked("exchange_lock_format", ExchangeFormat, format_id)
    return ExchangeFormat.objects.get(pk=format_id)


def page_of_format(exchange_format: ExchangeFormat) -> str:
    """The path of its page."""
    return reverse("exchange:format-detail", kwargs={"slug": exchange_format.slug})


def record_act(viewer: Viewer, verb: str, exchange_format: ExchangeFormat, **more: Any) -> None:
    """One line on the record, for all its cities to read."""
    record(f"format.{verb}", person_id=viewer.person_id, subject="format", subject_id=exchange_format.pk, **more)


def _acting(viewer: Viewer, exchange_format: ExchangeFormat) -> int | None:
    """The owning network for which the viewer acts."""
    return min(viewer.coordinates & owners_of(exchange_format), default=None)


def _free_slug(hashtag: str) -> str:
    """An address for the hashtag; another format whose hashtag folds alike gets a number behind it."""
    stem = slugify(fold(hashtag).replace(" ", "-"))[:36] or "format"
    slug, number = stem, 1
    while slug in RESERVED or answer_of("exchange_slug_taken", slug):
        number += 1
        slug = f"{stem}-{number}"
    return slug


def hashtag_is_free(hashtag: str, *, but: int | None = None) -> bool:
    """Whether no other format, visible or not, has this hashtag in whatever case."""
    return not answer_of("exchange_hashtag_taken", hashtag, but or 0)


#: The same words for a hashtag that others have, in sight or not, and for one that nobody may have.
NOT_FREE = _("Dieses Hashtag ist nicht frei. Bitte wählen Sie ein anderes.")


@verb
def create_format(
    viewer: Viewer, network_id: int, *, words: Mapping[str, Any], invited: Iterable[int] = ()
) -> ExchangeFormat:
    """Begin a format that the viewer's city owns, open its room, and invite the others.

    Raises ``Conflict`` on ``hashtag`` when another format has it.
    """
    require(may_create_format(viewer, network_id))
    hashtag = str(words["hashtag"])
    if not hashtag_is_free(hashtag):
        raise Conflict(NOT_FREE, field="hashtag")
    exchange_format = ExchangeFormat(slug=_free_slug(hashtag), created_by_id=viewer.someone, **_known(words, WORDS))
    try:
        with transaction.atomic():
            exchange_format.save()
    except IntegrityError as error:
        raise Conflict(NOT_FREE, field="hashtag") from error
    FormatCity.objects.create(
        format=exchange_format,
        network_id=network_id,
        state=FormatCity.State.ACCEPTED,
        invited_by_id=viewer.someone,
        answered_at=timezone.now(),
    )
    exchange_format.room_id = open_room(
        "format", exchange_format.pk, f"#{exchange_format.hashtag}", {viewer.someone, *coordinators_of([network_id])}
    )
    exchange_format.save(update_fields=["room_id"])
    record_act(viewer, "created", exchange_format, network_id=network_id)
    for other in sorted(set(invited) - {network_id}):
        invite_city(viewer, exchange_format.pk, other)
    return exchange_format


def _known(words: Mapping[str, Any], allowed: tuple[str, ...]) -> dict[str, Any]:
    unknown = set(words) - set(allowed)
    if unknown:
        raise ValueError(f"no words of this: {sorted(unknown)}")
    return dict(words)


@verb
def save_format(viewer: Viewer, format_id: int, *, version: int, words: Mapping[str, Any]) -> ExchangeFormat:
    """Store what changed, and put it on the record. Its address stays.

    Raises ``FormatChangedMeanwhile``, and ``Conflict`` on ``hashtag``.
    """
    exchange_format = locked_format(format_id)
    require(may_edit_format(viewer, exchange_format))
    if exchange_format.version != version:
        raise FormatChangedMeanwhile(exchange_format)
    words = _known(words, WORDS)
    if "hashtag" in words and not hashtag_is_free(str(words["hashtag"]), but=exchange_format.pk):
        raise Conflict(NOT_FREE, field="hashtag")
    changes = changes_between(exchange_format, words)
    if not changes:
        return exchange_format
    for name, value in words.items():
        setattr(exchange_format, name, value)
    exchange_format.version += 1
    exchange_format.save(update_fields=[*words, "version"])
    if "hashtag" in changes and exchange_format.room_id is not None:
        open_room("format", exchange_format.pk, f"#{exchange_format.hashtag}")
    record_act(viewer, "changed", exchange_format, network_id=_acting(viewer, exchange_format), changes=changes)
    return exchange_format


@verb
def invite_city(viewer: Viewer, format_id: int, network_id: int) -> FormatCity:
    """Ask another city to own the format too; its coordinators are told. Raises ``Network.DoesNotExist``."""
    exchange_format = locked_format(format_id)
    network = visible_networks(viewer).select_related("municipality").get(pk=network_id, published_at__isnull=False)
    require(may_invite_city(viewer, exchange_format, network.pk))
    city, _created = FormatCity.objects.update_or_create(
        format=exchange_format,
        network=network,
        defaults={
            "state": FormatCity.State.INVITED,
            "invited_by_id": viewer.someone,
            "answered_at": None,
        },
    )
    record_act(viewer, "city_invited", exchange_format, network_id=network.pk)
    tell(
        coordinators_of([network.pk]),
        kind="invitation.format",
        text=format_lazy(
            _("{name} lädt {town} ein, #{hashtag} mitzutragen."),
            name=viewer.name,
            town=network.municipality.name,
            hashtag=exchange_format.hashtag,
        ),
        url=page_of_format(exchange_format),
        key=f"format-{exchange_format.pk}-invitation-{network.pk}",
        mail=True,
    )
    return city


@verb
def recall_city(viewer: Viewer, format_id: int, network_id: int) -> None:
    """Take an unanswered invitation back."""
    exchange_format = locked_format(format_id)
    require(may_recall_city(viewer, exchange_format, network_id))
    FormatCity.objects.filter(format=exchange_format, network_id=network_id).delete()
    record_act(viewer, "city_recalled", exchange_format, network_id=network_id)


@verb
def answer_format(viewer: Viewer, format_id: int, network_id: int, *, accept: bool) -> FormatCity:
    """Accept or decline for one's city. Who accepts owns the format like all the others, from this moment."""
    exchange_format = locked_format(format_id)
    require(may_answer_format(viewer, exchange_format, network_id))
    asking = owners_of(exchange_format)
    city = FormatCity.objects.select_related("network__municipality").get(format=exchange_format, network_id=network_id)
    city.state = FormatCity.State.ACCEPTED if accept else FormatCity.State.DECLINED
    city.answered_at = timezone.now()
    city.save(update_fields=["state", "answered_at"])
    if accept and exchange_format.room_id is not None:
        join_room(exchange_format.room_id, coordinators_of([network_id]))
    record_act(viewer, "city_accepted" if accept else "city_declined", exchange_format, network_id=network_id)
    sentence = _("{town} ist bei #{hashtag} dabei.") if accept else _("{town} macht bei #{hashtag} nicht mit.")
    tell(
        set(coordinators_of(asking)) - {viewer.someone},
        kind="workshop.format",
        text=format_lazy(sentence, town=city.network.municipality.name, hashtag=exchange_format.hashtag),
        url=page_of_format(exchange_format),
        key=f"format-{exchange_format.pk}-answer-{network_id}",
        mail=True,
    )
    return city


@verb
def leave_format(viewer: Viewer, format_id: int, network_id: int) -> None:
    """Take one's own city out. Its past editions stay in the history; its people leave the room."""
    exchange_format = locked_format(format_id)
    require(may_leave_format(viewer, exchange_format, network_id))
    network = Network.objects.select_related("municipality").get(pk=network_id)
    # Asked before: who left a narrow format does not see it any more.
    staying = owners_of(exchange_format) - {network_id}
    FormatCity.objects.filter(format=exchange_format, network_id=network_id).update(
        state=FormatCity.State.LEFT, answered_at=timezone.now()
    )
    if exchange_format.room_id is not None:
        leave_room(exchange_format.room_id, set(members_of([network_id])) - set(members_of(staying)))
    record_act(viewer, "city_left", exchange_format, network_id=network_id)
    tell(
        set(coordinators_of(staying)) - {viewer.someone},
        kind="workshop.format",
        text=format_lazy(
            _("{town} hat #{hashtag} verlassen."), town=network.municipality.name, hashtag=exchange_format.hashtag
        ),
        url=page_of_format(exchange_format),
        key=f"format-{exchange_format.pk}-left-{network_id}",
        mail=True,
    )


@verb
def save_edition(
    viewer: Viewer, format_id: int, edition_id: int | None, *, words: Mapping[str, Any], host_ags: str | None
) -> Edition:
    """Add an edition to the history, or put one right. Raises ``Conflict`` on ``number`` when it is taken."""
    exchange_format = locked_format(format_id)
    require(may_edit_format(viewer, exchange_format))
    words = _known(words, EDITION_WORDS)
    edition = (
        Edition(format=exchange_format)
        if edition_id is None
        else Edition.objects.select_for_update().get(format=exchange_format, pk=edition_id)
    )
    if edition.workshop_id is not None and words.get("state") != edition.state:
        # The workshop says whether it takes place; two truths would drift apart.
        require(deny(_("Ob diese Folge stattfindet, entscheidet ihre Veranstaltung.")))
    before = {} if edition_id is None else changes_between(edition, words)
    for name, value in words.items():
        setattr(edition, name, value)
    edition.host = Municipality.objects.get(pk=host_ags) if host_ags else None
    try:
        with transaction.atomic():
            edition.save()
    except IntegrityError as error:
        # An edition out of sight (that of a narrower workshop) has its number too; the words are the same for both.
        raise Conflict(_("Diese Nummer ist in diesem Format nicht frei."), field="number") from error
    verb = "edition_added" if edition_id is None else "edition_changed"
    record_act(
        viewer, verb, exchange_format, network_id=_acting(viewer, exchange_format),
        changes=before or {"number": [None, edition.number]},
    )  # fmt: skip
    return edition
