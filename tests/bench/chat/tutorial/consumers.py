"""The consumer of the tutorial, asynchronous as its third part rewrites it."""

from __future__ import annotations

import json
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from tests.bench.chat.tutorial.models import Message, Room


class ChatConsumer(AsyncWebsocketConsumer):
    """One person in one room."""

    async def connect(self) -> None:
        self.user: Any = self.scope["user"]
        room_name = self.scope["url_route"]["kwargs"]["room_name"]
        self.group_name = f"chat_{room_name}"
        room = await self.find_room(room_name)
        if room is None:
            await self.close()
            return
        self.room = room
        await self.channel_layer.group_add(self.group_name, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(self.group_name, self.channel_name)

    @database_sync_to_async
    def find_room(self, name: str) -> Room | None:
        if not self.user.is_authenticated:
            return None
        return Room.objects.filter(name=name, members=self.user).first()

    @database_sync_to_async
    def store(self, body: str) -> Message:
        return Message.objects.create(room=self.room, author=self.user, body=body)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Store what was said, then let the group hear of it."""
        message = await self.store(json.loads(text_data or "")["message"])
        await self.channel_layer.group_send(
            self.group_name,
            {
                "type": "chat.message",
                "message": message.body,
                "id": message.pk,
                "author": self.user.username,
                "at": message.created_at.isoformat(),
            },
        )

    async def chat_message(self, event: dict[str, Any]) -> None:
        """Hand over what somebody said."""
        heard = {name: value for name, value in event.items() if name != "type"}
        await self.send(text_data=json.dumps(heard))
