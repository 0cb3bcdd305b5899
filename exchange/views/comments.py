"""Comments under experiences."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from exchange.forms.experiences import CommentForm
from exchange.models import Comment
from exchange.policies.experiences import may_comment, may_edit_comment, visible_comments
from exchange.services.comments import edit_comment, withdraw_comment, write_comment
from exchange.views.experiences import SECTION, comment_refused, visible_or_404
from tenancy.middleware import ViewerRequest
from toolkit.access import Denied, require


def _page(comment: Comment, anchor: str = "") -> str:
    url = reverse("exchange:experience-detail", kwargs={"pk": comment.experience_id})
    return f"{url}#{anchor or f'kommentar-{comment.pk}'}"


@require_POST
def comment_write(request: ViewerRequest, pk: int) -> HttpResponse:
    """Write a comment under the experience ``pk``."""
    require(may_comment(request.viewer, visible_or_404(request, pk)))
    form = CommentForm(request.POST)
    if not form.is_valid():
        return comment_refused(request, pk, form)
    try:
        comment = write_comment(request.viewer, pk, body=form.cleaned_data["body"])
    except Denied as refused:
        # Whom one speaks for is only known with the words; they are not lost over it.
        form.add_error("body", str(refused))
        return comment_refused(request, pk, form)
    messages.success(request, _("Ihr Kommentar steht jetzt da. Danke!"))
    return redirect(_page(comment))


@require_http_methods(["GET", "POST"])
def comment_edit(request: ViewerRequest, pk: int) -> HttpResponse:
    """Change one's own comment."""
    comment = get_object_or_404(visible_comments(request.viewer).select_related("experience"), pk=pk)
    require(may_edit_comment(request.viewer, comment))
    form = CommentForm(request.POST or None, initial={"body": comment.body})
    if request.method == "POST" and form.is_valid():
        edit_comment(request.viewer, pk, body=form.cleaned_data["body"])
        messages.success(request, _("Ihr Kommentar ist geändert."))
        return redirect(_page(comment))
    status = 422 if request.method == "POST" else 200
    context = {**SECTION, "comment": comment, "form": form}
    return render(request, "exchange/comment_edit.html", context, status=status)


@require_POST
def comment_withdraw(request: ViewerRequest, pk: int) -> HttpResponse:
    """Take one's own comment back."""
    comment = get_object_or_404(visible_comments(request.viewer), pk=pk)
    withdraw_comment(request.viewer, pk)
    messages.success(request, _("Ihr Kommentar ist zurückgezogen."))
    return redirect(_page(comment, "kommentare"))
