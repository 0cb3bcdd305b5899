"""Mentions that nobody read for a minute become notices, and notices of read ones are read: who is asked about it."""

from __future__ import annotations

from django.db import migrations, models

from toolkit.row_security import PERSON, definer

#: People who were named and have not read it, or have read it and still have the notice. Numbers alone, for the job
#: that asks about each, while nobody acts.
NAMED = f"""
SELECT DISTINCT s.person_id
FROM chat_conversation c
JOIN chat_participant s ON s.conversation_id = c.id AND s.left_seq IS NULL AND s.mention_seq > s.joined_seq
JOIN tenancy_person p ON p.id = s.person_id AND p.is_active
LEFT JOIN chat_missedtold t ON t.conversation_id = c.id AND t.person_id = s.person_id
LEFT JOIN chat_message m ON m.conversation_id = c.id AND m.seq = s.mention_seq
WHERE {PERSON} IS NULL AND c.last_at > moment - fresh
    AND CASE WHEN s.mention_seq > s.read_seq
        THEN s.mention_seq > coalesce(t.noted, 0) AND m.created_at <= moment - wait
        ELSE EXISTS (SELECT FROM notices_notice n
            WHERE n.person_id = s.person_id AND n.key = 'chat-mention-' || c.id AND n.read_at IS NULL) END
"""


class Migration(migrations.Migration):
    dependencies = [("chat", "0014_push")]

    operations = [
        migrations.AddField(
            "missedtold",
            "noted",
            models.BigIntegerField(db_default=0, default=0, help_text="The same for mentions among the notices"),
        ),
        definer("chat_named(moment timestamptz, wait interval, fresh interval)", "SETOF bigint", NAMED),
    ]
