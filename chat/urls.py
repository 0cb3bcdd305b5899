from __future__ import annotations

from django.urls import path

from chat.views import actions, data, files, pages, search

app_name = "chat"

urlpatterns = [
    path("", pages.conversation_list, name="list"),
    path("zeilen/", pages.rows, name="rows"),
    path("neu/", pages.new, name="new"),
    path("suche/", search.search, name="search"),
    path("person/<int:person_id>/", actions.direct, name="open-direct"),
    path("<int:pk>/", pages.conversation, name="conversation"),
    path("<int:pk>/senden/", actions.send, name="send"),
    path("<int:pk>/nachrichten/", data.messages, name="messages"),
    path("<int:pk>/personen/", data.people, name="people"),
    path("<int:pk>/gelesen/", actions.read, name="read"),
    path("<int:pk>/beitreten/", actions.join, name="join"),
    path("<int:pk>/verlassen/", actions.leave, name="leave"),
    path("<int:pk>/stumm/", actions.mute, name="mute"),
    path("<int:pk>/dateien/", files.new, name="file-new"),
    path("dateien/<uuid:key>/", files.file, name="file"),
    path("dateien/<uuid:key>/vorschau/", files.preview, name="file-preview"),
    path("dateien/<uuid:key>/weg/", files.drop, name="file-drop"),
]
