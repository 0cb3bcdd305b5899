"""The directory of people, one person, and the people of a network for its coordination."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tenancy.forms.people import MembershipForm, PeopleSearchForm
from tenancy.middleware import ViewerRequest
from tenancy.models import Network
from tenancy.policies.people import may_change_membership, may_end_membership, may_see_contact, visible_memberships
from tenancy.queries.networks import offices_of, states_with_networks
from tenancy.queries.people import (
    members_for_coordination,
    own_task_areas,
    people_list,
    person_by_id,
    topics_like,
)
from tenancy.services.memberships import change_membership, end_membership
from tenancy.views.common import add_conflict, for_coordination, page_links, status_of
from toolkit.access import Conflict, require
from toolkit.panels import panels_for
from toolkit.text import UncleanText, clean_text


@require_safe
def people(request: ViewerRequest) -> HttpResponse:
    """Everybody of the programme, across all cities."""
    form = PeopleSearchForm(request.GET or None, states=states_with_networks(request.viewer))
    wanted = form.wanted() if form.is_bound else PeopleSearchForm({}).wanted()
    page = people_list(request.viewer, wanted, request.GET.get("seite", ""))
    return render(
        request,
        "tenancy/person_list.html",
        {
            "section": "people",
            "form": form,
            "wanted": wanted,
            "page": page,
            "own_areas": own_task_areas(request.viewer) if request.viewer.office_ids else [],
            **page_links(request, page.previous, page.next),
        },
    )


@require_safe
def person(request: ViewerRequest, pk: int) -> HttpResponse:
    """One person: what they do, what one can ask them, and how to reach them as far as they wish."""
    found = get_object_or_404(person_by_id(request.viewer, pk))
    return render(
        request,
        "tenancy/person_detail.html",
        {
            "section": "people",
            "person": found,
            "is_me": found.pk == request.viewer.person_id,
            "email": found.email if may_see_contact(request.viewer, found, "email") else "",
            "phone": found.phone if may_see_contact(request.viewer, found, "phone") else "",
            "panels": panels_for("person", request, found),
        },
    )


@require_safe
def topic_suggest(request: ViewerRequest) -> JsonResponse:
    """Topics that begin like what is being typed, for the field with chips."""
    try:
        text = clean_text(request.GET.get("q", ""))[:100]
    except UncleanText:
        text = ""
    found = topics_like(request.viewer, text)
    return JsonResponse([{"value": topic.name, "label": topic.name, "hint": ""} for topic in found], safe=False)


# --- the people of one network ----------------------------------------------------------------------------------


@require_safe
@for_coordination
def members(request: ViewerRequest, network: Network) -> HttpResponse:
    """Who is in the network, for its coordination."""
    context = {"section": "networks", "network": network, "members": members_for_coordination(network.pk)}
    return render(request, "tenancy/network_members.html", context)


@require_http_methods(["GET", "POST"])
def member_edit(request: ViewerRequest, pk: int) -> HttpResponse:
    """Give a membership another role or office."""
    membership = get_object_or_404(
        visible_memberships(request.viewer).select_related("person", "network", "office"), pk=pk
    )
    require(may_change_membership(request.viewer, membership))
    initial = {"role": membership.role, "office": str(membership.office_id or "")}
    form = MembershipForm(request.POST or None, initial=initial, offices=offices_of(membership.network))
    if form.is_bound and form.is_valid():
        try:
            change_membership(request.viewer, membership.pk, role=form.cleaned_data["role"], office_id=form.office_id)
            messages.success(request, _("Gespeichert. Die Änderung gilt sofort."))
            return redirect("tenancy:member-list", slug=membership.network.slug)
        except Conflict as conflict:
            add_conflict(form, conflict)
    context = {"section": "networks", "network": membership.network, "membership": membership, "form": form}
    return render(request, "tenancy/network_member.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
def member_end(request: ViewerRequest, pk: int) -> HttpResponse:
    """Let a person go, or leave oneself; asks once more before it does."""
    membership = get_object_or_404(
        visible_memberships(request.viewer).select_related("person", "network__role_term", "office"), pk=pk
    )
    require(may_end_membership(request.viewer, membership))
    myself = membership.person_id == request.viewer.person_id
    problem = ""
    if request.method == "POST":
        try:
            end_membership(request.viewer, membership.pk)
        except Conflict as conflict:
            problem = str(conflict)
        else:
            if myself:
                messages.success(request, _("Sie haben das Netzwerk verlassen."))
                return redirect("tenancy:profile")
            messages.success(request, _("Die Mitgliedschaft ist beendet."))
            return redirect("tenancy:member-list", slug=membership.network.slug)
    context = {
        "section": "networks",
        "network": membership.network,
        "membership": membership,
        "myself": myself,
        "problem": problem,
    }
    return render(request, "tenancy/network_member_end.html", context, status=422 if problem else 200)
