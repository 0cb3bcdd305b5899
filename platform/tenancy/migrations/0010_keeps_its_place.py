"""A partnership stays between its two networks, and over once it is over; a network stays in its municipality."""

from __future__ import annotations

from django.db import migrations

from toolkit.row_security import both, coordinates, either, stays

EITHER_SIDE = either(coordinates("asking_id"), coordinates("asked_id"))


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0009_wall")]

    operations = [
        stays("tenancy_partnership", "asking_id", "asked_id"),
        migrations.RunSQL(
            f"ALTER POLICY may_update ON tenancy_partnership USING ({both('ended_at IS NULL', EITHER_SIDE)})",
            f"ALTER POLICY may_update ON tenancy_partnership USING ({EITHER_SIDE})",
        ),
        stays("tenancy_network", "municipality_id"),
        stays("tenancy_application", "municipality_id", "email"),
        stays("tenancy_invitation", "network_id"),
    ]
