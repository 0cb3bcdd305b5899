"""Addresses of date polls and session days."""

from __future__ import annotations

from django.urls import URLPattern, path

from exchange.views import council_days, date_days, dates

urlpatterns: list[URLPattern] = [
    path("terminsuche/", dates.poll_list, name="poll-list"),
    path("terminsuche/neu/", dates.poll_new, name="poll-new"),
    path("terminsuche/<int:pk>/", dates.poll_detail, name="poll-detail"),
    path("terminsuche/<int:pk>/bearbeiten/", dates.poll_edit, name="poll-edit"),
    path("terminsuche/<int:pk>/tage/", date_days.poll_days, name="poll-days"),
    path("terminsuche/<int:pk>/tage/streichen/", date_days.option_remove, name="poll-option-remove"),
    path("terminsuche/<int:pk>/fragen/", date_days.poll_ask, name="poll-ask"),
    path("terminsuche/<int:pk>/abschicken/", dates.poll_open, name="poll-open"),
    path("terminsuche/<int:pk>/antworten/", dates.poll_vote, name="poll-vote"),
    path("terminsuche/<int:pk>/beenden/", dates.poll_close, name="poll-close"),
    path("terminsuche/<int:pk>/festlegen/", dates.poll_decide, name="poll-decide"),
    path("terminsuche/<int:pk>/loeschen/", dates.poll_delete, name="poll-delete"),
    path("terminsuche/<int:pk>/termin.ics", dates.poll_calendar, name="poll-calendar"),
    path("netzwerke/<slug:slug>/sitzungstage/", council_days.council_day_list, name="council-days"),
    path("netzwerke/<slug:slug>/sitzungstage/entfernen/", council_days.council_days_remove, name="council-days-remove"),
]
