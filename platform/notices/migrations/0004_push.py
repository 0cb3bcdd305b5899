"""Browsers that want to be told: everybody their own, and one function that lets a browser change hands."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from toolkit.row_security import PERSON, definer, is_person, protect

#: A browser belongs to whoever is signed in with it now: it knows its endpoint, which nobody else does. Ten at most.
SUBSCRIBE = f"""
WITH forgotten AS (
    DELETE FROM notices_pushsubscription WHERE id IN (
        SELECT s.id FROM notices_pushsubscription s WHERE s.person_id = {PERSON} AND s.endpoint <> at
        ORDER BY s.id DESC OFFSET 9)
)
INSERT INTO notices_pushsubscription (person_id, endpoint, p256dh, auth, device, session, created_at)
SELECT {PERSON}, at, key, secret, called, within, now() WHERE {PERSON} IS NOT NULL
ON CONFLICT (endpoint) DO UPDATE SET person_id = excluded.person_id, p256dh = excluded.p256dh, auth = excluded.auth,
    device = excluded.device, session = excluded.session
RETURNING id
"""

OWN = is_person("person_id")


class Migration(migrations.Migration):
    dependencies = [("notices", "0003_quiet"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="PushSubscription",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "endpoint",
                    models.CharField(
                        help_text="Whoever knows it may write to the browser", max_length=1000, unique=True
                    ),
                ),
                ("p256dh", models.CharField(max_length=120)),
                ("auth", models.CharField(max_length=60)),
                ("device", models.CharField(help_text="What the browser calls itself, for its person", max_length=80)),
                (
                    "session",
                    models.CharField(help_text="Signing out ends it: a desk may be shared", max_length=40),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        definer(
            "notices_subscribe(at text, key text, secret text, called text, within text)",
            "bigint",
            SUBSCRIBE,
            volatile="VOLATILE",
        ),
        protect("notices_pushsubscription", select=OWN, delete=OWN),
    ]
