"""Groups with owners, topic rooms, rooms of networks: each step past one's own sight is one function with its rule.

What each checks itself, and what stays with the rules in Python, stands in ``platform/handbook/chat.md``.
"""

from __future__ import annotations

from django.db import migrations

from chat.migrations._programme import IN_PROGRAMME, REQUIRE_PROGRAMME
from toolkit.audience import ALL_NETWORKS, LAND_BASE, MODERATORS_BASE, OFFICE_BASE
from toolkit.row_security import KEYS, PERSON, definer

#: Whether a topic room is open to the acting one: they hold its key, or moderate for an association of its Land.
OPEN_TO_ME = f"""
    (c.open_to = ANY ({KEYS}) OR (c.open_to > {LAND_BASE} AND c.open_to < {ALL_NETWORKS}
        AND c.open_to - {LAND_BASE} + {MODERATORS_BASE} = ANY ({KEYS})))
"""

#: A line of the server's own in the log, as code and numbers: each reader gets it in their language. Not past the wall
#: by itself: who calls it without a function of the owner's around it writes nothing.
NOTE = f"""
CREATE FUNCTION chat_note(talk bigint, words jsonb) RETURNS bigint LANGUAGE plpgsql SET search_path = public, pg_temp
AS $body$
DECLARE
    number bigint;
BEGIN
    UPDATE chat_conversation c SET head = c.head + 1 WHERE c.id = talk RETURNING c.head INTO number;
    INSERT INTO chat_message (conversation_id, seq, client_id, kind, body, created_at, hidden_reason)
    VALUES (talk, number, gen_random_uuid(), 'note', words::text, clock_timestamp(), '');
    -- Nobody is told of what they did themselves.
    UPDATE chat_participant s SET read_seq = number
    WHERE s.conversation_id = talk AND s.person_id = {PERSON} AND s.read_seq = number - 1;
    RETURN number;
END $body$;
"""

#: Where the last owner goes, whoever was there next becomes owner: those who can write come first.
INHERIT = f"""
CREATE FUNCTION chat_inherit(talk bigint) RETURNS bigint LANGUAGE plpgsql SET search_path = public, pg_temp
AS $body$
DECLARE
    heir bigint;
BEGIN
    IF EXISTS (SELECT FROM chat_participant s WHERE s.conversation_id = talk AND s.left_seq IS NULL
        AND s.role = 'owner') THEN
        RETURN NULL;
    END IF;
    SELECT s.person_id INTO heir FROM chat_participant s JOIN tenancy_person p ON p.id = s.person_id AND p.is_active
    WHERE s.conversation_id = talk AND s.left_seq IS NULL
    ORDER BY {IN_PROGRAMME.format("s.person_id")} DESC, s.joined_at, s.person_id LIMIT 1;
    UPDATE chat_participant s SET role = 'owner' WHERE s.conversation_id = talk AND s.person_id = heir;
    RETURN heir;
END $body$;
"""

#: The place is locked first; what is asked after it is asked of the present.
LOCKED = """
    SELECT c.kind, c.head, c.title, c.about, c.writers INTO place FROM chat_conversation c WHERE c.id = talk FOR UPDATE;
    IF NOT FOUND OR place.kind <> ALL (ARRAY['group', 'topic']) OR NOT EXISTS (
        SELECT FROM chat_participant s WHERE s.conversation_id = talk AND s.person_id = me AND s.left_seq IS NULL
            AND s.role = 'owner') THEN
        RAISE insufficient_privilege USING MESSAGE = 'Only its owners do this.';
    END IF;
"""

OPEN_GROUP = f"""
DECLARE
    me bigint := {PERSON};
    made bigint;
BEGIN
    {REQUIRE_PROGRAMME}
    INSERT INTO chat_conversation (kind, title, about, subject_kind, head, last_at, created_at)
    VALUES ('group', title, about, '', 0, now(), now()) RETURNING id INTO made;
    INSERT INTO chat_participant (conversation_id, person_id, joined_seq, read_seq, joined_at, muted, role)
    SELECT made, p.id, 0, 0, now(), false, CASE WHEN p.id = me THEN 'owner' ELSE 'member' END FROM tenancy_person p
    WHERE p.id = me OR (p.id = ANY (people) AND p.is_active AND NOT EXISTS (
        SELECT FROM chat_block b WHERE (b.person_id, b.blocked_id) IN ((p.id, me), (me, p.id)))) ORDER BY p.id;
    RETURN made;
END
"""

GROUP_ADD = f"""
DECLARE
    me bigint := {PERSON};
    place record;
    added bigint[];
    number bigint;
BEGIN
    {REQUIRE_PROGRAMME}
    {LOCKED}
    IF place.kind <> 'group' THEN
        RAISE insufficient_privilege USING MESSAGE = 'A topic room is entered by oneself.';
    END IF;
    added := ARRAY(SELECT p.id FROM tenancy_person p
        WHERE p.id = ANY (people) AND p.is_active AND {IN_PROGRAMME.format("p.id")}
            AND NOT EXISTS (SELECT FROM chat_participant s
                WHERE s.conversation_id = talk AND s.person_id = p.id AND s.left_seq IS NULL)
            AND NOT EXISTS (SELECT FROM chat_block b WHERE (b.person_id, b.blocked_id) IN ((p.id, me), (me, p.id)))
        ORDER BY p.id);
    IF cardinality(added) = 0 THEN
        RETURN;
    END IF;
    number := chat_note(talk, jsonb_build_object('code', 'added', 'by', me, 'who', to_jsonb(added)));
    -- Also who was here before sees what is said from now on: what lies between is not theirs.
    INSERT INTO chat_participant (conversation_id, person_id, joined_seq, read_seq, joined_at, muted)
    SELECT talk, p, place.head, number, now(), false FROM unnest(added) p
    ON CONFLICT (conversation_id, person_id) DO UPDATE SET left_seq = NULL, joined_seq = excluded.joined_seq,
        read_seq = excluded.read_seq, joined_at = excluded.joined_at, mention_seq = 0, archived_seq = NULL,
        role = 'member';
    RETURN QUERY SELECT unnest(added);
END
"""

GROUP_REMOVE = f"""
DECLARE
    me bigint := {PERSON};
    place record;
BEGIN
    {LOCKED}
    UPDATE chat_participant s SET left_seq = place.head
    WHERE s.conversation_id = talk AND s.person_id = who AND s.left_seq IS NULL AND s.role <> 'owner';
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF place.kind = 'group' THEN
        PERFORM chat_note(talk, jsonb_build_object('code', 'removed', 'by', me, 'who', jsonb_build_array(who)));
    END IF;
    RETURN true;
END
"""

GROUP_OWN = f"""
DECLARE
    me bigint := {PERSON};
    place record;
BEGIN
    {LOCKED}
    IF gives THEN
        UPDATE chat_participant s SET role = 'owner' FROM tenancy_person p
        WHERE s.conversation_id = talk AND s.person_id = who AND s.left_seq IS NULL AND s.role <> 'owner'
            AND p.id = who AND p.is_active;
    ELSIF who <> me THEN
        RAISE insufficient_privilege USING MESSAGE = 'Everybody gives this up by themselves.';
    ELSE
        UPDATE chat_participant s SET role = 'member'
        WHERE s.conversation_id = talk AND s.person_id = me AND EXISTS (SELECT FROM chat_participant o
            JOIN tenancy_person p ON p.id = o.person_id AND p.is_active
            WHERE o.conversation_id = talk AND o.person_id <> me AND o.left_seq IS NULL AND o.role = 'owner');
    END IF;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM chat_note(talk, jsonb_build_object('code', CASE WHEN gives THEN 'owner' ELSE 'stepped_down' END,
        'by', me, 'who', jsonb_build_array(who)));
    RETURN true;
END
"""

GROUP_SET = f"""
DECLARE
    me bigint := {PERSON};
    place record;
BEGIN
    {LOCKED}
    CASE what
    WHEN 'title' THEN
        IF value = '' OR place.title = value THEN RETURN false; END IF;
        UPDATE chat_conversation c SET title = value WHERE c.id = talk;
        PERFORM chat_note(talk, jsonb_build_object('code', 'renamed', 'by', me, 'value', value));
    WHEN 'about' THEN
        IF place.about = value THEN RETURN false; END IF;
        UPDATE chat_conversation c SET about = value WHERE c.id = talk;
    WHEN 'writers' THEN
        IF place.writers = value OR value <> ALL (ARRAY['all', 'owners']) THEN RETURN false; END IF;
        UPDATE chat_conversation c SET writers = value WHERE c.id = talk;
        PERFORM chat_note(talk, jsonb_build_object('code', CASE value WHEN 'all' THEN 'all_write' ELSE 'owners_write' END,
            'by', me));
    END CASE;
    RETURN true;
END
"""

LET_OUT = f"""
DECLARE
    me bigint := {PERSON};
    place record;
    heir bigint;
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
    UPDATE chat_participant s SET left_seq = place.head, role = 'member'
    WHERE s.conversation_id = conversation AND s.person_id = ANY (people) AND s.left_seq IS NULL;
    IF FOUND AND place.kind IN ('group', 'topic') THEN
        heir := chat_inherit(conversation);
        IF place.kind = 'group' OR heir IS NOT NULL THEN
            PERFORM chat_note(conversation, jsonb_build_object('code', 'left', 'by', me, 'who',
                CASE WHEN heir IS NULL THEN '[]' ELSE jsonb_build_array(heir) END));
        END IF;
    END IF;
    RETURN place.head;
END
"""

OPEN_TOPIC = f"""
DECLARE
    me bigint := {PERSON};
    made bigint;
    land int := CASE WHEN key > {LAND_BASE} AND key < {ALL_NETWORKS} THEN key - {LAND_BASE} END;
BEGIN
    {REQUIRE_PROGRAMME}
    -- Who coordinates opens one for all or for their own Land, who moderates as well; nobody else, and for nobody else.
    IF NOT EXISTS (SELECT FROM unnest({KEYS}) k WHERE (k >= {MODERATORS_BASE} AND k < {OFFICE_BASE}))
        OR (key <> {ALL_NETWORKS} AND (land IS NULL
            OR NOT (key = ANY ({KEYS}) OR land + {MODERATORS_BASE} = ANY ({KEYS})))) THEN
        RAISE insufficient_privilege USING MESSAGE = 'Only coordination and moderation open a topic room.';
    END IF;
    INSERT INTO chat_conversation (kind, title, about, open_to, writers, subject_kind, head, last_at, created_at)
    VALUES ('topic', name, about, key, CASE WHEN announce THEN 'owners' ELSE 'all' END, '', 0, now(), now())
    RETURNING id INTO made;
    INSERT INTO chat_participant (conversation_id, person_id, joined_seq, read_seq, joined_at, muted, role)
    VALUES (made, me, 0, 0, now(), false, 'owner');
    RETURN made;
END
"""

TOPICS = f"""
    SELECT c.id, c.title::text, c.about::text, c.open_to, c.writers::text,
        (SELECT count(*) FROM chat_participant s WHERE s.conversation_id = c.id AND s.left_seq IS NULL), c.last_at,
        EXISTS (SELECT FROM chat_participant s
            WHERE s.conversation_id = c.id AND s.person_id = {PERSON} AND s.left_seq IS NULL)
    FROM chat_conversation c
    WHERE c.kind = 'topic' AND (one IS NULL OR c.id = one) AND {PERSON} IS NOT NULL AND {OPEN_TO_ME}
    ORDER BY c.last_at DESC, c.id DESC LIMIT 500
"""

ENTER_TOPIC = f"""
DECLARE
    me bigint := {PERSON};
    last bigint;
BEGIN
    {REQUIRE_PROGRAMME}
    SELECT c.head INTO last FROM chat_conversation c WHERE c.id = topic AND c.kind = 'topic' AND {OPEN_TO_ME}
    FOR UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    -- What was said in a topic room is open to all who are in it, as in every room.
    INSERT INTO chat_participant (conversation_id, person_id, joined_seq, read_seq, joined_at, muted)
    VALUES (topic, me, 0, last, now(), false)
    ON CONFLICT (conversation_id, person_id) DO UPDATE SET left_seq = NULL, archived_seq = NULL;
    PERFORM chat_inherit(topic);
    RETURN last;
END
"""

#: Only keeps a rule, whoever calls it: out of topic rooms that are not open to the person any more.
LEAVE_TOPICS = f"""
DECLARE
    place record;
BEGIN
    IF {PERSON} IS NULL THEN
        RAISE insufficient_privilege USING MESSAGE = 'Nobody acts.';
    END IF;
    FOR place IN
        SELECT c.id, c.head FROM chat_conversation c
        JOIN chat_participant s ON s.conversation_id = c.id AND s.person_id = who AND s.left_seq IS NULL
        WHERE c.kind = 'topic' AND NOT CASE WHEN c.open_to = {ALL_NETWORKS} THEN {IN_PROGRAMME.format("who")} ELSE
            EXISTS (SELECT FROM tenancy_membership m JOIN tenancy_network n ON n.id = m.network_id
                JOIN tenancy_municipality t ON t.ags = n.municipality_id
                WHERE m.person_id = who AND m.ended_on IS NULL AND {LAND_BASE} + t.state_id::int = c.open_to)
            OR EXISTS (SELECT FROM tenancy_moderator o JOIN tenancy_association a ON a.id = o.association_id
                WHERE o.person_id = who AND o.ended_on IS NULL AND {LAND_BASE} + a.state_id::int = c.open_to) END
        ORDER BY c.id FOR UPDATE OF c
    LOOP
        UPDATE chat_participant s SET left_seq = place.head, role = 'member'
        WHERE s.conversation_id = place.id AND s.person_id = who;
        PERFORM chat_inherit(place.id);
        RETURN NEXT place.id;
    END LOOP;
END
"""

#: Only keeps a rule, whoever calls it: whoever is in a network is in its room, if there is one.
FOLLOW_NETWORK = f"""
DECLARE
    place record;
BEGIN
    IF {PERSON} IS NULL OR NOT EXISTS (SELECT FROM tenancy_membership m JOIN tenancy_person p ON p.id = m.person_id
        WHERE m.person_id = who AND m.network_id = network AND m.ended_on IS NULL AND p.is_active) THEN
        RETURN NULL;
    END IF;
    SELECT c.id, c.head INTO place FROM chat_conversation c
    WHERE c.kind = 'room' AND c.subject_kind = 'network' AND c.subject_id = network FOR UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    INSERT INTO chat_participant (conversation_id, person_id, joined_seq, read_seq, joined_at, muted)
    VALUES (place.id, who, 0, place.head, now(), false)
    ON CONFLICT (conversation_id, person_id) DO UPDATE SET left_seq = NULL;
    RETURN place.id;
END
"""

#: A seat stays where it is, except that the functions of the database let somebody come back to a group.
STAYS = """
CREATE OR REPLACE FUNCTION chat_stays() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF row_security_active(TG_RELID) THEN
        RAISE insufficient_privilege USING MESSAGE = TG_TABLE_NAME || ': this stays as it is.';
    END IF;
    RETURN NEW;
END $body$;
"""

#: Groups from before had no owners: who was there first has begun them.
FIRST_OWNERS = """
SELECT chat_inherit(c.id) FROM chat_conversation c WHERE c.kind = 'group';
"""


def step(signature: str, returns: str, body: str, volatile: str = "VOLATILE") -> migrations.RunSQL:
    """A function that changes something past the acting one's sight."""
    return definer(signature, returns, body, language="plpgsql", volatile=volatile)


class Migration(migrations.Migration):
    dependencies = [("chat", "0015_mentions"), ("tenancy", "0010_keeps_its_place")]

    operations = [
        migrations.RunSQL(STAYS),
        migrations.RunSQL(NOTE),
        migrations.RunSQL(INHERIT),
        migrations.RunSQL(
            "DROP FUNCTION chat_open_group(text, bigint[]); DROP FUNCTION chat_let_out(bigint, bigint[]);"
        ),
        step("chat_open_group(title text, about text, people bigint[])", "bigint", OPEN_GROUP),
        step("chat_let_out(conversation bigint, people bigint[])", "bigint", LET_OUT),
        step("chat_group_add(talk bigint, people bigint[])", "SETOF bigint", GROUP_ADD),
        step("chat_group_remove(talk bigint, who bigint)", "boolean", GROUP_REMOVE),
        step("chat_group_own(talk bigint, who bigint, gives boolean)", "boolean", GROUP_OWN),
        step("chat_group_set(talk bigint, what text, value text)", "boolean", GROUP_SET),
        step("chat_open_topic(name text, about text, key int, announce boolean)", "bigint", OPEN_TOPIC),
        definer(
            "chat_topics(one bigint)",
            "TABLE (id bigint, title text, about text, open_to int, writers text, members bigint, "
            "last_at timestamptz, mine boolean)",
            TOPICS,
            volatile="STABLE ROWS 50",
        ),
        step("chat_enter_topic(topic bigint)", "bigint", ENTER_TOPIC),
        step("chat_leave_topics(who bigint)", "SETOF bigint", LEAVE_TOPICS),
        step("chat_follow_network(network bigint, who bigint)", "bigint", FOLLOW_NETWORK),
        migrations.RunSQL(FIRST_OWNERS, migrations.RunSQL.noop),
    ]
