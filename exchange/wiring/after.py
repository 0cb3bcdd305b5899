"""What comes after a workshop on its page: minutes, what came out, and the tools of its hosts."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exchange.queries.workshops import WorkshopPage
from moderation.public import register_verbs
from tenancy.viewer import Viewer
from toolkit.panels import register_panel


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]  # set by middleware
    return viewer


def _minutes_panel(request: HttpRequest, page: WorkshopPage) -> str:
    """The minutes, for who reads them, from the beginning on. Two queries at most."""
    from exchange.queries.minutes import minutes_page

    if page.workshop.starts_at > timezone.now() or page.workshop.state == "draft":
        return ""
    found = minutes_page(_viewer(request), page.workshop)
    if found.minutes is None:
        return ""
    return render_to_string("exchange/minutes_panel.html", {"w": page.workshop, "found": found}, request)


def _outcome_panel(request: HttpRequest, page: WorkshopPage) -> str:
    """What came out, and for whom had a seat the way to tell of it. Two queries at most."""
    from exchange.policies.outcomes import may_tell_of_workshop
    from exchange.policies.workshops import is_host
    from exchange.queries.outcomes import outcomes_of_workshop

    viewer, workshop, now = _viewer(request), page.workshop, timezone.now()
    if workshop.starts_at > now or workshop.state in ("draft", "cancelled"):
        return ""
    context = {
        "w": workshop,
        "outcomes": outcomes_of_workshop(viewer, workshop.pk),
        "may_tell": may_tell_of_workshop(viewer, workshop, page.own, at=now) and not is_host(viewer, workshop),
    }
    if not (context["outcomes"] or context["may_tell"]):
        return ""
    return render_to_string("exchange/outcome_panel.html", context, request)


def _tools(request: HttpRequest, page: WorkshopPage) -> str:
    """What hosts do afterwards. No query."""
    from exchange.funding import programme_of
    from exchange.policies.minutes import may_begin_minutes
    from exchange.policies.outcomes import may_repeat_workshop, may_tell_of_workshop

    viewer, workshop = _viewer(request), page.workshop
    own = [network for network in page.hosts if network.pk in viewer.coordinates]
    context = {
        "w": workshop,
        "own": own,
        "may_minute": may_begin_minutes(viewer, workshop),
        "may_tell": may_tell_of_workshop(viewer, workshop, page.own, at=timezone.now()),
        "may_repeat": may_repeat_workshop(viewer, workshop) and workshop.ends_at <= timezone.now(),
        "programme": programme_of([network.municipality.state_id for network in page.hosts]),
    }
    return render_to_string("exchange/after_tools.html", context, request) if own else ""


def register() -> None:
    """Called once from ``AppConfig.ready``."""
    register_panel("workshop", _minutes_panel, order=70)
    register_panel("workshop", _outcome_panel, order=80)
    register_panel("workshop-after", _tools, order=60)
    register_verbs(
        {
            "workshop.minutes_begun": _("Protokoll einer Veranstaltung begonnen"),
            "workshop.minutes_steered": _("Freigabe oder Schreibrecht eines Protokolls geändert"),
        }
    )
