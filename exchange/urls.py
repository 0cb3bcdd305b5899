from __future__ import annotations

from django.urls import URLPattern

from exchange.routes import calendar, days, experiences, workshops

app_name = "exchange"

urlpatterns: list[URLPattern] = [
    *experiences.urlpatterns,
    *workshops.urlpatterns,
    *days.urlpatterns,
    *calendar.urlpatterns,
]
