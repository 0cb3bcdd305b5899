"""A group is steered by somebody who can; and a file is taken away under the lock of its conversation.

Whoever drops a file while another tab sends it would else leave a message that says it brought one.
"""

from __future__ import annotations

from django.db import migrations

from toolkit.row_security import PERSON, definer

#: As in ``0016_talks``, but who is suspended steers nothing.
INHERIT = """
CREATE OR REPLACE FUNCTION chat_inherit(talk bigint) RETURNS bigint LANGUAGE plpgsql SET search_path = public, pg_temp
AS $body$
DECLARE
    heir bigint;
BEGIN
    IF EXISTS (SELECT FROM chat_participant s JOIN tenancy_person p ON p.id = s.person_id AND p.is_active
        WHERE s.conversation_id = talk AND s.left_seq IS NULL AND s.role = 'owner') THEN
        RETURN NULL;
    END IF;
    SELECT s.person_id INTO heir FROM chat_participant s JOIN tenancy_person p ON p.id = s.person_id AND p.is_active
    WHERE s.conversation_id = talk AND s.left_seq IS NULL
    ORDER BY (EXISTS (SELECT FROM tenancy_membership m WHERE m.person_id = s.person_id AND m.ended_on IS NULL)
        OR EXISTS (SELECT FROM tenancy_moderator o WHERE o.person_id = s.person_id AND o.ended_on IS NULL)) DESC,
        s.joined_at, s.person_id LIMIT 1;
    UPDATE chat_participant s SET role = 'owner' WHERE s.conversation_id = talk AND s.person_id = heir;
    RETURN heir;
END $body$;
"""

#: Where somebody who is suspended was the only owner, whoever was there next becomes one, and the log says so. They
#: keep their part: when they come back, there are two.
SUSPENDED = """
CREATE FUNCTION chat_person_suspended() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $body$
DECLARE
    place bigint;
    heir bigint;
BEGIN
    FOR place IN
        SELECT c.id FROM chat_conversation c
        JOIN chat_participant s ON s.conversation_id = c.id AND s.person_id = NEW.id
        WHERE c.kind IN ('group', 'topic') AND s.left_seq IS NULL AND s.role = 'owner'
        ORDER BY c.id FOR UPDATE OF c
    LOOP
        heir := chat_inherit(place);
        IF heir IS NOT NULL THEN
            PERFORM chat_note(place, jsonb_build_object('code', 'heir', 'who', jsonb_build_array(heir)));
        END IF;
    END LOOP;
    RETURN NULL;
END $body$;
CREATE TRIGGER chat_person_suspended AFTER UPDATE OF is_active ON tenancy_person FOR EACH ROW
    WHEN (OLD.is_active AND NOT NEW.is_active) EXECUTE FUNCTION chat_person_suspended();
SELECT chat_inherit(c.id) FROM chat_conversation c WHERE c.kind IN ('group', 'topic');
"""

DROP = f"""
DECLARE
    place bigint;
BEGIN
    SELECT f.conversation_id INTO place FROM chat_messagefile f
    WHERE f.key = file AND f.uploader_id = {PERSON} AND f.seq IS NULL;
    -- The conversation first, as everybody who writes.
    PERFORM FROM chat_conversation c WHERE c.id = place FOR UPDATE;
    DELETE FROM chat_messagefile f WHERE f.key = file AND f.uploader_id = {PERSON} AND f.seq IS NULL;
    RETURN CASE WHEN FOUND THEN place END;
END
"""

DROP_UNSENT = f"""
DECLARE
    place bigint;
BEGIN
    IF {PERSON} IS NOT NULL THEN
        RAISE insufficient_privilege USING MESSAGE = 'This is for jobs.';
    END IF;
    FOR place IN
        SELECT DISTINCT f.conversation_id FROM chat_messagefile f WHERE f.seq IS NULL AND f.created_at < before ORDER BY 1
    LOOP
        PERFORM FROM chat_conversation c WHERE c.id = place FOR UPDATE;
        RETURN QUERY DELETE FROM chat_messagefile f
            WHERE f.conversation_id = place AND f.seq IS NULL AND f.created_at < before RETURNING f.key;
    END LOOP;
END
"""


class Migration(migrations.Migration):
    dependencies = [("chat", "0018_keeping"), ("tenancy", "0010_keeps_its_place")]

    operations = [
        migrations.RunSQL(INHERIT, migrations.RunSQL.noop),
        migrations.RunSQL(
            SUSPENDED, "DROP TRIGGER chat_person_suspended ON tenancy_person; DROP FUNCTION chat_person_suspended();"
        ),
        definer("chat_drop_file(file uuid)", "bigint", DROP, language="plpgsql", volatile="VOLATILE"),
        migrations.RunSQL(
            "DROP FUNCTION chat_drop_unsent(timestamptz); DROP POLICY may_delete ON chat_messagefile;",
            migrations.RunSQL.noop,
        ),
        definer(
            "chat_drop_unsent(before timestamptz)", "SETOF uuid", DROP_UNSENT, language="plpgsql", volatile="VOLATILE"
        ),
    ]
