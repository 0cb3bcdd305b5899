"""How long what is said is kept: the strictest of what a conversation and the cities of its people want.

What changes that is said in the log first, and nothing is emptied by it before the next look.
"""

from __future__ import annotations

from django.db import migrations, models

from toolkit.audience import COORDINATORS_BASE
from toolkit.row_security import KEYS, PERSON, definer

#: The days that hold in a conversation, and whose they are: the conversation's own (NULL) or a network's. One row, or
#: none where nobody wants anything emptied. Not past the wall by itself.
STRICTEST = """
CREATE FUNCTION chat_strictest(talk bigint) RETURNS TABLE (days int, network bigint) LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $body$
    SELECT c.retention_days, NULL::bigint FROM chat_conversation c WHERE c.id = talk AND c.retention_days IS NOT NULL
    UNION ALL
    SELECT r.days, r.network_id FROM chat_participant s
    JOIN tenancy_membership m ON m.person_id = s.person_id AND m.ended_on IS NULL
    JOIN chat_keepingrule r ON r.network_id = m.network_id
    WHERE s.conversation_id = talk AND s.left_seq IS NULL
    ORDER BY 1, 2 NULLS FIRST LIMIT 1
$body$;
"""

#: Say in the log how long things are kept from now on, if that is not what was said last. The caller holds the lock.
ANNOUNCE = """
CREATE FUNCTION chat_announce_keeping(talk bigint) RETURNS boolean LANGUAGE plpgsql SET search_path = public, pg_temp
AS $body$
DECLARE
    now_days int := (SELECT k.days FROM chat_strictest(talk) k);
BEGIN
    UPDATE chat_conversation c SET announced_days = now_days
    WHERE c.id = talk AND c.announced_days IS DISTINCT FROM now_days;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM chat_note(talk, jsonb_build_object('code', 'kept', 'days', now_days));
    RETURN true;
END $body$;
"""

KEPT = f"""
    SELECT k.days, k.network FROM chat_strictest(talk) k
    WHERE EXISTS (SELECT FROM chat_participant s
        WHERE s.conversation_id = talk AND s.person_id = {PERSON} AND s.left_seq IS NULL)
"""

#: Owners as they like; of two in a direct conversation either, but only stricter: what one wants gone goes.
KEEP = f"""
DECLARE
    me bigint := {PERSON};
    place record;
    seat record;
BEGIN
    SELECT c.kind, c.retention_days INTO place FROM chat_conversation c WHERE c.id = talk FOR UPDATE;
    SELECT s.role INTO seat FROM chat_participant s
    WHERE s.conversation_id = talk AND s.person_id = me AND s.left_seq IS NULL;
    IF NOT FOUND OR NOT (CASE place.kind WHEN 'direct' THEN wanted IS NOT NULL AND
            (place.retention_days IS NULL OR wanted <= place.retention_days)
        WHEN 'room' THEN false ELSE seat.role = 'owner' END) THEN
        RAISE insufficient_privilege USING MESSAGE = 'How long this is kept is not yours to say.';
    END IF;
    UPDATE chat_conversation c SET retention_days = wanted WHERE c.id = talk;
    RETURN chat_announce_keeping(talk);
END
"""

#: A city's rule, by its coordination, said at once in every conversation of its people.
RULE = f"""
DECLARE
    place record;
BEGIN
    IF {PERSON} IS NULL OR NOT {COORDINATORS_BASE} + city = ANY ({KEYS}) THEN
        RAISE insufficient_privilege USING MESSAGE = 'Only its coordination says how long a city keeps.';
    END IF;
    IF wanted IS NULL THEN
        DELETE FROM chat_keepingrule r WHERE r.network_id = city;
    ELSE
        INSERT INTO chat_keepingrule (network_id, days) VALUES (city, wanted)
        ON CONFLICT (network_id) DO UPDATE SET days = excluded.days;
    END IF;
    FOR place IN
        SELECT c.id FROM chat_conversation c WHERE c.head > 0 AND EXISTS (
            SELECT FROM chat_participant s JOIN tenancy_membership m ON m.person_id = s.person_id AND m.ended_on IS NULL
            WHERE s.conversation_id = c.id AND s.left_seq IS NULL AND m.network_id = city)
        ORDER BY c.id FOR UPDATE
    LOOP
        IF chat_announce_keeping(place.id) THEN
            RETURN NEXT place.id;
        END IF;
    END LOOP;
END
"""

#: Conversations in which something may have to be emptied, or said, in the order of their numbers.
DUE = f"""
    SELECT c.id FROM chat_conversation c
    WHERE {PERSON} IS NULL AND c.id > after AND c.head > 0 AND (c.retention_days IS NOT NULL
        OR c.announced_days IS NOT NULL OR EXISTS (
            SELECT FROM chat_keepingrule r JOIN tenancy_membership m ON m.network_id = r.network_id AND m.ended_on IS NULL
            JOIN chat_participant s ON s.person_id = m.person_id AND s.left_seq IS NULL
            WHERE s.conversation_id = c.id))
    ORDER BY c.id LIMIT most
"""

#: Empties up to ``most`` entries of a conversation, in order; how many were gone through. -1: said first that the time
#: changed, and emptied nothing. It stops at the first that is not old enough: nothing goes early, whatever the clocks.
EMPTY = f"""
DECLARE
    place record;
    edge bigint;
BEGIN
    IF {PERSON} IS NOT NULL THEN
        RAISE insufficient_privilege USING MESSAGE = 'Nobody empties for others.';
    END IF;
    SELECT c.emptied_seq INTO place FROM chat_conversation c WHERE c.id = talk FOR UPDATE;
    IF NOT FOUND THEN
        RETURN 0;
    ELSIF chat_announce_keeping(talk) THEN
        RETURN -1;
    END IF;
    SELECT coalesce(min(x.seq) FILTER (WHERE k.days IS NULL OR x.created_at >= moment - make_interval(days => k.days)) - 1,
        max(x.seq)) INTO edge
    FROM (SELECT m.seq, m.created_at FROM chat_message m
        WHERE m.conversation_id = talk AND m.seq > place.emptied_seq ORDER BY m.seq LIMIT most) x
    LEFT JOIN chat_strictest(talk) k ON true;
    IF edge IS NULL OR edge <= place.emptied_seq THEN
        RETURN 0;
    END IF;
    DELETE FROM chat_earliertext e
    WHERE e.conversation_id = talk AND e.seq > place.emptied_seq AND e.seq <= edge;
    UPDATE chat_messagefile f SET state = 'gone'
    WHERE f.conversation_id = talk AND f.seq > place.emptied_seq AND f.seq <= edge AND f.state <> 'gone';
    UPDATE chat_message m SET body = '', reactions = '{{}}', mentions = '{{}}', mentions_all = false, pinned_at = NULL,
        expired_at = moment
    WHERE m.conversation_id = talk AND m.seq > place.emptied_seq AND m.seq <= edge AND m.kind = 'text'
        AND m.retracted_at IS NULL AND m.expired_at IS NULL;
    UPDATE chat_conversation c SET emptied_seq = edge WHERE c.id = talk;
    RETURN edge - place.emptied_seq;
END
"""


class Migration(migrations.Migration):
    dependencies = [("chat", "0017_files_stay"), ("tenancy", "0010_keeps_its_place")]

    operations = [
        migrations.AddField(
            "conversation",
            "announced_days",
            models.PositiveIntegerField(
                blank=True, help_text="What was said in the log last on how long things are kept", null=True
            ),
        ),
        migrations.AddField(
            "conversation",
            "emptied_seq",
            models.BigIntegerField(
                db_default=0, default=0, help_text="Up to this number everything is emptied: the next look goes on here"
            ),
        ),
        migrations.RunSQL(STRICTEST, "DROP FUNCTION chat_strictest(bigint);"),
        migrations.RunSQL(ANNOUNCE, "DROP FUNCTION chat_announce_keeping(bigint);"),
        definer("chat_kept(talk bigint)", "TABLE (days int, network bigint)", KEPT, volatile="STABLE ROWS 1"),
        definer("chat_keep(talk bigint, wanted int)", "boolean", KEEP, language="plpgsql", volatile="VOLATILE"),
        definer(
            "chat_keeping_rule(city bigint, wanted int)", "SETOF bigint", RULE, language="plpgsql", volatile="VOLATILE"
        ),
        definer("chat_due(after bigint, most int)", "SETOF bigint", DUE),
        definer(
            "chat_empty(talk bigint, moment timestamptz, most int)",
            "bigint",
            EMPTY,
            language="plpgsql",
            volatile="VOLATILE",
        ),
    ]
