"""Files: what reaches past one's sight. How much somebody sent today is theirs to ask; the rest is the jobs' alone.

Jobs act as nobody. Their functions give keys and numbers, and never a name or where a file belongs.
"""

from __future__ import annotations

from django.db import migrations

from toolkit.row_security import PERSON, definer

#: Bytes that the acting one has uploaded since a moment; a second upload of theirs waits until this one is stored.
UPLOADED = f"""
DECLARE
    me bigint := {PERSON};
BEGIN
    IF me IS NULL THEN
        RAISE insufficient_privilege USING MESSAGE = 'Everybody asks for themselves.';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('chat_uploaded', me));
    RETURN (SELECT coalesce(sum(f.size), 0) FROM chat_messagefile f
        WHERE f.uploader_id = me AND f.created_at > since AND f.state <> 'refused');
END
"""

NOBODY_ACTS = f"""
    IF {PERSON} IS NOT NULL THEN
        RAISE insufficient_privilege USING MESSAGE = 'This is for jobs.';
    END IF;
"""

#: A file was looked at by the scanner. One that was sent already gets an entry in the log, so that open pages see it.
#: Gives conversation and number of that entry; nothing where there is none to be told.
CHECKED = f"""
DECLARE
    place bigint;
    looked record;
BEGIN
    {NOBODY_ACTS}
    SELECT f.conversation_id INTO place FROM chat_messagefile f WHERE f.key = file;
    -- The conversation first, as everybody who writes.
    PERFORM FROM chat_conversation c WHERE c.id = place FOR UPDATE;
    SELECT f.id, f.seq, f.state INTO looked FROM chat_messagefile f WHERE f.key = file FOR UPDATE;
    IF NOT FOUND OR looked.state <> 'pending' OR verdict NOT IN ('ready', 'refused') THEN
        RETURN;
    END IF;
    UPDATE chat_messagefile f SET state = verdict, reason = why WHERE f.id = looked.id;
    IF NOT EXISTS (SELECT FROM chat_message m WHERE m.conversation_id = place AND m.seq = looked.seq
        AND m.retracted_at IS NULL AND m.expired_at IS NULL) THEN
        RETURN;
    END IF;
    UPDATE chat_conversation c SET head = c.head + 1 WHERE c.id = place RETURNING c.id, c.head INTO talk, seq;
    INSERT INTO chat_message (conversation_id, seq, client_id, kind, body, what, target_seq, created_at, hidden_reason)
    VALUES (talk, seq, gen_random_uuid(), 'change', '', 'file', looked.seq, moment, '');
    RETURN NEXT;
END
"""

WAITING = f"""
BEGIN
    {NOBODY_ACTS}
    RETURN QUERY SELECT f.key FROM chat_messagefile f WHERE f.state = 'pending' AND f.created_at < before;
END
"""

DROP_UNSENT = f"""
BEGIN
    {NOBODY_ACTS}
    RETURN QUERY DELETE FROM chat_messagefile f WHERE f.seq IS NULL AND f.created_at < before RETURNING f.key;
END
"""

#: Which of the files that lie on the disk belong there: not those of words that were taken back or have had their time.
KEPT = f"""
BEGIN
    {NOBODY_ACTS}
    RETURN QUERY SELECT f.key FROM chat_messagefile f
    WHERE f.key = ANY (files) AND f.state IN ('pending', 'ready') AND (f.seq IS NULL OR EXISTS (
        SELECT FROM chat_message m WHERE m.conversation_id = f.conversation_id AND m.seq = f.seq
            AND m.retracted_at IS NULL AND m.expired_at IS NULL));
END
"""


class Migration(migrations.Migration):
    dependencies = [("chat", "0008_finding")]

    operations = [
        definer("chat_uploaded(since timestamptz)", "bigint", UPLOADED, language="plpgsql", volatile="VOLATILE"),
        definer(
            "chat_file_checked(file uuid, verdict text, why text, moment timestamptz)",
            "TABLE (talk bigint, seq bigint)",
            CHECKED,
            language="plpgsql",
            volatile="VOLATILE ROWS 1",
        ),
        definer("chat_files_waiting(before timestamptz)", "SETOF uuid", WAITING, language="plpgsql"),
        definer(
            "chat_drop_unsent(before timestamptz)", "SETOF uuid", DROP_UNSENT, language="plpgsql", volatile="VOLATILE"
        ),
        definer("chat_files_kept(files uuid[])", "SETOF uuid", KEPT, language="plpgsql"),
    ]
