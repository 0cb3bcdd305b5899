"""The page of notices: read, follow, mark, and say what one wants by mail."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from notices.kinds import ICONS
from notices.models import Notice
from notices.queries.notices import notice_page, wants_mail
from notices.services.reading import choose_notice_mail, read_all_notices, read_notice
from tenancy.middleware import ViewerRequest


@require_safe
def notice_list(request: ViewerRequest) -> HttpResponse:
    """What I was told, newest first."""
    page = notice_page(request.viewer, request.GET.get("page", ""))
    return render(
        request,
        "notices/list.html",
        {
            "section": "notices",
            "page": page,
            "rows": [(notice, ICONS.get(notice.kind.partition(".")[0], "notifications")) for notice in page.items],
            "wants_mail": wants_mail(request.viewer),
        },
    )


@require_POST
def notice_follow(request: ViewerRequest, pk: int) -> HttpResponse:
    """Mark it as read and go where it leads; without an address, back to the list."""
    try:
        notice = read_notice(request.viewer, pk)
    except Notice.DoesNotExist as error:
        raise Http404 from error
    # Our own rooms write these addresses; a foreign one would still be an open redirect, so none passes.
    if notice.url and url_has_allowed_host_and_scheme(notice.url, allowed_hosts=None):
        return redirect(notice.url)
    return redirect("notices:list")


@require_POST
def notice_read_all(request: ViewerRequest) -> HttpResponse:
    """Mark everything as read."""
    if read_all_notices(request.viewer):
        messages.success(request, _("Alle Mitteilungen sind als gelesen markiert."))
    return redirect("notices:list")


@require_POST
def notice_wish(request: ViewerRequest) -> HttpResponse:
    """Switch mails about notices on or off."""
    mail = request.POST.get("mail") == "on"
    choose_notice_mail(request.viewer, mail=mail)
    if mail:
        messages.success(request, _("Sie bekommen Mitteilungen jetzt auch per Mail."))
    else:
        messages.success(request, _("Sie bekommen nur noch Einladungen, Erwähnungen und Entscheidungen per Mail."))
    return redirect("notices:list")
