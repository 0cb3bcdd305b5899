"""An experience says of which workshop or format it came; and how many took part in a format, by city.

The link is made when the experience is begun, by somebody who sees the workshop, and stays: so nobody hangs their
words on a page that they do not see. Who reads the link on the page of the workshop sees the experience too.
"""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

from toolkit.audience import OFFICE_BASE
from toolkit.row_security import IN_SIGHT, KEYS, both, definer, either, holds, in_network, is_person, stays, through

INSERT = both(
    is_person("author_id"),
    "hidden_at IS NULL",
    "state = 'draft'",
    in_network("network_id"),
    either("office_id IS NULL", holds(f"{OFFICE_BASE} + office_id")),
    either("workshop_id IS NULL", through("exchange_workshop", "workshop_id")),
    either("exchange_format_id IS NULL", through("exchange_exchangeformat", "exchange_format_id")),
)

#: Seats in the workshops of a format that are in sight, by city: numbers without names.
CITIES = f"""
SELECT r.network_id::bigint, count(*), count(DISTINCT r.workshop_id)
FROM exchange_registration r JOIN exchange_workshop w ON w.id = r.workshop_id
WHERE w.format_id = thing AND r.state = 'seat' AND w.state IN ('open', 'held') AND w.audience && {KEYS}
  AND EXISTS (SELECT FROM exchange_exchangeformat WHERE id = thing AND {IN_SIGHT})
GROUP BY r.network_id
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0012_joining_formats")]

    operations = [
        migrations.AddField(
            model_name="experience",
            name="exchange_format",
            field=models.ForeignKey(
                blank=True,
                help_text="The format that it came out of; stays as it was begun",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="exchange.exchangeformat",
            ),
        ),
        migrations.AddField(
            model_name="experience",
            name="workshop",
            field=models.ForeignKey(
                blank=True,
                help_text="The workshop that it came out of; stays as it was begun",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="exchange.workshop",
            ),
        ),
        migrations.RunSQL(
            "DROP TRIGGER exchange_experience_keeps_its_place ON exchange_experience; "
            "DROP FUNCTION exchange_experience_keeps_its_place();",
            migrations.RunSQL.noop,
        ),
        stays("exchange_experience", "network_id", "author_id", "workshop_id", "exchange_format_id"),
        migrations.RunSQL(
            f"ALTER POLICY may_insert ON exchange_experience WITH CHECK ({INSERT});", migrations.RunSQL.noop
        ),
        definer("exchange_format_cities(thing bigint)", "TABLE (network bigint, people bigint, times bigint)", CITIES),
    ]
