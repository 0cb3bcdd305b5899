from __future__ import annotations

from chat.models.conversations import Conversation, Participant
from chat.models.messages import EarlierText, Message, MessageFile
from chat.models.missed import MissedMail, MissedTold
from chat.models.people import Block, ChatWish, KeepingRule

__all__ = [
    "Block",
    "ChatWish",
    "Conversation",
    "EarlierText",
    "KeepingRule",
    "Message",
    "MessageFile",
    "MissedMail",
    "MissedTold",
    "Participant",
]
