"""Experiences for machines: read only, what the pages show."""

from __future__ import annotations

from django.urls import URLPattern

routes: list[URLPattern] = []
