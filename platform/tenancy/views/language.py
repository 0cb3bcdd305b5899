"""The switch of the language in the footer."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseBase
from django.views.i18n import set_language

from tenancy.middleware import ViewerRequest
from tenancy.services.people import choose_language


@login_not_required
def choose(request: ViewerRequest) -> HttpResponseBase:
    """Django's own switch; who is signed in is also written to in that language from then on."""
    language = request.POST.get("language")
    person_id = request.viewer.person_id
    if person_id is not None and language in dict(settings.LANGUAGES):
        choose_language(request.viewer, person_id, str(language))
    return set_language(request)
