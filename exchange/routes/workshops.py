"""Addresses of formats and workshops."""

from __future__ import annotations

from django.urls import URLPattern, path

from exchange.views import formats, seats, workshops

urlpatterns: list[URLPattern] = [
    path("formate/", formats.format_list, name="format-list"),
    path("formate/neu/", formats.format_new, name="format-new"),
    path("formate/<slug:slug>/", formats.format_detail, name="format-detail"),
    path("formate/<slug:slug>/bearbeiten/", formats.format_edit, name="format-edit"),
    path("formate/<slug:slug>/einladen/", formats.format_invite, name="format-invite"),
    path("formate/<slug:slug>/zuruecknehmen/", formats.format_recall, name="format-recall"),
    path("formate/<slug:slug>/antworten/", formats.format_answer, name="format-answer"),
    path("formate/<slug:slug>/verlassen/", formats.format_leave, name="format-leave"),
    path("formate/<slug:slug>/folgen/neu/", formats.edition_edit, name="edition-new"),
    path("formate/<slug:slug>/folgen/<int:number>/", formats.edition_edit, name="edition-edit"),
    path("veranstaltungen/", workshops.workshop_list, name="workshop-list"),
    path("veranstaltungen/neu/", workshops.workshop_new, name="workshop-new"),
    path("veranstaltungen/<int:pk>/", workshops.workshop_detail, name="workshop-detail"),
    path("veranstaltungen/<int:pk>/bearbeiten/", workshops.workshop_edit, name="workshop-edit"),
    path("veranstaltungen/<int:pk>/eroeffnen/", workshops.workshop_open, name="workshop-open"),
    path("veranstaltungen/<int:pk>/absagen/", workshops.workshop_cancel, name="workshop-cancel"),
    path("veranstaltungen/<int:pk>/loeschen/", workshops.workshop_delete, name="workshop-delete"),
    path("veranstaltungen/<int:pk>/gastgebende/fragen/", workshops.host_invite, name="host-invite"),
    path("veranstaltungen/<int:pk>/gastgebende/zuruecknehmen/", workshops.host_recall, name="host-recall"),
    path("veranstaltungen/<int:pk>/gastgebende/antworten/", workshops.host_answer, name="host-answer"),
    path("veranstaltungen/<int:pk>/anmelden/", seats.seat_take, name="seat-take"),
    path("veranstaltungen/<int:pk>/abmelden/", seats.seat_withdraw, name="seat-withdraw"),
    path("veranstaltungen/<int:pk>/teilnehmende/", seats.participant_list, name="participant-list"),
    path("veranstaltungen/<int:pk>/teilnehmende.csv", seats.participant_csv, name="participant-csv"),
]
