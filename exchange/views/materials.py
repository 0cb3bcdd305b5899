"""Materials of a workshop: put there by its hosts, handed out to whoever may read them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exchange.forms.program import MaterialForm
from exchange.models import Material
from exchange.policies.program import may_edit_program
from exchange.queries.program import material_to_hand_out, materials_of
from exchange.services import materials as verbs
from exchange.views.workshops import SECTION, workshop_or_404
from tenancy.middleware import ViewerRequest
from toolkit.access import Conflict, require
from toolkit.uploads.serving import handed_out


@require_http_methods(["GET", "POST"])
def material_list(request: ViewerRequest, pk: int) -> HttpResponse:
    """The hosts' page of the materials, and the form to add one."""
    workshop = workshop_or_404(request, pk)
    require(may_edit_program(request.viewer, workshop))
    form = MaterialForm(request.POST or None, request.FILES or None, initial={"phase": Material.Phase.BEFORE})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        words = {name: data[name] for name in ("phase", "title", "seats_only")}
        try:
            if data["file"]:
                verbs.add_file(request.viewer, pk, data["file"], **words)
            else:
                verbs.add_link(request.viewer, pk, data["url"], **words)
        except Conflict as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, _("Dazugelegt."))
            return redirect("exchange:material-list", pk=pk)
    context = {**SECTION, "w": workshop, "form": form, "materials": materials_of(request.viewer, workshop)}
    return render(request, "exchange/materials.html", context, status=422 if request.method == "POST" else 200)


@require_POST
def material_remove(request: ViewerRequest, pk: int, number: int) -> HttpResponse:
    """Take it away."""
    workshop = workshop_or_404(request, pk)
    require(may_edit_program(request.viewer, workshop))
    if number not in {material.pk for material in materials_of(request.viewer, workshop)}:
        raise Http404
    verbs.remove_material(request.viewer, number)
    messages.success(request, _("Die Unterlage ist weggenommen."))
    return redirect("exchange:material-list", pk=pk)


@login_not_required
@require_safe
def material_file(request: ViewerRequest, pk: int, key: UUID) -> HttpResponseBase:
    """The file, to be saved, for whoever may read it; the rule is asked each time."""
    material = material_to_hand_out(request.viewer, pk, key)
    if material is None:
        raise Http404
    try:
        return handed_out(request, verbs.path_of(key), name=material.name, media_type=material.media_type, tag=key.hex)
    except FileNotFoundError as error:
        raise Http404 from error
