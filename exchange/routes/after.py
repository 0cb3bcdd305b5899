"""Addresses of joining a format, finding partners for one, and of what comes after a workshop."""

from __future__ import annotations

from django.urls import URLPattern, path

from exchange.views import joining, partners

urlpatterns: list[URLPattern] = [
    path("formate/anregen/", partners.partner_ideas_page, name="format-ideas"),
    path("formate/<slug:slug>/mitmachen/", joining.format_ask, name="format-ask"),
    path("formate/<slug:slug>/mitmachen/zuruecknehmen/", joining.format_ask_back, name="format-ask-back"),
    path("formate/<slug:slug>/mitmachen/antworten/", joining.format_ask_answer, name="format-ask-answer"),
]
