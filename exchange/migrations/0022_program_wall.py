"""The programme behind the second wall; what stood in ``agenda`` becomes sessions, and hosts may step back.

Whoever sees a workshop sees its programme; who has a seat also the materials that are for them alone.
"""

from __future__ import annotations

from django.db import migrations

from toolkit.audience import COORDINATORS_BASE
from toolkit.row_security import IN_SIGHT, KEYS, PERSON, both, definer, either, protect, stays, through
from toolkit.triggers import refresh_trigger

HOSTED = "workshop_id IN (SELECT exchange_workshops_of_mine('accepted'))"
OF_HOSTED = through(
    "exchange_session", "session_id", also="parent.workshop_id IN (SELECT exchange_workshops_of_mine('accepted'))"
)

# A point of the agenda knew when it begins, not when it ends. A time of the day is one of Germany.
FILL = """
    INSERT INTO exchange_session (workshop_id, kind, starts_at, ends_at, track, place, title, text, version)
    SELECT w.id, 'session',
           ((w.starts_at AT TIME ZONE 'Europe/Berlin')::date + (point ->> 'time')::time) AT TIME ZONE 'Europe/Berlin',
           NULL, '', '', left(point ->> 'title', 300), coalesce(point ->> 'text', ''), 1
    FROM exchange_workshop w, jsonb_array_elements(w.agenda) WITH ORDINALITY AS points(point, nth)
    WHERE jsonb_typeof(w.agenda) = 'array' AND point ->> 'time' ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'
      AND coalesce(point ->> 'title', '') <> ''
    ORDER BY w.id, nth
"""

# A draft is deleted by one function, which need not know what hangs on it.
TAKE_ALONG = """
    DELETE FROM exchange_sessionspeaker WHERE session_id IN (SELECT id FROM exchange_session WHERE workshop_id = OLD.id);
    DELETE FROM exchange_session WHERE workshop_id = OLD.id;
    DELETE FROM exchange_material WHERE workshop_id = OLD.id;
"""

# A city steps back for itself, while another one stays; and nobody who comes loses sight of what they come to.
STEP_BACK = f"""
DECLARE
    kept exchange_workshop;
BEGIN
    SELECT * INTO kept FROM exchange_workshop WHERE id = workshop AND {IN_SIGHT} FOR UPDATE;
    IF NOT FOUND OR NOT ({COORDINATORS_BASE} + network)::int = ANY ({KEYS}) OR NOT EXISTS (
        SELECT FROM exchange_workshophost h
        WHERE h.workshop_id = workshop AND h.network_id = network AND h.state = 'accepted')
    THEN
        RAISE EXCEPTION 'the second wall refuses' USING ERRCODE = 'insufficient_privilege';
    END IF;
    DELETE FROM exchange_workshophost h WHERE h.workshop_id = workshop AND h.network_id = network;
    IF NOT EXISTS (SELECT FROM exchange_workshophost h WHERE h.workshop_id = workshop AND h.state = 'accepted') THEN
        RAISE EXCEPTION 'the second wall refuses' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT * INTO kept FROM exchange_workshop WHERE id = workshop;
    RETURN NOT EXISTS (
        SELECT FROM exchange_registration r JOIN tenancy_network n ON n.id = r.network_id
        JOIN tenancy_municipality m ON m.ags = n.municipality_id
        WHERE r.workshop_id = workshop AND r.state NOT IN ('withdrawn', 'refused', 'lapsed')
          AND NOT kept.audience && ARRAY[200000, 200001, r.network_id::int, 100000 + m.state_id::int]);
END
"""

# Only numbers of files go in and out: which of them something still needs.
KEPT = f"SELECT key FROM exchange_material WHERE key = ANY (asked) AND {PERSON} IS NULL"


class Migration(migrations.Migration):
    dependencies = [("exchange", "0021_program")]

    operations = [
        protect(
            "exchange_session",
            select=through("exchange_workshop", "workshop_id"),
            insert=HOSTED,
            update=HOSTED,
            delete=HOSTED,
        ),
        protect(
            "exchange_sessionspeaker",
            select=through("exchange_session", "session_id"),
            insert=OF_HOSTED,
            delete=OF_HOSTED,
        ),
        protect(
            "exchange_material",
            select=either(
                HOSTED,
                both(
                    through("exchange_workshop", "workshop_id"),
                    either("NOT seats_only", "workshop_id IN (SELECT exchange_seats_of_mine())"),
                ),
            ),
            insert=HOSTED,
            delete=HOSTED,
        ),
        stays("exchange_session", "workshop_id"),
        refresh_trigger("exchange_workshop", "DELETE", TAKE_ALONG, name="exchange_workshop_takes_its_program_along"),
        definer(
            "exchange_step_back(workshop bigint, network bigint)",
            "boolean",
            STEP_BACK,
            language="plpgsql",
            volatile="VOLATILE",
        ),
        definer("exchange_materials_kept(asked uuid[])", "SETOF uuid", KEPT),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
