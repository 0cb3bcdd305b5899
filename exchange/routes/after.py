"""Addresses of joining a format, finding partners for one, and of what comes after a workshop."""

from __future__ import annotations

from django.urls import URLPattern, path

from exchange.views import funding, joining, minutes, outcomes, partners

urlpatterns: list[URLPattern] = [
    path("formate/anregen/", partners.partner_ideas_page, name="format-ideas"),
    path("formate/<slug:slug>/mitmachen/", joining.format_ask, name="format-ask"),
    path("formate/<slug:slug>/mitmachen/zuruecknehmen/", joining.format_ask_back, name="format-ask-back"),
    path("formate/<slug:slug>/mitmachen/antworten/", joining.format_ask_answer, name="format-ask-answer"),
    path("veranstaltungen/<int:pk>/protokoll/", minutes.minutes, name="minutes"),
    path("veranstaltungen/<int:pk>/protokoll/neu/", minutes.section_new, name="minutes-section-new"),
    path("veranstaltungen/<int:pk>/protokoll/verlauf/", minutes.minutes_history, name="minutes-history"),
    path("veranstaltungen/<int:pk>/protokoll/steuern/", minutes.minutes_steer, name="minutes-steer"),
    path("veranstaltungen/<int:pk>/protokoll/<int:number>/", minutes.section_edit, name="minutes-section"),
    path(
        "veranstaltungen/<int:pk>/protokoll/<int:number>/herausnehmen/",
        minutes.section_remove,
        name="minutes-section-remove",
    ),
    path("veranstaltungen/<int:pk>/erfahrung/", outcomes.make_experience, name="workshop-experience"),
    path("veranstaltungen/<int:pk>/naechste/", outcomes.repeat_workshop, name="next-edition"),
    path("veranstaltungen/<int:pk>/foerderung/", funding.workshop_funding, name="workshop-funding"),
    path("veranstaltungen/<int:pk>/foerderung.csv", funding.funding_list, name="funding-list"),
    path("netzwerke/<slug:slug>/veranstaltungen-zahlen/", outcomes.host_numbers, name="host-numbers"),
    path("netzwerke/<slug:slug>/veranstaltungen-zahlen.csv", outcomes.host_numbers_csv, name="host-numbers-csv"),
]
