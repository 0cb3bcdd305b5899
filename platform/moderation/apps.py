from __future__ import annotations

from django.apps import AppConfig
from django.http import HttpRequest


class ModerationConfig(AppConfig):
    name = "moderation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from moderation.panels import record_link, waiting_reports
        from moderation.policies.reports import moderates_something
        from moderation.queries.reports import open_count
        from toolkit.context import register_frame
        from toolkit.panels import register_panel
        from toolkit.tasks import register_tasks

        def moderates(request: HttpRequest) -> bool:
            return moderates_something(request.viewer)  # type: ignore[attr-defined]  # set by ViewerMiddleware

        def moderation_count(request: HttpRequest) -> int:
            return open_count(request.viewer)  # type: ignore[attr-defined]  # as above

        register_frame("moderates", moderates)
        register_frame("moderation_count", moderation_count)
        register_panel("network-admin", record_link, order=900)
        register_tasks(waiting_reports)
