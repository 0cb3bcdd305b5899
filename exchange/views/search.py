"""The search over everything."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from tenancy.middleware import ViewerRequest


@login_not_required
@require_safe
def search(request: ViewerRequest) -> HttpResponse:
    return redirect(reverse("exchange:experience-list") + "?" + request.META.get("QUERY_STRING", ""))
