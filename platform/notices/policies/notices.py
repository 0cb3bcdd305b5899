"""Who may see which notices: everybody their own, and nobody another's."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from notices.models import Notice
from tenancy.viewer import Viewer
from toolkit.access import ALLOW, Decision, deny


def visible_notices(viewer: Viewer) -> QuerySet[Notice]:
    """The notices of the viewer; none for a visitor."""
    if viewer.person_id is None:
        return Notice.objects.none()
    return Notice.objects.filter(person_id=viewer.person_id)


def may_have_notices(viewer: Viewer) -> Decision:
    """Whether there is a list of notices to speak of: for everybody with a login."""
    return ALLOW if viewer.signed_in else deny(_("Melden Sie sich an, dann sehen Sie Ihre Mitteilungen."))
