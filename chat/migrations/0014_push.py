"""Who is to be told in their browsers, and up to which number they were."""

from __future__ import annotations

from django.db import migrations, models

from toolkit.row_security import PERSON, definer

#: People with a browser that wants to be told, of whom a page that is open did not say meanwhile that they read it.
#: For the job that asks about each, while nobody acts: numbers of people alone; who is told what is read as them.
DUE = f"""
SELECT DISTINCT s.person_id
FROM (SELECT DISTINCT b.person_id FROM notices_pushsubscription b) wanting
JOIN chat_participant s ON s.person_id = wanting.person_id AND s.left_seq IS NULL
JOIN chat_conversation c ON c.id = s.conversation_id
JOIN tenancy_person p ON p.id = s.person_id AND p.is_active
LEFT JOIN chat_chatwish w ON w.person_id = s.person_id
LEFT JOIN chat_missedtold t ON t.conversation_id = c.id AND t.person_id = s.person_id
WHERE {PERSON} IS NULL
    AND c.last_at > moment - fresh
    AND c.head > greatest(s.read_seq, s.joined_seq, t.pushed)
    AND ((NOT s.muted AND (c.kind IN ('direct', 'group') OR coalesce(w.mail_rooms, false)))
        OR s.mention_seq > greatest(s.read_seq, s.joined_seq, t.pushed))
    AND EXISTS (SELECT FROM chat_message m
        WHERE m.conversation_id = c.id AND m.seq > greatest(s.read_seq, s.joined_seq, t.pushed)
            AND m.kind = 'text' AND m.sender_id <> s.person_id AND m.hidden_at IS NULL
            AND m.retracted_at IS NULL AND m.expired_at IS NULL
            AND m.created_at > moment - fresh AND m.created_at <= moment - wait)
"""


class Migration(migrations.Migration):
    dependencies = [("chat", "0013_missed"), ("notices", "0004_push")]

    operations = [
        migrations.AddField(
            "missedtold",
            "pushed",
            models.BigIntegerField(db_default=0, default=0, help_text="The same for browsers"),
        ),
        definer("chat_push_due(moment timestamptz, wait interval, fresh interval)", "SETOF bigint", DUE),
    ]
