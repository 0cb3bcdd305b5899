"""Conversations behind the second wall: for those who are in them, and the few steps that reach past one's sight.

What each function checks itself, and what stays with the rules in Python, stands in ``platform/handbook/chat.md``.
"""

from __future__ import annotations

from django.db import migrations

from chat.migrations._programme import REQUIRE_PROGRAMME
from toolkit.audience import COORDINATORS_BASE, MODERATORS_BASE
from toolkit.row_security import KEYS, PERSON, both, definer, either, is_person, protect


def living_seat(conversation: str, *, also: str = "true") -> str:
    """Whether the acting one is in a conversation now: one look into an index for each message.

    Own seats are in everybody's sight, so what participants are asked on top is never reached here.
    """
    return (
        f"EXISTS (SELECT FROM chat_participant seat WHERE seat.conversation_id = {conversation} "
        f"AND seat.person_id = {PERSON} AND seat.left_seq IS NULL AND {also})"
    )


#: All conversations that the acting one is in now, by a function that is asked once for a statement: so a list of
#: thousands pays once, and a policy on participants can ask participants at all.
MINE = "IN (SELECT chat_my_conversations())"

OPEN_DIRECT = f"""
DECLARE
    me bigint := {PERSON};
    pair text := least(me, other) || ':' || greatest(me, other);
    number bigint;
BEGIN
    {REQUIRE_PROGRAMME}
    IF other = me OR NOT EXISTS (SELECT FROM tenancy_person p WHERE p.id = other AND p.is_active) THEN
        RAISE insufficient_privilege USING MESSAGE = 'Nobody to talk to.';
    END IF;
    SELECT c.id INTO number FROM chat_conversation c WHERE c.direct_key = pair;
    IF number IS NULL THEN
        -- Whoever comes second at the same moment waits here for the first, and then finds theirs.
        INSERT INTO chat_conversation (kind, title, direct_key, subject_kind, head, last_at, created_at)
        VALUES ('direct', '', pair, '', 0, now(), now())
        ON CONFLICT (direct_key) DO NOTHING RETURNING id INTO number;
        IF number IS NULL THEN
            SELECT c.id INTO number FROM chat_conversation c WHERE c.direct_key = pair;
        ELSE
            INSERT INTO chat_participant (conversation_id, person_id, joined_seq, read_seq, joined_at, muted)
            SELECT number, p, 0, 0, now(), false FROM unnest(ARRAY[me, other]) p;
        END IF;
    END IF;
    RETURN number;
END
"""

OPEN_GROUP = f"""
DECLARE
    me bigint := {PERSON};
    made bigint;
BEGIN
    {REQUIRE_PROGRAMME}
    INSERT INTO chat_conversation (kind, title, subject_kind, head, last_at, created_at)
    VALUES ('group', title, '', 0, now(), now()) RETURNING id INTO made;
    INSERT INTO chat_participant (conversation_id, person_id, joined_seq, read_seq, joined_at, muted)
    SELECT made, p.id, 0, 0, now(), false FROM tenancy_person p
    WHERE p.id = me OR (p.id = ANY (people) AND p.is_active) ORDER BY p.id;
    RETURN made;
END
"""

OPEN_ROOM = f"""
DECLARE
    me bigint := {PERSON};
    number bigint;
BEGIN
    {REQUIRE_PROGRAMME}
    UPDATE chat_conversation c SET title = name
    WHERE c.kind = 'room' AND c.subject_kind = thing AND c.subject_id = thing_id AND c.title <> name;
    SELECT c.id INTO number FROM chat_conversation c
    WHERE c.kind = 'room' AND c.subject_kind = thing AND c.subject_id = thing_id;
    IF number IS NULL THEN
        INSERT INTO chat_conversation (kind, title, subject_kind, subject_id, head, last_at, created_at)
        VALUES ('room', name, thing, thing_id, 0, now(), now())
        ON CONFLICT (subject_kind, subject_id) WHERE kind = 'room' DO NOTHING RETURNING id INTO number;
        IF number IS NULL THEN
            SELECT c.id INTO number FROM chat_conversation c
            WHERE c.kind = 'room' AND c.subject_kind = thing AND c.subject_id = thing_id;
        END IF;
    END IF;
    RETURN number;
END
"""

LET_IN = f"""
DECLARE
    me bigint := {PERSON};
    last bigint;
BEGIN
    {REQUIRE_PROGRAMME}
    SELECT c.head INTO last FROM chat_conversation c WHERE c.id = room AND c.kind = 'room' FOR UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    UPDATE chat_participant s SET left_seq = NULL FROM tenancy_person p
    WHERE s.conversation_id = room AND s.person_id = ANY (people) AND s.left_seq IS NOT NULL
        AND p.id = s.person_id AND p.is_active;
    -- Nobody is greeted by a hundred unread messages from before their time.
    INSERT INTO chat_participant (conversation_id, person_id, joined_seq, read_seq, joined_at, muted)
    SELECT room, p.id, 0, last, now(), false FROM tenancy_person p
    WHERE p.id = ANY (people) AND p.is_active ORDER BY p.id
    ON CONFLICT (conversation_id, person_id) DO NOTHING;
    RETURN last;
END
"""

LET_OUT = f"""
DECLARE
    me bigint := {PERSON};
    place record;
BEGIN
    IF me IS NULL THEN
        RAISE insufficient_privilege USING MESSAGE = 'Nobody acts.';
    END IF;
    SELECT c.kind, c.head INTO place FROM chat_conversation c WHERE c.id = conversation FOR UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF place.kind = 'direct' THEN
        RAISE insufficient_privilege USING MESSAGE = 'Two people always stay in their conversation.';
    ELSIF people <> ARRAY[me] THEN
        IF place.kind <> 'room' THEN
            RAISE insufficient_privilege USING MESSAGE = 'Everybody leaves a group by themselves.';
        END IF;
        {REQUIRE_PROGRAMME}
    END IF;
    UPDATE chat_participant s SET left_seq = place.head
    WHERE s.conversation_id = conversation AND s.person_id = ANY (people) AND s.left_seq IS NULL;
    RETURN place.head;
END
"""

ROOMS_OF = f"""
SELECT c.id, c.subject_kind::text, c.subject_id FROM chat_participant s JOIN chat_conversation c ON c.id = s.conversation_id
WHERE s.person_id = person AND s.left_seq IS NULL AND c.kind = 'room'
    AND (person = {PERSON} OR EXISTS (
        SELECT FROM tenancy_membership m
        WHERE m.person_id = person AND {COORDINATORS_BASE} + m.network_id = ANY ({KEYS})))
ORDER BY c.id
"""

MODERATE = f"""
DECLARE
    me bigint := {PERSON};
    entry record;
    number bigint;
BEGIN
    IF me IS NULL OR NOT EXISTS (
        SELECT FROM moderation_report r
        WHERE r.kind = 'message' AND r.object_id = message
            AND {MODERATORS_BASE} + r.land_id::int = ANY ({KEYS})
    ) THEN
        RAISE insufficient_privilege USING MESSAGE = 'Only who moderates in the Land of a report on it does this.';
    END IF;
    SELECT m.conversation_id, m.seq INTO entry FROM chat_message m WHERE m.id = message;
    -- As whoever sends: the conversation first, then the entry.
    PERFORM FROM chat_conversation c WHERE c.id = entry.conversation_id FOR UPDATE;
    UPDATE chat_message m SET hidden_at = CASE WHEN hide THEN now() END, hidden_reason = CASE WHEN hide THEN why ELSE '' END
    WHERE m.id = message AND (m.hidden_at IS NULL) = hide;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    UPDATE chat_conversation c SET head = c.head + 1 WHERE c.id = entry.conversation_id RETURNING c.head INTO number;
    INSERT INTO chat_message (conversation_id, seq, client_id, kind, body, target_seq, created_at, hidden_reason)
    VALUES (entry.conversation_id, number, gen_random_uuid(), 'change', '', entry.seq, now(), '');
    RETURN QUERY SELECT entry.conversation_id::bigint, number;
END
"""

STAYS = """
CREATE FUNCTION chat_stays() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE insufficient_privilege USING MESSAGE = TG_TABLE_NAME || ': this stays as it is.';
END $body$;
CREATE TRIGGER chat_seat_stays BEFORE UPDATE ON chat_participant FOR EACH ROW
    WHEN ((OLD.conversation_id, OLD.person_id, OLD.joined_seq)
        IS DISTINCT FROM (NEW.conversation_id, NEW.person_id, NEW.joined_seq))
    EXECUTE FUNCTION chat_stays();
CREATE TRIGGER chat_conversation_stays BEFORE UPDATE ON chat_conversation FOR EACH ROW
    WHEN ((OLD.kind, OLD.direct_key, OLD.subject_kind, OLD.subject_id)
        IS DISTINCT FROM (NEW.kind, NEW.direct_key, NEW.subject_kind, NEW.subject_id) OR NEW.head < OLD.head)
    EXECUTE FUNCTION chat_stays();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0003_one_index_per_question"),
        ("moderation", "0001_initial"),
        ("tenancy", "0007_viewer"),
    ]

    operations = [
        # --- seats and numbers, without contents
        definer(
            "chat_my_conversations()",
            "SETOF bigint",
            f"SELECT conversation_id FROM chat_participant WHERE person_id = {PERSON} AND left_seq IS NULL",
            volatile="STABLE ROWS 20",
        ),
        definer(
            "chat_room_of(thing text, thing_id bigint)",
            "bigint",
            "SELECT id FROM chat_conversation WHERE kind = 'room' AND subject_kind = thing AND subject_id = thing_id",
        ),
        definer(
            "chat_subject_of(room bigint)",
            "TABLE (thing text, thing_id bigint)",
            f"SELECT subject_kind::text, subject_id FROM chat_conversation "
            f"WHERE id = room AND kind = 'room' AND {PERSON} IS NOT NULL",
            volatile="STABLE ROWS 1",
        ),
        definer(
            "chat_rooms_of(person bigint)",
            "TABLE (room bigint, thing text, thing_id bigint)",
            ROOMS_OF,
            volatile="STABLE ROWS 10",
        ),
        definer(
            "chat_standing(conversations bigint[], people bigint[])",
            "TABLE (conversation bigint, person bigint, joined bigint, last bigint)",
            f"""
            SELECT s.conversation_id, s.person_id, s.joined_seq, c.head
            FROM chat_participant s JOIN chat_conversation c ON c.id = s.conversation_id
            JOIN tenancy_person p ON p.id = s.person_id
            WHERE s.conversation_id = ANY (conversations) AND s.person_id = ANY (people) AND s.left_seq IS NULL
                AND p.is_active AND {PERSON} IS NULL
            """,
            volatile="STABLE ROWS 50",
        ),
        # --- whole steps
        definer("chat_open_direct(other bigint)", "bigint", OPEN_DIRECT, language="plpgsql", volatile="VOLATILE"),
        definer(
            "chat_open_group(title text, people bigint[])",
            "bigint",
            OPEN_GROUP,
            language="plpgsql",
            volatile="VOLATILE",
        ),
        definer(
            "chat_open_room(thing text, thing_id bigint, name text)",
            "bigint",
            OPEN_ROOM,
            language="plpgsql",
            volatile="VOLATILE",
        ),
        definer("chat_let_in(room bigint, people bigint[])", "bigint", LET_IN, language="plpgsql", volatile="VOLATILE"),
        definer(
            "chat_let_out(conversation bigint, people bigint[])",
            "bigint",
            LET_OUT,
            language="plpgsql",
            volatile="VOLATILE",
        ),
        definer(
            "chat_moderate(message bigint, hide boolean, why text)",
            "TABLE (conversation bigint, last bigint)",
            MODERATE,
            language="plpgsql",
            volatile="VOLATILE ROWS 1",
        ),
        # --- who sees, adds and changes what; nobody removes anything
        protect(
            "chat_participant",
            select=either(is_person("person_id"), f"conversation_id {MINE}"),
            update=both(is_person("person_id"), "left_seq IS NULL"),
        ),
        protect(
            "chat_conversation",
            select=f"id {MINE}",
            update=f"id {MINE}",
        ),
        protect(
            "chat_message",
            select=living_seat("chat_message.conversation_id", also="chat_message.seq > seat.joined_seq"),
            insert=both(
                either(is_person("sender_id"), both("sender_id IS NULL", "kind <> 'text'")),
                living_seat("chat_message.conversation_id"),
            ),
        ),
        # --- what a policy cannot say: that a row stays what it was
        migrations.RunSQL(
            STAYS,
            "DROP FUNCTION chat_stays() CASCADE;",
        ),
    ]
