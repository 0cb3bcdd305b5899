"""Addresses of places and of how seats are given."""

from __future__ import annotations

from django.urls import URLPattern, path

from exchange.views import places

urlpatterns: list[URLPattern] = [
    path("veranstaltungen/<int:pk>/angebot/", places.offer_answer, name="offer-answer"),
    path("veranstaltungen/<int:pk>/begleitung/", places.companions_change, name="companions-change"),
    path("veranstaltungen/<int:pk>/weitergeben/", places.seat_hand_over, name="seat-hand-over"),
    path("veranstaltungen/<int:pk>/weitergeben/<int:number>/", places.handover_answer, name="handover-answer"),
    path("veranstaltungen/<int:pk>/plaetze/", places.seats_manage, name="seats-manage"),
    path("veranstaltungen/<int:pk>/plaetze/<int:number>/zusagen/", places.place_approve, name="place-approve"),
    path("veranstaltungen/<int:pk>/plaetze/<int:number>/absagen/", places.place_refuse, name="place-refuse"),
]
