"""Inviting by link, by address, by list; and the page on which one accepts."""

from __future__ import annotations

from allauth.account.utils import perform_login
from allauth.core.ratelimit import consume_or_429
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from tenancy.forms.people import ConfirmAddressForm, InviteLinkForm, InviteListForm, InviteMailForm, NewcomerForm
from tenancy.lines import TooMuch
from tenancy.middleware import ViewerRequest
from tenancy.models import Invitation, Membership, Network
from tenancy.policies.networks import visible_invitations
from tenancy.queries.networks import offices_of
from tenancy.queries.people import open_invitations
from tenancy.services import invitations as verbs
from tenancy.services.invite_list import invite_list
from tenancy.views.common import add_conflict, for_coordination, status_of, text_of_list
from toolkit.access import Conflict
from toolkit.acting import holding

_FRESH_LINK = "fresh_invitation_link"


@require_http_methods(["GET", "POST"])
@for_coordination
def invitations(request: ViewerRequest, network: Network) -> HttpResponse:
    """Three ways to invite, and what is still open."""
    what = request.POST.get("what", "")
    offices = offices_of(network)
    link = InviteLinkForm(request.POST if what == "link" else None, offices=offices, prefix="link")
    mail = InviteMailForm(request.POST if what == "mail" else None, offices=offices, prefix="mail")
    many = InviteListForm(
        request.POST if what == "many" else None, request.FILES or None, offices=offices, prefix="many"
    )
    report = None
    try:
        if link.is_bound and link.is_valid():
            data = link.cleaned_data
            issued = verbs.invite_by_link(
                request.viewer,
                network.pk,
                role=data["role"],
                office_id=link.office_id,
                uses=data["uses"],
                days=data["days"],
            )
            # Shown once on the next page: only now we know the token, later we have no more than its hash.
            request.session[_FRESH_LINK] = issued.url
            return redirect("tenancy:invitation-list", slug=network.slug)
        if mail.is_bound and mail.is_valid():
            data = mail.cleaned_data
            verbs.invite_by_mail(
                request.viewer,
                network.pk,
                email=data["email"],
                role=data["role"],
                office_id=mail.office_id,
                given_name=data["given_name"],
                family_name=data["family_name"],
            )
            messages.success(request, _("Die Einladung an %(email)s ist unterwegs.") % {"email": data["email"]})
            return redirect("tenancy:invitation-list", slug=network.slug)
    except Conflict as conflict:
        add_conflict(link if what == "link" else mail, conflict)
    if many.is_bound and many.is_valid():
        try:
            report = invite_list(
                request.viewer,
                network.pk,
                text_of_list(many),
                role=many.cleaned_data["role"],
                office_id=many.office_id,
            )
        except TooMuch as error:
            many.add_error("text", str(error))
    return render(
        request,
        "tenancy/invite_list.html",
        {
            "section": "networks",
            "network": network,
            "link": link,
            "mail": mail,
            "many": many,
            "what": what,
            "report": report,
            "taken": sum(line.taken for line in report or ()),
            "open_invitations": [(row, _role(row)) for row in open_invitations(request.viewer, network.pk)],
            "fresh_link": request.session.pop(_FRESH_LINK, ""),
            "now": timezone.now(),
        },
        status=status_of(link, mail, many),
    )


def _role(invitation: Invitation) -> str:
    return str(Membership.Role(invitation.role).label)


@require_POST
def invitation_withdraw(request: ViewerRequest, pk: int) -> HttpResponse:
    """Take an invitation back."""
    row = get_object_or_404(visible_invitations(request.viewer).select_related("network"), pk=pk)
    verbs.withdraw_invitation(request.viewer, row.pk)
    messages.success(request, _("Die Einladung ist zurückgezogen. Ihr Link gilt nicht mehr."))
    return redirect("tenancy:invitation-list", slug=row.network.slug)


@require_POST
def invitation_renew(request: ViewerRequest, pk: int) -> HttpResponse:
    """Send an invitation again, or make a new link."""
    row = get_object_or_404(visible_invitations(request.viewer).select_related("network"), pk=pk)
    try:
        issued = verbs.renew_invitation(request.viewer, row.pk)
    except Conflict as conflict:
        messages.error(request, str(conflict))
    else:
        if row.email:
            messages.success(request, _("Die Einladung an %(email)s ist noch einmal unterwegs.") % {"email": row.email})
        else:
            request.session[_FRESH_LINK] = issued.url
    return redirect("tenancy:invitation-list", slug=row.network.slug)


# --- the invited ------------------------------------------------------------------------------------------------


@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def accept(request: ViewerRequest, token: str) -> HttpResponse:
    """Who invites to what, and a way in: sign in, make a login, or prove an address first."""
    with holding(verbs.hash_of(token)):
        return _accept(request, token)


def _accept(request: ViewerRequest, token: str) -> HttpResponse:
    try:
        invitation = verbs.invitation_by_token(token, at=timezone.now())
    except verbs.Unusable as refusal:
        return _unusable(request, refusal)
    try:
        if request.viewer.signed_in:
            return _accept_signed_in(request, invitation, token)
        if not invitation.email:
            return _prove_address(request, invitation, token)
        if verbs.has_login(invitation.email):
            return _page(request, invitation, "login")
        return _newcomer(request, invitation, token)
    except verbs.Unusable as refusal:
        return _unusable(request, refusal)


def _page(request: ViewerRequest, invitation: Invitation, way: str, **more: object) -> HttpResponse:
    form = more.get("form")
    context = {"invitation": invitation, "network": invitation.network, "role": _role(invitation), "way": way, **more}
    status = (
        status_of(form) if isinstance(form, NewcomerForm | ConfirmAddressForm) else 409 if more.get("problem") else 200
    )
    return _private(render(request, "tenancy/invite_accept.html", context, status=status))


def _private(response: HttpResponse) -> HttpResponse:
    """The address of this page is a key: it goes into no cache and no search engine.

    No other site learns it either, by the policy that holds everywhere (same-origin). A stricter one would make the
    browser send its forms without an origin, which Django rightly refuses.
    """
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _unusable(request: HttpRequest, refusal: verbs.Unusable) -> HttpResponse:
    return _private(render(request, "tenancy/invite_unusable.html", {"reason": str(refusal)}, status=410))


def _accept_signed_in(request: ViewerRequest, invitation: Invitation, token: str) -> HttpResponse:
    problem = ""
    if request.method == "POST":
        try:
            membership = verbs.accept_as_member(request.viewer, token, at=timezone.now())
        except Conflict as conflict:
            problem = str(conflict)
        else:
            return _welcome(request, membership)
    return _page(request, invitation, "accept", problem=problem, account=request.user)


def _prove_address(request: ViewerRequest, invitation: Invitation, token: str) -> HttpResponse:
    form = ConfirmAddressForm(request.POST or None)
    if form.is_bound and form.is_valid():
        limited = consume_or_429(request, action="confirm_email", key=form.cleaned_data["email"].lower())
        if limited is not None:
            return limited
        try:
            verbs.ask_for_confirmation(token, email=form.cleaned_data["email"], at=timezone.now())
        except verbs.Unusable:
            raise
        except Conflict as conflict:
            form.add_error(None, str(conflict))
        else:
            return _page(request, invitation, "sent", email=form.cleaned_data["email"])
    return _page(request, invitation, "prove", form=form)


def _newcomer(request: ViewerRequest, invitation: Invitation, token: str) -> HttpResponse:
    initial = {"given_name": invitation.given_name, "family_name": invitation.family_name}
    form = NewcomerForm(request.POST or None, initial=initial, email=invitation.email)
    if form.is_bound and form.is_valid():
        try:
            membership = verbs.accept_as_newcomer(token, at=timezone.now(), **form.cleaned_data)
        except verbs.Unusable:
            raise
        except Conflict as conflict:
            form.add_error(None, str(conflict))
        else:
            perform_login(request, membership.person)
            return _welcome(request, membership)
    return _page(request, invitation, "newcomer", form=form)


def _welcome(request: HttpRequest, membership: Membership) -> HttpResponse:
    network = membership.network
    messages.success(request, _("Willkommen im Netzwerk %(network)s!") % {"network": network.name})
    if membership.role == Membership.Role.COORDINATOR and network.published_at is None:
        return redirect("tenancy:network-setup-resume", slug=network.slug)
    return redirect("tenancy:network-detail", slug=network.slug)
