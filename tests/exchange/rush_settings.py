"""A server with the pool that the product has."""

from tests.browser.harness.server_settings import *  # noqa: F403 -- settings build on each other by star import

DATABASES = {"default": database_from(DATABASE_URL, pool_size=10)}  # noqa: F405 -- from the settings below
