"""Shapes of what machines get; the same as on the socket."""

from __future__ import annotations

from rest_framework import serializers


class ConversationSerializer(serializers.Serializer):
    """A conversation as lists show it; ``unread`` is counted up to 100."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(["direct", "group", "room"])
    title = serializers.CharField()
    place = serializers.CharField()
    line = serializers.CharField()
    at = serializers.DateTimeField()
    unread = serializers.IntegerField()
    muted = serializers.BooleanField()
    head = serializers.IntegerField()
    url = serializers.CharField()


class MessageSerializer(serializers.Serializer):
    """One entry of a log; a hidden message has neither text nor HTML, a change says what it changed (``target``)."""

    seq = serializers.IntegerField()
    kind = serializers.ChoiceField(["text", "note", "change"])
    at = serializers.DateTimeField()
    sender = serializers.IntegerField(allow_null=True)
    name = serializers.CharField()
    place = serializers.CharField()
    text = serializers.CharField()
    html = serializers.CharField()
    hidden = serializers.BooleanField()
    target = serializers.IntegerField(allow_null=True)


class ConversationPageSerializer(serializers.Serializer):
    """A page of conversations; the marks go into ``?page=``."""

    results = ConversationSerializer(many=True)
    next = serializers.CharField()
    previous = serializers.CharField()


class MessagePageSerializer(serializers.Serializer):
    """Entries after a number; ask again with ``after`` the last number while ``more``."""

    results = MessageSerializer(many=True)
    more = serializers.BooleanField()
