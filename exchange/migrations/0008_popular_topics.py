"""The topics of the newest experiences, counted past the wall: through it, each link is asked for its experience."""

from __future__ import annotations

from django.db import migrations

from toolkit.row_security import KEYS, definer

# The rule inside is that of the policy. What the caller says it holds narrows the newest of that once more, behind the
# limit: PostgreSQL cannot know how many share a key of a parameter, and would sort all rows instead of walking 500.
POPULAR = f"""
SELECT t.tag_id, count(*)
FROM (SELECT e.id, e.audience FROM exchange_experience e
      WHERE e.audience && {KEYS} AND e.state = 'published' AND e.hidden_at IS NULL
      ORDER BY e.published_at DESC, e.id DESC LIMIT 500) newest
JOIN exchange_experiencetopic t ON t.content_object_id = newest.id
JOIN tenancy_topic g ON g.id = t.tag_id
WHERE newest.audience && held
GROUP BY t.tag_id, g.name ORDER BY count(*) DESC, g.name LIMIT most
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0007_found")]

    operations = [
        definer(
            "exchange_popular_topics(held int[], most int)",
            "TABLE (topic bigint, times bigint)",
            POPULAR,
            volatile="STABLE ROWS 12",
        ),
    ]
