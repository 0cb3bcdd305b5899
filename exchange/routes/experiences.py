"""Addresses of the start page, the search, experiences and comments."""

from __future__ import annotations

from django.urls import URLPattern, path

from exchange import feeds
from exchange.views import comments, editor, experiences, home, search

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("suche/", search.search, name="search"),
    path("erfahrungen/", experiences.experience_list, name="experience-list"),
    path("erfahrungen/feed/", feeds.experience_feed, name="experience-feed"),
    path("erfahrungen/neu/", editor.experience_new, name="experience-new"),
    path("erfahrungen/meine/", experiences.experience_mine, name="experience-mine"),
    path("erfahrungen/themen/", experiences.topic_suggest, name="topic-suggest"),
    path("erfahrungen/<int:pk>/", experiences.experience_detail, name="experience-detail"),
    path("erfahrungen/<int:pk>/bearbeiten/", editor.experience_edit, name="experience-edit"),
    path("erfahrungen/<int:pk>/sichern/", editor.experience_autosave, name="experience-autosave"),
    path("erfahrungen/<int:pk>/veroeffentlichen/", experiences.experience_publish, name="experience-publish"),
    path("erfahrungen/<int:pk>/sichtbarkeit/", experiences.experience_audience, name="experience-audience"),
    path("erfahrungen/<int:pk>/zurueckziehen/", experiences.experience_recall, name="experience-recall"),
    path("erfahrungen/<int:pk>/loeschen/", experiences.experience_delete, name="experience-delete"),
    path("erfahrungen/<int:pk>/hilfreich/", experiences.experience_helpful, name="experience-helpful"),
    path("erfahrungen/<int:pk>/kommentare/", comments.comment_write, name="comment-write"),
    path("kommentare/<int:pk>/bearbeiten/", comments.comment_edit, name="comment-edit"),
    path("kommentare/<int:pk>/zurueckziehen/", comments.comment_withdraw, name="comment-withdraw"),
]
