"""Whatever people and hosts do in whatever order: never a seat too many, never one empty while who is first waits."""

from __future__ import annotations

import datetime
import os

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange.models import Registration, WorkshopQuota
from exchange.services.places import accept_offer, change_companions, decline_offer
from exchange.services.seat_rules import approve, refuse, save_seats
from exchange.services.seats import allocate, lock_workshop, take_seat, withdraw
from tenancy.viewer import viewer_for
from tests.exchange.seat_model import Place, Plain
from tests.factories.tenancy import MembershipFactory
from tests.factories.workshops import QuotaFactory, WorkshopFactory
from toolkit.access import Conflict, Denied
from toolkit.acting import verb

pytestmark = pytest.mark.django_db

CITIES = ("aa", "bb", "cc")
#: Eight people of three cities, by their place in the list.
HOME = ("aa", "aa", "aa", "bb", "bb", "bb", "cc", "cc")
HOUR = datetime.timedelta(hours=1)
STARTS = 200
#: So many courses of events are tried; more with ALLOCATIONS=2000.
LIVES = int(os.environ.get("ALLOCATIONS", "60"))
who = st.integers(0, len(HOME) - 1)
party = st.sampled_from((1, 1, 1, 2, 3))
steps = st.lists(
    st.one_of(
        st.tuples(st.just("take"), who, party, st.booleans()),
        st.tuples(st.just("take"), who, party, st.booleans()),
        st.tuples(st.just("withdraw"), who),
        st.tuples(st.just("answer"), who, st.booleans()),
        st.tuples(st.just("decide"), who, st.booleans()),
        st.tuples(st.just("bring"), who, party),
        st.tuples(st.just("seats"), st.integers(1, 7)),
        st.tuples(st.just("quota"), st.sampled_from(CITIES), st.integers(0, 4)),
        st.tuples(st.just("wait"), st.integers(1, 60)),
        st.tuples(st.just("approval"), st.booleans()),
    ),
    min_size=4,
    max_size=30,
)
shapes = st.fixed_dictionaries(
    {
        "seats": st.integers(1, 6),
        "quotas": st.dictionaries(st.sampled_from(CITIES), st.integers(1, 3), max_size=3),
        "offer_hours": st.sampled_from((0, 0, 24, 48)),
        "release": st.sampled_from((None, None, 30, 100)),
        "online": st.sampled_from((None, None, 1, 2)),
        "approval": st.sampled_from((False, False, False, True)),
    }
)


@verb
def look(viewer, workshop_id, *, at):
    """What the job does, at a time of ours."""
    allocate(lock_workshop(viewer, workshop_id), at=at)


class Lived:
    """The product and the plain rule, side by side."""

    def __init__(self, networks, people, host, shape):
        self.begin = timezone.now().replace(microsecond=0)
        self.networks = networks
        self.people = people
        self.host = host
        quotas: dict[str, int] = {}
        for city, seats in sorted(shape["quotas"].items()):
            if sum(quotas.values()) + seats <= shape["seats"]:
                quotas[city] = seats
        online = shape["online"]
        starts = self.begin + STARTS * HOUR
        release = shape["release"]
        self.workshop = WorkshopFactory(
            hosts=[networks["aa"]],
            seats=shape["seats"],
            seats_online=online,
            mode="on_site" if online is None else "hybrid",
            offer_hours=shape["offer_hours"],
            approval=shape["approval"],
            starts_at=starts,
            quota_release_at=None if release is None else self.begin + release * HOUR,
        )
        for city, seats in quotas.items():
            QuotaFactory(workshop=self.workshop, network=networks[city], seats=seats)
        self.plain = Plain(
            seats=shape["seats"], quotas=quotas, offer_hours=shape["offer_hours"], starts=STARTS, online=online,
            release=release, approval=shape["approval"],
        )  # fmt: skip
        self.now = 0
        self.count = 0

    @property
    def at(self):
        # A little later with every step, so that nobody signs up at the same moment as another.
        self.count += 1
        return self.begin + self.now * HOUR + self.count * datetime.timedelta(milliseconds=1)

    def take(self, who, party, online):
        verb = lambda: take_seat(  # noqa: E731 -- called once, in one of two ways
            self.people[who], self.workshop.pk, companions=party - 1, at=self.at, mode="online" if online else "on_site"
        )
        if self.plain.of(who) is not None:
            with pytest.raises(Denied):
                verb()
            return
        verb()
        state = "requested" if self.plain.approval else "queued"
        apart = self.plain.online is not None
        self.plain.places.append(Place(who, HOME[who], self.count, party, state, online=apart and online))
        if state == "queued":
            self.plain.look(self.now)

    def withdraw(self, who):
        place = self.plain.of(who)
        if place is None:
            with pytest.raises(Denied):
                withdraw(self.people[who], self.workshop.pk, at=self.at)
            return
        withdraw(self.people[who], self.workshop.pk, at=self.at)
        self.plain.places.remove(place)
        self.plain.look(self.now)

    def answer(self, who, accept):
        place = self.plain.of(who)
        verb = accept_offer if accept else decline_offer
        if place is None or place.state != "offered" or place.until <= self.now:
            with pytest.raises(Denied):
                verb(self.people[who], self.workshop.pk, at=self.at)
            return
        verb(self.people[who], self.workshop.pk, at=self.at)
        if accept:
            place.state = "seat"
        else:
            self.plain.places.remove(place)
            self.plain.look(self.now)

    def decide(self, who, yes):
        place = self.plain.of(who)
        if place is None or place.state != "requested":
            return
        row = Registration.objects.get(workshop=self.workshop, person_id=self.people[who].person_id, state="requested")
        if yes:
            approve(self.host, self.workshop.pk, row.pk, at=self.at)
            place.state = "queued"
            self.plain.look(self.now)
        else:
            refuse(self.host, self.workshop.pk, row.pk, reason="Voll.", at=self.at)
            self.plain.places.remove(place)

    def bring(self, who, party):
        place = self.plain.of(who)
        if place is None:
            return
        verb = lambda: change_companions(self.people[who], self.workshop.pk, party - 1, at=self.at)  # noqa: E731 -- as above
        if self.plain.may_bring(place, party):
            verb()
            place.party = party
            self.plain.look(self.now)
        else:
            with pytest.raises(Conflict):
                verb()

    def set(self, **rules):
        quotas = rules.pop("quotas", self.plain.quotas)
        kept = sum(quotas.values()) if not self.plain.released else 0
        seats = rules.get("seats", self.plain.seats)
        fits = seats >= kept + self.plain.taken("shared")
        fits = fits and seats >= self.plain.taken("shared") + self.plain.taken("city")
        fits = fits and all(quotas.get(city, 0) >= self.plain.taken("city", city) for city in CITIES)
        fits = fits and (not self.plain.released or not self.plain.quotas or quotas == self.plain.quotas)
        by_number = {self.networks[city].pk: number for city, number in quotas.items()}
        if not fits:
            with pytest.raises(Conflict):
                save_seats(self.host, self.workshop.pk, rules=rules, quotas=by_number, at=self.at)
            return
        save_seats(self.host, self.workshop.pk, rules=rules, quotas=by_number, at=self.at)
        changed = seats != self.plain.seats or quotas != self.plain.quotas or "approval" in rules
        self.plain.seats, self.plain.quotas = seats, dict(quotas)
        self.plain.approval = rules.get("approval", self.plain.approval)
        if changed:
            self.plain.look(self.now)

    def seats(self, number):
        self.set(seats=number)

    def quota(self, city, number):
        quotas = {**self.plain.quotas, city: number}
        self.set(quotas={c: n for c, n in quotas.items() if n})

    def approval(self, needed):
        if needed != self.plain.approval:
            self.set(approval=needed)

    def wait(self, hours):
        self.now = min(self.now + hours, STARTS - 1)
        look(self.host, self.workshop.pk, at=self.at)
        self.plain.look(self.now)

    # --- what must hold -------------------------------------------------------------------------------------------

    def check(self):
        rows = Registration.objects.filter(workshop=self.workshop, state__in=["requested", "seat", "offered", "queued"])
        number = {viewer.person_id: who for who, viewer in enumerate(self.people)}
        found = {
            number[r.person_id]: (r.state, r.party, r.pool if r.state in ("seat", "offered") else "") for r in rows
        }
        said = {p.who: (p.state, p.party, p.pool if p.state in ("seat", "offered") else "") for p in self.plain.places}
        assert found == said
        self.workshop.refresh_from_db()
        w = self.workshop
        taking = [r for r in rows if r.state in ("seat", "offered")]
        # Never one seat too many, and counted as they are.
        assert w.seats_taken == sum(r.party for r in taking if r.pool != "online") <= w.seats
        assert w.online_taken == sum(r.party for r in taking if r.pool == "online") <= (w.seats_online or 0)
        quotas = list(WorkshopQuota.objects.filter(workshop=w))
        living = [q for q in quotas if not q.released]
        for quota in quotas:
            theirs = [r for r in taking if r.pool == "city" and r.network_id == quota.network_id]
            assert quota.taken == sum(r.party for r in theirs) <= quota.seats
        # What is kept for cities is kept.
        shared = sum(r.party for r in taking if r.pool == "shared")
        assert w.shared_taken == shared <= w.seats - sum(q.seats for q in living)
        # Never one empty while somebody who is first in line for it fits into it.
        queue = sorted((r for r in rows if r.state == "queued"), key=lambda r: (r.queued_at, r.pk))
        apart = w.seats_online is not None
        here = [r for r in queue if not (apart and r.mode == "online")]
        pools = [(q.seats, q.taken, [r for r in here if r.network_id == q.network_id]) for q in living]
        pools.append((w.seats - sum(q.seats for q in living), shared, here))
        if apart:
            pools.append((w.seats_online, w.online_taken, [r for r in queue if r.mode == "online"]))
        for size, used, line in pools:
            fits = [r for r in line if r.party <= size]
            assert not fits or fits[0].party > size - used, "a seat is empty while somebody waits for it"


@pytest.fixture
def stage(konstanz, heilbronn, giessen, coordinator):
    networks = dict(zip(CITIES, sorted((konstanz, heilbronn, giessen), key=lambda n: n.pk), strict=True))
    people = [viewer_for(MembershipFactory(network=networks[city]).person) for city in HOME]
    host = MembershipFactory(network=networks["aa"], role="coordinator").person
    return networks, people, viewer_for(host)


def test_whatever_happens_the_database_arrives_where_the_plain_rule_does(stage):
    networks, people, host = stage

    @settings(max_examples=LIVES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(shape=shapes, steps=steps)
    def lived(shape, steps):
        # A savepoint and no block: within a block of one's own, one viewer acts.
        before = transaction.savepoint()
        try:
            life = Lived(networks, people, host, shape)
            for what, *words in steps:
                getattr(life, what)(*words)
                life.check()
        finally:
            transaction.savepoint_rollback(before)

    lived()
