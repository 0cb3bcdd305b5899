"""For a public installation: everything from the environment, and no start with a dangerous gap in it."""

from django.core.exceptions import ImproperlyConfigured

from config.settings.base import *

SECRET_KEY = env.str("SECRET_KEY", default="")
if len(SECRET_KEY) < 32:
    raise ImproperlyConfigured("SECRET_KEY fehlt oder ist kürzer als 32 Zeichen.")
if env.bool("DEBUG", default=False):
    raise ImproperlyConfigured("DEBUG darf im Betrieb nicht eingeschaltet sein.")
if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS muss die Namen nennen, unter denen dieses Lotsennetz erreichbar ist.")
for _name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SITE_URL"):
    if not env.str(_name, default=""):
        raise ImproperlyConfigured(f"{_name} fehlt; deploy/env.example erklärt den Wert.")
for _name in ("DATABASE_OWNER_URL", "DATABASE_OPS_URL"):
    _other = env.str(_name, default="")
    # Whoever serves would own the tables, or be let past the policies.
    if _other and database_from(_other, pool_size=0)["USER"] == DATABASES["default"]["USER"]:
        raise ImproperlyConfigured(f"{_name} nennt dieselbe Rolle wie DATABASE_URL; es müssen verschiedene sein.")

DRAIN_SECONDS = env.float("DRAIN_SECONDS", default=3.0)

CSRF_TRUSTED_ORIGINS = CSRF_TRUSTED_ORIGINS or [SITE_URL]

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=False)
# Both would speak for other subdomains of the operator's domain, which we know nothing of.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_REDIRECT_EXEMPT = [r"^gesund/"]  # asked by the supervisor of the machine, without the proxy
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.static_files.OnceHashedStorage"},
}
SERVESTATIC_USE_FINDERS = False
SERVESTATIC_USE_MANIFEST = True
