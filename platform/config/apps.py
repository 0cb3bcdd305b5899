from __future__ import annotations

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The roof as an app, for the commands that need every room: loading the demo."""

    name = "config"
    default_auto_field = "django.db.models.BigAutoField"
