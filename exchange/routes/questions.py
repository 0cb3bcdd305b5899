"""Addresses of the questions at sign-up."""

from __future__ import annotations

from django.urls import URLPattern, path

from exchange.views import questions

urlpatterns: list[URLPattern] = [
    path("veranstaltungen/<int:pk>/fragen/", questions.question_list, name="question-list"),
    path("veranstaltungen/<int:pk>/fragen/<int:number>/", questions.question_edit, name="question-edit"),
    path("veranstaltungen/<int:pk>/fragen/<int:number>/tun/", questions.question_deed, name="question-deed"),
    path("veranstaltungen/<int:pk>/antworten/", questions.own_answers, name="own-answers"),
]
