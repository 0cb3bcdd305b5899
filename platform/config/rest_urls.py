"""The first version of the interface for machines, room by room."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("tenancy.rest.urls")),
    path("", include("exchange.rest.urls")),
    path("", include("chat.rest.urls")),
]
