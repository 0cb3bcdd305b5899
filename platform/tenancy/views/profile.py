"""The own profile."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tenancy.forms.people import ProfileForm
from tenancy.middleware import ViewerRequest
from tenancy.queries.people import own_person
from tenancy.services.people import PROFILE_FIELDS, update_profile


@require_http_methods(["GET", "POST"])
def profile(request: ViewerRequest) -> HttpResponse:
    """What I say of myself, and who may read it."""
    person = get_object_or_404(own_person(request.viewer))
    initial = {name: getattr(person, name) for name in PROFILE_FIELDS}
    form = ProfileForm(
        request.POST or None, initial=initial | {"topics": ", ".join(topic.name for topic in person.topics.all())}
    )
    if form.is_bound and form.is_valid():
        data = dict(form.cleaned_data)
        topics = data.pop("topics")
        update_profile(request.viewer, person.pk, topics=topics, **data)
        with translation.override(data["language"]):
            messages.success(request, _("Ihr Profil ist gespeichert."))
        response = redirect("tenancy:profile")
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, data["language"], max_age=365 * 24 * 3600, samesite="Lax")
        return response
    context = {"section": "profile", "person": person, "form": form}
    return render(request, "tenancy/profile.html", context, status=422 if form.is_bound else 200)
