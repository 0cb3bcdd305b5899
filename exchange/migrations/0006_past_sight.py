"""What verbs of the exchange do past their viewer's sight: one narrow function each, with the rule inside.

They run as the owner. ``KEYS`` and ``PERSON`` still speak of the acting one, and each function asks them itself: of
what is out of sight it tells nothing, and it changes nothing that the acting one has no right to.
"""

from __future__ import annotations

from django.db import migrations

from toolkit.audience import COORDINATORS_BASE, OFFICE_BASE
from toolkit.row_security import IN_SIGHT, KEYS, PERSON, definer, moderates

REFUSED = "RAISE EXCEPTION 'the second wall refuses' USING ERRCODE = 'insufficient_privilege'"


def hosted(workshop: str) -> str:
    """Whether the acting one coordinates a city that hosts a workshop."""
    return (
        f"EXISTS (SELECT FROM exchange_workshophost h WHERE h.workshop_id = {workshop} "
        f"AND h.state = 'accepted' AND ({COORDINATORS_BASE} + h.network_id)::int = ANY ({KEYS}))"
    )


def lock(table: str) -> str:
    """Hold a row in sight until the transaction ends, though one may not change it."""
    return f"SELECT id FROM {table} WHERE id = thing AND {IN_SIGHT} FOR UPDATE"


# Publish, show to another rung, take back: what may leave the sight of whoever does it, its author included.
STEER = f"""
DECLARE
    card exchange_experience;
    writes boolean;
    coordinates boolean;
    answer int;
BEGIN
    SELECT * INTO card FROM exchange_experience WHERE id = experience AND {IN_SIGHT} FOR UPDATE;
    writes := card.author_id = {PERSON} AND card.network_id = ANY ({KEYS});
    coordinates := ({COORDINATORS_BASE} + card.network_id)::int = ANY ({KEYS}) AND card.state = 'published';
    IF NOT coalesce(writes OR coordinates, false) OR card.hidden_at IS NOT NULL
        OR to_state NOT IN ('published', 'recalled') OR (to_state = 'recalled' AND card.state <> 'published')
        OR (to_office IS DISTINCT FROM card.office_id
            AND NOT coalesce(writes AND ({OFFICE_BASE} + to_office)::int = ANY ({KEYS}), false))
    THEN
        {REFUSED};
    END IF;
    UPDATE exchange_experience
        SET state = to_state, rung = to_rung, office_id = to_office, version = version + 1, updated_at = now(),
            published_at = CASE to_state WHEN 'published' THEN coalesce(published_at, now()) ELSE published_at END
        WHERE id = experience RETURNING version INTO answer;
    RETURN answer;
END
"""


def reported(kind: str) -> str:
    """Whether the acting one moderates in a Land in which the thing was reported."""
    return (
        f"EXISTS (SELECT FROM moderation_report r WHERE r.kind = '{kind}' AND r.object_id = thing "
        f"AND {moderates('r.land_id')})"
    )


def moderated(kind: str, change: str) -> str:
    """Hide or restore a thing: for moderators of a Land in which this very thing was reported."""
    # The experience first, then its comment: everybody locks in this order, so nobody waits in a circle.
    experience = "thing" if kind == "experience" else "(SELECT experience_id FROM exchange_comment WHERE id = thing)"
    return f"""
BEGIN
    IF NOT {reported(kind)} THEN
        {REFUSED};
    END IF;
    PERFORM FROM exchange_experience WHERE id = {experience} FOR UPDATE;
    UPDATE exchange_{kind} SET {change} WHERE id = thing;
END
"""


HIDDEN = "hidden_at = coalesce(hidden_at, now()), hidden_reason = reason"
SHOWN = "hidden_at = NULL, hidden_reason = ''"

# No free seat while somebody waits. Only called by the two functions below it.
SEAT_WAITING = """
BEGIN
    RETURN QUERY
    WITH next AS (
        SELECT r.id FROM exchange_registration r
        WHERE r.workshop_id = workshop AND r.state = 'queued'
        ORDER BY r.queued_at, r.id
        LIMIT (SELECT greatest(0, w.seats - w.seats_taken) FROM exchange_workshop w
               WHERE w.id = workshop AND w.state = 'open' AND w.starts_at > moment)
    )
    UPDATE exchange_registration r SET state = 'seat', seated_at = moment FROM next
    WHERE r.id = next.id RETURNING r.person_id::bigint;
END
"""

MOVE_UP = f"""
BEGIN
    PERFORM FROM exchange_workshop w WHERE w.id = workshop AND {IN_SIGHT} FOR UPDATE;
    IF NOT FOUND THEN
        {REFUSED};
    END IF;
    RETURN QUERY SELECT exchange_seat_waiting(workshop, moment);
END
"""

# The places that somebody held for a network they are in no more, in the order of their workshops' numbers, so that
# two who lock several never wait for each other.
END_PLACES = f"""
DECLARE
    place record;
BEGIN
    IF NOT coalesce(person = {PERSON} OR ({COORDINATORS_BASE} + network)::int = ANY ({KEYS}), false)
        OR EXISTS (SELECT FROM tenancy_membership m JOIN tenancy_person p ON p.id = m.person_id AND p.is_active
                   WHERE m.person_id = person AND m.network_id = network AND m.ended_on IS NULL)
    THEN
        {REFUSED};
    END IF;
    FOR place IN
        SELECT w.id, w.title, w.room_id FROM exchange_workshop w
        WHERE w.starts_at > moment AND w.id IN (
            SELECT r.workshop_id FROM exchange_registration r
            WHERE r.person_id = person AND r.network_id = network AND r.state IN ('seat', 'queued'))
        ORDER BY w.id FOR UPDATE
    LOOP
        UPDATE exchange_registration r SET state = 'withdrawn', withdrawn_at = moment, needs = ''
            WHERE r.workshop_id = place.id AND r.person_id = person AND r.network_id = network
              AND r.state IN ('seat', 'queued');
        CONTINUE WHEN NOT FOUND;
        workshop := place.id;
        title := place.title;
        room := place.room_id;
        hosts := ARRAY(SELECT h.network_id::bigint FROM exchange_workshophost h
                       WHERE h.workshop_id = place.id AND h.state = 'accepted');
        moved := ARRAY(SELECT exchange_seat_waiting(place.id, moment));
        RETURN NEXT;
    END LOOP;
END
"""

CITIES = f"""
SELECT r.network_id::bigint, count(*) FROM exchange_registration r
WHERE r.workshop_id = workshop AND r.state = 'seat'
  AND EXISTS (SELECT FROM exchange_workshop WHERE id = workshop AND {IN_SIGHT})
GROUP BY r.network_id
"""

QUEUE = f"""
SELECT count(*), coalesce(max(place) FILTER (WHERE person_id = {PERSON}), 0) FROM (
    SELECT r.person_id, row_number() OVER (ORDER BY r.queued_at, r.id) AS place FROM exchange_registration r
    WHERE r.workshop_id = workshop AND r.state = 'queued'
      AND EXISTS (SELECT FROM exchange_workshop WHERE id = workshop AND {IN_SIGHT})
) queue
"""

# The edition of a format follows its workshop, also where a city hosts that is not in the format. A planned edition
# of that year that has no workshop is taken first; it names the city whose turn it is, else the first that hosts.
KEEP_EDITION = f"""
DECLARE
    told exchange_workshop;
    kept bigint;
    next_number int;
    day date;
    town text;
BEGIN
    IF NOT {hosted("workshop")} THEN
        {REFUSED};
    END IF;
    SELECT * INTO told FROM exchange_workshop WHERE id = workshop;
    IF told.format_id IS NULL OR told.state = 'draft' THEN
        RETURN;
    END IF;
    -- The format is locked so that two workshops never get the same number.
    PERFORM FROM exchange_exchangeformat WHERE id = told.format_id FOR UPDATE;
    day := (told.starts_at AT TIME ZONE 'Europe/Berlin')::date;
    SELECT e.id INTO kept FROM exchange_edition e WHERE e.workshop_id = workshop;
    IF kept IS NULL THEN
        SELECT e.id INTO kept FROM exchange_edition e
        WHERE e.format_id = told.format_id AND e.workshop_id IS NULL AND e.state = 'planned'
          AND e.year = extract(year FROM day) ORDER BY e.number LIMIT 1;
    END IF;
    SELECT m.municipality_id INTO town
    FROM exchange_workshophost h JOIN tenancy_network m ON m.id = h.network_id
    LEFT JOIN LATERAL (
        -- Whose turn it is: of the cities of the format, the one that has not hosted for longest.
        SELECT c.network_id, row_number() OVER (ORDER BY coalesce(last.number, 0), c.answered_at, c.id) AS turn
        FROM exchange_formatcity c JOIN tenancy_network n ON n.id = c.network_id
        LEFT JOIN LATERAL (
            SELECT max(e.number) AS number FROM exchange_edition e
            WHERE e.format_id = told.format_id AND e.host_id = n.municipality_id AND e.state <> 'cancelled'
        ) last ON true
        WHERE c.format_id = told.format_id AND c.state = 'accepted'
    ) queue ON queue.network_id = h.network_id AND queue.turn = 1
    WHERE h.workshop_id = workshop AND h.state = 'accepted'
    ORDER BY queue.turn NULLS LAST, h.id LIMIT 1;
    IF kept IS NULL THEN
        SELECT coalesce(max(e.number), 0) + 1 INTO next_number FROM exchange_edition e
            WHERE e.format_id = told.format_id;
        INSERT INTO exchange_edition (format_id, number, year, mode, state, motto, about, themes, place, people_note,
                                      reason, audience)
        VALUES (told.format_id, next_number, extract(year FROM day), '', 'planned', '', '', '{{}}', '', '', '', '{{}}')
        RETURNING id INTO kept;
    END IF;
    UPDATE exchange_edition SET
        workshop_id = workshop, host_id = coalesce(host_id, town), motto = told.title, year = extract(year FROM day),
        held_on = day, mode = told.mode, place = left(told.place, 160),
        state = CASE told.state WHEN 'cancelled' THEN 'cancelled' ELSE 'planned' END,
        reason = left(told.cancel_reason, 200)
    WHERE id = kept;
END
"""

# Only a room that was opened for this very workshop, and only once.
KEEP_ROOM = f"""
UPDATE exchange_workshop SET room_id = room
WHERE id = workshop AND {IN_SIGHT} AND room_id IS NULL AND EXISTS (
    SELECT FROM chat_conversation c WHERE c.id = room AND c.subject_kind = 'workshop' AND c.subject_id = workshop)
"""

# Without its hosts a draft is out of everybody's sight, so all goes at once.
DELETE_DRAFT = f"""
BEGIN
    PERFORM FROM exchange_workshop WHERE id = workshop AND state = 'draft' FOR UPDATE;
    IF NOT FOUND OR NOT {hosted("workshop")} OR 1 < (
        SELECT count(*) FROM exchange_workshophost h WHERE h.workshop_id = workshop AND h.state = 'accepted')
    THEN
        {REFUSED};
    END IF;
    DELETE FROM exchange_registration WHERE workshop_id = workshop;
    UPDATE exchange_edition SET workshop_id = NULL WHERE workshop_id = workshop;
    DELETE FROM exchange_workshophost WHERE workshop_id = workshop;
    DELETE FROM exchange_workshop WHERE id = workshop;
END
"""

# What all cities did with what they own together, for the coordinators of each of them.
ACTS = f"""
SELECT a.* FROM toolkit_auditentry a
WHERE a.subject = noun AND a.subject_id = thing::text AND CASE noun
    WHEN 'workshop' THEN {hosted("thing")}
    WHEN 'format' THEN EXISTS (SELECT FROM exchange_formatcity c WHERE c.format_id = thing AND c.state = 'accepted'
                               AND ({COORDINATORS_BASE} + c.network_id)::int = ANY ({KEYS}))
    ELSE false END
ORDER BY a.at DESC, a.id DESC LIMIT most
"""


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0005_wall"),
        ("moderation", "0001_initial"),
        ("chat", "0001_initial"),
        ("toolkit", "0001_initial"),
    ]

    operations = [
        *(
            definer(f"exchange_lock_{noun}(thing bigint)", "bigint", lock(table), volatile="VOLATILE")
            for noun, table in (
                ("experience", "exchange_experience"),
                ("format", "exchange_exchangeformat"),
                ("workshop", "exchange_workshop"),
            )
        ),
        definer(
            "exchange_steer_experience(experience bigint, to_state text, to_rung text, to_office bigint)",
            "int",
            STEER,
            language="plpgsql",
            volatile="VOLATILE",
        ),
        *(
            definer(
                f"exchange_{verb}_{kind}({words})",
                "void",
                moderated(kind, change),
                language="plpgsql",
                volatile="VOLATILE",
            )
            for kind in ("experience", "comment")
            for verb, words, change in (
                ("hide", "thing bigint, reason text", HIDDEN),
                ("restore", "thing bigint", SHOWN),
            )
        ),  # fmt: skip
        definer(
            "exchange_seat_waiting(workshop bigint, moment timestamptz)",
            "SETOF bigint",
            SEAT_WAITING,
            language="plpgsql",
            volatile="VOLATILE",
        ),
        migrations.RunSQL(
            "REVOKE EXECUTE ON FUNCTION exchange_seat_waiting(bigint, timestamptz) FROM PUBLIC", migrations.RunSQL.noop
        ),
        definer(
            "exchange_move_up(workshop bigint, moment timestamptz)",
            "SETOF bigint",
            MOVE_UP,
            language="plpgsql",
            volatile="VOLATILE",
        ),
        definer(
            "exchange_end_places(person bigint, network bigint, moment timestamptz)",
            "TABLE (workshop bigint, title text, room bigint, hosts bigint[], moved bigint[])",
            END_PLACES,
            language="plpgsql",
            volatile="VOLATILE",
        ),
        definer("exchange_workshop_cities(workshop bigint)", "TABLE (network bigint, people bigint)", CITIES),
        definer("exchange_workshop_queue(workshop bigint)", "TABLE (waiting bigint, place bigint)", QUEUE),
        definer(
            "exchange_keep_edition(workshop bigint)", "void", KEEP_EDITION, language="plpgsql", volatile="VOLATILE"
        ),
        definer("exchange_keep_room(workshop bigint, room bigint)", "void", KEEP_ROOM, volatile="VOLATILE"),
        definer(
            "exchange_delete_draft(workshop bigint)", "void", DELETE_DRAFT, language="plpgsql", volatile="VOLATILE"
        ),
        definer("exchange_acts(noun text, thing bigint, most int)", "SETOF toolkit_auditentry", ACTS),
        # --- yes or no, or a number that is worth nothing without the key of the installation
        definer(
            "exchange_hashtag_taken(word text, but bigint)",
            "boolean",
            "SELECT EXISTS (SELECT FROM exchange_exchangeformat WHERE lower(hashtag) = lower(word) AND id <> but)",
        ),
        definer(
            "exchange_slug_taken(word text)",
            "boolean",
            "SELECT EXISTS (SELECT FROM exchange_exchangeformat WHERE slug = word)",
        ),
        definer(
            "exchange_edition_number(exchange_format bigint)",
            "int",
            "SELECT coalesce(max(number), 0) + 1 FROM exchange_edition WHERE format_id = exchange_format "
            f"AND EXISTS (SELECT FROM exchange_exchangeformat WHERE id = exchange_format AND {IN_SIGHT})",
        ),
        definer(
            "exchange_calendar_generation(whose bigint)",
            "int",
            "SELECT generation FROM exchange_calendaraddress WHERE person_id = whose",
        ),
    ]
