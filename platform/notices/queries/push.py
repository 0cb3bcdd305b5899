"""The browsers of a person that want to be told."""

from __future__ import annotations

from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from notices.models import PushSubscription
from tenancy.viewer import Viewer


def browsers_of(viewer: Viewer) -> QuerySet[PushSubscription]:
    """The viewer's own, as long as the viewer is signed in there."""
    lasting = Session.objects.filter(session_key=OuterRef("session"), expire_date__gt=timezone.now())
    return PushSubscription.objects.filter(Exists(lasting), person_id=viewer.person_id or 0).order_by("-id")
