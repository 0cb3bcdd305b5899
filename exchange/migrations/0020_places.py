"""Answering an offer, coming with more or fewer, and handing a seat over: each by one function that asks who acts."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from toolkit.row_security import KEYS, PERSON, both, definer, either, is_person, protect, stays
from toolkit.triggers import refresh_trigger

LIVING = "('requested', 'seat', 'offered', 'queued')"
TAKES = "('seat', 'offered')"

# Who was offered a seat takes it, as long as the offer lasts.
ACCEPT = f"""
UPDATE exchange_registration r SET state = 'seat', seated_at = moment, offered_until = NULL
WHERE r.workshop_id = workshop AND r.person_id = {PERSON} AND r.state = 'offered' AND r.offered_until > moment
RETURNING r.id
"""

# How many come along. Fewer may always; more, where one has a seat, only into seats for which nobody waits.
ACCOMPANY = f"""
DECLARE
    own exchange_registration;
    w exchange_workshop;
    more int;
    split boolean;
BEGIN
    SELECT * INTO own FROM exchange_registration r
    WHERE r.workshop_id = workshop AND r.person_id = {PERSON} AND r.state IN {LIVING} FOR UPDATE;
    SELECT * INTO w FROM exchange_workshop x WHERE x.id = workshop;
    IF own.id IS NULL OR w.starts_at <= moment OR people NOT BETWEEN 0 AND 5 THEN
        RETURN false;
    END IF;
    more := people - own.companions;
    split := w.mode = 'hybrid' AND w.seats_online IS NOT NULL;
    IF own.state IN {TAKES} AND more > 0 AND (
        more > CASE own.pool
            WHEN 'online' THEN w.seats_online - w.online_taken
            WHEN 'shared' THEN w.seats - w.quota_seats - w.shared_taken
            ELSE (SELECT q.seats - q.taken FROM exchange_workshopquota q
                  WHERE q.workshop_id = workshop AND q.network_id = own.network_id) END
        OR EXISTS (
            SELECT FROM exchange_registration r
            WHERE r.workshop_id = workshop AND r.state = 'queued'
              AND (own.pool <> 'city' OR r.network_id = own.network_id)
              AND (own.pool = 'online') = (split AND r.mode = 'online')))
    THEN
        RETURN false;
    END IF;
    UPDATE exchange_registration r SET companions = people, companion_names = names WHERE r.id = own.id;
    RETURN true;
END
"""

# A seat goes from one to another of a city in one step: it is never free in between. Whoever took it may have waited.
TAKE_OVER = f"""
DECLARE
    given exchange_registration;
    giver bigint;
BEGIN
    SELECT r.* INTO given FROM exchange_registration r JOIN exchange_seathandover h
        ON h.workshop_id = r.workshop_id AND h.giver_id = r.person_id
    JOIN exchange_workshop w ON w.id = r.workshop_id
    WHERE h.id = handover AND h.taker_id = {PERSON} AND r.state = 'seat' AND r.network_id = ANY ({KEYS})
      AND w.state = 'open' AND w.starts_at > moment AND NOT EXISTS (
        SELECT FROM exchange_registration mine
        WHERE mine.workshop_id = r.workshop_id AND mine.person_id = {PERSON} AND mine.state IN {TAKES})
    FOR UPDATE OF r;
    IF given.id IS NULL THEN
        RETURN NULL;
    END IF;
    UPDATE exchange_registration r SET state = 'withdrawn', withdrawn_at = moment, needs = '', companion_names = ''
    WHERE r.workshop_id = given.workshop_id AND (r.id = given.id OR (r.person_id = {PERSON} AND r.state IN {LIVING}));
    giver := given.person_id;
    given.id := nextval(pg_get_serial_sequence('exchange_registration', 'id'));
    given.person_id := {PERSON};
    given.companions := 0;
    given.companion_names := '';
    given.needs := '';
    given.name_shown := true;
    given.created_at := moment;
    given.seated_at := moment;
    INSERT INTO exchange_registration VALUES (given.*);
    RETURN giver;
END
"""


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0019_feedback"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SeatHandover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "giver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "taker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "workshop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="handovers", to="exchange.workshop"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workshop", "giver"), name="one_handover_per_seat"),
                    models.CheckConstraint(
                        condition=models.Q(("giver", models.F("taker")), _negated=True),
                        name="handover_goes_to_somebody_else",
                    ),
                ],
            },
        ),
        protect(
            "exchange_seathandover",
            select=either(is_person("giver_id"), is_person("taker_id")),
            insert=both(is_person("giver_id"), "workshop_id IN (SELECT exchange_seats_of_mine())"),
            delete=either(is_person("giver_id"), is_person("taker_id")),
        ),
        stays("exchange_seathandover", "workshop_id", "giver_id", "taker_id"),
        refresh_trigger(
            "exchange_registration",
            "UPDATE OR DELETE",
            """
            IF OLD.state = 'seat' AND (TG_OP = 'DELETE' OR NEW.state <> 'seat') THEN
                DELETE FROM exchange_seathandover WHERE workshop_id = OLD.workshop_id AND giver_id = OLD.person_id;
            END IF;
            """,
            name="exchange_handover_ends_with_its_seat",
        ),
        migrations.RunSQL("DROP FUNCTION exchange_next_deadline(bigint)", migrations.RunSQL.noop),
        definer("exchange_accept_offer(workshop bigint, moment timestamptz)", "bigint", ACCEPT, volatile="VOLATILE"),
        definer(
            "exchange_accompany(workshop bigint, people int, names text, moment timestamptz)",
            "boolean",
            ACCOMPANY,
            language="plpgsql",
            volatile="VOLATILE",
        ),
        definer(
            "exchange_take_over(handover bigint, moment timestamptz)",
            "bigint",
            TAKE_OVER,
            language="plpgsql",
            volatile="VOLATILE",
        ),
    ]
