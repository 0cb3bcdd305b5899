"""Rules of exchange formats and their editions: the cities that accepted own them with equal rights."""

from __future__ import annotations

from django.db.models import OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from exchange.models import Edition, ExchangeFormat, FormatCity, Workshop
from exchange.policies.published import may_invite_as
from tenancy.viewer import Viewer
from toolkit.access import ALLOW, Decision, deny
from toolkit.rules import there_is, within_sight

_ONLY_OWNERS = _("Das darf die Koordination einer der beteiligten Kommunen.")
_ONLY_COORDINATION = _("Das darf nur die Koordination Ihres Netzwerks.")
_NOTHING_ASKED = _("Diese Kommune wartet nicht auf eine Antwort.")


# --- which may I see? ----------------------------------------------------------------------------------------------


def visible_formats(viewer: Viewer) -> QuerySet[ExchangeFormat]:
    """The formats within the viewer's sight; before the founding that is the coordinations in it or invited."""
    return within_sight(ExchangeFormat.objects.all(), viewer)


def visible_editions(viewer: Viewer) -> QuerySet[Edition]:
    """Editions of formats in sight. One that is a workshop of its own is seen by whoever sees that workshop."""
    workshop = within_sight(Workshop.objects.filter(pk=OuterRef("workshop")), viewer)
    rows = within_sight(Edition.objects.all(), viewer)
    return rows.filter(Q(workshop=None) | there_is(workshop))


# --- may I do it, and if not, why? ---------------------------------------------------------------------------------


def owners_of(exchange_format: ExchangeFormat) -> frozenset[int]:
    """The networks that accepted; no query where ``cities`` are prefetched with all their states."""
    accepted = FormatCity.State.ACCEPTED
    return frozenset(city.network_id for city in exchange_format.cities.all() if city.state == accepted)


def invited_to(exchange_format: ExchangeFormat) -> frozenset[int]:
    """The networks that have not answered yet."""
    invited = FormatCity.State.INVITED
    return frozenset(city.network_id for city in exchange_format.cities.all() if city.state == invited)


def asking_for(exchange_format: ExchangeFormat) -> frozenset[int]:
    """The networks that want to join and have no answer yet."""
    asked = FormatCity.State.ASKED
    return frozenset(city.network_id for city in exchange_format.cities.all() if city.state == asked)


def may_create_format(viewer: Viewer, network_id: int | None = None) -> Decision:
    """Whether the viewer may begin a format, for this network or for any of their own."""
    if not viewer.coordinates:
        return deny(_("Ein Austauschformat legt die Koordination eines Netzwerks an."))
    if network_id is not None and network_id not in viewer.coordinates:
        return deny(_("Sie können ein Austauschformat nur für Ihr eigenes Netzwerk anlegen."))
    return ALLOW if network_id is None else may_invite_as(network_id)


def may_edit_format(viewer: Viewer, exchange_format: ExchangeFormat) -> Decision:
    """Whether the viewer may change words, editions and visibility: any coordinator of a city that accepted."""
    return deny(_ONLY_OWNERS) if viewer.coordinates.isdisjoint(owners_of(exchange_format)) else ALLOW


def may_invite_city(viewer: Viewer, exchange_format: ExchangeFormat, network_id: int | None = None) -> Decision:
    """Whether the viewer may invite a city; one that declined or left may be asked again."""
    owners = may_edit_format(viewer, exchange_format)
    if not owners or network_id is None:
        return owners
    if network_id in owners_of(exchange_format):
        return deny(_("Diese Kommune ist schon dabei."))
    if network_id in invited_to(exchange_format):
        return deny(_("Diese Kommune ist schon eingeladen und hat noch nicht geantwortet."))
    if network_id in asking_for(exchange_format):
        return deny(_("Diese Kommune möchte selbst mitmachen und wartet auf Ihre Antwort."))
    return ALLOW


def may_ask_to_join(viewer: Viewer, exchange_format: ExchangeFormat, network_id: int | None = None) -> Decision:
    """Whether the viewer may ask for a city of theirs to be let in: any city that sees it and is not in it.

    A city that the others did not take in waits for their invitation, so that no is a no.
    """
    if not viewer.coordinates:
        return deny(_("Das fragt die Koordination Ihres Netzwerks an."))
    if exchange_format.founded_at is None:
        return deny(_("Dieses Format ist noch im Entstehen. Mitmachen kann, wer eingeladen ist."))
    if not viewer.coordinates.isdisjoint(owners_of(exchange_format)):
        return deny(_("Ihre Kommune ist schon dabei."))
    if network_id is None:
        return ALLOW
    if network_id not in viewer.coordinates:
        return deny(_ONLY_COORDINATION)
    if network_id in invited_to(exchange_format):
        return deny(_("Ihre Kommune ist eingeladen. Sie können einfach zusagen."))
    if network_id in asking_for(exchange_format):
        return deny(_("Ihre Kommune hat schon gefragt. Die Antwort steht noch aus."))
    if any(c.network_id == network_id and c.state == FormatCity.State.REFUSED for c in exchange_format.cities.all()):
        return deny(_("Die beteiligten Kommunen haben abgelehnt. Sie können Sie jederzeit einladen."))
    return may_invite_as(network_id)


def may_take_asking_back(viewer: Viewer, exchange_format: ExchangeFormat, network_id: int) -> Decision:
    """Whether the viewer may take back what their city asked, while nobody has answered."""
    if network_id not in viewer.coordinates:
        return deny(_ONLY_COORDINATION)
    return ALLOW if network_id in asking_for(exchange_format) else deny(_NOTHING_ASKED)


def may_answer_asking(viewer: Viewer, exchange_format: ExchangeFormat, network_id: int) -> Decision:
    """Whether the viewer may let a city in that asked, or not: any coordinator of a city that accepted."""
    owners = may_edit_format(viewer, exchange_format)
    if not owners:
        return owners
    return ALLOW if network_id in asking_for(exchange_format) else deny(_NOTHING_ASKED)


def may_recall_city(viewer: Viewer, exchange_format: ExchangeFormat, network_id: int) -> Decision:
    """Whether the viewer may take an unanswered invitation back. A city that accepted cannot be removed by others."""
    owners = may_edit_format(viewer, exchange_format)
    if not owners:
        return owners
    if network_id in owners_of(exchange_format):
        return deny(_("Eine Kommune, die dabei ist, kann nur sich selbst zurückziehen."))
    if network_id not in invited_to(exchange_format):
        return deny(_NOTHING_ASKED)
    return ALLOW


def may_answer_format(viewer: Viewer, exchange_format: ExchangeFormat, network_id: int) -> Decision:
    """Whether the viewer may accept or decline for a city that was invited."""
    if network_id not in viewer.coordinates:
        return deny(_ONLY_COORDINATION)
    if network_id not in invited_to(exchange_format):
        return deny(_("Für diese Kommune steht keine Einladung offen."))
    return ALLOW


def may_see_invited(viewer: Viewer, exchange_format: ExchangeFormat) -> bool:
    """Whether the viewer reads who has not answered yet: the coordination of a city that owns it or is asked."""
    return not viewer.coordinates.isdisjoint(owners_of(exchange_format) | invited_to(exchange_format))


def may_leave_format(viewer: Viewer, exchange_format: ExchangeFormat, network_id: int) -> Decision:
    """Whether the viewer may take the own city out; the last one stays, so that nothing is orphaned."""
    if network_id not in viewer.coordinates:
        return deny(_ONLY_COORDINATION)
    owners = owners_of(exchange_format)
    if network_id not in owners:
        return deny(_("Diese Kommune ist nicht dabei."))
    if owners == {network_id}:
        return deny(_("Ihre Kommune ist die letzte. Laden Sie zuerst eine andere ein, oder lassen Sie es ruhen."))
    return ALLOW


def may_join_format_room(viewer: Viewer, exchange_format: ExchangeFormat) -> Decision:
    """Whether the viewer may talk in the room: everybody in the cities that accepted."""
    if viewer.network_ids.isdisjoint(owners_of(exchange_format)):
        return deny(_("In diesem Raum sprechen die Menschen aus den beteiligten Kommunen."))
    return ALLOW
