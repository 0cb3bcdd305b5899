"""The address where the description of the interface for machines is read."""

from __future__ import annotations

from typing import Any

from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request


class SchemaView(SpectacularAPIView):
    """There is one version, so nobody asks for another: the library would put what is asked into a header."""

    def _get_version_parameter(self, request: Request) -> Any:
        return None
