from __future__ import annotations

from django.urls import path

from chat.views import actions, data, deeds, files, groups, keeping, missed, own, pages, search, topics

app_name = "chat"

urlpatterns = [
    path("", pages.conversation_list, name="list"),
    path("zeilen/", pages.rows, name="rows"),
    path("neu/", pages.new, name="new"),
    path("mails/<str:token>/", missed.missed_off, name="missed-off"),
    path("suche/", search.search, name="search"),
    path("einstellungen/", own.wishes, name="wishes"),
    path("themen/", topics.topic_list, name="topics"),
    path("themen/neu/", topics.topic_new, name="topic-new"),
    path("netzwerk/<int:network_id>/", groups.network_room, name="network-room"),
    path("netzwerk/<int:network_id>/aufbewahrung/", keeping.rule, name="keeping-rule"),
    path("person/<int:person_id>/blockieren/", own.block, name="block"),
    path("person/<int:person_id>/", actions.direct, name="open-direct"),
    path("<int:pk>/", pages.conversation, name="conversation"),
    path("<int:pk>/senden/", actions.send, name="send"),
    path("<int:pk>/nachrichten/", data.messages, name="messages"),
    path("<int:pk>/personen/", data.people, name="people"),
    path("<int:pk>/gelesen/", actions.read, name="read"),
    path("<int:pk>/beitreten/", actions.join, name="join"),
    path("<int:pk>/verlassen/", actions.leave, name="leave"),
    path("karten/", data.cards, name="cards"),
    path("<int:pk>/faden/<int:seq>/", deeds.thread_page, name="thread"),
    path("<int:pk>/<int:seq>/", deeds.message, name="message"),
    path("<int:pk>/<int:seq>/bearbeiten/", deeds.edit, name="edit"),
    path("<int:pk>/<int:seq>/zuruecknehmen/", deeds.retract, name="retract"),
    path("<int:pk>/<int:seq>/reaktion/", deeds.react, name="react"),
    path("<int:pk>/<int:seq>/anheften/", deeds.pin, name="pin"),
    path("<int:pk>/<int:seq>/ungelesen/", deeds.unread, name="unread"),
    path("<int:pk>/<int:seq>/fassungen/", deeds.message_versions, name="versions"),
    path("<int:pk>/<int:seq>/gelesen-von/", deeds.readers, name="readers"),
    path("<int:pk>/favorit/", own.favourite, name="favourite"),
    path("<int:pk>/archiv/", own.archive, name="archive"),
    path("<int:pk>/beschreiben/", groups.describe, name="describe"),
    path("<int:pk>/aufbewahrung/", keeping.keep, name="keep"),
    path("<int:pk>/abgeben/", groups.give_up, name="give-up"),
    path("<int:pk>/mitglieder/", groups.members, name="members"),
    path("<int:pk>/mitglieder/hinzufuegen/", groups.add, name="member-add"),
    path("<int:pk>/mitglieder/<int:person_id>/entfernen/", groups.remove, name="member-remove"),
    path("<int:pk>/mitglieder/<int:person_id>/verantwortlich/", groups.share, name="member-share"),
    path("<int:pk>/stumm/", actions.mute, name="mute"),
    path("<int:pk>/dateien/", files.new, name="file-new"),
    path("dateien/<uuid:key>/", files.file, name="file"),
    path("dateien/<uuid:key>/vorschau/", files.preview, name="file-preview"),
    path("dateien/<uuid:key>/weg/", files.drop, name="file-drop"),
]
