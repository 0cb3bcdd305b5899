"""What the page of notices and the bell show."""

from __future__ import annotations

from notices.models import Notice, NoticeWish
from notices.policies.notices import visible_notices
from tenancy.viewer import Viewer
from toolkit.pagination import Page, page_by_key

PER_PAGE = 20


def notice_page(viewer: Viewer, mark: str = "") -> Page[Notice]:
    """The viewer's notices, newest first. One query."""
    return page_by_key(visible_notices(viewer), ("-created_at", "-id"), mark, size=PER_PAGE)


def unread_count(viewer: Viewer) -> int:
    """How many notices the viewer has not read. One query; none for a visitor."""
    if viewer.person_id is None:
        return 0
    return visible_notices(viewer).filter(read_at=None).count()


def wants_mail(viewer: Viewer) -> bool:
    """Whether the viewer wants mails about what need not be mailed; yes for who never said."""
    if viewer.person_id is None:
        return False
    return not NoticeWish.objects.filter(person_id=viewer.person_id, mail=False).exists()
