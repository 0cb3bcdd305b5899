"""The ground of the REST side: nobody is let in by default, lists are paged by key, refusals carry their reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from toolkit.pagination import page_by_key

if TYPE_CHECKING:
    from tenancy.viewer import Viewer


class Nobody(BasePermission):
    """The default: a view that does not say whom it lets in lets in nobody."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return False


class SignedIn(BasePermission):
    """People with a login; what they see is then asked of the room's policies."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return bool(request.user and request.user.is_authenticated)


class Everybody(BasePermission):
    """Visitors too; what they see is then asked of the room's policies."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return True


class ViewerAPIView(APIView):
    """A view that knows who is looking."""

    permission_classes = (Nobody,)

    @property
    def viewer(self) -> Viewer:
        return self.request._request.viewer  # type: ignore[attr-defined,no-any-return]  # set by ViewerMiddleware

    def page(
        self,
        rows: QuerySet[Any],
        order: tuple[str, ...],
        serializer: type[BaseSerializer[Any]],
        *,
        size: int = 20,
    ) -> Response:
        """Answer ``{"results": […], "next": mark, "previous": mark}``; the mark goes into ``?page=``."""
        page = page_by_key(rows, order, self.request.query_params.get("page", ""), size=size)
        data = serializer(page.items, many=True, context={"request": self.request, "viewer": self.viewer}).data
        return Response({"results": data, "next": page.next, "previous": page.previous})
