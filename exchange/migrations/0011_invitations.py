"""What people were told of their places by mail, how workshops were moved, and when to remind of them."""

from __future__ import annotations

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import exchange.models.workshops
from toolkit.row_security import definer, is_person, protect, stays, through

# Numbers alone: each is then asked about as the person. A mail within the time says what a reminder would.
DUE = """
SELECT r.person_id::bigint, w.id, min(days)::int
FROM exchange_workshop w
CROSS JOIN LATERAL unnest(w.reminder_days) days
JOIN exchange_registration r ON r.workshop_id = w.id AND r.state = 'seat'
LEFT JOIN exchange_calendarmail m ON m.workshop_id = w.id AND m.person_id = r.person_id
WHERE w.state = 'open' AND w.starts_at > moment AND w.starts_at <= moment + make_interval(days => days)
  AND NOT coalesce(m.reminded_of = w.starts_at AND m.reminded_days <= days, false)
  AND coalesce(m.told_at, r.seated_at, r.created_at) < w.starts_at - make_interval(days => days)
GROUP BY r.person_id, w.id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0010_attendance"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="workshop",
            name="reminder_days",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.PositiveSmallIntegerField(),
                blank=True,
                default=exchange.models.workshops.usual_reminders,
                help_text="So many days before it begins people with a seat are reminded",
                size=None,
            ),
        ),
        migrations.CreateModel(
            name="CalendarMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "invited",
                    models.BooleanField(default=False, help_text="An invitation went out and was not called back"),
                ),
                (
                    "sequence",
                    models.PositiveIntegerField(default=0, help_text="SEQUENCE of the last mail: rises with each"),
                ),
                (
                    "seen_sequence",
                    models.PositiveIntegerField(default=0, help_text="The workshop's own sequence at that time"),
                ),
                (
                    "told",
                    models.JSONField(default=dict, help_text="Title, time and place as the person knows them"),
                ),
                ("told_at", models.DateTimeField(blank=True, null=True)),
                (
                    "reminded_of",
                    models.DateTimeField(blank=True, help_text="The beginning that was reminded of", null=True),
                ),
                (
                    "reminded_days",
                    models.PositiveSmallIntegerField(blank=True, help_text="How many days before", null=True),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workshop", "person"), name="one_calendar_mail_per_person_and_workshop"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkshopMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "sequence",
                    models.PositiveIntegerField(help_text="The workshop's calendar sequence from then on"),
                ),
                ("changes", models.JSONField(default=dict)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("moved_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "workshop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="moves", to="exchange.workshop"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("workshop", "sequence"), name="one_move_per_sequence")],
            },
        ),
        protect(
            "exchange_calendarmail",
            select=is_person("person_id"),
            insert=is_person("person_id"),
            update=is_person("person_id"),
        ),
        stays("exchange_calendarmail", "workshop_id", "person_id"),
        protect(
            "exchange_workshopmove",
            select=through("exchange_workshop", "workshop_id"),
            insert="workshop_id IN (SELECT exchange_workshops_of_mine('accepted'))",
        ),
        definer("exchange_due_reminders(moment timestamptz)", "TABLE (person bigint, workshop bigint, days int)", DUE),
    ]
