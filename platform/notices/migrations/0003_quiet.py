"""Quiet hours, and whose are when: asked by whoever tells somebody something."""

from __future__ import annotations

import datetime

from django.db import migrations, models

from toolkit.row_security import definer

QUIET = "SELECT person_id, quiet, quiet_from, quiet_to, quiet_weekends FROM notices_noticewish WHERE person_id = ANY (people)"


class Migration(migrations.Migration):
    dependencies = [("notices", "0002_wall")]

    operations = [
        migrations.AddField(
            "noticewish",
            "quiet",
            models.BooleanField(default=True, help_text="Whether there are quiet hours at all"),
        ),
        migrations.AddField("noticewish", "quiet_from", models.TimeField(default=datetime.time(18, 0))),
        migrations.AddField("noticewish", "quiet_to", models.TimeField(default=datetime.time(7, 0))),
        migrations.AddField("noticewish", "quiet_weekends", models.BooleanField(default=True)),
        definer(
            "notices_quiet(people bigint[])",
            "TABLE (person bigint, quiet boolean, quiet_from time, quiet_to time, quiet_weekends boolean)",
            QUIET,
        ),
    ]
