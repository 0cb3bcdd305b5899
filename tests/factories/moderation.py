from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from moderation.models import ModerationDecision, Report
from tests.factories.tenancy import AssociationFactory, PersonFactory, StateFactory


class ReportFactory(DjangoModelFactory):
    class Meta:
        model = Report

    kind = "leaflet"
    object_id = factory.Sequence(lambda n: n + 1)
    title = "Ein Beitrag"
    excerpt = "Die gemeldete Stelle"
    land = factory.SubFactory(StateFactory)
    reason = Report.Reason.INSULT


class DecisionFactory(DjangoModelFactory):
    class Meta:
        model = ModerationDecision

    kind = "leaflet"
    object_id = factory.Sequence(lambda n: n + 1)
    title = "Ein Beitrag"
    land = factory.SubFactory(StateFactory)
    action = ModerationDecision.Action.HIDE
    reason = "Verstößt gegen die Hausregeln."
    decided_by = factory.SubFactory(PersonFactory)
    association = factory.SubFactory(AssociationFactory)
