"""A report stays on the thing it was made on: what may be hidden, and where, is read from it."""

from __future__ import annotations

from django.db import migrations

from toolkit.row_security import stays


class Migration(migrations.Migration):
    dependencies = [("moderation", "0002_wall")]

    operations = [stays("moderation_report", "kind", "object_id", "land_id", "author_id", "network_id", "reporter_id")]
