"""A server with Django's pool, on three connections, and addresses that say what the database knows."""

from tests.browser.harness.server_settings import *  # noqa: F403 -- settings build on each other by star import

DATABASES = {"default": database_from(DATABASE_URL, pool_size=3)}  # noqa: F405 -- from the settings below
ROOT_URLCONF = "tests.walls.served_urls"
# Twelve lines wait for three connections, perhaps on a machine that has other things to do.
DATABASES["default"]["OPTIONS"]["pool"]["timeout"] = 60
