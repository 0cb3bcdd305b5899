"""What somebody needs to take part leaves the place, which others with a seat read, for a row of its own.

A row in sight is wholly in sight, and this may tell of somebody's health: so it is seen by the person and by the
coordinators of the hosts.
"""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

from toolkit.row_security import KEYS, both, is_person, protect, stays, through
from toolkit.triggers import refresh_trigger

LIVING = "parent.state IN ('requested', 'seat', 'offered', 'queued')"
PLACE = {"parent": "exchange_registration", "column": "registration_id"}

# The functions that end places emptied it with the place. A trigger does that now, whoever ends one.
NO_FUNCTION_EMPTIES_IT = """
DO $do$
DECLARE
    definition text;
BEGIN
    FOR definition IN
        SELECT pg_get_functiondef(p.oid) FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE 'exchange\\_%'
          AND p.prosrc ~ '(, |given\\.)needs :?= '
    LOOP
        EXECUTE replace(replace(definition, ', needs = ''''', ''), 'given.needs := '''';', '');
    END LOOP;
END $do$;
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0029_experience_in_sight")]

    operations = [
        migrations.CreateModel(
            name="PlaceNeed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=300)),
                (
                    "registration",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="need",
                        to="exchange.registration",
                    ),
                ),
            ],
        ),
        # The audience of a place: its person, and the coordinators of the hosts.
        protect(
            "exchange_placeneed",
            select=through(**PLACE, also=f"parent.audience && {KEYS}"),
            insert=through(**PLACE, also=both(is_person("parent.person_id"), LIVING)),
        ),
        stays("exchange_placeneed", "registration_id"),
        refresh_trigger(
            "exchange_registration",
            "UPDATE OF state OR DELETE",
            """
            IF TG_OP = 'DELETE' OR NEW.state NOT IN ('requested', 'seat', 'offered', 'queued') THEN
                DELETE FROM exchange_placeneed WHERE registration_id = OLD.id;
            END IF;
            """,
            name="exchange_need_goes_with_the_place",
        ),
        migrations.RunSQL(
            """
            INSERT INTO exchange_placeneed (registration_id, text)
                SELECT id, needs FROM exchange_registration WHERE needs <> '';
            SET CONSTRAINTS ALL IMMEDIATE;
            SET CONSTRAINTS ALL DEFERRED;
            """,
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(NO_FUNCTION_EMPTIES_IT, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="registration", name="needs"),
    ]
