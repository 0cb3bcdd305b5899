from __future__ import annotations

from django.apps import AppConfig


class TutorialConfig(AppConfig):
    name = "tests.bench.chat.tutorial"
    label = "tutorial"
