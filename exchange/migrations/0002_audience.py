"""Audience, search words and the count of seats, kept by the database for every writer."""

from __future__ import annotations

from django.db import migrations

from toolkit.triggers import audience_trigger, refresh_trigger

# A draft, a recalled and a hidden experience are seen by their author alone.
EXPERIENCE = """
    CASE WHEN NEW.state = 'published' AND NEW.hidden_at IS NULL
         THEN audience_for(NEW.rung, ARRAY[NEW.network_id]::int[], NEW.office_id)
         ELSE ARRAY[1000000000 + NEW.author_id]::int[] END
"""

COMMENT = """
    CASE WHEN NEW.hidden_at IS NULL AND NEW.withdrawn_at IS NULL
         THEN (SELECT e.audience FROM exchange_experience e WHERE e.id = NEW.experience_id)
         ELSE ARRAY[1000000000 + NEW.author_id]::int[] END
"""

# Cities that accepted count for the rung; those invited see it through their coordinators.
FORMAT = """
    audience_for(NEW.rung, coalesce((SELECT array_agg(c.network_id::int) FROM exchange_formatcity c
                                     WHERE c.format_id = NEW.id AND c.state = 'accepted'), '{}'), NULL)
    || coalesce((SELECT array_agg((300000 + c.network_id)::int) FROM exchange_formatcity c
                 WHERE c.format_id = NEW.id AND c.state IN ('invited', 'accepted')), '{}')
"""

WORKSHOP = """
    CASE WHEN NEW.state = 'draft' THEN '{}'::int[] ELSE
        audience_for(NEW.rung, coalesce((SELECT array_agg(h.network_id::int) FROM exchange_workshophost h
                                         WHERE h.workshop_id = NEW.id AND h.state = 'accepted'), '{}'), NULL) END
    || coalesce((SELECT array_agg((300000 + h.network_id)::int) FROM exchange_workshophost h
                 WHERE h.workshop_id = NEW.id AND h.state IN ('invited', 'accepted')), '{}')
"""

# A person keeps sight of the own place whatever happens to the workshop's rung.
REGISTRATION = """
    (SELECT w.audience FROM exchange_workshop w WHERE w.id = NEW.workshop_id) || (1000000000 + NEW.person_id)::int
"""

SEARCH = """
CREATE FUNCTION exchange_experience_fill_search() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    NEW.search :=
        setweight(to_tsvector('german_folded', NEW.title), 'A')
        || setweight(to_tsvector('german_folded', NEW.summary), 'B')
        || setweight(to_tsvector('german_folded', concat_ws(' ', NEW.software, NEW.service, NEW.supplier)), 'B')
        || setweight(to_tsvector('german_folded', concat_ws(' ', NEW.starting_point, NEW.what_we_did, NEW.result,
               NEW.pitfalls, NEW.differently, NEW.reusable, NEW.legal_basis, NEW.benefits, NEW.took_part)), 'D');
    RETURN NEW;
END $body$;
CREATE TRIGGER exchange_experience_fill_search BEFORE INSERT OR UPDATE ON exchange_experience
    FOR EACH ROW EXECUTE FUNCTION exchange_experience_fill_search();
"""


def touch_when_audience_changed(child: str, column: str) -> str:
    """The statement that lets ``child`` rows copy the audience again once their parent's has changed."""
    return f"""
        IF OLD.audience IS DISTINCT FROM NEW.audience THEN
            UPDATE {child} SET {column} = {column} WHERE {column} = NEW.id;
        END IF;
    """


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial"), ("tenancy", "0002_audience")]

    operations = [
        audience_trigger("exchange_experience", EXPERIENCE),
        audience_trigger("exchange_comment", COMMENT),
        audience_trigger("exchange_exchangeformat", FORMAT),
        audience_trigger(
            "exchange_edition",
            "SELECT f.audience FROM exchange_exchangeformat f WHERE f.id = NEW.format_id",
        ),
        audience_trigger("exchange_workshop", WORKSHOP),
        audience_trigger("exchange_registration", REGISTRATION),
        refresh_trigger(
            "exchange_experience",
            "UPDATE",
            touch_when_audience_changed("exchange_comment", "experience_id"),
        ),
        refresh_trigger(
            "exchange_exchangeformat",
            "UPDATE",
            touch_when_audience_changed("exchange_edition", "format_id"),
        ),
        refresh_trigger(
            "exchange_workshop",
            "UPDATE",
            touch_when_audience_changed("exchange_registration", "workshop_id"),
        ),
        refresh_trigger(
            "exchange_formatcity",
            "INSERT OR UPDATE OR DELETE",
            "UPDATE exchange_exchangeformat SET rung = rung WHERE id IN (NEW.format_id, OLD.format_id);",
        ),
        refresh_trigger(
            "exchange_workshophost",
            "INSERT OR UPDATE OR DELETE",
            "UPDATE exchange_workshop SET rung = rung WHERE id IN (NEW.workshop_id, OLD.workshop_id);",
        ),
        refresh_trigger(
            "tenancy_partnership",
            "INSERT OR UPDATE OR DELETE",
            """
            UPDATE exchange_experience SET rung = rung WHERE rung = 'partners'
                AND network_id IN (NEW.asking_id, NEW.asked_id, OLD.asking_id, OLD.asked_id);
            UPDATE exchange_workshop SET rung = rung WHERE rung = 'partners' AND id IN (
                SELECT workshop_id FROM exchange_workshophost
                WHERE network_id IN (NEW.asking_id, NEW.asked_id, OLD.asking_id, OLD.asked_id));
            UPDATE exchange_exchangeformat SET rung = rung WHERE rung = 'partners' AND id IN (
                SELECT format_id FROM exchange_formatcity
                WHERE network_id IN (NEW.asking_id, NEW.asked_id, OLD.asking_id, OLD.asked_id));
            """,
            name="exchange_follows_partnerships",
        ),
        refresh_trigger(
            "exchange_registration",
            "INSERT OR UPDATE OR DELETE",
            """
            DECLARE
                before int := CASE WHEN TG_OP = 'INSERT' THEN 0 ELSE (OLD.state = 'seat')::int END;
                after int := CASE WHEN TG_OP = 'DELETE' THEN 0 ELSE (NEW.state = 'seat')::int END;
            BEGIN
                IF before <> after THEN
                    UPDATE exchange_workshop SET seats_taken = seats_taken + after - before
                        WHERE id = coalesce(NEW.workshop_id, OLD.workshop_id);
                END IF;
            END;
            """,
            name="exchange_registration_counts_seats",
        ),
        migrations.RunSQL(
            SEARCH,
            "DROP TRIGGER exchange_experience_fill_search ON exchange_experience;"
            "DROP FUNCTION exchange_experience_fill_search();",
        ),
    ]
