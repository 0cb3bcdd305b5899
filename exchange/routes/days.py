"""Addresses of the day: who was there, the code at the door, certificates, feedback."""

from __future__ import annotations

from django.urls import URLPattern, path

from exchange.views import certificates, days, feedback

urlpatterns: list[URLPattern] = [
    path("veranstaltungen/<int:pk>/anwesenheit/", days.attendance, name="attendance"),
    path("veranstaltungen/<int:pk>/tuer/", days.door, name="door"),
    path("veranstaltungen/<int:pk>/tuer/neu/", days.door_renew, name="door-renew"),
    path("veranstaltungen/<int:pk>/einchecken/", days.check_in_alone, name="check-in-alone"),
    path("veranstaltungen/<int:pk>/einchecken/<slug:code>/", days.check_in, name="check-in"),
    path("veranstaltungen/<int:pk>/nachweis.pdf", certificates.own, name="certificate-own"),
    path("veranstaltungen/<int:pk>/nachweise/", certificates.everybody, name="certificates"),
    path("veranstaltungen/<int:pk>/nachweise/stand/", certificates.progress, name="certificates-progress"),
    path("veranstaltungen/<int:pk>/nachweise.zip", certificates.bundle, name="certificates-file"),
    path("veranstaltungen/<int:pk>/rueckmeldung/", feedback.feedback, name="feedback"),
    path("veranstaltungen/<int:pk>/rueckmeldung/fragen/", feedback.questions, name="feedback-questions"),
    path("veranstaltungen/<int:pk>/rueckmeldung/ergebnis/", feedback.results, name="feedback-results"),
    path("nachweis/", certificates.ask, name="certificate-ask"),
    path("nachweis/<slug:code>/", certificates.check, name="certificate-check"),
]
