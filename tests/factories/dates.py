from __future__ import annotations

import datetime

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from exchange.models import CouncilDay, DatePoll, PollCity, PollOption, PollPerson, PollVote
from tests.factories.tenancy import NetworkFactory, PersonFactory


class PollFactory(DjangoModelFactory):
    """A running one without an end; ``owners`` own it, ``everyone`` are networks, ``people`` persons who are asked."""

    class Meta:
        model = DatePoll
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"Mustertreffen {n}")
    state = "open"

    @factory.post_generation
    def owners(self, create, networks, **_kwargs):
        for network in networks or ():
            PollCity.objects.create(poll=self, network=network, owns=True)

    @factory.post_generation
    def everyone(self, create, networks, **_kwargs):
        for network in networks or ():
            PollCity.objects.update_or_create(poll=self, network=network, defaults={"asked_at": timezone.now()})

    @factory.post_generation
    def people(self, create, persons, **_kwargs):
        for person in persons or ():
            PollPerson.objects.create(poll=self, person=person)


class PollOptionFactory(DjangoModelFactory):
    """A morning, each a day later than the one before, beginning in a month."""

    class Meta:
        model = PollOption

    poll = factory.SubFactory(PollFactory)
    day = factory.Sequence(lambda n: timezone.localdate() + datetime.timedelta(days=30 + n % 300))
    begins = datetime.time(10)
    ends = datetime.time(12)
    mode = "online"


class PollVoteFactory(DjangoModelFactory):
    class Meta:
        model = PollVote

    option = factory.SubFactory(PollOptionFactory)
    poll = factory.SelfAttribute("option.poll")
    person = factory.SubFactory(PersonFactory)
    answer = "yes"


class CouncilDayFactory(DjangoModelFactory):
    class Meta:
        model = CouncilDay

    network = factory.SubFactory(NetworkFactory)
    day = factory.Sequence(lambda n: timezone.localdate() + datetime.timedelta(days=10 + n))
    text = "Gemeinderat"
