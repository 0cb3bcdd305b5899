"""One function writes what is said, one changes it: both take the number under the conversation's lock.

The rule on who may write stands in ``chat_refusal``, and nowhere else: the policies in Python ask it as well.
"""

from __future__ import annotations

from django.db import migrations

from chat.migrations._programme import IN_PROGRAMME
from toolkit.row_security import PERSON, both, coordinates, definer, either, in_network, is_person, protect

#: Why somebody may not write, as a word; NULL: they may. For oneself, and for the writer, who acts as nobody.
REFUSAL = f"""
DECLARE
    me bigint := {PERSON};
    place record;
    other bigint;
BEGIN
    IF me IS NOT NULL AND me <> who THEN
        RAISE insufficient_privilege USING MESSAGE = 'Everybody asks for themselves.';
    END IF;
    SELECT c.kind, c.direct_key, c.writers, s.role INTO place
    FROM chat_conversation c
    JOIN chat_participant s ON s.conversation_id = c.id AND s.person_id = who AND s.left_seq IS NULL
    JOIN tenancy_person p ON p.id = who AND p.is_active
    WHERE c.id = talk;
    IF NOT FOUND THEN
        RETURN 'unknown';
    ELSIF NOT {IN_PROGRAMME.format("who")} THEN
        RETURN 'outside';
    ELSIF place.kind = 'direct' THEN
        other := CASE WHEN split_part(place.direct_key, ':', 1)::bigint = who
            THEN split_part(place.direct_key, ':', 2)::bigint ELSE split_part(place.direct_key, ':', 1)::bigint END;
        IF EXISTS (SELECT FROM chat_block b WHERE b.person_id = who AND b.blocked_id = other) THEN
            RETURN 'blocking';
        ELSIF NOT EXISTS (SELECT FROM tenancy_person p WHERE p.id = other AND p.is_active)
            OR NOT {IN_PROGRAMME.format("other")}
            OR EXISTS (SELECT FROM chat_block b WHERE b.person_id = other AND b.blocked_id = who) THEN
            -- The same word for all three: nobody learns that they were blocked.
            RETURN 'unreachable';
        END IF;
    ELSIF place.writers = 'owners' AND place.role <> 'owner' THEN
        RETURN 'announcement';
    END IF;
    RETURN NULL;
END
"""

#: ``drafts``: a JSON list of {who, talk, id, body, key, reply, mentions, everyone, files}. One row comes back for each,
#: in any order: its place in the list (from 1), what became of it (``stored``, ``again``, or a refusal), its number
#: and moment, and for ``too_fast`` the seconds to wait. Conversations are locked in the order of their numbers.
APPEND = f"""
DECLARE
    me bigint := {PERSON};
    d record;
    place record;
    seat record;
    earlier record;
    reply_to bigint;
    root bigint;
    named bigint[];
    recent timestamptz[];
    word text;
BEGIN
    FOR d IN
        SELECT x.ordinality AS n, (x.value->>'who')::bigint AS who, (x.value->>'talk')::bigint AS talk,
            (x.value->>'id')::uuid AS id, x.value->>'body' AS body, (x.value->>'key')::uuid AS key,
            (x.value->>'reply')::bigint AS reply,
            CASE WHEN jsonb_array_length(x.value->'mentions') > 0
                THEN ARRAY(SELECT jsonb_array_elements_text(x.value->'mentions')::bigint) ELSE '{{}}' END AS mentions,
            (x.value->>'everyone')::boolean AS everyone,
            CASE WHEN jsonb_array_length(x.value->'files') > 0
                THEN ARRAY(SELECT jsonb_array_elements_text(x.value->'files')::uuid) ELSE '{{}}' END AS files
        FROM jsonb_array_elements(drafts) WITH ORDINALITY x
        ORDER BY talk, n
    LOOP
        place := NULL; seq := NULL; at := NULL; wait := NULL; draft := d.n;
        IF me IS NOT NULL AND me <> d.who THEN
            RAISE insufficient_privilege USING MESSAGE = 'Everybody speaks for themselves.';
        END IF;
        -- The lock comes first and alone: what is asked after it is asked of the present, removals included.
        SELECT c.id, c.kind, c.head INTO place FROM chat_conversation c WHERE c.id = d.talk FOR UPDATE;
        word := chat_refusal(d.talk, d.who);
        IF place.id IS NULL OR word = 'unknown' THEN
            outcome := 'unknown'; RETURN NEXT; CONTINUE;
        END IF;
        SELECT m.seq, m.created_at, m.conversation_id, m.content_key, m.body INTO earlier
        FROM chat_message m WHERE m.sender_id = d.who AND m.client_id = d.id;
        IF FOUND THEN
            IF earlier.conversation_id = d.talk
                AND (earlier.content_key = d.key OR (earlier.content_key IS NULL AND earlier.body = d.body)) THEN
                outcome := 'again'; seq := earlier.seq; at := earlier.created_at;
            ELSE
                outcome := 'conflict';
            END IF;
            RETURN NEXT; CONTINUE;
        END IF;
        IF word IS NOT NULL THEN
            outcome := word; RETURN NEXT; CONTINUE;
        END IF;
        -- "+ 0": by the index of senders, everything that somebody ever said would be gone through.
        SELECT array_agg(m.created_at ORDER BY m.seq DESC) INTO recent FROM chat_message m
        WHERE m.conversation_id = d.talk AND m.seq > place.head - 500 AND m.sender_id + 0 = d.who
            -- Not what is said to be still to come: the clock of this server, or of another, was wrong.
            AND m.created_at > moment - span AND m.created_at <= moment AND m.kind = 'text';
        IF cardinality(recent) >= rate THEN
            outcome := 'too_fast';
            wait := greatest(0.1, extract(epoch FROM span - (moment - recent[rate])));
            RETURN NEXT; CONTINUE;
        END IF;
        SELECT s.joined_seq INTO seat FROM chat_participant s WHERE s.conversation_id = d.talk AND s.person_id = d.who;
        reply_to := NULL;
        root := NULL;
        IF d.reply IS NOT NULL THEN
            SELECT m.seq, coalesce(m.thread_seq, m.seq) INTO reply_to, root FROM chat_message m
            WHERE m.conversation_id = d.talk AND m.seq = d.reply AND m.kind = 'text' AND m.seq > seat.joined_seq;
            IF NOT FOUND THEN
                outcome := 'no_such_message'; RETURN NEXT; CONTINUE;
            END IF;
        END IF;
        IF cardinality(d.files) > 0 AND cardinality(d.files) <> (
            SELECT count(*) FROM chat_messagefile f
            WHERE f.key = ANY (d.files) AND f.conversation_id = d.talk AND f.uploader_id = d.who AND f.seq IS NULL
                AND f.state IN ('pending', 'ready')
        ) THEN
            outcome := 'no_such_file'; RETURN NEXT; CONTINUE;
        END IF;
        named := d.mentions;
        IF cardinality(named) > 0 THEN
            SELECT coalesce(array_agg(s.person_id ORDER BY s.person_id), '{{}}') INTO named FROM chat_participant s
            WHERE s.conversation_id = d.talk AND s.person_id = ANY (d.mentions) AND s.left_seq IS NULL;
        END IF;
        INSERT INTO chat_message (conversation_id, seq, sender_id, client_id, kind, body, content_key, created_at,
            hidden_reason, reply_seq, thread_seq, mentions, mentions_all, file_count)
        VALUES (d.talk, place.head + 1, d.who, d.id, 'text', d.body, d.key, moment, '', reply_to, root,
            named, d.everyone AND place.kind <> 'direct', cardinality(d.files))
        ON CONFLICT (sender_id, client_id) DO NOTHING;
        IF NOT FOUND THEN
            -- The same id in two conversations at the same moment: their locks do not meet, the unique key does.
            outcome := 'conflict'; RETURN NEXT; CONTINUE;
        END IF;
        UPDATE chat_conversation c SET head = place.head + 1, last_at = moment WHERE c.id = d.talk;
        UPDATE chat_participant s SET read_seq = place.head + 1, archived_seq = NULL
        WHERE s.conversation_id = d.talk AND s.person_id = d.who;
        IF d.everyone AND place.kind <> 'direct' THEN
            UPDATE chat_participant s SET mention_seq = place.head + 1
            WHERE s.conversation_id = d.talk AND s.person_id <> d.who AND s.left_seq IS NULL;
        ELSIF cardinality(named) > 0 THEN
            UPDATE chat_participant s SET mention_seq = place.head + 1
            WHERE s.conversation_id = d.talk AND s.person_id = ANY (named) AND s.person_id <> d.who;
        END IF;
        IF root IS NOT NULL THEN
            UPDATE chat_message m SET replies = m.replies + 1 WHERE m.conversation_id = d.talk AND m.seq = root;
        END IF;
        IF cardinality(d.files) > 0 THEN
            UPDATE chat_messagefile f SET seq = place.head + 1 WHERE f.key = ANY (d.files);
        END IF;
        outcome := 'stored'; seq := place.head + 1; at := moment;
        RETURN NEXT;
    END LOOP;
END
"""

#: Changes the acting one's view of a message for everybody, as an entry with a number of its own; NULL: it was so.
#: Whether the time for editing is over is asked in Python; whose the message is, here as well.
CHANGE = f"""
DECLARE
    me bigint := {PERSON};
    place record;
    entry record;
    seat record;
    people jsonb;
BEGIN
    SELECT c.head, c.kind INTO place FROM chat_conversation c WHERE c.id = talk FOR UPDATE;
    SELECT s.joined_seq, s.role INTO seat FROM chat_participant s
    WHERE s.conversation_id = talk AND s.person_id = me AND s.left_seq IS NULL;
    SELECT m.seq, m.sender_id, m.body, m.reactions, m.pinned_at, m.hidden_at INTO entry FROM chat_message m
    WHERE m.conversation_id = talk AND m.seq = number AND m.kind = 'text' AND m.seq > seat.joined_seq
        AND m.retracted_at IS NULL AND m.expired_at IS NULL;
    -- What is announced is there to be reacted to, and own words can always be taken back.
    IF NOT FOUND OR (deed <> 'retract' AND NOT coalesce(chat_refusal(talk, me), '') =
        ANY (CASE WHEN deed IN ('react', 'unreact') THEN ARRAY['', 'announcement'] ELSE ARRAY[''] END)) THEN
        RAISE insufficient_privilege USING MESSAGE = 'Not in this conversation.';
    END IF;
    IF deed IN ('edit', 'retract') AND entry.sender_id <> me THEN
        RAISE insufficient_privilege USING MESSAGE = 'Everybody changes their own words.';
    END IF;
    CASE deed
    WHEN 'edit' THEN
        IF entry.body = value THEN RETURN NULL; END IF;
        INSERT INTO chat_earliertext (conversation_id, seq, body, until) VALUES (talk, number, entry.body, moment);
        UPDATE chat_message m SET body = value, edited_at = moment WHERE m.conversation_id = talk AND m.seq = number;
    WHEN 'retract' THEN
        DELETE FROM chat_earliertext e WHERE e.conversation_id = talk AND e.seq = number;
        UPDATE chat_messagefile f SET state = 'gone' WHERE f.conversation_id = talk AND f.seq = number;
        UPDATE chat_message m SET body = '', reactions = '{{}}', pinned_at = NULL, retracted_at = moment
        WHERE m.conversation_id = talk AND m.seq = number;
    WHEN 'react', 'unreact' THEN
        people := coalesce(entry.reactions->value, '[]');
        IF (people @> to_jsonb(me)) = (deed = 'react') THEN RETURN NULL; END IF;
        IF deed = 'react' THEN
            people := people || to_jsonb(me);
        ELSE
            people := (SELECT coalesce(jsonb_agg(p ORDER BY n), '[]')
                FROM jsonb_array_elements(people) WITH ORDINALITY x(p, n) WHERE p <> to_jsonb(me));
        END IF;
        UPDATE chat_message m SET reactions = CASE WHEN people = '[]' THEN m.reactions - value
            ELSE jsonb_set(m.reactions, ARRAY[value], people) END
        WHERE m.conversation_id = talk AND m.seq = number;
    WHEN 'pin', 'unpin' THEN
        IF (entry.pinned_at IS NOT NULL) = (deed = 'pin') THEN RETURN NULL; END IF;
        UPDATE chat_message m SET pinned_at = CASE WHEN deed = 'pin' THEN moment END
        WHERE m.conversation_id = talk AND m.seq = number;
    END CASE;
    UPDATE chat_conversation c SET head = c.head + 1 WHERE c.id = talk;
    INSERT INTO chat_message (conversation_id, seq, client_id, kind, body, what, target_seq, created_at, hidden_reason)
    VALUES (talk, place.head + 1, gen_random_uuid(), 'change', '', CASE deed WHEN 'unreact' THEN 'react' WHEN 'unpin' THEN 'pin'
        ELSE deed END, number, moment, '');
    RETURN place.head + 1;
END
"""

SEATS_RISE = """
CREATE FUNCTION chat_seats_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $body$
BEGIN
    UPDATE chat_conversation c SET version = c.version + 1 WHERE c.id = NEW.conversation_id;
    RETURN NULL;
END $body$;
CREATE FUNCTION chat_seats_taken() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $body$
BEGIN
    UPDATE chat_conversation c SET version = c.version + 1 WHERE c.id IN (SELECT conversation_id FROM taken);
    RETURN NULL;
END $body$;
CREATE TRIGGER chat_seats_taken AFTER INSERT ON chat_participant REFERENCING NEW TABLE AS taken
    FOR EACH STATEMENT EXECUTE FUNCTION chat_seats_taken();
CREATE TRIGGER chat_seat_left AFTER UPDATE ON chat_participant FOR EACH ROW
    WHEN (OLD.left_seq IS DISTINCT FROM NEW.left_seq) EXECUTE FUNCTION chat_seats_changed();
CREATE FUNCTION chat_role_is_given() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF row_security_active(TG_RELID) THEN
        RAISE insufficient_privilege USING MESSAGE = 'Nobody gives a role to themselves.';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER chat_role_is_given BEFORE UPDATE ON chat_participant FOR EACH ROW
    WHEN (OLD.role <> NEW.role) EXECUTE FUNCTION chat_role_is_given();
-- Nobody but the functions of the database writes an entry, or changes a conversation.
DROP POLICY may_insert ON chat_message;
DROP POLICY may_update ON chat_conversation;
DROP TRIGGER chat_conversation_stays ON chat_conversation;
"""


def seen(table: str) -> str:
    """Whether the acting one is in the conversation of a row now, and came before its message was said."""
    return (
        f"EXISTS (SELECT FROM chat_participant seat WHERE seat.conversation_id = {table}.conversation_id "
        f"AND seat.person_id = {PERSON} AND seat.left_seq IS NULL AND {table}.seq > seat.joined_seq)"
    )


class Migration(migrations.Migration):
    dependencies = [("chat", "0005_everything_said")]

    operations = [
        migrations.RunSQL(SEATS_RISE),
        definer("chat_refusal(talk bigint, who bigint)", "text", REFUSAL, language="plpgsql", volatile="VOLATILE"),
        definer(
            "chat_append(drafts jsonb, moment timestamptz, rate int, span interval)",
            "TABLE (draft bigint, outcome text, seq bigint, at timestamptz, wait float8)",
            APPEND,
            language="plpgsql",
            volatile="VOLATILE ROWS 10",
        ),
        definer(
            "chat_change(talk bigint, number bigint, deed text, value text, moment timestamptz)",
            "bigint",
            CHANGE,
            language="plpgsql",
            volatile="VOLATILE",
        ),
        protect("chat_earliertext", select=seen("chat_earliertext")),
        # Before it is sent, a file is its uploader's alone.
        protect(
            "chat_messagefile",
            select=either(both(is_person("uploader_id"), "seq IS NULL"), seen("chat_messagefile")),
            insert=both(
                is_person("uploader_id"),
                "seq IS NULL",
                f"EXISTS (SELECT FROM chat_participant seat WHERE seat.conversation_id = chat_messagefile.conversation_id "
                f"AND seat.person_id = {PERSON} AND seat.left_seq IS NULL)",
            ),
            update=both(is_person("uploader_id"), "seq IS NULL"),
            delete=both(is_person("uploader_id"), "seq IS NULL"),
        ),
        protect(
            "chat_chatwish",
            select=is_person("person_id"),
            insert=is_person("person_id"),
            update=is_person("person_id"),
            delete=is_person("person_id"),
        ),
        protect(
            "chat_block",
            select=is_person("person_id"),
            insert=is_person("person_id"),
            delete=is_person("person_id"),
        ),
        protect(
            "chat_keepingrule",
            select=in_network("network_id"),
            insert=coordinates("network_id"),
            update=coordinates("network_id"),
            delete=coordinates("network_id"),
        ),
    ]
