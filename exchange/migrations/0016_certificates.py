"""Everybody's certificates in one file, and whether a certificate is real."""

from __future__ import annotations

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from toolkit.row_security import both, definer, is_person, protect, stays

HOSTED = "workshop_id IN (SELECT exchange_workshops_of_mine('accepted'))"

# Nobody can have it forget what is younger than a week.
FORGET = """
WITH gone AS (
    DELETE FROM exchange_certificatebundle WHERE asked_at <= least(moment, now() - interval '7 days') RETURNING id)
SELECT count(*) FROM gone
"""

# For whoever has the certificate in hand: what is printed on it, but whose it is.
CERTIFIED = """
SELECT w.title::text,
       ARRAY(SELECT a.day FROM exchange_attendance a WHERE a.registration_id = this.registration_id ORDER BY a.day),
       ARRAY(SELECT m.name::text FROM exchange_workshophost h JOIN tenancy_network n ON n.id = h.network_id
             JOIN tenancy_municipality m ON m.ags = n.municipality_id
             WHERE h.workshop_id = w.id AND h.state = 'accepted' ORDER BY h.id)
FROM exchange_attendance this JOIN exchange_workshop w ON w.id = this.workshop_id
WHERE this.check_code = upper(code) AND w.state <> 'cancelled' AND w.ends_at <= now()
"""


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("exchange", "0015_seats_rules"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="CertificateBundle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("language", models.CharField(default="de", max_length=8)),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("total", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("failed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
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
            options={"indexes": [models.Index(fields=["workshop", "-id"], name="newest_certificates")]},
        ),
        protect(
            "exchange_certificatebundle",
            select=HOSTED,
            insert=both(HOSTED, is_person("asked_by_id")),
            update=both(HOSTED, is_person("asked_by_id")),
        ),
        stays("exchange_certificatebundle", "workshop_id", "asked_by_id", "key"),
        definer("exchange_forget_bundles(moment timestamptz)", "bigint", FORGET, volatile="VOLATILE"),
        definer("exchange_certified(code text)", "TABLE (title text, days date[], cities text[])", CERTIFIED),
    ]
