"""Reading the chat by machine, through the same policies as the pages."""

from __future__ import annotations

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from chat.policies import visible_conversations
from chat.queries.conversations import conversation_page
from chat.queries.messages import BATCH, log_after
from chat.rest.serializers import (
    ConversationPageSerializer,
    ConversationSerializer,
    MessagePageSerializer,
    MessageSerializer,
)
from tenancy.rest.base import ViewerAPIView
from toolkit.rest import SignedIn


class ConversationListView(ViewerAPIView):
    """The viewer's conversations, the liveliest first, twenty to a page."""

    permission_classes = (SignedIn,)

    @extend_schema(
        summary="Unterhaltungen",
        responses=ConversationPageSerializer,
        parameters=[OpenApiParameter("page", str, description="Marke aus next oder previous")],
    )
    def get(self, request: Request) -> Response:
        glances, page = conversation_page(self.viewer, request.query_params.get("page", ""), size=20)
        results = ConversationSerializer(glances, many=True).data
        return Response({"results": results, "next": page.next, "previous": page.previous})


class MessageListView(ViewerAPIView):
    """The log of a conversation after a number, oldest first, at most 200 entries."""

    permission_classes = (SignedIn,)

    @extend_schema(
        summary="Nachrichten einer Unterhaltung",
        responses=MessagePageSerializer,
        parameters=[OpenApiParameter("after", int, description="Nummer der letzten bekannten Nachricht")],
    )
    def get(self, request: Request, pk: int) -> Response:
        after = request.query_params.get("after", "0")
        if not visible_conversations(self.viewer).filter(pk=pk).exists():
            raise Http404
        if not after.isdecimal() or len(after) > 15:
            raise Http404
        items = log_after(self.viewer, pk, int(after))
        return Response({"results": MessageSerializer(items, many=True).data, "more": len(items) == BATCH})
