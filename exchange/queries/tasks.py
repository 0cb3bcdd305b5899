"""What waits for a person in their city or their Land, for the start page."""

from __future__ import annotations

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from exchange.queries.experiences import drafts_of
from tenancy.policies.networks import visible_networks
from tenancy.queries.applications import open_count
from tenancy.viewer import Viewer
from toolkit.tasks import Task


def own_drafts(viewer: Viewer) -> list[Task]:
    """Drafts to go on with. One query."""
    return [
        Task(
            title=format_lazy(gettext_lazy("„{title}“ fertigschreiben"), title=draft.title or _("Ohne Titel")),
            url=reverse("exchange:experience-edit", kwargs={"pk": draft.pk}),
            state=_("Entwurf"),
            order=60,
        )
        for draft in drafts_of(viewer, most=3)
        if draft.hidden_at is None and draft.state == draft.State.DRAFT
    ]


def coordination(viewer: Viewer) -> list[Task]:
    """What a coordination has begun. One query for a coordination, none for others."""
    if not viewer.coordinates:
        return []
    return [
        Task(
            _("Netzwerk {town} fertig einrichten").format(town=network.municipality.name),
            reverse("tenancy:network-setup-resume", kwargs={"slug": network.slug}),
            _("offen"),
            "warning",
            order=10,
        )
        for network in visible_networks(viewer)
        .filter(pk__in=list(viewer.coordinates), published_at=None)
        .select_related("municipality")[:3]
    ]


def moderation(viewer: Viewer) -> list[Task]:
    """Municipalities that wait for their association. One query for a moderator, none for others."""
    waiting = open_count(viewer)
    if not waiting:
        return []
    words = ngettext("Ein Antrag wartet auf Sie", "{n} Anträge warten auf Sie", waiting)
    return [Task(words.format(n=waiting), reverse("tenancy:application-list"), _("offen"), "warning", order=5)]
