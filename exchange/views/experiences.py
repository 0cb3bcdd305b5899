"""Pages of experiences: read, write, publish."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from exchange.forms.experiences import CommentForm, SteerForm
from exchange.models import Experience
from exchange.policies import experiences as rules
from exchange.queries import experiences as queries
from exchange.queries.ladder import ladder_for
from exchange.queries.outcomes import origin_of
from exchange.services import experiences as verbs
from tenancy.middleware import ViewerRequest
from toolkit.access import Conflict
from toolkit.text import clean_query

SECTION = {"section": "experiences"}


def visible_or_404(request: ViewerRequest, pk: int) -> Experience:
    """The experience if the viewer may see it; missing and forbidden look the same."""
    return get_object_or_404(rules.visible_experiences(request.viewer), pk=pk)


@login_not_required
@require_safe
def experience_list(request: ViewerRequest) -> HttpResponse:
    """Everything the viewer may read, newest first, narrowed by words and facets."""
    wanted = queries.filter_from(request.GET)
    mark = clean_query(request.GET.get("page", ""))
    found = queries.experience_list(request.viewer, wanted, mark)
    context = {
        **SECTION,
        "wanted": wanted,
        "found": found,
        "chosen": [(c.label, wanted.without(c.name, c.value).address()) for c in found.chosen],
        "older": wanted.address(page=found.page.next) if found.page.next else "",
        "newer": wanted.address(page=found.page.previous) if found.page.previous else "",
        "may_write": bool(request.viewer.seats),
    }
    return render(request, "exchange/experience_list.html", context)


def _detail(
    request: ViewerRequest,
    pk: int,
    *,
    comment_form: CommentForm | None = None,
    steer_form: SteerForm | None = None,
    status: int = 200,
) -> HttpResponse:
    viewer = request.viewer
    try:
        page = queries.reading_page(viewer, pk)
    except Experience.DoesNotExist as error:
        raise Http404 from error
    experience = page.experience
    may_change_audience = rules.may_change_audience(viewer, experience)
    context = {
        **SECTION,
        "page": page,
        "origin": origin_of(viewer, experience),
        "experience": experience,
        "state": experience.state,
        "comment_form": comment_form or CommentForm(),
        "steer_form": steer_form or SteerForm(initial={"rung": experience.rung}),
        "ladder": ladder_for(experience) if may_change_audience else [],
        "is_author": viewer.person_id == experience.author_id,
        "may_edit": rules.may_edit_experience(viewer, experience),
        "may_publish": rules.may_publish_experience(viewer, experience),
        "may_change_audience": may_change_audience,
        "may_recall": rules.may_recall_experience(viewer, experience),
        "may_delete": rules.may_delete_experience(viewer, experience),
        "may_comment": rules.may_comment(viewer, experience),
        "names_shown": rules.may_see_commenters(viewer),
        "may_mark_helpful": rules.may_mark_helpful(viewer, experience),
        "address": request.build_absolute_uri(request.path),
    }
    return render(request, "exchange/experience_detail.html", context, status=status)


@login_not_required
@require_safe
def experience_detail(request: ViewerRequest, pk: int) -> HttpResponse:
    """The reading page; to its author also the preview of a draft."""
    return _detail(request, pk)


def comment_refused(request: ViewerRequest, pk: int, form: CommentForm) -> HttpResponse:
    """The reading page again, with what was typed and what is wrong with it."""
    return _detail(request, pk, comment_form=form, status=422)


@require_safe
def experience_mine(request: ViewerRequest) -> HttpResponse:
    """The viewer's own, drafts first of all."""
    page = queries.own_page(request.viewer, clean_query(request.GET.get("page", "")))
    return render(
        request,
        "exchange/experience_mine.html",
        {
            **SECTION,
            "page": page,
            "older": f"?page={page.next}" if page.next else "",
            "newer": f"?page={page.previous}" if page.previous else "",
            "may_write": bool(request.viewer.seats),
        },
    )


@require_POST
def experience_publish(request: ViewerRequest, pk: int) -> HttpResponse:
    visible_or_404(request, pk)
    verbs.publish_experience(request.viewer, pk)
    messages.success(request, _("Veröffentlicht. Danke, dass Sie Ihre Erfahrung teilen."))
    return redirect("exchange:experience-detail", pk=pk)


def _steered(request: ViewerRequest, pk: int, act: Any, success: str) -> HttpResponse:
    """Do what the author or the coordination asks; a missing reason shows the page again."""
    visible_or_404(request, pk)
    form = SteerForm(request.POST)
    if not form.is_valid():
        return _detail(request, pk, steer_form=form, status=422)
    try:
        act(form.cleaned_data)
    except Conflict as error:
        form.add_error(error.field or None, str(error))
        return _detail(request, pk, steer_form=form, status=422)
    messages.success(request, success)
    still_there = rules.visible_experiences(request.viewer).filter(pk=pk).exists()
    if not still_there:
        return redirect("exchange:experience-list")
    return redirect("exchange:experience-detail", pk=pk)


@require_POST
def experience_audience(request: ViewerRequest, pk: int) -> HttpResponse:
    """Show a published one to another rung."""

    def act(data: dict[str, Any]) -> None:
        verbs.change_audience(request.viewer, pk, rung=data["rung"], reason=data["reason"])

    return _steered(request, pk, act, _("Die Sichtbarkeit ist geändert."))


@require_POST
def experience_recall(request: ViewerRequest, pk: int) -> HttpResponse:
    """Take a published one back from its readers."""

    def act(data: dict[str, Any]) -> None:
        verbs.recall_experience(request.viewer, pk, reason=data["reason"])

    return _steered(request, pk, act, _("Zurückgezogen. Nur die Autorin oder der Autor sieht sie noch."))


@require_POST
def experience_delete(request: ViewerRequest, pk: int) -> HttpResponse:
    visible_or_404(request, pk)
    verbs.delete_experience(request.viewer, pk)
    messages.success(request, _("Der Entwurf ist gelöscht."))
    return redirect("exchange:experience-mine")


@require_POST
def experience_helpful(request: ViewerRequest, pk: int) -> HttpResponse:
    """Say „Hilfreich“ with ``on=1``, take it back with ``on=0``."""
    visible_or_404(request, pk)
    verbs.set_helpful(request.viewer, pk, helpful=request.POST.get("on") == "1")
    return redirect(reverse("exchange:experience-detail", kwargs={"pk": pk}) + "#hilfreich")


@require_safe
def topic_suggest(request: ViewerRequest) -> JsonResponse:
    """Topics that begin like ``q``, for the field of the editor: ``[{value, label}]``."""
    names = queries.suggest_topics(request.viewer, request.GET.get("q", ""))
    return JsonResponse([{"value": name, "label": name} for name in names], safe=False)
