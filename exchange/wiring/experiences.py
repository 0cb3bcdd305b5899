"""What experiences hand to the floors below: panels for their pages, and what can be reported."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from moderation.public import Reportable, ReportedThing, register_reportable
from tenancy.viewer import Viewer
from toolkit.markdown import plain_text
from toolkit.panels import register_panel
from toolkit.tasks import Task, register_tasks


def _experience(viewer: Viewer, object_id: int) -> ReportedThing | None:
    from exchange.policies.experiences import published_experiences

    found = published_experiences(viewer).select_related("network__municipality").filter(pk=object_id).first()
    if found is None:
        return None
    return ReportedThing(
        kind="experience",
        object_id=found.pk,
        title=found.title,
        excerpt=plain_text(f"{found.summary}\n\n{found.what_we_did}", limit=2_000),
        author_id=found.author_id,
        network_id=found.network_id,
        state_code=found.network.municipality.state_id,
        url=reverse("exchange:experience-detail", kwargs={"pk": found.pk}),
    )


def _comment(viewer: Viewer, object_id: int) -> ReportedThing | None:
    from exchange.policies.experiences import visible_comments

    rows = visible_comments(viewer).filter(hidden_at=None, pk=object_id)
    found = rows.select_related("experience__network__municipality", "network__municipality").first()
    if found is None:
        return None
    network = found.network or found.experience.network
    return ReportedThing(
        kind="comment",
        object_id=found.pk,
        title=found.experience.title,
        excerpt=plain_text(found.body, limit=2_000),
        author_id=found.author_id,
        network_id=network.pk,
        state_code=network.municipality.state_id,
        url=reverse("exchange:experience-detail", kwargs={"pk": found.experience_id}) + f"#kommentar-{found.pk}",
    )


def _hide_experience(object_id: int, reason: str) -> None:
    from exchange.services.experiences import hide_experience

    hide_experience(object_id, reason=reason)


def _restore_experience(object_id: int) -> None:
    from exchange.services.experiences import restore_experience

    restore_experience(object_id)


def _hide_comment(object_id: int, reason: str) -> None:
    from exchange.services.comments import hide_comment

    hide_comment(object_id, reason=reason)


def _restore_comment(object_id: int) -> None:
    from exchange.services.comments import restore_comment

    restore_comment(object_id)


def _network_panel(request: HttpRequest, network: Any) -> str:
    """The newest experiences on a network's page."""
    from exchange.queries.experiences import experiences_of_network

    rows = experiences_of_network(request.viewer, network.pk, most=3)  # type: ignore[attr-defined]  # by middleware
    if not rows:
        return ""
    context = {"experiences": rows, "title": _("Erfahrungen"), "id": "erfahrungen", "more": f"?network={network.slug}"}
    return render_to_string("exchange/experience_panel.html", context, request)


def _person_panel(request: HttpRequest, person: Any) -> str:
    """The newest experiences that a person wrote, on the person's page."""
    from exchange.queries.experiences import experiences_by

    rows = experiences_by(request.viewer, person.pk, most=3)  # type: ignore[attr-defined]  # set by middleware
    if not rows:
        return ""
    context = {"experiences": rows, "title": _("Geschriebene Erfahrungen"), "id": "erfahrungen"}
    return render_to_string("exchange/experience_panel.html", context, request)


def _tasks(request: HttpRequest) -> list[Task]:
    """What waits in the exchange, in one's city, and in one's Land."""
    from exchange.queries import tasks

    viewer: Viewer = request.viewer  # type: ignore[attr-defined]  # set by middleware
    return [*tasks.moderation(viewer), *tasks.coordination(viewer), *tasks.own_drafts(viewer)]


def register() -> None:
    """Called once from ``AppConfig.ready``; models are not imported before that."""
    register_reportable(Reportable("experience", _experience, _hide_experience, _restore_experience, _("Erfahrung")))
    register_reportable(Reportable("comment", _comment, _hide_comment, _restore_comment, _("Kommentar")))
    register_tasks(_tasks)
    register_panel("network", _network_panel, order=20)
    register_panel("person", _person_panel, order=20)
