"""The page of notices: read, follow, mark, and say what one wants by mail."""

from __future__ import annotations

from hashlib import sha256

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from notices.forms.quiet import QuietForm, form_of
from notices.kinds import ICONS
from notices.models import Notice
from notices.queries.notices import notice_page
from notices.queries.push import browsers_of
from notices.queries.quiet import own_wish
from notices.services.reading import choose_notice_mail, choose_quiet, read_all_notices, read_notice
from notices.webpush import public_key
from tenancy.middleware import ViewerRequest


@require_safe
def notice_list(request: ViewerRequest) -> HttpResponse:
    """What I was told, newest first."""
    return _show(request)


def _show(request: ViewerRequest, typed: QuietForm | None = None, status: int = 200) -> HttpResponse:
    wish = own_wish(request.viewer)
    page = notice_page(request.viewer, request.GET.get("page", ""))
    browsers = list(browsers_of(request.viewer))
    context = {
        "section": "notices",
        "page": page,
        "rows": [(notice, ICONS.get(notice.kind.partition(".")[0], "notifications")) for notice in page.items],
        "wants_mail": wish.mail,
        "push_key": public_key(),
        "browsers": browsers,
        "known": " ".join(sha256(browser.endpoint.encode()).hexdigest() for browser in browsers),
        "quiet": typed or form_of(wish),
    }
    return render(request, "notices/list.html", context, status=status)


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


@require_POST
def notice_quiet(request: ViewerRequest) -> HttpResponse:
    """Keep the quiet hours."""
    form = QuietForm(request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    choose_quiet(request.viewer, **form.cleaned_data)
    messages.success(request, _("Ihre Ruhezeiten sind gespeichert."))
    return redirect("notices:list")
