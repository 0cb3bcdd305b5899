"""What the engine of the chat asks for everybody at once: only while nobody acts, so no page can ask it.

``chat_news`` gives the log to the hub of a process, which hands each of its people their part. ``version`` rises under
the lock of the conversation with every change of who is in it: with the entries comes either the word that the seats
are as the hub remembers them, or all of them anew.
"""

from __future__ import annotations

from django.db import migrations

from toolkit.row_security import PERSON, definer

#: The limit of one keeps PostgreSQL from reading all conversations to find some.
#: ``asked``: [{talk, after, version}]; ``after`` -1: the last entry alone. Entries are those behind the greater of
#: ``after`` and the last ``most``: ``start`` says behind which. ``plain``: nothing but a text, all of which is here.
NEWS = f"""
SELECT c.id, c.head, c.version, place.start,
    CASE WHEN c.version <> a.version THEN (
        SELECT coalesce(json_object_agg(s.person_id, s.joined_seq), '{{}}'::json)
        FROM chat_participant s WHERE s.conversation_id = c.id AND s.left_seq IS NULL) END,
    CASE WHEN c.head > place.start THEN (
        SELECT json_agg(json_build_object('ref', m.id, 'seq', m.seq, 'id', m.client_id, 'sender', m.sender_id,
            'kind', m.kind, 'at', m.created_at, 'text', m.body,
            'plain', m.kind = 'text' AND m.reply_seq IS NULL AND m.thread_seq IS NULL AND m.replies = 0
                AND m.mentions = '{{}}' AND NOT m.mentions_all AND m.file_count = 0 AND m.reactions = '{{}}'
                AND m.edited_at IS NULL AND m.pinned_at IS NULL AND m.retracted_at IS NULL AND m.expired_at IS NULL
                AND m.hidden_at IS NULL) ORDER BY m.seq)
        FROM chat_message m
        WHERE m.conversation_id = c.id AND m.seq > place.start) END
FROM json_to_recordset(asked) a(talk bigint, after bigint, version bigint)
CROSS JOIN LATERAL (SELECT * FROM chat_conversation WHERE id = a.talk LIMIT 1) c
CROSS JOIN LATERAL (SELECT CASE WHEN a.after < 0 THEN greatest(c.head - 1, 0)
    ELSE greatest(a.after, c.head - most) END AS start) place
WHERE {PERSON} IS NULL
"""

SAY = f"""
BEGIN
    IF {PERSON} IS NOT NULL THEN
        RAISE insufficient_privilege USING MESSAGE = 'Only the writer speaks for others.';
    END IF;
    SELECT json_agg(o) INTO outcomes FROM chat_append(drafts, moment, rate, span) o;
    -- Asked under the locks that were taken above: who is in a conversation cannot change before this is committed.
    SELECT json_agg(n) INTO news FROM chat_news(asked, most) n;
    RETURN NEXT;
END
"""

#: What ``chat_my_heads`` and ``chat_my_unread`` say of the acting one, for many people in one question; a test
#: compares them.
BEATS = f"""
SELECT p.id,
    coalesce(json_object_agg(seat.talk, seat.head) FILTER (WHERE seat.talk IS NOT NULL), '{{}}'::json),
    coalesce(json_agg(json_build_array(seat.talk, seat.unread, seat.muted)) FILTER (WHERE seat.unread > 0), '[]'::json),
    coalesce(json_agg(seat.talk ORDER BY seat.talk) FILTER (WHERE seat.named), '[]'::json),
    coalesce((SELECT w.show_typing FROM chat_chatwish w WHERE w.person_id = p.id), true),
    coalesce((SELECT w.show_presence FROM chat_chatwish w WHERE w.person_id = p.id), false)
FROM tenancy_person p
LEFT JOIN LATERAL (
    SELECT c.id AS talk, c.head, s.muted, s.mention_seq > s.read_seq AS named,
        CASE WHEN c.head > s.read_seq THEN (
            SELECT count(*) FROM (
                SELECT FROM chat_message m
                WHERE m.conversation_id = c.id AND m.seq > greatest(s.read_seq, s.joined_seq)
                    AND m.kind = 'text' AND m.sender_id IS DISTINCT FROM s.person_id
                ORDER BY m.seq LIMIT 100
            ) newer) END AS unread
    FROM chat_participant s JOIN chat_conversation c ON c.id = s.conversation_id
    WHERE s.person_id = p.id AND s.left_seq IS NULL
) seat ON true
WHERE p.id = ANY (people) AND p.is_active AND {PERSON} IS NULL
GROUP BY p.id
"""


class Migration(migrations.Migration):
    dependencies = [("chat", "0011_nothing_is_kept"), ("tenancy", "0007_viewer")]

    operations = [
        definer(
            "chat_news(asked json, most bigint)",
            "TABLE (talk bigint, head bigint, version bigint, start bigint, seats json, entries json)",
            NEWS,
            volatile="STABLE ROWS 10",
        ),
        definer(
            "chat_say(drafts jsonb, moment timestamptz, rate int, span interval, asked json, most bigint)",
            "TABLE (outcomes json, news json)",
            SAY,
            language="plpgsql",
            volatile="VOLATILE ROWS 1",
        ),
        definer(
            "chat_beats(people bigint[])",
            "TABLE (person bigint, heads json, unread json, named json, typing boolean, presence boolean)",
            BEATS,
            volatile="STABLE ROWS 10",
        ),
        definer(
            "chat_heads(talks bigint[])",
            "TABLE (talk bigint, head bigint, version bigint)",
            f"""
            SELECT c.id, c.head, c.version FROM unnest(talks) a(talk)
            CROSS JOIN LATERAL (SELECT * FROM chat_conversation WHERE id = a.talk LIMIT 1) c
            WHERE {PERSON} IS NULL
            """,
            volatile="STABLE ROWS 50",
        ),
        migrations.RunSQL("DROP FUNCTION chat_standing(bigint[], bigint[])", migrations.RunSQL.noop),
    ]
