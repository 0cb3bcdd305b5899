"""When people may be reached without disturbing them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from notices.models import NoticeWish
from notices.quiet import NEVER, Quiet
from tenancy.viewer import Viewer
from toolkit.past_sight import rows_of


def quiet_hours_of(person_ids: Iterable[int]) -> dict[int, Quiet]:
    """The quiet hours of each; who never said anything has the usual ones. One query."""
    ids = sorted(set(person_ids))
    said = {
        person: Quiet(begins, ends, weekends) if quiet else NEVER
        for person, quiet, begins, ends, weekends in (rows_of("notices_quiet", ids) if ids else [])
    }
    return {person: said.get(person, Quiet()) for person in ids}


def loud_moments(person_ids: Iterable[int], now: datetime | None = None) -> dict[int, datetime]:
    """When the quiet hours of those who have them now are over; who may be reached at once is left out. One query."""
    at = now or timezone.now()
    return {person: quiet.over(at) for person, quiet in quiet_hours_of(person_ids).items() if quiet.holds(at)}


def own_wish(viewer: Viewer) -> NoticeWish:
    """What the viewer wishes, not stored where they never said anything. One query."""
    return NoticeWish.objects.filter(person_id=viewer.someone).first() or NoticeWish(person_id=viewer.someone)
