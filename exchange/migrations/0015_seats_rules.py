"""Who gets which seat: counted by triggers, given by one function, seen and changed by whom it concerns.

``exchange_give_seats`` is the rule itself (platform/handbook/seats.md says it in plain words): offers whose time is
over lapse, quotas fall to the rest on their date, and every free seat goes to whoever is first in line for it.
"""

from __future__ import annotations

from django.db import migrations

from toolkit.audience import COORDINATORS_BASE
from toolkit.row_security import (
    IN_SIGHT,
    KEYS,
    PERSON,
    both,
    definer,
    in_network,
    is_person,
    protect,
    stays,
    through,
)
from toolkit.triggers import refresh_trigger

REFUSED = "RAISE EXCEPTION 'the second wall refuses' USING ERRCODE = 'insufficient_privilege'"
HOSTS = "workshop_id IN (SELECT exchange_workshops_of_mine('accepted'))"
LIVING = "('requested', 'seat', 'offered', 'queued')"
TAKES = "('seat', 'offered')"

# A place takes a seat for each of its people, out of its pool. Only a change of what it takes is counted.
COUNT_SEATS = f"""
    DECLARE
        before int := 0;
        after int := 0;
    BEGIN
        IF TG_OP <> 'INSERT' AND OLD.state IN {TAKES} THEN before := 1 + OLD.companions; END IF;
        IF TG_OP <> 'DELETE' AND NEW.state IN {TAKES} THEN after := 1 + NEW.companions; END IF;
        IF before = after AND (before = 0 OR OLD.pool = NEW.pool) THEN
            RETURN NULL;
        END IF;
        IF before > 0 THEN
            PERFORM exchange_count_place(OLD.workshop_id, OLD.network_id, OLD.pool, -before);
        END IF;
        IF after > 0 THEN
            PERFORM exchange_count_place(NEW.workshop_id, NEW.network_id, NEW.pool, after);
        END IF;
    END;
"""

COUNT_PLACE = """
BEGIN
    IF pool = 'city' THEN
        UPDATE exchange_workshopquota SET taken = taken + people WHERE workshop_id = workshop AND network_id = network;
        IF NOT FOUND AND people > 0 THEN
            RAISE EXCEPTION 'this city has no quota' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    UPDATE exchange_workshop SET
        seats_taken = seats_taken + CASE pool WHEN 'online' THEN 0 ELSE people END,
        shared_taken = shared_taken + CASE pool WHEN 'shared' THEN people ELSE 0 END,
        online_taken = online_taken + CASE pool WHEN 'online' THEN people ELSE 0 END
    WHERE id = workshop;
END
"""

COUNT_QUOTA = """
    DECLARE
        before int := CASE WHEN TG_OP = 'INSERT' OR OLD.released THEN 0 ELSE OLD.seats END;
        after int := CASE WHEN TG_OP = 'DELETE' OR NEW.released THEN 0 ELSE NEW.seats END;
    BEGIN
        IF before <> after THEN
            UPDATE exchange_workshop SET quota_seats = quota_seats + after - before
                WHERE id = coalesce(NEW.workshop_id, OLD.workshop_id);
        END IF;
    END;
"""

# Give a place to who is at the head: a seat at once to who has just come, an offer to who waited.
GIVE = """
    UPDATE exchange_registration r SET
        state = CASE WHEN r.waited AND w.offer_hours > 0 THEN 'offered' ELSE 'seat' END,
        pool = '{pool}',
        seated_at = CASE WHEN r.waited AND w.offer_hours > 0 THEN NULL ELSE moment END,
        offered_until = CASE WHEN r.waited AND w.offer_hours > 0
                        THEN least(moment + make_interval(hours => w.offer_hours), w.starts_at) END
    WHERE r.id = head.id RETURNING r.person_id, r.state, r.offered_until INTO person, became, until;
    RETURN NEXT;
    room := room - 1 - head.companions;
    gave := true;
"""

# Who is first in line. A party that is larger than the whole pool is never first in it; one that is only larger than
# what is free right now is, and nobody behind it goes past.
HEAD = """
    SELECT r.id, r.companions INTO head FROM exchange_registration r
    WHERE r.workshop_id = workshop AND r.state = 'queued' AND 1 + r.companions <= {size} AND {who}
    ORDER BY coalesce(r.queued_at, r.created_at), r.id LIMIT 1;
    served := NOT FOUND;
    EXIT WHEN served OR 1 + head.companions > room;
"""
ON_SITE = "NOT (split AND r.mode = 'online')"

GIVE_SEATS = f"""
#variable_conflict use_column
DECLARE
    w exchange_workshop;
    quota record;
    head record;
    split boolean;
    gave boolean;
    served boolean;
    room int;
    size int;
BEGIN
    SELECT * INTO w FROM exchange_workshop x WHERE x.id = workshop;
    IF w.state <> 'open' THEN
        RETURN;
    END IF;
    split := w.mode = 'hybrid' AND w.seats_online IS NOT NULL;
    -- An offer ends at its time, and when the workshop begins at the latest, also where that was moved.
    UPDATE exchange_registration r SET offered_until = w.starts_at
    WHERE r.workshop_id = workshop AND r.state = 'offered' AND r.offered_until > w.starts_at;
    FOR head IN
        UPDATE exchange_registration r SET state = 'lapsed', withdrawn_at = moment, needs = '', companion_names = ''
        WHERE r.workshop_id = workshop AND r.state = 'offered' AND r.offered_until <= moment
        RETURNING r.person_id, r.offered_until
    LOOP
        person := head.person_id; became := 'lapsed'; until := head.offered_until;
        RETURN NEXT;
    END LOOP;
    IF w.starts_at <= moment THEN
        RETURN;
    END IF;
    IF w.quota_release_at <= moment THEN
        UPDATE exchange_workshopquota q SET released = true WHERE q.workshop_id = workshop AND NOT q.released;
        UPDATE exchange_registration r SET pool = 'shared'
        WHERE r.workshop_id = workshop AND r.pool = 'city' AND r.state IN {TAKES};
    END IF;
    LOOP
        gave := false;
        -- Each city's queue for what is kept for it.
        FOR quota IN
            SELECT q.network_id AS network, q.seats AS size, q.seats - q.taken AS free FROM exchange_workshopquota q
            WHERE q.workshop_id = workshop AND NOT q.released AND q.taken < q.seats ORDER BY q.network_id
        LOOP
            room := quota.free;
            LOOP
                {HEAD.format(size="quota.size", who=f"r.network_id = quota.network AND {ON_SITE}")}
                {GIVE.format(pool="city")}
            END LOOP;
            -- Nobody of the city waits: whoever of it sits on a seat for all counts for its quota from now on, so
            -- that their seats come free for everybody.
            IF served THEN
                FOR head IN
                    SELECT r.id, r.companions FROM exchange_registration r
                    WHERE r.workshop_id = workshop AND r.network_id = quota.network AND r.pool = 'shared'
                      AND r.state IN {TAKES}
                    ORDER BY coalesce(r.queued_at, r.created_at), r.id
                LOOP
                    EXIT WHEN room = 0;
                    IF 1 + head.companions <= room THEN
                        UPDATE exchange_registration r SET pool = 'city' WHERE r.id = head.id;
                        room := room - 1 - head.companions;
                        gave := true;
                    END IF;
                END LOOP;
            END IF;
        END LOOP;
        -- The seats for all, in the order of all.
        SELECT x.seats - x.quota_seats - x.shared_taken, x.seats - x.quota_seats INTO room, size
        FROM exchange_workshop x WHERE x.id = workshop;
        LOOP
            EXIT WHEN room <= 0;
            {HEAD.format(size="size", who=ON_SITE)}
            {GIVE.format(pool="shared")}
        END LOOP;
        EXIT WHEN NOT gave;
    END LOOP;
    IF split THEN
        SELECT x.seats_online - x.online_taken, x.seats_online INTO room, size
        FROM exchange_workshop x WHERE x.id = workshop;
        LOOP
            EXIT WHEN room <= 0;
            {HEAD.format(size="size", who="r.mode = 'online'")}
            {GIVE.format(pool="online")}
        END LOOP;
    END IF;
    UPDATE exchange_registration r SET waited = true
    WHERE r.workshop_id = workshop AND r.state = 'queued' AND NOT r.waited;
END
"""

ALLOCATE = f"""
BEGIN
    PERFORM FROM exchange_workshop w WHERE w.id = workshop AND {IN_SIGHT} FOR UPDATE;
    IF NOT FOUND THEN
        {REFUSED};
    END IF;
    RETURN QUERY SELECT * FROM exchange_give_seats(workshop, moment);
END
"""

# What time alone demands, wherever it is due by the clock of the database: it needs nobody who asks for it.
ALLOCATE_DUE = """
#variable_conflict use_column
DECLARE
    place record;
    change record;
    moment timestamptz := clock_timestamp();
BEGIN
    FOR place IN
        SELECT w.id, w.title, w.room_id FROM exchange_workshop w
        WHERE w.state = 'open' AND (
            w.id IN (SELECT r.workshop_id FROM exchange_registration r
                     WHERE r.state = 'offered' AND r.offered_until <= moment)
            OR (w.starts_at > moment AND w.quota_release_at <= moment AND w.quota_seats > 0))
        ORDER BY w.id FOR UPDATE
    LOOP
        FOR change IN SELECT * FROM exchange_give_seats(place.id, moment) LOOP
            workshop := place.id; title := place.title; room := place.room_id;
            person := change.person; became := change.became; until := change.until;
            RETURN NEXT;
        END LOOP;
    END LOOP;
END
"""

NEXT_DEADLINE = f"""
SELECT least(
    (SELECT min(r.offered_until) FROM exchange_registration r
     WHERE r.workshop_id = workshop AND r.state = 'offered'),
    (SELECT w.quota_release_at FROM exchange_workshop w WHERE w.id = workshop AND w.quota_seats > 0))
WHERE EXISTS (SELECT FROM exchange_workshop WHERE id = workshop AND {IN_SIGHT})
"""

# The places that somebody held for a network they are in no more, in the order of their workshops' numbers, so that
# two who lock several never wait for each other. One row for each change; the first of a workshop is their own.
END_PLACES = f"""
#variable_conflict use_column
DECLARE
    place record;
    change record;
BEGIN
    IF NOT coalesce(leaving = {PERSON} OR ({COORDINATORS_BASE} + network)::int = ANY ({KEYS}), false)
        OR EXISTS (SELECT FROM tenancy_membership m JOIN tenancy_person p ON p.id = m.person_id AND p.is_active
                   WHERE m.person_id = leaving AND m.network_id = network AND m.ended_on IS NULL)
    THEN
        {REFUSED};
    END IF;
    FOR place IN
        SELECT w.id, w.title, w.room_id FROM exchange_workshop w
        WHERE w.starts_at > moment AND w.id IN (
            SELECT r.workshop_id FROM exchange_registration r
            WHERE r.person_id = leaving AND r.network_id = network AND r.state IN {LIVING})
        ORDER BY w.id FOR UPDATE
    LOOP
        UPDATE exchange_registration r
            SET state = 'withdrawn', withdrawn_at = moment, needs = '', companion_names = ''
            WHERE r.workshop_id = place.id AND r.person_id = leaving AND r.network_id = network
              AND r.state IN {LIVING};
        CONTINUE WHEN NOT FOUND;
        workshop := place.id; title := place.title; room := place.room_id;
        hosts := ARRAY(SELECT h.network_id::bigint FROM exchange_workshophost h
                       WHERE h.workshop_id = place.id AND h.state = 'accepted');
        person := leaving; became := 'withdrawn'; until := NULL;
        RETURN NEXT;
        FOR change IN SELECT * FROM exchange_give_seats(place.id, moment) LOOP
            person := change.person; became := change.became; until := change.until;
            RETURN NEXT;
        END LOOP;
    END LOOP;
END
"""

CITIES = f"""
SELECT r.network_id::bigint, sum(1 + r.companions) FROM exchange_registration r
WHERE r.workshop_id = workshop AND r.state = 'seat'
  AND EXISTS (SELECT FROM exchange_workshop WHERE id = workshop AND {IN_SIGHT})
GROUP BY r.network_id
"""

# How many wait, and where the acting one stands: among all who wait for the same seats, and among those of their city.
QUEUE = f"""
SELECT count(*), coalesce(max(place) FILTER (WHERE person_id = {PERSON}), 0),
       coalesce(max(city_place) FILTER (WHERE person_id = {PERSON}), 0)
FROM (
    SELECT r.person_id,
        row_number() OVER (PARTITION BY w.mode = 'hybrid' AND w.seats_online IS NOT NULL AND r.mode = 'online'
                           ORDER BY coalesce(r.queued_at, r.created_at), r.id) AS place,
        row_number() OVER (PARTITION BY r.network_id,
                                        w.mode = 'hybrid' AND w.seats_online IS NOT NULL AND r.mode = 'online'
                           ORDER BY coalesce(r.queued_at, r.created_at), r.id) AS city_place
    FROM exchange_registration r JOIN exchange_workshop w ON w.id = r.workshop_id
    WHERE r.workshop_id = workshop AND r.state = 'queued' AND w.{IN_SIGHT}
) queue
"""


def replaced(name: str, body: str, events: str = "") -> migrations.RunSQL:
    """Give a trigger's function a new body."""
    return migrations.RunSQL(
        f"""
        CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = public, pg_temp AS $body$
        BEGIN
            {body}
            RETURN NULL;
        END $body$;
        """,
        migrations.RunSQL.noop,
    )


def gone(signature: str) -> migrations.RunSQL:
    return migrations.RunSQL(f"DROP FUNCTION {signature}", migrations.RunSQL.noop)


def inner(signature: str) -> migrations.RunSQL:
    """Only called by functions of the owner's."""
    return migrations.RunSQL(f"REVOKE EXECUTE ON FUNCTION {signature} FROM PUBLIC", migrations.RunSQL.noop)


MOVING = {"language": "plpgsql", "volatile": "VOLATILE"}


class Migration(migrations.Migration):
    dependencies = [("exchange", "0014_seats")]

    operations = [
        gone("exchange_move_up(bigint, timestamptz)"),
        gone("exchange_end_places(bigint, bigint, timestamptz)"),
        gone("exchange_seat_waiting(bigint, timestamptz)"),
        gone("exchange_workshop_cities(bigint)"),
        gone("exchange_workshop_queue(bigint)"),
        migrations.RunSQL("UPDATE exchange_workshop SET shared_taken = seats_taken", migrations.RunSQL.noop),
        definer(
            "exchange_count_place(workshop bigint, network bigint, pool text, people int)",
            "void",
            COUNT_PLACE,
            **MOVING,
        ),
        inner("exchange_count_place(bigint, bigint, text, int)"),
        replaced("exchange_registration_counts_seats", COUNT_SEATS),
        refresh_trigger(
            "exchange_workshopquota", "INSERT OR UPDATE OR DELETE", COUNT_QUOTA, name="exchange_quota_is_counted"
        ),
        refresh_trigger(
            "exchange_workshop",
            "DELETE",
            "DELETE FROM exchange_workshopquota WHERE workshop_id = OLD.id;",
            name="exchange_quota_goes_with_its_workshop",
        ),
        definer(
            "exchange_give_seats(workshop bigint, moment timestamptz)",
            "TABLE (person bigint, became text, until timestamptz)",
            GIVE_SEATS,
            **MOVING,
        ),
        inner("exchange_give_seats(bigint, timestamptz)"),
        definer(
            "exchange_allocate(workshop bigint, moment timestamptz)",
            "TABLE (person bigint, became text, until timestamptz)",
            ALLOCATE,
            **MOVING,
        ),
        definer(
            "exchange_allocate_due()",
            "TABLE (workshop bigint, title text, room bigint, person bigint, became text, until timestamptz)",
            ALLOCATE_DUE,
            **MOVING,
        ),
        definer("exchange_next_deadline(workshop bigint)", "timestamptz", NEXT_DEADLINE),
        definer(
            "exchange_end_places(leaving bigint, network bigint, moment timestamptz)",
            "TABLE (workshop bigint, title text, room bigint, hosts bigint[], person bigint, became text, "
            "until timestamptz)",
            END_PLACES,
            **MOVING,
        ),
        definer("exchange_workshop_cities(workshop bigint)", "TABLE (network bigint, people bigint)", CITIES),
        definer(
            "exchange_workshop_queue(workshop bigint)", "TABLE (waiting bigint, place bigint, city_place bigint)", QUEUE
        ),
        # What is kept for whom is told to everybody who sees the workshop: numbers, no names.
        protect(
            "exchange_workshopquota",
            select=through("exchange_workshop", "workshop_id"),
            insert=HOSTS,
            update=HOSTS,
            delete=HOSTS,
        ),
        stays("exchange_workshopquota", "workshop_id", "network_id"),
        # Nobody gives a seat to themselves: one asks for it, and the function above gives it.
        migrations.RunSQL(
            f"""
            DROP POLICY may_insert ON exchange_registration;
            CREATE POLICY may_insert ON exchange_registration FOR INSERT WITH CHECK ({
                both(
                    is_person("person_id"),
                    "state IN ('requested', 'queued')",
                    in_network("network_id"),
                    through(
                        "exchange_workshop",
                        "workshop_id",
                        also="parent.state = 'open' AND parent.approval = (exchange_registration.state = 'requested')",
                    ),
                )
            });
            """,
            migrations.RunSQL.noop,
        ),
    ]
