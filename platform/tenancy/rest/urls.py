from __future__ import annotations

from django.urls import URLPattern

from tenancy.rest import municipalities, networks, people

urlpatterns: list[URLPattern] = [*networks.routes, *people.routes, *municipalities.routes]
