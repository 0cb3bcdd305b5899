"""Addresses of the start page, the search, experiences and comments."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
