from __future__ import annotations

from django.urls import path

from moderation.views import decisions, record, reports

app_name = "moderation"

urlpatterns = [
    path("", reports.queue, name="queue"),
    path("meldungen/<int:pk>/", reports.case, name="decide"),
    path("melden/danke/", reports.thanks, name="thanks"),
    path("melden/<slug:kind>/<int:object_id>/", reports.report, name="report"),
    path("entscheidungen/", decisions.decision_list, name="decisions"),
    path("entscheidungen/<int:pk>/", decisions.decision, name="decision"),
    path("protokoll/", record.land_record, name="record"),
    path("protokoll/<slug:slug>/", record.network_record, name="network-record"),
]
