"""What holds everywhere. Whatever an operator may choose comes from the environment: see deploy/env.example."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import environ

from config import embedded

env = environ.Env()

ROOT = Path(__file__).resolve().parents[3]
DATA_DIR = embedded.data_directory()

DEBUG = False
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# The address people type, for links in mails that are written outside of a request.
SITE_URL: str = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
SITE_NAME = "Lotsennetz"

INSTALLED_APPS = [
    "daphne",  # first, because it replaces runserver
    "config",  # for the commands that need every room
    "toolkit",
    "tenancy",
    "notices",
    "moderation",
    "chat",
    "exchange",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.mfa",
    "axes",
    "channels",
    "csp",
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    "django_vite",
    "drf_spectacular",
    "procrastinate.contrib.django",
    "rest_framework",
    "servestatic",
    "taggit",
    "template_partials.apps.SimpleAppConfig",
]

MIDDLEWARE = [
    # Outermost: files never reach the rest. It is asynchronous and all below is not, so a page costs one thread hop.
    "servestatic.middleware.ServeStaticMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.headers.permissions_policy",
    "config.headers.kept_by_nobody",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Nobody is let in by default: a public view says so itself.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tenancy.middleware.ViewerMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "platform" / "config" / "templates"],
        "OPTIONS": {
            # Written out, because components and partials would each put their own chain in place of the other's.
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django_cotton.cotton_loader.Loader",
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "toolkit.context.frame",
            ],
            "builtins": ["django_cotton.templatetags.cotton", "template_partials.templatetags.partials"],
        },
    }
]

# --- storage ----------------------------------------------------------------------------------------------------

_EMBEDDED = embedded.addresses(DATA_DIR)
DATABASE_URL: str = env.str("DATABASE_URL", default=_EMBEDDED["DATABASE_URL"])
if "DATABASE_URL" in env.ENVIRON:
    # Of a database of the operator's own, not of the embedded one beside it.
    _EMBEDDED.update(DATABASE_OWNER_URL="", DATABASE_OPS_URL="")
# Who owns the tables, and who is let past the policies (config.roles). Web, sockets and jobs never have these two.
DATABASE_OWNER_URL: str = env.str("DATABASE_OWNER_URL", default=_EMBEDDED["DATABASE_OWNER_URL"])
DATABASE_OPS_URL: str = env.str("DATABASE_OPS_URL", default=_EMBEDDED["DATABASE_OPS_URL"])
# Nothing serves where the role that serves could pass by the policies, or where one is missing (config.wall_check).
REFUSE_WITHOUT_WALL = True
REDIS_URL: str = env.str("REDIS_URL", default=embedded.redis_url(DATA_DIR))


def database_from(url: str, *, pool_size: int) -> dict[str, Any]:
    """Django's settings for the database at ``url``; ``pool_size`` connections at most per process, 0 for no pool."""
    database: dict[str, Any] = environ.Env.db_url_config(url) | {"ENGINE": "toolkit.database"}
    options: dict[str, Any] = database.setdefault("OPTIONS", {})
    # The folder of a Unix socket can only be given as a query parameter, where Django's own tools do not look.
    if "host" in options:
        database["HOST"] = options.pop("host")
    options["application_name"] = "lotsennetz"
    if pool_size:
        # Whoever comes in a rush waits for a connection rather than being turned away: five hundred who sign up at
        # once are served in less than half of it, on two cores that others use too (tests/exchange/test_rush.py).
        options["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 60}
    # Under ASGI a connection kept per thread is never given back; the pool does the keeping.
    return database | {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False}


# processes x (pool + 2) < max_connections of the database (100 by default): two processes leave room for six.
DATABASES = {"default": database_from(DATABASE_URL, pool_size=env.int("DATABASE_POOL", default=10))}

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "lotsennetz",
    }
}

# Times the pace at which a person may write into a conversation and a line may speak. For measuring and for tests
# under fire alone, where a few clients stand for many people.
CHAT_PACE: int = env.int("CHAT_PACE", default=1)
#: So long (hours) people may change the words of their own messages; how they read before stays visible.
CHAT_EDIT_HOURS: int = env.int("CHAT_EDIT_HOURS", default=24)

#: Who has read nothing for so long (minutes) is away, and is told by mail of what they miss.
CHAT_AWAY_MINUTES: int = env.int("CHAT_AWAY_MINUTES", default=30)

# So long a process that was asked to end goes on serving, and says that it is not ready (seconds). For a balancer that
# asks it every so often; production has its own.
DRAIN_SECONDS: float = env.float("DRAIN_SECONDS", default=0.0)

MEDIA_ROOT = DATA_DIR / "media"
# clamd, where there is one: tcp://127.0.0.1:3310 or unix:///run/clamav/clamd.ctl. Files then wait for its answer.
CLAMD_ADDRESS: str = env.str("CLAMD_ADDRESS", default="")

# --- files of the front end -------------------------------------------------------------------------------------

FRONTEND_DIST = ROOT / "frontend" / "dist"
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(DATA_DIR / "static")))
STATICFILES_DIRS = [FRONTEND_DIST]
DJANGO_VITE = {"default": {"manifest_path": FRONTEND_DIST / "manifest.json", "dev_mode": False}}

# Files are served from where they lie; production collects and compresses them first.
SERVESTATIC_USE_FINDERS = True
SERVESTATIC_USE_MANIFEST = False
SERVESTATIC_AUTOREFRESH = False
SERVESTATIC_MAX_AGE = 300
SERVESTATIC_ALLOW_ALL_ORIGINS = False
_HASHED_BY_VITE = re.compile(r"/assets/[^/]+[-.][0-9A-Za-z_-]{8,12}\.(?:js|css|woff2|svg|png|webp)$")


def SERVESTATIC_ADD_HEADERS_FUNCTION(headers: Any, path: str, url: str) -> None:  # noqa: N802 -- a setting's name
    """What files carry, which pass by the security middleware: its header, and for ever where the name has the hash."""
    headers["X-Content-Type-Options"] = "nosniff"
    # The package has a setting for this, and its middleware forgets to ask it.
    if _HASHED_BY_VITE.search(url):
        headers["Cache-Control"] = "max-age=31536000, public, immutable"


# --- people -----------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "tenancy.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # first, so that a locked out attempt reaches no other
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
]
# Length, and not what everybody uses. Rules of composition only make passwords that are written down.
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "exchange:home"
LOGOUT_REDIRECT_URL = "exchange:home"

ACCOUNT_ADAPTER = "tenancy.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SITE_URL.startswith("https") else "http"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]

AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "login"
AXES_USERNAME_CALLABLE = "config.sign_in.name_for_the_lock"
AXES_RESET_ON_SUCCESS = True
# In the cache and not in the database: who failed from which address is nothing to keep.
AXES_HANDLER = "axes.handlers.cache.AxesCacheHandler"
AXES_LOCKOUT_TEMPLATE = "429.html"
AXES_VERBOSE = False

# --- the web ----------------------------------------------------------------------------------------------------

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = False  # the islands send it as a header
CSRF_FAILURE_VIEW = "toolkit.views.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        *("accelerometer", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope"),
        *("magnetometer", "microphone", "midi", "payment", "usb", "xr-spatial-tracking"),
    )
)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],  # the masks of the design system are data addresses
        "font-src": ["'self'"],
        "connect-src": ["'self'"],  # includes the websocket of the same origin
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
    }
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["toolkit.rest.Nobody"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "config.schema.NamedByAddress",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Lotsennetz",
    "DESCRIPTION": "Netzwerke, Erfahrungen, Veranstaltungen und Personen: lesen, was Sie auch auf den Seiten sehen.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    # Several things have a kind or a state; each gets its own name in the schema.
    "ENUM_NAME_OVERRIDES": {
        "ConversationKindEnum": "chat.models.Conversation.Kind",
        "EditionStateEnum": "exchange.models.Edition.State",
        "WorkshopKindEnum": "exchange.models.Workshop.Kind",
        "WorkshopStateEnum": "exchange.models.Workshop.State",
    },
    "SCHEMA_PATH_PREFIX": r"/api/v1",
}

# --- words ------------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "de"
LANGUAGES = [("de", "Deutsch"), ("en", "English")]
FORMAT_MODULE_PATH = "config.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Berlin"

TAGGIT_CASE_INSENSITIVE = True

# --- push -------------------------------------------------------------------------------------------------------

#: The key by which push services know this installation again: 32 bytes in base64url. Without one, a file of DATA_DIR.
VAPID_PRIVATE_KEY: str = env.str("VAPID_PRIVATE_KEY", default="")
#: For tests alone: browsers at plain addresses of the own machine.
PUSH_TO_PRIVATE = False

# --- mail -------------------------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL: str = env.str("DEFAULT_FROM_EMAIL", default="Lotsennetz <lotsennetz@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_SUBJECT_PREFIX = ""
EMAIL_TIMEOUT = 20
EMAIL_URL: str = env.str("EMAIL_URL", default="")
if EMAIL_URL:
    vars().update(environ.Env.email_url_config(EMAIL_URL))
# Without a mail server, mails become files. The page that lists them opens with the token; without one it is shut.
MAILBOX_DIR = DATA_DIR / "mails"
MAILBOX_TOKEN = ""

# --- jobs -------------------------------------------------------------------------------------------------------

PROCRASTINATE_ON_APP_READY = None

# --- logs -------------------------------------------------------------------------------------------------------

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "axes": {"level": "WARNING"},
        "daphne": {"level": "WARNING"},
        "django.channels.server": {"level": "WARNING"},
        "procrastinate": {"level": "WARNING"},
    },
}
