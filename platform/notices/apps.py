from __future__ import annotations

from django.apps import AppConfig
from django.http import HttpRequest


class NoticesConfig(AppConfig):
    name = "notices"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from notices.queries.notices import unread_count
        from notices.services import push  # noqa: F401 -- its job is known once it is imported
        from notices.services.telling import tell_people
        from toolkit.context import register_frame
        from toolkit.telling import register_teller

        def notice_count(request: HttpRequest) -> int:
            return unread_count(request.viewer)  # type: ignore[attr-defined]  # set by ViewerMiddleware

        register_teller(tell_people)
        register_frame("notice_count", notice_count)
