"""Date polls behind the second wall: who asks, who is asked, what they say, and not a word after the end."""

from __future__ import annotations

import importlib

from django.db import migrations

from toolkit.audience import ALL_NETWORKS, COORDINATORS_BASE, PERSON_BASE
from toolkit.row_security import (
    IN_SIGHT,
    KEYS,
    PERSON,
    both,
    coordinates,
    definer,
    either,
    holds,
    is_person,
    protect,
    stays,
    through,
)
from toolkit.triggers import audience_trigger, refresh_trigger

_wall = importlib.import_module("exchange.migrations.0005_wall")
MY_NETWORKS, COORDINATES_SOMETHING, of_mine = _wall.MY_NETWORKS, _wall.COORDINATES_SOMETHING, _wall.of_mine

#: The coordinators of the cities that own a poll.
OWNERS = (
    f"coalesce((SELECT array_agg(({COORDINATORS_BASE} + c.network_id)::int) FROM exchange_pollcity c "
    "WHERE c.poll_id = {poll} AND c.owns), '{{}}')"
)

# Who began it sees it until the first city is in it, as with workshops.
POLL = f"""
    {OWNERS.format(poll="NEW.id")}
    || CASE WHEN NEW.state = 'draft' THEN '{{}}'::int[] ELSE
        coalesce((SELECT array_agg(c.network_id::int) FROM exchange_pollcity c
                  WHERE c.poll_id = NEW.id AND c.asked_at IS NOT NULL), '{{}}')
        || coalesce((SELECT array_agg(({PERSON_BASE} + p.person_id)::int) FROM exchange_pollperson p
                     WHERE p.poll_id = NEW.id), '{{}}') END
    || CASE WHEN NEW.created_by_id IS NULL OR EXISTS (SELECT FROM exchange_pollcity c WHERE c.poll_id = NEW.id)
            THEN '{{}}'::int[] ELSE ARRAY[({PERSON_BASE} + NEW.created_by_id)::int] END
"""

# The poll is locked, so that nobody's word slips in while it is ended.
VOTE = f"""
CREATE FUNCTION exchange_pollvote_fill() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $body$
BEGIN
    IF TG_OP = 'INSERT' OR (NEW.answer, NEW.remark) IS DISTINCT FROM (OLD.answer, OLD.remark) THEN
        NEW.poll_id := (SELECT poll_id FROM exchange_polloption WHERE id = NEW.option_id);
        PERFORM FROM exchange_datepoll p WHERE p.id = NEW.poll_id AND p.state = 'open'
            AND (p.ends_at IS NULL OR p.ends_at > clock_timestamp()) FOR SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'no vote after the end' USING ERRCODE = 'check_violation', CONSTRAINT = 'no_vote_after_the_end';
        END IF;
    END IF;
    NEW.audience := ARRAY[({PERSON_BASE} + NEW.person_id)::int] || {OWNERS.format(poll="NEW.poll_id")}
        || coalesce((SELECT p.audience FROM exchange_datepoll p WHERE p.id = NEW.poll_id AND p.names_shown), '{{}}');
    RETURN NEW;
END $body$;
CREATE TRIGGER exchange_pollvote_fill BEFORE INSERT OR UPDATE ON exchange_pollvote
    FOR EACH ROW EXECUTE FUNCTION exchange_pollvote_fill();
"""

OWN = "poll_id IN (SELECT exchange_polls_of_mine())"
STILL = "parent.state IN ('draft', 'open')"

SUMS = f"""
SELECT o.id, count(v.id) FILTER (WHERE v.answer = 'yes'), count(v.id) FILTER (WHERE v.answer = 'maybe'),
       count(v.id) FILTER (WHERE v.answer = 'no'),
       (SELECT count(DISTINCT w.person_id) FROM exchange_pollvote w WHERE w.poll_id = poll)
FROM exchange_polloption o LEFT JOIN exchange_pollvote v ON v.option_id = o.id
WHERE o.poll_id = poll AND EXISTS (SELECT FROM exchange_datepoll WHERE id = poll AND {IN_SIGHT})
GROUP BY o.id
"""

DELETE_DRAFT = f"""
BEGIN
    PERFORM FROM exchange_datepoll WHERE id = poll AND state = 'draft' FOR UPDATE;
    IF NOT FOUND OR NOT EXISTS (
        SELECT FROM exchange_pollcity c WHERE c.poll_id = poll AND c.owns
        AND ({COORDINATORS_BASE} + c.network_id)::int = ANY ({KEYS}))
    THEN
        RAISE EXCEPTION 'the second wall refuses' USING ERRCODE = 'insufficient_privilege';
    END IF;
    DELETE FROM exchange_polloption o WHERE o.poll_id = poll;
    DELETE FROM exchange_pollperson p WHERE p.poll_id = poll;
    DELETE FROM exchange_pollcity c WHERE c.poll_id = poll;
    DELETE FROM exchange_datepoll WHERE id = poll;
END
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0017_dates"), ("tenancy", "0010_keeps_its_place")]

    operations = [
        definer(
            "exchange_polls_of_mine()",
            "SETOF bigint",
            f"SELECT poll_id FROM exchange_pollcity WHERE owns AND network_id = ANY ({MY_NETWORKS})",
        ),
        definer(
            "exchange_polls_begun()",
            "SETOF bigint",
            f"SELECT id FROM exchange_datepoll begun WHERE created_by_id = {PERSON} "
            "AND NOT EXISTS (SELECT FROM exchange_pollcity c WHERE c.poll_id = begun.id)",
        ),
        # --- who sees what
        audience_trigger("exchange_datepoll", POLL),
        migrations.RunSQL(
            VOTE, "DROP TRIGGER exchange_pollvote_fill ON exchange_pollvote; DROP FUNCTION exchange_pollvote_fill();"
        ),
        refresh_trigger(
            "exchange_datepoll",
            "UPDATE",
            """
            IF OLD.audience IS DISTINCT FROM NEW.audience THEN
                UPDATE exchange_pollvote SET poll_id = poll_id WHERE poll_id = NEW.id;
            END IF;
            """,
        ),
        refresh_trigger(
            "exchange_pollcity",
            "INSERT OR UPDATE OR DELETE",
            "UPDATE exchange_datepoll SET title = title WHERE id IN (NEW.poll_id, OLD.poll_id);",
        ),
        refresh_trigger(
            "exchange_pollperson",
            "INSERT OR DELETE",
            "UPDATE exchange_datepoll SET title = title WHERE id IN (NEW.poll_id, OLD.poll_id);",
        ),
        # Before, not after: the draft of a workshop may be deleted while a poll still points to it.
        migrations.RunSQL(
            """
            CREATE FUNCTION exchange_workshop_leaves_polls() RETURNS trigger LANGUAGE plpgsql
            SECURITY DEFINER SET search_path = public, pg_temp AS $body$
            BEGIN
                UPDATE exchange_datepoll SET workshop_id = NULL WHERE workshop_id = OLD.id;
                RETURN OLD;
            END $body$;
            CREATE TRIGGER exchange_workshop_leaves_polls BEFORE DELETE ON exchange_workshop
                FOR EACH ROW EXECUTE FUNCTION exchange_workshop_leaves_polls();
            """,
            "DROP TRIGGER exchange_workshop_leaves_polls ON exchange_workshop; "
            "DROP FUNCTION exchange_workshop_leaves_polls();",
        ),
        protect(
            "exchange_datepoll",
            select=IN_SIGHT,
            insert=both(
                is_person("created_by_id"),
                COORDINATES_SOMETHING,
                "state = 'draft'",
                either("format_id IS NULL", of_mine("format", "format_id", "accepted")),
                either("workshop_id IS NULL", of_mine("workshop", "workshop_id", "accepted")),
            ),
            update="id IN (SELECT exchange_polls_of_mine())",
        ),
        protect(
            "exchange_pollcity",
            select=through("exchange_datepoll", "poll_id"),
            insert=either(
                both("owns", coordinates("network_id"), "poll_id IN (SELECT exchange_polls_begun())"),
                both(OWN, through("tenancy_network", "network_id")),
            ),
            update=OWN,
            update_to=both(OWN, "asked_at IS NOT NULL"),
        ),
        protect(
            "exchange_pollperson",
            select=either(
                is_person("person_id"), OWN, through("exchange_datepoll", "poll_id", also="parent.names_shown")
            ),
            insert=OWN,
        ),
        protect(
            "exchange_polloption",
            select=through("exchange_datepoll", "poll_id"),
            insert=both(OWN, through("exchange_datepoll", "poll_id", also=STILL)),
            delete=both(OWN, through("exchange_datepoll", "poll_id", also=STILL)),
        ),
        protect(
            "exchange_pollvote",
            select=IN_SIGHT,
            insert=both(is_person("person_id"), through("exchange_datepoll", "poll_id", also="parent.state = 'open'")),
            update=both(is_person("person_id"), through("exchange_datepoll", "poll_id", also="parent.state = 'open'")),
        ),
        protect(
            "exchange_councilday",
            select=both(holds(str(ALL_NETWORKS)), through("tenancy_network", "network_id")),
            insert=coordinates("network_id"),
            delete=coordinates("network_id"),
        ),
        stays("exchange_datepoll", "format_id", "names_shown"),
        stays("exchange_pollcity", "poll_id", "network_id", "owns"),
        stays("exchange_pollvote", "poll_id", "option_id", "person_id"),
        # --- past one's own sight
        definer(
            "exchange_lock_poll(thing bigint)",
            "bigint",
            f"SELECT id FROM exchange_datepoll WHERE id = thing AND {IN_SIGHT} FOR UPDATE",
            volatile="VOLATILE",
        ),
        definer(
            "exchange_poll_sums(poll bigint)",
            "TABLE (option bigint, yes bigint, maybe bigint, no bigint, people bigint)",
            SUMS,
        ),
        definer(
            "exchange_polls_due()",
            "TABLE (poll bigint, network bigint)",
            "SELECT p.id, c.network_id FROM exchange_datepoll p JOIN exchange_pollcity c ON c.poll_id = p.id "
            "WHERE c.owns AND p.state = 'open' AND p.ends_at <= clock_timestamp() ORDER BY p.id, c.id",
        ),
        definer("exchange_delete_poll(poll bigint)", "void", DELETE_DRAFT, language="plpgsql", volatile="VOLATILE"),
    ]
