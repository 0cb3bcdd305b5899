"""The start page: what is new, what comes, what waits; for visitors, what this is."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from chat.public import latest_conversations
from exchange.queries import home as queries
from exchange.queries.experiences import popular_topics
from tenancy.middleware import ViewerRequest
from toolkit.context import frame_value
from toolkit.tasks import tasks_for

#: Coming back within this time is the same visit, so that what was new does not vanish on a reload.
ONE_VISIT = timedelta(minutes=30)
FIRST_VISIT = timedelta(days=7)


def _last_visit(request: ViewerRequest, now: datetime) -> datetime:
    """When the person was here before this visit; kept in the session alone and shown to nobody else."""
    seen = parse_datetime(request.session.get("home_seen", "")) or now - FIRST_VISIT
    since = parse_datetime(request.session.get("home_since", "")) or now - FIRST_VISIT
    if now - seen > ONE_VISIT:
        since = seen
        request.session["home_since"] = since.isoformat()
        request.session["home_seen"] = now.isoformat()
    return since


def _greeting(now: datetime) -> str:
    hour = timezone.localtime(now).hour
    if 4 <= hour < 11:
        return _("Guten Morgen")
    return _("Guten Tag") if 11 <= hour < 18 else _("Guten Abend")


def _since(since: datetime, now: datetime) -> str:
    day, today = timezone.localtime(since).date(), timezone.localtime(now).date()
    if day == today:
        return _("Seit Ihrem letzten Besuch gibt es")
    if day == today - timedelta(days=1):
        return _("Seit gestern gibt es")
    if day > today - timedelta(days=7):
        return _("Seit {weekday} gibt es").format(weekday=date_format(day, "l"))
    return _("Seit dem {day} gibt es").format(day=date_format(day, "j. F"))


@login_not_required
@require_safe
def home(request: ViewerRequest) -> HttpResponse:
    """The start page of a person, or the landing page of a visitor."""
    now = timezone.now()
    viewer = request.viewer
    if not viewer.signed_in:
        context = {
            "section": "home",
            "stage": queries.stage(viewer, since=now, now=now),
            "newest": queries.newest(viewer),
            "coming": queries.coming(viewer, now=now),
            "topics": popular_topics(viewer, most=4),
        }
        return render(request, "exchange/home_visitor.html", context)
    since = _last_visit(request, now)
    stage = queries.stage(viewer, since=since, now=now)
    unread: int = frame_value(request, "chat_count") or 0
    tasks = tasks_for(request)
    news = []
    if stage.new_experiences:
        words = ngettext("eine neue Erfahrung", "{n} neue Erfahrungen", stage.new_experiences)
        news.append((words.format(n=stage.new_experiences), reverse("exchange:experience-list")))
    if unread:
        words = ngettext("eine ungelesene Unterhaltung", "{n} ungelesene Unterhaltungen", unread)
        news.append((words.format(n=unread), reverse("chat:list")))
    if tasks:
        words = ngettext("eine Aufgabe für Sie", "{n} Aufgaben für Sie", len(tasks))
        news.append((words.format(n=len(tasks)), "#aufgaben"))
    context = {
        "section": "home",
        "now": now,
        "greeting": _greeting(now),
        "given_name": getattr(request.user, "given_name", ""),
        "since": _since(since, now),
        "news": news,
        "stage": stage,
        "topics": popular_topics(viewer, most=4),
        "coming": queries.coming(viewer, now=now),
        "newest": queries.newest(viewer),
        "conversations": latest_conversations(viewer, 4),
        "tasks": tasks,
    }
    return render(request, "exchange/home.html", context)
