"""The one entry for web pages and sockets."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
# Before anything that imports models.
pages = get_asgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402 -- needs the line above
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402 -- as above
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402 -- as above

from chat.routing import websocket_urlpatterns  # noqa: E402 -- as above

application = ProtocolTypeRouter(
    {
        "http": pages,
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))),
    }
)
