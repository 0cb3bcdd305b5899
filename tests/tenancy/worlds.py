"""Random worlds of networks and people, for rules that are asked in three ways."""

from __future__ import annotations

import datetime
import random
from dataclasses import dataclass, field

from tenancy.models import Application, Invitation, Membership, Network, NetworkStart, Partnership, Person
from tests.factories.tenancy import (
    ApplicationFactory,
    AssociationFactory,
    CouncilPaperFactory,
    DivisionFactory,
    FundingFactory,
    InvitationFactory,
    MembershipFactory,
    ModeratorFactory,
    MunicipalityFactory,
    NetworkFactory,
    OfficeFactory,
    PartnershipFactory,
    PersonFactory,
    StateFactory,
)

PAST = datetime.datetime(2024, 5, 1, tzinfo=datetime.UTC)
LANDS = {"08": "BW", "06": "HE", "09": "BY"}


@dataclass
class World:
    """What was made, with nothing asked of any rule: ``lands`` are those a person moderates."""

    networks: list[Network] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    memberships: list[Membership] = field(default_factory=list)
    lands: dict[int, set[str]] = field(default_factory=dict)
    partnerships: list[Partnership] = field(default_factory=list)
    invitations: list[Invitation] = field(default_factory=list)
    applications: list[Application] = field(default_factory=list)

    def own(self, person: Person | None, *roles: str) -> set[int]:
        """The networks in which a person is now, in one of the roles or in any."""
        return {
            m.network_id
            for m in self.memberships
            if person is not None and m.person_id == person.pk and m.ended_on is None and (not roles or m.role in roles)
        }

    def sees(self, person: Person | None, network_id: int) -> bool:
        """Whether a network is published, or the person is in it."""
        network = next(network for network in self.networks if network.pk == network_id)
        return network.published_at is not None or network_id in self.own(person)

    def moderated(self, person: Person | None) -> set[str]:
        return self.lands.get(person.pk, set()) if person is not None else set()


def random_world(seed: int) -> World:
    """A small country with everything in it that the rules ask for."""
    dice = random.Random(seed)
    world = World()
    states = {code: StateFactory(code=code, abbreviation=short, name=f"Land {code}") for code, short in LANDS.items()}
    for number in range(6):
        code = dice.choice(list(states))
        place = MunicipalityFactory(ags=f"{code}{seed:03d}{number:03d}", state=states[code])
        published = PAST if dice.random() < 0.6 else None
        world.networks.append(NetworkFactory(municipality=place, published_at=published, slug=f"netz-{seed}-{number}"))
    for _ in range(8):
        person = PersonFactory()
        world.people.append(person)
        for network in dice.sample(world.networks, dice.randrange(3)):
            ended = datetime.date(2024, 1, 1) if dice.random() < 0.2 else None
            role = dice.choice(["pilot", "coordinator", "office_head"])
            world.memberships.append(MembershipFactory(person=person, network=network, role=role, ended_on=ended))
        if dice.random() < 0.4:
            code = dice.choice(list(states))
            ended = datetime.date(2024, 1, 1) if dice.random() < 0.2 else None
            ModeratorFactory(person=person, association=AssociationFactory(state=states[code]), ended_on=ended)
            world.lands[person.pk] = set() if ended else {code}
    for one, other in [(a, b) for a in range(6) for b in range(a + 1, 6) if dice.random() < 0.5]:
        moments = {"accepted_at": dice.choice([None, PAST]), "ended_at": dice.choice([None, None, PAST])}
        asking, asked = world.networks[one], world.networks[other]
        world.partnerships.append(PartnershipFactory(asking=asking, asked=asked, **moments))
    for _ in range(6):
        network = dice.choice(world.networks)
        world.invitations.append(InvitationFactory(network=network, withdrawn_at=dice.choice([None, PAST])))
    for number in range(6):
        code = dice.choice(list(states))
        place = MunicipalityFactory(ags=f"{code}{seed:03d}{number + 500:03d}", state=states[code])
        state = dice.choice(["unconfirmed", "open", "approved", "declined"])
        words = {"reason": "Nein."} if state == "declined" else {"domain_fits": True}
        world.applications.append(ApplicationFactory(municipality=place, state=state, **words))
    return world


def fill(network: Network) -> None:
    """One of everything that belongs to a network; the factory made its role term."""
    NetworkStart.objects.create(network=network, value="2021", source="Satzung")
    FundingFactory(network=network)
    CouncilPaperFactory(network=network)
    OfficeFactory(network=network, division=DivisionFactory(network=network))
