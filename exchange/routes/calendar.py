"""Addresses of the calendar and of its feeds."""

from __future__ import annotations

from django.urls import URLPattern, path

from exchange.views import calendar, calendar_feeds, calendar_page

urlpatterns: list[URLPattern] = [
    path("formate/<slug:slug>/kalender.ics", calendar_feeds.format_calendar, name="format-calendar"),
    path("netzwerke/<slug:slug>/kalender.ics", calendar_feeds.city_calendar, name="city-calendar"),
    path("veranstaltungen/kalender.ics", calendar_feeds.public_calendar, name="public-calendar"),
    path("veranstaltungen/kalender/", calendar_page.calendar, name="calendar"),
    path("veranstaltungen/kalender/abonnieren/", calendar.calendar_address, name="calendar-address"),
    path("veranstaltungen/kalender/neu/", calendar.calendar_renew, name="calendar-renew"),
    path("veranstaltungen/kalender/<slug:token>.ics", calendar_feeds.own_calendar, name="own-calendar"),
    path("veranstaltungen/<int:pk>/kalender.ics", calendar.workshop_calendar, name="workshop-calendar"),
]
