"""The ground of every REST view: it knows who is looking, and pages its lists by key."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.permissions import BasePermission
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from tenancy.viewer import Viewer
from toolkit.pagination import Candidates, page_by_key
from toolkit.rest import Nobody


class ViewerAPIView(APIView):
    """A view that knows who is looking."""

    permission_classes: tuple[type[BasePermission], ...] = (Nobody,)

    @property
    def viewer(self) -> Viewer:
        return self.request._request.viewer  # type: ignore[attr-defined]  # set by ViewerMiddleware

    def page(
        self,
        rows: QuerySet[Any],
        order: tuple[str, ...],
        serializer: type[BaseSerializer[Any]],
        *,
        size: int = 20,
        among: Candidates | None = None,
    ) -> Response:
        """Answer ``{"results": […], "next": mark, "previous": mark}``; the mark goes into ``?page=``."""
        page = page_by_key(rows, order, self.request.query_params.get("page", ""), size=size, among=among)
        data = serializer(page.items, many=True, context={"request": self.request, "viewer": self.viewer}).data
        return Response({"results": data, "next": page.next, "previous": page.previous})
