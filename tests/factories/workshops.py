from __future__ import annotations

import datetime

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from exchange.models import (
    Edition,
    ExchangeFormat,
    FormatCity,
    Minutes,
    MinutesSection,
    MinutesVersion,
    PlaceNeed,
    Registration,
    Session,
    Workshop,
    WorkshopHost,
    WorkshopQuota,
)
from tests.factories.tenancy import NetworkFactory, PersonFactory


class FormatFactory(DjangoModelFactory):
    """A founded format for all networks; ``cities`` are those that own it, ``invited`` those that have not answered,
    ``asking`` those that want to join. ``founded_at=None`` is one that waits for its second city.
    """

    class Meta:
        model = ExchangeFormat
        skip_postgeneration_save = True

    hashtag = factory.Sequence(lambda n: f"Format{n}")
    slug = factory.LazyAttribute(lambda o: o.hashtag.lower())
    motto = "Zwei Städte, ein Tag"
    rung = "all"
    founded_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def cities(self, create, networks, **_kwargs):
        for network in networks or ():
            FormatCity.objects.create(format=self, network=network, state="accepted", answered_at=timezone.now())

    @factory.post_generation
    def invited(self, create, networks, **_kwargs):
        for network in networks or ():
            FormatCity.objects.create(format=self, network=network)

    @factory.post_generation
    def asking(self, create, networks, **_kwargs):
        for network in networks or ():
            FormatCity.objects.create(format=self, network=network, state="asked")


class EditionFactory(DjangoModelFactory):
    class Meta:
        model = Edition

    format = factory.SubFactory(FormatFactory)
    number = factory.Sequence(lambda n: n + 1)
    year = 2025
    state = "held"


class WorkshopFactory(DjangoModelFactory):
    """An open one in a week, for all networks; ``hosts`` accepted, ``asked`` have not answered.

    Who waits is seated at once (``offer_hours``): an offer is the interesting value of its own tests.
    """

    class Meta:
        model = Workshop
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"Musterworkshop {n}")
    starts_at = factory.LazyFunction(lambda: timezone.now().replace(microsecond=0) + datetime.timedelta(days=7))
    ends_at = factory.LazyAttribute(lambda o: o.starts_at + datetime.timedelta(hours=2))
    registration_ends_at = factory.LazyAttribute(lambda o: o.starts_at)
    seats = 10
    place = "Rathaus"
    rung = "all"
    state = "open"
    offer_hours = 0

    @factory.post_generation
    def hosts(self, create, networks, **_kwargs):
        for network in networks or ():
            WorkshopHost.objects.create(workshop=self, network=network, state="accepted", answered_at=timezone.now())

    @factory.post_generation
    def asked(self, create, networks, **_kwargs):
        for network in networks or ():
            WorkshopHost.objects.create(workshop=self, network=network)


class SessionFactory(DjangoModelFactory):
    """The first half hour of a workshop."""

    class Meta:
        model = Session

    workshop = factory.SubFactory(WorkshopFactory)
    title = factory.Sequence(lambda n: f"Musterpunkt {n}")
    starts_at = factory.SelfAttribute("workshop.starts_at")
    ends_at = factory.LazyAttribute(lambda o: o.starts_at + datetime.timedelta(minutes=30))


class RegistrationFactory(DjangoModelFactory):
    """A seat; set ``state="queued"`` for a place in the queue. ``needs`` is what the person needs."""

    class Meta:
        model = Registration
        skip_postgeneration_save = True

    workshop = factory.SubFactory(WorkshopFactory)
    person = factory.SubFactory(PersonFactory)
    network = factory.SubFactory(NetworkFactory)
    state = "seat"
    queued_at = factory.LazyAttribute(lambda o: timezone.now() if o.state == "queued" else None)

    @factory.post_generation
    def needs(self, create, text, **_kwargs):
        if text:
            PlaceNeed.objects.create(registration=self, text=text)


class QuotaFactory(DjangoModelFactory):
    """Seats of a workshop that are kept for one city."""

    class Meta:
        model = WorkshopQuota

    workshop = factory.SubFactory(WorkshopFactory)
    network = factory.SubFactory(NetworkFactory)
    seats = 2


class MinutesFactory(DjangoModelFactory):
    """Minutes that wait to be released."""

    class Meta:
        model = Minutes

    workshop = factory.SubFactory(WorkshopFactory)


class SectionFactory(DjangoModelFactory):
    """A section with its first version."""

    class Meta:
        model = MinutesSection
        skip_postgeneration_save = True

    minutes = factory.SubFactory(MinutesFactory)
    title = "Ein Wort"
    kind = "text"

    @factory.post_generation
    def written_by(self, create, person, **_kwargs):
        words = {name: getattr(self, name) for name in ("kind", "title", "body", "who", "until")}
        MinutesVersion.objects.create(section=self, minutes=self.minutes, version=1, written_by=person, **words)
