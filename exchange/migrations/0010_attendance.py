"""Who was there, and the code at the door: for the hosts and the person it is about."""

from __future__ import annotations

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import exchange.models.days
from toolkit.row_security import IN_SIGHT, both, definer, either, is_person, protect, stays, through

HOSTED = "workshop_id IN (SELECT exchange_workshops_of_mine('accepted'))"
#: The seat of this very person in this very workshop.
OF_A_SEAT = through(
    "exchange_registration",
    "registration_id",
    also=(
        "parent.state = 'seat' AND parent.workshop_id = exchange_attendance.workshop_id "
        "AND parent.person_id = exchange_attendance.person_id"
    ),
)
TAKES_PLACE = through("exchange_workshop", "workshop_id", also="parent.state IN ('open', 'held')")

# Nobody can have it forget what is younger than a year.
FORGET = """
WITH gone AS (
    DELETE FROM exchange_attendance a USING exchange_workshop w
    WHERE w.id = a.workshop_id AND w.ends_at <= least(moment, now() - interval '365 days') RETURNING a.id)
SELECT count(*) FROM gone
"""


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("exchange", "0009_keeps_its_place"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attendance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.CharField(
                        choices=[
                            ("list", "Anwesenheitsliste"),
                            ("code", "Code an der Tür"),
                            ("self", "Selbst gemeldet"),
                        ],
                        max_length=4,
                    ),
                ),
                (
                    "check_code",
                    models.CharField(
                        default=exchange.models.days.new_check_code, editable=False, max_length=16, unique=True
                    ),
                ),
                (
                    "marked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "registration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="exchange.registration"
                    ),
                ),
                (
                    "workshop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="exchange.workshop"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["workshop", "day"], name="attendance_of_a_day")],
                "constraints": [models.UniqueConstraint(fields=("registration", "day"), name="there_once_a_day")],
            },
        ),
        migrations.CreateModel(
            name="DoorCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("generation", models.PositiveIntegerField(default=0)),
                (
                    "workshop",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="exchange.workshop"
                    ),
                ),
            ],
        ),
        protect(
            "exchange_attendance",
            select=either(is_person("person_id"), HOSTED),
            insert=both(
                is_person("marked_by_id"),
                OF_A_SEAT,
                TAKES_PLACE,
                either(both("by = 'list'", HOSTED), both("by IN ('code', 'self')", is_person("person_id"))),
            ),
            delete=HOSTED,
        ),
        protect("exchange_doorcode", select=HOSTED, insert=HOSTED, update=HOSTED),
        stays("exchange_doorcode", "workshop_id"),
        definer(
            "exchange_door_generation(workshop bigint)",
            "int",
            "SELECT d.generation FROM exchange_doorcode d JOIN exchange_workshop w ON w.id = d.workshop_id "
            f"WHERE w.id = workshop AND w.{IN_SIGHT}",
        ),
        definer("exchange_forget_attendance(moment timestamptz)", "bigint", FORGET, volatile="VOLATILE"),
    ]
