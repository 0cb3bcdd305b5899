"""The nouns of chat."""

from chat.models.conversations import Conversation, Message, Participant

__all__ = ["Conversation", "Message", "Participant"]
