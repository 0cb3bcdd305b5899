"""What a network hosted, year by year and by city: counted by two functions for those alone who are in it."""

from __future__ import annotations

from django.db import migrations

from toolkit.row_security import IN_SIGHT, KEYS, definer

# What has begun, also where others hosted too. Attendance is forgotten after a year, so older years know none.
MINE = f"""
WITH mine AS (
    SELECT w.id, w.state, extract(year FROM w.starts_at AT TIME ZONE 'Europe/Berlin')::int AS year
    FROM exchange_workshop w JOIN exchange_workshophost h ON h.workshop_id = w.id AND h.state = 'accepted'
    WHERE h.network_id = host AND w.state <> 'draft' AND w.starts_at <= now() AND host::int = ANY ({KEYS})
), came AS (
    SELECT r.id, r.network_id, m.year, 1 + r.companions AS people FROM exchange_registration r JOIN mine m ON m.id = r.workshop_id
    WHERE r.state = 'seat' AND m.state <> 'cancelled'
)
"""

YEARS = f"""
{MINE}
SELECT m.year,
       count(*) FILTER (WHERE m.state <> 'cancelled'),
       count(*) FILTER (WHERE m.state = 'cancelled'),
       (SELECT coalesce(sum(c.people), 0) FROM came c WHERE c.year = m.year),
       (SELECT count(DISTINCT a.registration_id) FROM exchange_attendance a JOIN came c ON c.id = a.registration_id
        WHERE c.year = m.year),
       (SELECT count(DISTINCT c.network_id) FROM came c WHERE c.year = m.year)
FROM mine m GROUP BY m.year ORDER BY m.year
"""

CITIES = f"{MINE} SELECT network_id::bigint, sum(people) FROM came GROUP BY network_id"

# As before (0013), and those who accompany somebody.
FORMAT_CITIES = f"""
SELECT r.network_id::bigint, sum(1 + r.companions), count(DISTINCT r.workshop_id)
FROM exchange_registration r JOIN exchange_workshop w ON w.id = r.workshop_id
WHERE w.format_id = thing AND r.state = 'seat' AND w.state IN ('open', 'held') AND w.audience && {KEYS}
  AND EXISTS (SELECT FROM exchange_exchangeformat WHERE id = thing AND {IN_SIGHT})
GROUP BY r.network_id
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0025_minutes")]

    operations = [
        migrations.RunSQL("DROP FUNCTION exchange_format_cities(bigint)", migrations.RunSQL.noop),
        definer(
            "exchange_format_cities(thing bigint)", "TABLE (network bigint, people bigint, times bigint)", FORMAT_CITIES
        ),
        definer(
            "exchange_host_years(host bigint)",
            "TABLE (year int, events bigint, cancelled bigint, seats bigint, attended bigint, cities bigint)",
            YEARS,
        ),
        definer("exchange_host_cities(host bigint)", "TABLE (network bigint, people bigint)", CITIES),
    ]
