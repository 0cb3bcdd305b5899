from __future__ import annotations

from django.urls import URLPattern, path

from tenancy.views import applications, apply, municipalities, sources

urlpatterns: list[URLPattern] = [
    path("kommunen/vorschlaege/", municipalities.municipality_suggest, name="municipality-suggest"),
    path("mitmachen/", apply.apply, name="apply"),
    path("mitmachen/gesendet/", apply.sent, name="apply-sent"),
    path("mitmachen/bestaetigen/<str:token>/", apply.confirm, name="apply-confirm"),
    path("mitmachen/antraege/", applications.application_list, name="application-list"),
    path("mitmachen/antraege/<int:pk>/", applications.application_detail, name="application-detail"),
    path("mitmachen/antraege/<int:pk>/entscheiden/", applications.application_decide, name="application-decide"),
    path("quellen/", sources.sources, name="sources"),
]
