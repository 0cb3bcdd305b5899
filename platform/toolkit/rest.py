"""The doors of the REST side: nobody is let in by default."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission

if TYPE_CHECKING:  # rest_framework.views reads our default permission while it is being imported itself
    from rest_framework.request import Request
    from rest_framework.views import APIView


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
