"""How long what is said is kept: the forms for a conversation and for a city."""

from __future__ import annotations

from django.contrib import messages as flash
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from chat.forms.conversations import KeepForm
from chat.models import Conversation
from chat.policies import may_keep
from chat.queries.conversations import conversation_details
from chat.queries.keeping import kept_in, rule_of_network
from chat.services.keeping import keep_for, set_keeping_rule
from tenancy.middleware import ViewerRequest
from tenancy.policies.networks import may_coordinate, visible_networks
from toolkit.access import Denied, require


@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: ViewerRequest, pk: int) -> HttpResponse:
    """After how long a conversation is emptied."""
    viewer = request.viewer
    try:
        conversation, details = conversation_details(viewer, pk)
    except Conversation.DoesNotExist as error:
        raise Http404 from error
    require(may_keep(viewer, conversation, 1))
    form = KeepForm(request.POST if request.method == "POST" else None, initial={"days": conversation.retention_days})
    if form.is_bound and form.is_valid():
        try:
            keep_for(viewer, pk, form.cleaned_data["days"])
            return redirect("chat:conversation", pk=pk)
        except Denied as error:
            form.add_error("days", str(error))
    context = {"section": "chat", "details": details, "form": form, "kept": kept_in(viewer, pk)}
    return render(request, "chat/keep.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: ViewerRequest, network_id: int) -> HttpResponse:
    """After how long everything is emptied that the people of a network are in."""
    viewer = request.viewer
    network = get_object_or_404(visible_networks(viewer), pk=network_id)
    require(may_coordinate(viewer, network.pk))
    form = KeepForm(request.POST if request.method == "POST" else None, initial={"days": rule_of_network(network.pk)})
    if form.is_bound and form.is_valid():
        changed = set_keeping_rule(viewer, network.pk, form.cleaned_data["days"])
        text = ngettext(
            "Gespeichert. Es steht jetzt in einer Unterhaltung.",
            "Gespeichert. Es steht jetzt in %(n)d Unterhaltungen.",
            changed,
        )
        flash.success(request, text % {"n": changed} if changed else _("Gespeichert."))
        return redirect("tenancy:network-detail", slug=network.slug)
    context = {"section": "networks", "network": network, "form": form}
    return render(request, "chat/keeping_rule.html", context, status=422 if form.is_bound else 200)
