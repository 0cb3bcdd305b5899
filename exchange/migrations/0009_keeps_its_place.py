"""A city cannot be moved into another format, a place not to another person, a comment not to another network."""

from __future__ import annotations

from django.db import migrations

from toolkit.row_security import stays


class Migration(migrations.Migration):
    dependencies = [("exchange", "0008_popular_topics")]

    operations = [
        stays("exchange_experience", "network_id", "author_id"),
        stays("exchange_comment", "experience_id", "author_id", "network_id"),
        stays("exchange_formatcity", "format_id", "network_id"),
        stays("exchange_edition", "format_id"),
        stays("exchange_workshop", "format_id"),
        stays("exchange_workshophost", "workshop_id", "network_id"),
        stays("exchange_registration", "workshop_id", "person_id", "network_id"),
    ]
