"""Addresses of the day: who was there, the code at the door."""

from __future__ import annotations

from django.urls import URLPattern, path

from exchange.views import days

urlpatterns: list[URLPattern] = [
    path("veranstaltungen/<int:pk>/anwesenheit/", days.attendance, name="attendance"),
    path("veranstaltungen/<int:pk>/tuer/", days.door, name="door"),
    path("veranstaltungen/<int:pk>/tuer/neu/", days.door_renew, name="door-renew"),
    path("veranstaltungen/<int:pk>/einchecken/", days.check_in_alone, name="check-in-alone"),
    path("veranstaltungen/<int:pk>/einchecken/<slug:code>/", days.check_in, name="check-in"),
]
