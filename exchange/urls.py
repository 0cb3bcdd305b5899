from __future__ import annotations

from django.urls import URLPattern

from exchange.routes import calendar, experiences, workshops

app_name = "exchange"

urlpatterns: list[URLPattern] = [*experiences.urlpatterns, *workshops.urlpatterns, *calendar.urlpatterns]
