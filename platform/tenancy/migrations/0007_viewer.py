"""Who is looking is found out before anybody acts: by one function, past the wall that it makes possible."""

from __future__ import annotations

from django.db import migrations

from toolkit.row_security import as_definers, definer

ROLES = """
SELECT p.given_name || ' ' || p.family_name, p.language, p.is_operator,
       coalesce((SELECT json_agg(json_build_array(m.network_id, m.role, m.office_id, u.state_id, u.name, n.slug, u.ags)
                                 ORDER BY m.started_on, m.id)
                 FROM tenancy_membership m
                 JOIN tenancy_network n ON n.id = m.network_id
                 JOIN tenancy_municipality u ON u.ags = n.municipality_id
                 WHERE m.person_id = p.id AND m.ended_on IS NULL), '[]'),
       coalesce((SELECT json_agg(json_build_array(a.state_id, a.id) ORDER BY a.id)
                 FROM tenancy_moderator d JOIN tenancy_association a ON a.id = d.association_id
                 WHERE d.person_id = p.id AND d.ended_on IS NULL AND a.state_id IS NOT NULL), '[]')
FROM tenancy_person p WHERE p.id = person AND p.is_active
"""


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0006_living_roles_and_suspended")]

    operations = [
        definer(
            "tenancy_viewer(person bigint)",
            "TABLE (name text, language text, is_operator boolean, seats json, moderates json)",
            ROLES,
        ),
        as_definers(["tenancy_network_fill_audience"]),
    ]
