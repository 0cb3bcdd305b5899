"""Reports and decisions behind the second wall: associations read those of their Land, authors what was decided on them.

What a moderator sees of a city is the reported part in the report, and no more; an author sees neither who reported nor
the other reports.
"""

from __future__ import annotations

from django.db import migrations

from toolkit.row_security import PERSON, both, definer, either, is_person, moderates, protect

NOT_OWN = f"author_id IS DISTINCT FROM {PERSON}"

#: Associations of two Länder may have been asked about one thing, and neither reads what the other decided.
STANDING = f"""
SELECT d.id, d.action::text FROM moderation_moderationdecision d
WHERE d.kind = asked_kind AND d.object_id = asked_id AND (
    EXISTS (SELECT FROM moderation_report r
            WHERE r.kind = asked_kind AND r.object_id = asked_id AND {moderates("r.land_id")})
    OR EXISTS (SELECT FROM moderation_moderationdecision m
               WHERE m.kind = asked_kind AND m.object_id = asked_id
                 AND ({moderates("m.land_id")} OR {is_person("m.author_id")}))
)
ORDER BY d.id DESC LIMIT 1
"""

REPORTED = f"""
SELECT (SELECT r.excerpt FROM moderation_report r WHERE r.decision_id = d.id ORDER BY r.id LIMIT 1),
       (SELECT count(*) FROM moderation_report r WHERE r.decision_id = d.id)
FROM moderation_moderationdecision d
WHERE d.id = decision AND ({moderates("d.land_id")} OR {is_person("d.author_id")})
"""


class Migration(migrations.Migration):
    dependencies = [("moderation", "0001_initial")]

    operations = [
        definer("moderation_standing(asked_kind text, asked_id bigint)", "TABLE (id bigint, action text)", STANDING),
        definer("moderation_reported(decision bigint)", "TABLE (excerpt text, reports bigint)", REPORTED),
        protect(
            "moderation_report",
            select=moderates("land_id"),
            insert=both(
                "state = 'open' AND decision_id IS NULL",
                either(is_person("reporter_id"), f"reporter_id IS NULL AND {PERSON} IS NULL"),
                either("author_id IS NULL", NOT_OWN),
            ),
            update=moderates("land_id"),
            update_to=both(moderates("land_id"), NOT_OWN),
        ),
        protect(
            "moderation_moderationdecision",
            select=either(moderates("land_id"), is_person("author_id")),
            insert=both(moderates("land_id"), is_person("decided_by_id"), NOT_OWN),
            # Locked while it is taken back by a later one, and never changed.
            update=moderates("land_id"),
            update_to="false",
        ),
    ]
