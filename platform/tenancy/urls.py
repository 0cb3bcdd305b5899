from __future__ import annotations

from django.urls import URLPattern

from tenancy.routes import network, registry

app_name = "tenancy"

urlpatterns: list[URLPattern] = [*registry.urlpatterns, *network.urlpatterns]
