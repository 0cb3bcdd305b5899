"""Mark notices as read, and keep the wish about mails."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time

from django.utils import timezone

from notices.models import Notice, NoticeWish
from notices.policies.notices import may_have_notices, visible_notices
from tenancy.viewer import Viewer
from toolkit.access import Denied, require
from toolkit.acting import verb


@verb
def read_notice(viewer: Viewer, notice_id: int) -> Notice:
    """Mark one of the viewer's notices as read and return it; reading twice keeps the first moment.

    Raises ``Notice.DoesNotExist`` for a notice of somebody else.
    """
    notice = visible_notices(viewer).select_for_update().get(pk=notice_id)
    if notice.read_at is None:
        notice.read_at = timezone.now()
        notice.save(update_fields=["read_at"])
    return notice


@verb
def read_all_notices(viewer: Viewer) -> int:
    """Mark everything the viewer has as read; returns how many were unread."""
    require(may_have_notices(viewer))
    return visible_notices(viewer).filter(read_at=None).update(read_at=timezone.now())


@verb
def choose_notice_mail(viewer: Viewer, *, mail: bool) -> None:
    """Keep whether the viewer wants mails about what need not be mailed."""
    if viewer.person_id is None:
        raise Denied(may_have_notices(viewer))
    NoticeWish.objects.update_or_create(person_id=viewer.person_id, defaults={"mail": mail})


@verb
def choose_quiet(viewer: Viewer, *, quiet: bool, quiet_from: time, quiet_to: time, quiet_weekends: bool) -> None:
    """Keep when the viewer wants quiet: mails that can wait, wait until then; nothing is lost."""
    if viewer.person_id is None:
        raise Denied(may_have_notices(viewer))
    hours = {"quiet": quiet, "quiet_from": quiet_from, "quiet_to": quiet_to, "quiet_weekends": quiet_weekends}
    NoticeWish.objects.update_or_create(person_id=viewer.person_id, defaults=hours)


@verb
def read_by_keys(viewer: Viewer, keys: Iterable[str]) -> int:
    """Mark the viewer's notices with these keys as read, seen elsewhere as they were. How many were unread."""
    wanted = list(keys)
    if not wanted:
        return 0
    return visible_notices(viewer).filter(key__in=wanted, read_at=None).update(read_at=timezone.now())
