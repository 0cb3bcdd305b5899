from __future__ import annotations

from django.apps import AppConfig


class TenancyConfig(AppConfig):
    name = "tenancy"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenancy.frame import frame_person
        from tenancy.viewer import viewer_by_id
        from toolkit.context import register_frame
        from toolkit.jobs import register_viewer_reader

        register_frame("person", frame_person)
        register_viewer_reader(viewer_by_id)
