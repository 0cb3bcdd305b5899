"""Every address of the product begins here."""

from django.urls import URLPattern, URLResolver, include, path

from config.api_docs import api_docs
from config.schema_view import SchemaView
from tenancy.views.language import choose

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("toolkit.urls")),
    path("", include("tenancy.urls")),
    path("", include("exchange.urls")),
    path("chat/", include("chat.urls")),
    path("mitteilungen/", include("notices.urls")),
    path("moderation/", include("moderation.urls")),
    # Second factor and single sign-on are installed, but have no pages of their own yet.
    path("konto/", include("allauth.account.urls")),
    path("postfach/", include("toolkit.mailbox")),
    path("sprache/", choose, name="set_language"),
    path("api/v1/", include("config.rest_urls")),
    path("api/schema/", SchemaView.as_view(), name="api-schema"),
    path("api/", api_docs, name="api-docs"),
]

handler400 = "toolkit.views.errors.bad_request"
handler403 = "toolkit.views.errors.permission_denied"
handler404 = "toolkit.views.errors.page_not_found"
handler500 = "toolkit.views.errors.server_error"
