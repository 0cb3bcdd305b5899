"""Proposals for the programme, and series, behind the second wall.

Who has a seat proposes and votes, hosts read and take. Nobody sees who voted; a trigger counts.
"""

from __future__ import annotations

from django.db import migrations

from toolkit.audience import COORDINATORS_BASE
from toolkit.row_security import KEYS, both, either, is_person, protect, stays, through
from toolkit.triggers import refresh_trigger

HOSTED = "workshop_id IN (SELECT exchange_workshops_of_mine('accepted'))"
SEATED = "workshop_id IN (SELECT exchange_seats_of_mine())"
COORDINATES_SOMETHING = (
    f"cardinality(ARRAY(SELECT key FROM unnest({KEYS}) key "
    f"WHERE key > {COORDINATORS_BASE} AND key < {COORDINATORS_BASE} + 100000)) > 0"
)
COUNT = """
    UPDATE exchange_sessionproposal
        SET votes = greatest(0, votes + CASE WHEN TG_OP = 'INSERT' THEN 1 ELSE -1 END)
        WHERE id = coalesce(NEW.proposal_id, OLD.proposal_id);
"""
TAKE_ALONG = """
    DELETE FROM exchange_proposalvote WHERE workshop_id = OLD.id;
    DELETE FROM exchange_sessionproposal WHERE workshop_id = OLD.id;
    DELETE FROM exchange_openspace WHERE workshop_id = OLD.id;
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0027_open_space")]

    operations = [
        protect(
            "exchange_openspace",
            select=through("exchange_workshop", "workshop_id"),
            insert=HOSTED,
            update=HOSTED,
            delete=HOSTED,
        ),
        protect(
            "exchange_sessionproposal",
            select=either(is_person("proposer_id"), HOSTED, SEATED),
            insert=both(is_person("proposer_id"), SEATED, "state = 'open' AND votes = 0 AND session_id IS NULL"),
            update=both("state = 'open'", either(is_person("proposer_id"), HOSTED)),
            update_to=either(both(is_person("proposer_id"), "state = 'withdrawn'"), both(HOSTED, "state = 'taken'")),
        ),
        protect(
            "exchange_proposalvote",
            select=is_person("person_id"),
            insert=both(
                is_person("person_id"),
                SEATED,
                through(
                    "exchange_openspace",
                    "exchange_proposalvote.workshop_id",
                    key="workshop_id",
                    also="exchange_proposalvote.slot < parent.votes_each",
                ),
                through(
                    "exchange_sessionproposal",
                    "exchange_proposalvote.proposal_id",
                    also="parent.workshop_id = exchange_proposalvote.workshop_id AND parent.state = 'open'",
                ),
            ),
            delete=is_person("person_id"),
        ),
        protect(
            "exchange_workshopseries",
            select=either(
                is_person("created_by_id"),
                through("exchange_workshop", "exchange_workshopseries.id", key="series_id"),
            ),
            insert=both(is_person("created_by_id"), COORDINATES_SOMETHING),
        ),
        stays("exchange_openspace", "workshop_id"),
        stays("exchange_sessionproposal", "workshop_id", "proposer_id", "votes"),
        refresh_trigger("exchange_proposalvote", "INSERT OR DELETE", COUNT, name="exchange_proposal_is_counted"),
        refresh_trigger("exchange_workshop", "DELETE", TAKE_ALONG, name="exchange_workshop_takes_its_proposals_along"),
    ]
