from __future__ import annotations

from django.urls import URLPattern

from exchange.routes import after, calendar, dates, days, experiences, program, questions, seats, workshops

app_name = "exchange"

urlpatterns: list[URLPattern] = [
    *experiences.urlpatterns,
    *after.urlpatterns,
    *workshops.urlpatterns,
    *seats.urlpatterns,
    *days.urlpatterns,
    *questions.urlpatterns,
    *calendar.urlpatterns,
    *dates.urlpatterns,
    *program.urlpatterns,
]
