"""Whose data and work the product shows."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tenancy.middleware import ViewerRequest
from tenancy.queries.municipalities import register_date


@login_not_required
@require_safe
def sources(request: ViewerRequest) -> HttpResponse:
    """Sources and licences, with the date of the register that is loaded."""
    return render(request, "tenancy/sources.html", {"register_date": register_date()})
