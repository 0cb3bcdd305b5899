"""The start page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tenancy.middleware import ViewerRequest


@login_not_required
@require_safe
def home(request: ViewerRequest) -> HttpResponse:
    return render(request, "exchange/home.html", {"section": "home"})
