"""Whoever may take an unsent file away again changes nothing of it: not where it belongs, nor what was found in it."""

from __future__ import annotations

from django.db import migrations

from toolkit.row_security import stays


class Migration(migrations.Migration):
    dependencies = [("chat", "0016_talks")]

    operations = [
        stays("chat_messagefile", "conversation_id", "uploader_id", "key", "seq", "state", "media_type", "size"),
    ]
