"""What waits for a person in their city or their Land, for the start page."""

from __future__ import annotations

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from exchange.models import FormatCity, WorkshopHost
from exchange.queries.experiences import drafts_of
from tenancy.models import Application
from tenancy.policies.networks import visible_networks
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
    """What a coordination has begun or was asked. Three queries for a coordination, none for others."""
    if not viewer.coordinates:
        return []
    mine = list(viewer.coordinates)
    tasks = [
        Task(
            _("Netzwerk {town} fertig einrichten").format(town=network.municipality.name),
            reverse("tenancy:network-setup-resume", kwargs={"slug": network.slug}),
            _("offen"),
            "warning",
            order=10,
        )
        for network in visible_networks(viewer)
        .filter(pk__in=mine, published_at=None)
        .select_related("municipality")[:3]
    ]
    asked = FormatCity.objects.filter(network_id__in=mine, state=FormatCity.State.INVITED).select_related("format")
    tasks += [
        Task(
            _("Einladung zu #{hashtag} beantworten").format(hashtag=row.format.hashtag),
            reverse("exchange:format-detail", kwargs={"slug": row.format.slug}),
            _("Einladung"),
            order=20,
        )
        for row in asked.order_by("invited_at")[:3]
    ]
    hosting = WorkshopHost.objects.filter(network_id__in=mine, state=WorkshopHost.State.INVITED)
    tasks += [
        Task(
            _("„{title}“ gemeinsam ausrichten?").format(title=row.workshop.title),
            reverse("exchange:workshop-detail", kwargs={"pk": row.workshop_id}),
            _("Einladung"),
            order=25,
        )
        for row in hosting.select_related("workshop").order_by("pk")[:3]
    ]
    return tasks


def moderation(viewer: Viewer) -> list[Task]:
    """Municipalities that wait for their association. One query for a moderator, none for others."""
    if not viewer.moderated_states:
        return []
    waiting = Application.objects.filter(
        state=Application.State.OPEN, municipality__state_id__in=viewer.moderated_states
    ).count()
    if not waiting:
        return []
    words = ngettext("Ein Antrag wartet auf Sie", "{n} Anträge warten auf Sie", waiting)
    return [Task(words.format(n=waiting), reverse("tenancy:application-list"), _("offen"), "warning", order=5)]
