"""Nobody changes an own experience that went out of their sight: published to an office that they left."""

from __future__ import annotations

from django.db import migrations

from toolkit.row_security import IN_SIGHT, both, either, in_network, is_person

OWN = both(is_person("author_id"), "hidden_at IS NULL")
# A draft stays its author's after they left; nothing else can be changed by who left.
OWN_AFTER = both(OWN, either("state = 'draft'", in_network("network_id")))


class Migration(migrations.Migration):
    dependencies = [("exchange", "0028_open_space_wall")]

    operations = [
        # PostgreSQL asks for the sight by itself only where an update reads. Drafts carry their author's key.
        migrations.RunSQL(
            f"ALTER POLICY may_update ON exchange_experience USING ({both(IN_SIGHT, OWN)}) "
            f"WITH CHECK ({both(IN_SIGHT, OWN_AFTER)});",
            f"ALTER POLICY may_update ON exchange_experience USING ({OWN}) WITH CHECK ({OWN_AFTER});",
        ),
    ]
