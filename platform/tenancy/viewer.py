"""The viewer: who is looking, as a frozen value that every rule asks. Read once, in one query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection
from django.utils.translation import gettext_lazy as _

from tenancy.models import Membership
from toolkit import audience
from toolkit.access import Denied, deny

if TYPE_CHECKING:
    from tenancy.models import Person


@dataclass(frozen=True, slots=True)
class Seat:
    """One living membership of the viewer."""

    network_id: int
    role: str
    office_id: int | None
    state_code: str
    place: str
    network_slug: str
    municipality_id: str = ""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is looking. Rules are pure functions of this value and of what is looked at.

    ``moderates`` maps the code of a Land to the association for which the viewer moderates there.
    """

    person_id: int | None = None
    name: str = ""
    language: str = "de"
    is_operator: bool = False
    seats: tuple[Seat, ...] = ()
    moderates: tuple[tuple[str, int], ...] = ()

    @property
    def signed_in(self) -> bool:
        return self.person_id is not None

    @property
    def someone(self) -> int:
        """The person's number, for writing and looking up. Raises ``Denied`` for a visitor, whom a rule let through."""
        if self.person_id is None:
            raise Denied(deny(_("Bitte melden Sie sich dafür an.")))
        return self.person_id

    @property
    def network_ids(self) -> frozenset[int]:
        """The networks in which the viewer is, in whatever role."""
        return frozenset(seat.network_id for seat in self.seats)

    @property
    def office_ids(self) -> frozenset[int]:
        return frozenset(seat.office_id for seat in self.seats if seat.office_id is not None)

    @property
    def coordinates(self) -> frozenset[int]:
        """The networks that the viewer coordinates."""
        return frozenset(s.network_id for s in self.seats if s.role == Membership.Role.COORDINATOR)

    @property
    def writes_for(self) -> frozenset[int]:
        """The networks for which the viewer may write experiences: as pilot, coordinator or head of an office."""
        return self.network_ids

    @property
    def moderated_states(self) -> frozenset[str]:
        return frozenset(code for code, _association in self.moderates)

    @property
    def in_programme(self) -> bool:
        """Part of the programme: in a network, or moderating for an association."""
        return bool(self.seats or self.moderates)

    @property
    def keys(self) -> tuple[int, ...]:
        """The keys the viewer holds; a thing is visible exactly when its audience shares one (``toolkit.audience``).

        A moderator is of the programme, but holds no key to any city or Land: reported things come through reports.
        """
        if self.person_id is None:
            return audience.ANONYMOUS_KEYS
        held = {audience.PUBLIC, audience.person_key(self.person_id)}
        if self.in_programme:
            held.add(audience.ALL_NETWORKS)
        held |= {audience.moderators_key(code) for code in self.moderated_states}
        for seat in self.seats:
            held |= {audience.network_key(seat.network_id), audience.land_key(seat.state_code)}
            if seat.office_id is not None:
                held.add(audience.office_key(seat.office_id))
            if seat.role == Membership.Role.COORDINATOR:
                held.add(audience.coordinators_key(seat.network_id))
        return tuple(sorted(held))

    def association_for(self, state_code: str) -> int | None:
        """The association for which the viewer moderates in this Land, if any."""
        return dict(self.moderates).get(state_code)


ANONYMOUS = Viewer()


def viewer_by_id(person_id: int | None) -> Viewer:
    """The viewer for a person's number; ``ANONYMOUS`` when there is none, or when suspended. One query."""
    if person_id is None:
        return ANONYMOUS
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM tenancy_viewer(%s)", [person_id])
        row = cursor.fetchone()
    if row is None:
        return ANONYMOUS
    name, language, is_operator, seats, moderates = row
    return Viewer(
        person_id=person_id,
        name=name,
        language=language,
        is_operator=is_operator,
        seats=tuple(Seat(*seat) for seat in seats),
        moderates=tuple((code, association) for code, association in moderates),
    )


def viewer_for(person: Person) -> Viewer:
    """The viewer for a person; short for tests and commands."""
    return viewer_by_id(person.pk)
