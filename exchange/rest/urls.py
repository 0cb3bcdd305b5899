from __future__ import annotations

from django.urls import URLPattern

from exchange.rest import experiences, workshops

urlpatterns: list[URLPattern] = [*experiences.routes, *workshops.routes]
