"""Verbs of cities that want to join a format: ask, take it back, be let in or not."""

from __future__ import annotations

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from chat.public import join_room
from exchange.models import ExchangeFormat
from exchange.policies.formats import may_answer_asking, may_ask_to_join, may_take_asking_back, owners_of
from exchange.services.formats import locked_format, page_of_format, record_act
from tenancy.models import Network
from tenancy.queries.people import coordinators_of
from tenancy.viewer import Viewer
from toolkit.access import require
from toolkit.acting import verb
from toolkit.past_sight import rows_of
from toolkit.telling import tell


def _town(network_id: int) -> str:
    return Network.objects.select_related("municipality").get(pk=network_id).municipality.name


@verb
def ask_to_join(viewer: Viewer, format_id: int, network_id: int) -> ExchangeFormat:
    """Ask the cities of a format to let one's own in; their coordinators are told. Raises ``DoesNotExist``."""
    exchange_format = locked_format(format_id)
    require(may_ask_to_join(viewer, exchange_format, network_id))
    rows_of("exchange_ask_to_join", format_id, network_id)
    record_act(viewer, "city_asked", exchange_format, network_id=network_id)
    tell(
        coordinators_of(owners_of(exchange_format)),
        kind="workshop.format",
        text=format_lazy(
            _("{town} möchte bei #{hashtag} mitmachen."), town=_town(network_id), hashtag=exchange_format.hashtag
        ),
        url=f"{page_of_format(exchange_format)}#kommunen",
        key=f"format-{format_id}-asking-{network_id}",
        mail=True,
    )
    return exchange_format


@verb
def take_asking_back(viewer: Viewer, format_id: int, network_id: int) -> None:
    """Take back what one's city asked."""
    exchange_format = locked_format(format_id)
    require(may_take_asking_back(viewer, exchange_format, network_id))
    rows_of("exchange_take_asking_back", format_id, network_id)
    record_act(viewer, "asking_taken_back", exchange_format, network_id=network_id)


@verb
def answer_asking(viewer: Viewer, format_id: int, network_id: int, *, accept: bool) -> None:
    """Let a city in that asked, or not. It is told; once in, it owns the format like all the others."""
    exchange_format = locked_format(format_id)
    require(may_answer_asking(viewer, exchange_format, network_id))
    rows_of("exchange_answer_asking", format_id, network_id, accept)
    if accept and exchange_format.room_id is not None:
        join_room(exchange_format.room_id, coordinators_of([network_id]))
    record_act(viewer, "city_let_in" if accept else "city_refused", exchange_format, network_id=network_id)
    sentence = (
        _("{town} ist jetzt bei #{hashtag} dabei.") if accept else _("#{hashtag} nimmt {town} zurzeit nicht auf.")
    )
    tell(
        coordinators_of([network_id]),
        kind="workshop.format",
        text=format_lazy(sentence, town=_town(network_id), hashtag=exchange_format.hashtag),
        url=page_of_format(exchange_format),
        key=f"format-{format_id}-asking-answer-{network_id}",
        mail=True,
    )
