from __future__ import annotations

from django.urls import path

from notices.views import notices, push

app_name = "notices"

urlpatterns = [
    path("", notices.notice_list, name="list"),
    path("gelesen/", notices.notice_read_all, name="read-all"),
    path("wunsch/", notices.notice_wish, name="wish"),
    path("ruhezeiten/", notices.notice_quiet, name="quiet"),
    path("browser/an/", push.push_on, name="push-on"),
    path("browser/aus/", push.push_off, name="push-off"),
    path("<int:pk>/", notices.notice_follow, name="follow"),
]
