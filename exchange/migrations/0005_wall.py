"""The exchange behind the second wall: who sees, adds, changes and removes which row, whoever forgets to ask.

What stands in ``exchange.policies`` is finer in its reasons, never wider than this. Link rows are seen through what
they belong to; who has not answered an invitation, or said no, is seen by the coordinators whom it concerns. What a
verb must do past its viewer's sight stands in the migrations after this one.
"""

from __future__ import annotations

from django.db import migrations

from toolkit.audience import COORDINATORS_BASE, OFFICE_BASE, PERSON_BASE
from toolkit.row_security import (
    IN_SIGHT,
    KEYS,
    PERSON,
    as_definers,
    both,
    coordinates,
    definer,
    either,
    holds,
    in_network,
    is_person,
    protect,
    through,
)
from toolkit.triggers import refresh_trigger

#: The networks that the acting one coordinates, as an array that an index can be asked with.
MY_NETWORKS = (
    f"ARRAY(SELECT key - {COORDINATORS_BASE} FROM unnest({KEYS}) key "
    f"WHERE key > {COORDINATORS_BASE} AND key < {COORDINATORS_BASE} + 100000)"
)
COORDINATES_SOMETHING = f"cardinality({MY_NETWORKS}) > 0"


def of_mine(noun: str, column: str, state: str) -> str:
    """Whether a city of the acting coordinator is in this state with the format or workshop of a column."""
    return f"{column} IN (SELECT exchange_{noun}s_of_mine('{state}'))"


def begun(noun: str, column: str) -> str:
    """Whether the acting one began the format or workshop of a column, and no city is in it yet."""
    return f"{column} IN (SELECT exchange_{noun}s_begun())"


def links(table: str, noun: str, parent: str, *, insert_also: str, steps: str, again: str) -> migrations.RunSQL:
    """The cities of a format, the hosts of a workshop: who began it is first, who is in asks others, each answers.

    ``steps`` are the states that a city may take for itself; ``again`` those of others that may be asked once more.
    """
    column = f"{noun}_id"
    owns = of_mine(noun, column, "accepted")
    own = coordinates("network_id")
    return protect(
        table,
        select=either(
            both("state = 'accepted'", through(parent, column)),
            own,
            owns,
            both("state = 'invited'", of_mine(noun, column, "invited")),
        ),
        insert=either(
            both(own, "state = 'accepted'", begun(noun, column)),
            both("state = 'invited'", owns, insert_also, through("tenancy_network", "network_id")),
        ),
        update=either(both(own, "state IN ('invited', 'accepted')"), both(f"state IN ({again})", owns)),
        update_to=either(both(own, f"state IN ({steps})"), both("state = 'invited'", owns)),
        delete=both("state = 'invited'", owns),
    )


# Who begins something between cities sees it until the first city is in it.
FOUNDER = f"""
    || CASE WHEN NEW.created_by_id IS NULL OR EXISTS (SELECT FROM {{links}} l WHERE l.{{column}} = NEW.id)
            THEN '{{{{}}}}'::int[] ELSE ARRAY[({PERSON_BASE} + NEW.created_by_id)::int] END
"""

# As before (0002), and the founder.
FORMAT = """
    audience_for(NEW.rung, coalesce((SELECT array_agg(c.network_id::int) FROM exchange_formatcity c
                                     WHERE c.format_id = NEW.id AND c.state = 'accepted'), '{}'), NULL)
    || coalesce((SELECT array_agg((300000 + c.network_id)::int) FROM exchange_formatcity c
                 WHERE c.format_id = NEW.id AND c.state IN ('invited', 'accepted')), '{}')
""" + FOUNDER.format(links="exchange_formatcity", column="format_id")

WORKSHOP = """
    CASE WHEN NEW.state = 'draft' THEN '{}'::int[] ELSE
        audience_for(NEW.rung, coalesce((SELECT array_agg(h.network_id::int) FROM exchange_workshophost h
                                         WHERE h.workshop_id = NEW.id AND h.state = 'accepted'), '{}'), NULL) END
    || coalesce((SELECT array_agg((300000 + h.network_id)::int) FROM exchange_workshophost h
                 WHERE h.workshop_id = NEW.id AND h.state IN ('invited', 'accepted')), '{}')
""" + FOUNDER.format(links="exchange_workshophost", column="workshop_id")

# A place is seen by whose it is and by the coordinators who host. Everybody else counts places, without names.
REGISTRATION = f"""
    ARRAY[({PERSON_BASE} + NEW.person_id)::int]
    || coalesce((SELECT array_agg(({COORDINATORS_BASE} + h.network_id)::int) FROM exchange_workshophost h
                 WHERE h.workshop_id = NEW.workshop_id AND h.state = 'accepted'), '{{}}')
"""

COUNT_COMMENTS = """
    DECLARE
        before int := CASE WHEN TG_OP = 'INSERT' THEN 0
                      ELSE (OLD.withdrawn_at IS NULL AND OLD.hidden_at IS NULL)::int END;
        after int := CASE WHEN TG_OP = 'DELETE' THEN 0
                     ELSE (NEW.withdrawn_at IS NULL AND NEW.hidden_at IS NULL)::int END;
    BEGIN
        IF before <> after THEN
            UPDATE exchange_experience SET comment_count = greatest(0, comment_count + after - before)
                WHERE id = coalesce(NEW.experience_id, OLD.experience_id);
        END IF;
    END;
"""

COUNT_HELPFUL = """
    UPDATE exchange_experience
        SET helpful_count = greatest(0, helpful_count + CASE WHEN TG_OP = 'INSERT' THEN 1 ELSE -1 END)
        WHERE id = coalesce(NEW.experience_id, OLD.experience_id);
"""

READABLE = "parent.state = 'published' AND parent.hidden_at IS NULL"
OWN_WORDS = f"parent.author_id = {PERSON} AND parent.hidden_at IS NULL"
WORKSHOP_IN_SIGHT = either("workshop_id IS NULL", through("exchange_workshop", "workshop_id"))
OWN_EXPERIENCE = both(is_person("author_id"), "hidden_at IS NULL")


def filled(table: str, expression: str) -> migrations.RunSQL:
    """Give the trigger that fills an audience (0002) a new rule, and let it fill every row again."""
    return migrations.RunSQL(
        f"""
        CREATE OR REPLACE FUNCTION {table}_fill_audience() RETURNS trigger LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = public, pg_temp AS $body$
        BEGIN
            NEW.audience := ({expression});
            RETURN NEW;
        END $body$;
        UPDATE {table} SET audience = audience;
        """,
        migrations.RunSQL.noop,
    )


class Migration(migrations.Migration):
    dependencies = [("exchange", "0004_calendar_and_versions"), ("tenancy", "0007_viewer")]

    operations = [
        as_definers(
            [
                *(
                    f"exchange_{table}_fill_audience"
                    for table in ("experience", "comment", "exchangeformat", "edition", "workshop", "registration")
                ),
                *(
                    f"exchange_{table}_refresh"
                    for table in (
                        "experience",
                        "exchangeformat",
                        "workshop",
                        "formatcity",
                        "workshophost",
                        "experiencetopic",
                    )
                ),
                "exchange_experience_fill_search",
                "exchange_follows_partnerships",
                "exchange_registration_counts_seats",
            ]
        ),
        filled("exchange_exchangeformat", FORMAT),
        filled("exchange_workshop", WORKSHOP),
        filled("exchange_registration", REGISTRATION),
        # Who comments or says „Hilfreich“ may not change the experience that counts it.
        refresh_trigger(
            "exchange_comment",
            "INSERT OR UPDATE OF withdrawn_at, hidden_at OR DELETE",
            COUNT_COMMENTS,
            name="exchange_comment_is_counted",
        ),
        refresh_trigger("exchange_helpful", "INSERT OR DELETE", COUNT_HELPFUL, name="exchange_helpful_is_counted"),
        # --- whose city is in what; a policy cannot ask its own table
        *(
            definer(
                f"exchange_{noun}s_of_mine(wanted text)",
                "SETOF bigint",
                f"SELECT {noun}_id FROM {links} WHERE state = wanted AND network_id = ANY ({MY_NETWORKS})",
            )
            for noun, links in (("format", "exchange_formatcity"), ("workshop", "exchange_workshophost"))
        ),
        *(
            definer(
                f"exchange_{noun}s_begun()",
                "SETOF bigint",
                f"SELECT id FROM {table} begun WHERE created_by_id = {PERSON} "
                f"AND NOT EXISTS (SELECT FROM {links} l WHERE l.{noun}_id = begun.id)",
            )
            for noun, table, links in (
                ("format", "exchange_exchangeformat", "exchange_formatcity"),
                ("workshop", "exchange_workshop", "exchange_workshophost"),
            )
        ),
        definer(
            "exchange_seats_of_mine()",
            "SETOF bigint",
            f"SELECT workshop_id FROM exchange_registration WHERE person_id = {PERSON} AND state = 'seat'",
        ),
        # --- experiences
        protect(
            "exchange_experience",
            select=IN_SIGHT,
            insert=both(
                OWN_EXPERIENCE,
                "state = 'draft'",
                in_network("network_id"),
                either("office_id IS NULL", holds(f"{OFFICE_BASE} + office_id")),
            ),
            update=OWN_EXPERIENCE,
            # A draft stays its author's after they left; nothing else can be changed by who left.
            update_to=both(OWN_EXPERIENCE, either("state = 'draft'", in_network("network_id"))),
            delete=both(is_person("author_id"), "published_at IS NULL"),
        ),
        protect(
            "exchange_experiencetopic",
            select=through("exchange_experience", "content_object_id"),
            insert=through("exchange_experience", "content_object_id", also=OWN_WORDS),
            delete=through("exchange_experience", "content_object_id", also=OWN_WORDS),
        ),
        protect(
            "exchange_comment",
            select=IN_SIGHT,
            insert=both(
                is_person("author_id"),
                "hidden_at IS NULL AND withdrawn_at IS NULL",
                either("network_id IS NULL", in_network("network_id")),
                through("exchange_experience", "experience_id", also=READABLE),
            ),
            update=both(IN_SIGHT, is_person("author_id"), "hidden_at IS NULL AND withdrawn_at IS NULL"),
            update_to=both(is_person("author_id"), "hidden_at IS NULL"),
        ),
        protect(
            "exchange_helpful",
            select=is_person("person_id"),
            insert=both(
                is_person("person_id"),
                through("exchange_experience", "experience_id", also=f"{READABLE} AND parent.author_id <> {PERSON}"),
            ),
            delete=is_person("person_id"),
        ),
        # --- formats
        protect(
            "exchange_exchangeformat",
            select=IN_SIGHT,
            insert=both(is_person("created_by_id"), COORDINATES_SOMETHING),
            update=of_mine("format", "id", "accepted"),
        ),
        links(
            "exchange_formatcity",
            "format",
            "exchange_exchangeformat",
            insert_also=is_person("invited_by_id"),
            steps="'accepted', 'declined', 'left'",
            again="'invited', 'declined', 'left'",
        ),
        protect(
            "exchange_edition",
            select=both(IN_SIGHT, WORKSHOP_IN_SIGHT),
            insert=both("workshop_id IS NULL", of_mine("format", "format_id", "accepted")),
            update=both(of_mine("format", "format_id", "accepted"), WORKSHOP_IN_SIGHT),
        ),
        # --- workshops
        protect(
            "exchange_workshop",
            select=IN_SIGHT,
            insert=both(
                is_person("created_by_id"),
                COORDINATES_SOMETHING,
                "state = 'draft'",
                either("format_id IS NULL", of_mine("format", "format_id", "accepted")),
            ),
            update=of_mine("workshop", "id", "accepted"),
        ),
        links(
            "exchange_workshophost",
            "workshop",
            "exchange_workshop",
            insert_also="answered_at IS NULL",
            steps="'accepted', 'declined'",
            again="'invited', 'declined'",
        ),
        protect(
            "exchange_registration",
            select=either(
                IN_SIGHT, both("state = 'seat' AND name_shown", "workshop_id IN (SELECT exchange_seats_of_mine())")
            ),
            insert=both(
                is_person("person_id"),
                "state IN ('seat', 'queued')",
                in_network("network_id"),
                through("exchange_workshop", "workshop_id", also="parent.state = 'open'"),
            ),
            update=IN_SIGHT,
            update_to=either(
                both(is_person("person_id"), "state = 'withdrawn'"), of_mine("workshop", "workshop_id", "accepted")
            ),
        ),
        protect(
            "exchange_calendaraddress",
            select=is_person("person_id"),
            insert=is_person("person_id"),
            update=is_person("person_id"),
        ),
    ]
