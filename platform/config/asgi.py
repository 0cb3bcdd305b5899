"""The one entry for web pages and sockets."""

import os
from typing import Any, cast

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
# Before anything that imports models.
pages = get_asgi_application()

from config.refusal import Refusal  # noqa: E402 -- needs the line above
from config.wall_check import require_wall  # noqa: E402 -- as above

try:
    require_wall()
except Refusal as refusal:
    raise SystemExit(str(refusal)) from None

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402 -- as above
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402 -- as above

from chat.routing import websocket_urlpatterns  # noqa: E402 -- as above
from toolkit.ending import watch_for_the_end  # noqa: E402 -- as above

# The types of channels want patterns of consumers, which django.urls.path cannot promise.
sockets = cast("Any", websocket_urlpatterns)

served = ProtocolTypeRouter(
    {
        "http": pages,
        "websocket": AllowedHostsOriginValidator(URLRouter(sockets)),
    }
)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Serve, and notice when this process is asked to end."""
    watch_for_the_end()
    await served(scope, receive, send)
