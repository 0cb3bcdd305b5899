"""The application as Daphne finds it."""

from __future__ import annotations

import os
from typing import Any, cast

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.chat.tutorial.settings")
pages = get_asgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402 -- needs the line above
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402 -- as above
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402 -- as above
from django.urls import path  # noqa: E402 -- as above

from tests.bench.chat.tutorial.consumers import ChatConsumer  # noqa: E402 -- as above

urlpatterns: list[Any] = []
sockets = [path("ws/chat/<str:room_name>/", cast("Any", ChatConsumer.as_asgi()))]
application = ProtocolTypeRouter(
    {
        "http": pages,
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(cast("Any", sockets)))),
    }
)
