from __future__ import annotations

from django.urls import URLPattern, path

from tenancy.views import municipalities

urlpatterns: list[URLPattern] = [
    path("kommunen/vorschlaege/", municipalities.municipality_suggest, name="municipality-suggest"),
]
