from __future__ import annotations

from django.urls import URLPattern, path

from chat.consumers import ChatConsumer
from chat.doorman import signed_in

websocket_urlpatterns: list[URLPattern] = [path("ws/chat/", signed_in(ChatConsumer.as_asgi()))]  # type: ignore[arg-type]  # consumers are ASGI applications, which Django's patterns do not know
