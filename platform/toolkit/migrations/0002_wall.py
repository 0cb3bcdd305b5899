"""The record behind the second wall: associations read that of their Land, coordinators that of their network."""

from __future__ import annotations

from django.db import migrations

from toolkit.row_security import TOKEN, both, coordinates, either, is_person, moderates, protect


class Migration(migrations.Migration):
    dependencies = [("toolkit", "0001_initial")]

    operations = [
        protect(
            "toolkit_auditentry",
            # What moderation did names what somebody wrote, perhaps in a conversation: no city reads of it here.
            select=either(moderates("state_code"), both(coordinates("network_id"), "verb NOT LIKE 'moderation.%'")),
            # Nobody is put on record by another one. But who accepts an invitation is let in by whoever invited.
            insert=either("person_id IS NULL", is_person("person_id"), f"{TOKEN} IS NOT NULL"),
        ),
    ]
