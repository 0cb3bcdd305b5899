"""As ``startproject`` and the tutorial leave them: only the addresses come from outside."""

from __future__ import annotations

import os

import environ

SECRET_KEY = "only-for-measuring"
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = [
    "daphne",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "tests.bench.chat.tutorial",
]
ROOT_URLCONF = "tests.bench.chat.tutorial.asgi"
ASGI_APPLICATION = "tests.bench.chat.tutorial.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True

_database = environ.Env.db_url_config(os.environ["TUTORIAL_DATABASE_URL"])
_database["HOST"] = _database["OPTIONS"].pop("host")
# Django's default closes the connection after each message. The kind way keeps that of its one thread for ever, which
# nobody does who serves pages too (``CONN_MAX_AGE`` leaks connections there).
if os.environ.get("TUTORIAL_KEEPS_CONNECTION"):
    _database["CONN_MAX_AGE"] = None
DATABASES = {"default": _database}

CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {
            # No socket timeout: redis-py's own is as long as this layer waits, and kills quiet lines.
            "hosts": [{"address": os.environ["TUTORIAL_REDIS_URL"], "socket_timeout": None}],
            "prefix": "tutorial",
            # A hundred by default, of which two hundred people would lose most in silence: then it would be quicker.
            "capacity": 100_000,
        },
    }
}
