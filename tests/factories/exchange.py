from __future__ import annotations

import datetime

import factory
from factory.django import DjangoModelFactory

from exchange.models import Comment, Experience
from tests.factories.tenancy import NetworkFactory, PersonFactory


class ExperienceFactory(DjangoModelFactory):
    """A published one for all networks; ``topics`` takes names."""

    class Meta:
        model = Experience
        skip_postgeneration_save = True

    network = factory.SubFactory(NetworkFactory)
    author = factory.SubFactory(PersonFactory)
    state = Experience.State.PUBLISHED
    rung = "all"
    title = factory.Sequence(lambda n: f"Musterkarte {n}")
    summary = "Kurz gesagt."
    what_we_did = "Erst dies, dann das."
    published_at = factory.Sequence(
        lambda n: datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(minutes=n)
    )

    @factory.post_generation
    def topics(self, create, names, **_kwargs):
        if names:
            self.topics.set(names)


class DraftFactory(ExperienceFactory):
    """A draft; its author alone sees it."""

    state = Experience.State.DRAFT
    rung = "network"
    published_at = None


class CommentFactory(DjangoModelFactory):
    class Meta:
        model = Comment

    experience = factory.SubFactory(ExperienceFactory)
    author = factory.SubFactory(PersonFactory)
    network = factory.SelfAttribute("experience.network")
    body = "Danke dafür."
