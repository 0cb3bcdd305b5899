"""Shapes of what machines get; the same as on the socket."""

from __future__ import annotations

from rest_framework import serializers


class ConversationSerializer(serializers.Serializer):
    """A conversation as lists show it; ``unread`` is counted up to 100."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(["direct", "group", "room", "topic"])
    title = serializers.CharField()
    place = serializers.CharField()
    line = serializers.CharField()
    at = serializers.DateTimeField()
    unread = serializers.IntegerField()
    muted = serializers.BooleanField()
    favourite = serializers.BooleanField()
    named = serializers.BooleanField(help_text="Etwas Ungelesenes erwähnt die Person")
    announces = serializers.BooleanField(help_text="Nur die Verantwortlichen schreiben")
    head = serializers.IntegerField()
    url = serializers.CharField()


class QuoteSerializer(serializers.Serializer):
    """What a message answers; of what is not in sight the number alone."""

    seq = serializers.IntegerField()
    name = serializers.CharField()
    line = serializers.CharField()


class ReactionSerializer(serializers.Serializer):
    """A sign, and the people who reacted with it."""

    sign = serializers.CharField()
    people = serializers.ListField(child=serializers.IntegerField())


class FileSerializer(serializers.Serializer):
    """A file of a message; without an address unless it is ready. Bytes."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    type = serializers.CharField()
    size = serializers.IntegerField()
    state = serializers.ChoiceField(["pending", "ready", "refused", "gone"])
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
    gone = serializers.ChoiceField(["", "retracted", "expired"])
    edited = serializers.DateTimeField(allow_null=True)
    pinned = serializers.BooleanField()
    thread = serializers.IntegerField(allow_null=True)
    mentions = serializers.ListField(child=serializers.IntegerField())
    everyone = serializers.BooleanField()
    reply = QuoteSerializer(allow_null=True)
    reactions = ReactionSerializer(many=True)
    files = FileSerializer(many=True)
    what = serializers.CharField()
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
