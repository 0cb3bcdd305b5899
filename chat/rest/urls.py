from __future__ import annotations

from django.urls import URLPattern, path

from chat.rest import views

urlpatterns: list[URLPattern] = [
    path("conversations/", views.ConversationListView.as_view(), name="rest-conversations"),
    path("conversations/<int:pk>/messages/", views.MessageListView.as_view(), name="rest-messages"),
]
