"""Inviting a whole list: good lines are taken, and every line is told what became of it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tenancy.lines import Line, TooMuch
from tenancy.models import Network, Office
from tenancy.policies.networks import may_coordinate
from tenancy.rows import PersonRow, read_people
from tenancy.services.invitations import invite_by_mail
from tenancy.viewer import Viewer
from toolkit.access import Conflict, require
from toolkit.acting import verb
from toolkit.text import fold

MOST_PEOPLE = 300


@verb
def invite_list(
    viewer: Viewer, network_id: int, text: str, *, role: str, office_id: int | None = None
) -> list[Line[PersonRow]]:
    """Invite the people of a list by mail; ``role`` and ``office_id`` are for lines that say nothing.

    A mail domain that is not the municipality's is allowed, with a note: own operations and joint offices have theirs.
    Raises ``TooMuch`` for more than 300 people.
    """
    require(may_coordinate(viewer, network_id))
    lines = read_people(text)
    if sum(line.taken for line in lines) > MOST_PEOPLE:
        raise TooMuch(_("Bitte höchstens %(max)d Personen auf einmal einladen.") % {"max": MOST_PEOPLE})
    network = Network.objects.select_related("municipality").get(pk=network_id)
    offices = {
        fold(name): pk for pk, name in Office.objects.filter(network=network, closed_on=None).values_list("pk", "name")
    }
    for line in lines:
        row = line.value
        if row is None or line.error:
            continue
        if row.office and fold(row.office) not in offices:
            line.refuse(_("Das Amt „%(office)s“ gibt es im Netzwerk nicht.") % {"office": row.office[:80]})
            continue
        try:
            invite_by_mail(
                viewer,
                network_id,
                email=row.email,
                role=row.role or role,
                office_id=offices[fold(row.office)] if row.office else office_id,
                given_name=row.given_name,
                family_name=row.family_name,
            )
        except Conflict as conflict:
            line.refuse(str(conflict))
            continue
        if not domain_fits(row.email, network.municipality.mail_domains):
            line.notes.append(_("Die Adresse gehört nicht zur Maildomäne der Kommune. Bitte prüfen Sie sie."))
    return lines


def domain_fits(email: str, domains: list[str]) -> bool:
    """Whether an address is on one of the domains or below; true when no domain is known."""
    domain = email.rpartition("@")[2].lower()
    return not domains or any(domain == known or domain.endswith(f".{known}") for known in domains)
