"""Rooms with members, and what was said in them."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Room(models.Model):
    """Whoever is a member may enter."""

    name = models.CharField(max_length=100, unique=True)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL)

    class Meta:
        app_label = "tutorial"

    def __str__(self) -> str:
        return self.name


class Message(models.Model):
    """Something said."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    body = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "tutorial"

    def __str__(self) -> str:
        return f"{self.pk} in {self.room_id}"
