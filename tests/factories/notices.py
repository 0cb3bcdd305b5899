from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from notices.models import Notice
from tests.factories.tenancy import PersonFactory


class NoticeFactory(DjangoModelFactory):
    class Meta:
        model = Notice

    person = factory.SubFactory(PersonFactory)
    kind = "comment"
    text = "Tim Beispiel hat Ihre Erfahrung kommentiert."
