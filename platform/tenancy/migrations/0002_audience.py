"""The ladder as data: one function that turns a rung into keys, and the networks' own audience."""

from __future__ import annotations

from django.db import migrations

from toolkit.triggers import audience_trigger

AUDIENCE_FOR = """
CREATE FUNCTION audience_for(rung text, networks int[], office bigint) RETURNS int[]
LANGUAGE sql STABLE AS $body$
    SELECT CASE rung
        WHEN 'office' THEN ARRAY[1000000 + office]::int[]
        WHEN 'network' THEN networks
        WHEN 'partners' THEN networks || coalesce((
            SELECT array_agg(DISTINCT partner)
            FROM tenancy_partnership p,
                 LATERAL (VALUES (CASE WHEN p.asking_id = ANY (networks) THEN p.asked_id ELSE p.asking_id END)) v(partner)
            WHERE p.accepted_at IS NOT NULL AND p.ended_at IS NULL
              AND (p.asking_id = ANY (networks) OR p.asked_id = ANY (networks))
        ), '{}')::int[]
        WHEN 'land' THEN networks || coalesce((
            SELECT array_agg(DISTINCT 100000 + m.state_id::int)
            FROM tenancy_network n JOIN tenancy_municipality m ON m.ags = n.municipality_id
            WHERE n.id = ANY (networks)
        ), '{}')::int[]
        WHEN 'all' THEN networks || 200000
        WHEN 'public' THEN networks || ARRAY[200000, 200001]
        ELSE '{}'::int[]
    END
$body$;
"""


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0001_initial")]

    operations = [
        migrations.RunSQL(AUDIENCE_FOR, "DROP FUNCTION audience_for(text, int[], bigint);"),
        audience_trigger(
            "tenancy_network",
            "CASE WHEN NEW.published_at IS NULL THEN ARRAY[NEW.id]::int[] ELSE ARRAY[NEW.id, 200000, 200001]::int[] END",
        ),
    ]
