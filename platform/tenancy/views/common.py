"""What the views of networks and people share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from tenancy.lines import decode
from tenancy.middleware import ViewerRequest
from tenancy.models import Network
from tenancy.policies.networks import may_coordinate
from tenancy.queries.networks import network_by_slug
from toolkit.access import Conflict, require

View = Callable[..., HttpResponse]


def network_or_404(request: ViewerRequest, slug: str) -> Network:
    """The network of the address; 404 when there is none that the viewer may see."""
    return get_object_or_404(network_by_slug(request.viewer, slug))


def for_coordination(view: View) -> View:
    """Hand the view the network of the address; 404 when it is invisible, 403 with the reason for all others."""

    @wraps(view)
    def guarded(request: ViewerRequest, slug: str, **kwargs: Any) -> HttpResponse:
        network = network_or_404(request, slug)
        require(may_coordinate(request.viewer, network.pk))
        return view(request, network, **kwargs)

    return guarded


def status_of(*given: forms.Form) -> int:
    """422 when a form was refused, so that nobody takes the page for a success."""
    return 422 if any(form.is_bound and form.errors for form in given) else 200


def add_conflict(form: forms.Form, conflict: Conflict) -> None:
    """Show what does not fit at the field it belongs to, or above the form."""
    form.add_error(conflict.field if conflict.field in form.fields else None, str(conflict))


def text_of_list(form: forms.Form) -> str:
    """The pasted list, or the text of the uploaded one; raises ``TooMuch`` when the file is too large."""
    file = form.cleaned_data.get("file")
    return decode(file.read()) if file else str(form.cleaned_data["text"])


def page_links(request: HttpRequest, newer: str, older: str) -> dict[str, str]:
    """The addresses of the neighbouring pages, with the same search."""
    asked = {key: value for key, value in request.GET.items() if key != "seite" and value}

    def link(mark: str) -> str:
        return f"?{urlencode({**asked, 'seite': mark})}" if mark else ""

    return {"newer": link(newer), "older": link(older)}
