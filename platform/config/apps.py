from __future__ import annotations

from django.apps import AppConfig, apps


class ConfigConfig(AppConfig):
    """The roof as an app, for what needs every room: the demo, and the rights of roles."""

    name = "config"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.core.checks import Tags, register
        from django.db.models.signals import post_migrate

        from config.roles import grant_rights
        from config.wall_check import check_wall

        register(check_wall, Tags.database, deploy=True)

        # Sent once for each app with models, after all tables are made; once is enough, and the roof has no models.
        post_migrate.connect(grant_rights, sender=apps.get_app_config("toolkit"))
