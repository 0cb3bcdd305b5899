from __future__ import annotations

from django.urls import path

from toolkit.views import application, pages

app_name = "toolkit"

urlpatterns = [
    path("impressum/", pages.legal, {"page": "imprint"}, name="imprint"),
    path("datenschutz/", pages.legal, {"page": "privacy"}, name="privacy"),
    path("barrierefreiheit/", pages.legal, {"page": "accessibility"}, name="accessibility"),
    path("sw.js", application.worker, name="worker"),
    path("offline/", application.offline, name="offline"),
    path("lotsennetz.webmanifest", application.manifest, name="manifest"),
    path("gesund/", pages.alive, name="alive"),
    path("gesund/bereit/", pages.ready, name="ready"),
]
