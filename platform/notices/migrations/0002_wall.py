"""Notices and wishes behind the second wall: everybody has their own, and telling others is one narrow function."""

from __future__ import annotations

from django.db import migrations

from toolkit.row_security import definer, is_person, protect

#: A repeat raises the count of the unread one and brings it to the top. xmax is 0 for a row that is new.
TELL = """
INSERT INTO notices_notice (person_id, kind, text, url, key, count, created_at)
SELECT told.person, said_kind, told.said, said_url, said_key, 1, now()
FROM unnest(people, texts) told (person, said) JOIN tenancy_person p ON p.id = told.person AND p.is_active
ORDER BY told.person
ON CONFLICT (person_id, key) WHERE read_at IS NULL AND NOT key = ''
DO UPDATE SET count = notices_notice.count + 1, kind = excluded.kind, text = excluded.text, url = excluded.url,
              created_at = excluded.created_at
RETURNING person_id, xmax = 0
"""

OWN = is_person("person_id")


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial"), ("tenancy", "0009_wall")]

    operations = [
        definer(
            "notices_tell(people bigint[], texts text[], said_kind text, said_url text, said_key text)",
            "TABLE (person bigint, fresh boolean)",
            TELL,
            volatile="VOLATILE",
        ),
        definer(
            "notices_without_mail(people bigint[])",
            "SETOF bigint",
            "SELECT person_id FROM notices_noticewish WHERE person_id = ANY (people) AND NOT mail",
        ),
        protect("notices_notice", select=OWN, update=OWN, delete=OWN),
        protect("notices_noticewish", select=OWN, insert=OWN, update=OWN, delete=OWN),
    ]
