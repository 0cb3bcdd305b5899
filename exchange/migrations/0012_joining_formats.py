"""A format is founded when its second city accepts; before, it is a draft between coordinations. Cities ask to join.

``founded_at`` is the database's: it is set once two cities are in, and stays when one leaves. What a city does by
itself (asking) and what the owners answer go through one function each, since a policy sees the row before and the
row after, never both: a city that asked must not be able to take itself in.
"""

from __future__ import annotations

from django.db import migrations, models

from toolkit.audience import COORDINATORS_BASE, PERSON_BASE
from toolkit.row_security import IN_SIGHT, KEYS, PERSON, both, coordinates, definer, either

REFUSED = "RAISE EXCEPTION 'the second wall refuses' USING ERRCODE = 'insufficient_privilege'"
OWNED = "format_id IN (SELECT exchange_formats_of_mine('accepted'))"
ACCEPTED = "SELECT {what} FROM exchange_formatcity c WHERE c.format_id = NEW.id AND c.state = 'accepted'"

# As before (0005), but the rung counts from the founding on only.
FILL = f"""
CREATE OR REPLACE FUNCTION exchange_exchangeformat_fill_audience() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $body$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        NEW.founded_at := coalesce(
            OLD.founded_at, CASE WHEN ({ACCEPTED.format(what="count(*)")}) > 1 THEN now() END);
    END IF;
    NEW.audience :=
        CASE WHEN NEW.founded_at IS NULL THEN '{{}}'::int[] ELSE audience_for(
            NEW.rung, coalesce(({ACCEPTED.format(what="array_agg(c.network_id::int)")}), '{{}}'), NULL) END
        || coalesce((SELECT array_agg(({COORDINATORS_BASE} + c.network_id)::int) FROM exchange_formatcity c
                     WHERE c.format_id = NEW.id AND c.state IN ('invited', 'accepted')), '{{}}')
        || CASE WHEN NEW.created_by_id IS NULL
                     OR EXISTS (SELECT FROM exchange_formatcity l WHERE l.format_id = NEW.id)
                THEN '{{}}'::int[] ELSE ARRAY[({PERSON_BASE} + NEW.created_by_id)::int] END;
    RETURN NEW;
END $body$;
"""

# Formats from before are as old as they are; one with a single city ever is a draft from now on.
FOUND = """
UPDATE exchange_exchangeformat f SET founded_at = created_at WHERE 1 < (
    SELECT count(*) FROM exchange_formatcity c WHERE c.format_id = f.id AND c.state IN ('accepted', 'left'));
"""

ASK = f"""
BEGIN
    IF NOT coalesce(({COORDINATORS_BASE} + town)::int = ANY ({KEYS}), false)
        OR NOT EXISTS (SELECT FROM exchange_exchangeformat
                       WHERE id = thing AND founded_at IS NOT NULL AND {IN_SIGHT})
        OR NOT EXISTS (SELECT FROM tenancy_network WHERE id = town AND published_at IS NOT NULL)
    THEN
        {REFUSED};
    END IF;
    INSERT INTO exchange_formatcity (format_id, network_id, state, invited_by_id, invited_at)
        VALUES (thing, town, 'asked', {PERSON}, now())
    ON CONFLICT (format_id, network_id) DO UPDATE
        SET state = 'asked', invited_by_id = excluded.invited_by_id, invited_at = now(), answered_at = NULL
        WHERE exchange_formatcity.state IN ('declined', 'left');
    IF NOT FOUND THEN
        {REFUSED};
    END IF;
END
"""

ANSWER = f"""
BEGIN
    IF NOT EXISTS (SELECT FROM exchange_formatcity c WHERE c.format_id = thing AND c.state = 'accepted'
                   AND ({COORDINATORS_BASE} + c.network_id)::int = ANY ({KEYS}))
    THEN
        {REFUSED};
    END IF;
    UPDATE exchange_formatcity SET state = CASE WHEN take THEN 'accepted' ELSE 'refused' END, answered_at = now()
        WHERE format_id = thing AND network_id = town AND state = 'asked';
    IF NOT FOUND THEN
        {REFUSED};
    END IF;
END
"""

TAKE_BACK = f"""
BEGIN
    IF NOT coalesce(({COORDINATORS_BASE} + town)::int = ANY ({KEYS}), false) THEN
        {REFUSED};
    END IF;
    DELETE FROM exchange_formatcity WHERE format_id = thing AND network_id = town AND state = 'asked';
    IF NOT FOUND THEN
        {REFUSED};
    END IF;
END
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0011_invitations")]

    operations = [
        migrations.AddField(
            model_name="exchangeformat",
            name="founded_at",
            field=models.DateTimeField(
                blank=True, editable=False, help_text="When its second city accepted; kept by a trigger", null=True
            ),
        ),
        migrations.AlterField(
            model_name="formatcity",
            name="state",
            field=models.CharField(
                choices=[
                    ("invited", "Eingeladen"),
                    ("asked", "Möchte mitmachen"),
                    ("accepted", "Dabei"),
                    ("declined", "Abgelehnt"),
                    ("refused", "Nicht aufgenommen"),
                    ("left", "Ausgeschieden"),
                ],
                default="invited",
                max_length=10,
            ),
        ),
        migrations.RunSQL(
            # Nobody founds by themselves.
            f"""
            ALTER POLICY may_insert ON exchange_exchangeformat WITH CHECK (
                founded_at IS NULL AND created_by_id = {PERSON}
                AND EXISTS (SELECT FROM unnest({KEYS}) held
                            WHERE held > {COORDINATORS_BASE} AND held < {COORDINATORS_BASE} + 100000));
            """,
            migrations.RunSQL.noop,
        ),
        # As before (0005), and whom the owners did not take in may be invited.
        migrations.RunSQL(
            f"""
            ALTER POLICY may_update ON exchange_formatcity USING (
                {
                either(
                    both(coordinates("network_id"), "state IN ('invited', 'accepted')"),
                    both("state IN ('invited', 'declined', 'refused', 'left')", OWNED),
                )
            });
            """,
            migrations.RunSQL.noop,
        ),
        *(
            definer(f"exchange_{name}({words})", "void", body, language="plpgsql", volatile="VOLATILE")
            for name, words, body in (
                ("ask_to_join", "thing bigint, town bigint", ASK),
                ("answer_asking", "thing bigint, town bigint, take boolean", ANSWER),
                ("take_asking_back", "thing bigint, town bigint", TAKE_BACK),
            )
        ),
        migrations.RunSQL(
            FOUND + FILL + "UPDATE exchange_exchangeformat SET audience = audience;", migrations.RunSQL.noop
        ),
    ]
