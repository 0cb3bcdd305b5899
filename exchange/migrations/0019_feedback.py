"""Feedback: who answered and what was said are kept apart; both pass through functions that hold the rules."""

from __future__ import annotations

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import exchange.models.feedback
from toolkit.audience import COORDINATORS_BASE
from toolkit.row_security import KEYS, PERSON, definer, is_person, protect, stays, through

HOSTED = "workshop_id IN (SELECT exchange_workshops_of_mine('accepted'))"
REFUSED = "RAISE EXCEPTION 'the second wall refuses' USING ERRCODE = 'insufficient_privilege'"

#: Who was there; where nobody kept a list, who had a seat.
WAS_THERE = """
(EXISTS (SELECT FROM exchange_attendance a WHERE a.workshop_id = {workshop} AND a.person_id = {person})
 OR (NOT EXISTS (SELECT FROM exchange_attendance a WHERE a.workshop_id = {workshop})
     AND EXISTS (SELECT FROM exchange_registration r
                 WHERE r.workshop_id = {workshop} AND r.person_id = {person} AND r.state = 'seat')))
"""
ENTITLED = f"SELECT {WAS_THERE.format(workshop='workshop', person=PERSON)}"

# Rows of one transaction carry its number, and lie where they were written: whoever reads the files of the database
# could join the two tables by that. So each answer writes all of them anew, under new numbers and in an order of chance.
BY_CHANCE = "(random() * 9007199254740991)::bigint"
GIVE = f"""
BEGIN
    PERFORM FROM exchange_workshop w WHERE w.id = workshop AND w.state IN ('open', 'held')
        AND w.ends_at <= now() AND now() < w.ends_at + interval '21 days' FOR UPDATE;
    IF NOT FOUND OR {PERSON} IS NULL OR NOT {WAS_THERE.format(workshop="workshop", person=PERSON)}
        OR EXISTS (SELECT FROM exchange_feedbackgiven g WHERE g.workshop_id = workshop AND g.person_id = {PERSON})
    THEN
        {REFUSED};
    END IF;
    INSERT INTO exchange_feedbackgiven (workshop_id, person_id, day) VALUES (workshop, {PERSON}, current_date);
    INSERT INTO exchange_feedbackanswer (id, workshop_id, helpful, recommend, good, change, next, own)
        VALUES ({BY_CHANCE}, workshop, stars, recommended, said_good, said_change, said_next, said_own);
    WITH gone AS (DELETE FROM exchange_feedbackanswer a WHERE a.workshop_id = workshop RETURNING a.*)
        INSERT INTO exchange_feedbackanswer (id, workshop_id, helpful, recommend, good, change, next, own)
        SELECT {BY_CHANCE}, g.workshop_id, g.helpful, g.recommend, g.good, g.change, g.next, g.own
        FROM gone g ORDER BY random();
    UPDATE exchange_feedbackgiven g SET day = g.day WHERE g.workshop_id = workshop;
END
"""


def said(column: str) -> str:
    """What was written in a column, each question in an order of its own."""
    return f"array_agg({column} ORDER BY random()) FILTER (WHERE coalesce({column}, '') <> '')"


RESULTS = f"""
SELECT count(*)::int,
       ARRAY[{", ".join(f"count(*) FILTER (WHERE helpful = {n})" for n in range(1, 6))}]::int[],
       ARRAY[{", ".join(f"count(*) FILTER (WHERE recommend = '{word}')" for word in ("yes", "maybe", "no"))}]::int[],
       {said("good")}, {said("change")}, {said("next")}, {said("own[1]")}, {said("own[2]")}, {said("own[3]")}
FROM exchange_feedbackanswer
WHERE workshop_id = workshop AND EXISTS (
    SELECT FROM exchange_workshophost h WHERE h.workshop_id = workshop
    AND h.state = 'accepted' AND ({COORDINATORS_BASE} + h.network_id)::int = ANY ({KEYS}))
HAVING count(*) >= 5
"""

# For the job alone, which acts for nobody; each workshop once.
DUE = f"""
BEGIN
    IF {PERSON} IS NOT NULL THEN
        {REFUSED};
    END IF;
    RETURN QUERY
    WITH over AS (
        SELECT w.id, w.title FROM exchange_workshop w
        WHERE w.state IN ('open', 'held') AND w.ends_at BETWEEN moment - interval '4 days' AND moment - interval '1 day'
    ), marked AS (
        INSERT INTO exchange_feedbackform AS form (workshop_id, questions, reminded_at)
        SELECT o.id, '{{}}', moment FROM over o
        ON CONFLICT (workshop_id) DO UPDATE SET reminded_at = moment WHERE form.reminded_at IS NULL
        RETURNING form.workshop_id
    )
    SELECT o.id::bigint, o.title::text, ARRAY(
        SELECT DISTINCT r.person_id::bigint FROM exchange_registration r
        WHERE r.workshop_id = o.id AND r.state = 'seat' AND {WAS_THERE.format(workshop="o.id", person="r.person_id")}
          AND NOT EXISTS (SELECT FROM exchange_feedbackgiven g
                          WHERE g.workshop_id = o.id AND g.person_id = r.person_id))
    FROM over o JOIN marked m ON m.workshop_id = o.id;
END
"""

# Nobody can have it forget while answers are taken.
FORGET = """
WITH gone AS (
    DELETE FROM exchange_feedbackgiven g USING exchange_workshop w
    WHERE w.id = g.workshop_id AND w.ends_at <= least(moment, now() - interval '21 days') RETURNING g.id)
SELECT count(*) FROM gone
"""


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("exchange", "0018_dates_wall"),
    ]

    operations = [
        migrations.CreateModel(
            name="FeedbackAnswer",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        default=exchange.models.feedback.number_of_chance,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "helpful",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ]
                    ),
                ),
                (
                    "recommend",
                    models.CharField(choices=[("yes", "Ja"), ("maybe", "Vielleicht"), ("no", "Nein")], max_length=5),
                ),
                ("good", models.TextField(blank=True)),
                ("change", models.TextField(blank=True)),
                ("next", models.TextField(blank=True)),
                (
                    "own",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(blank=True), blank=True, default=list, size=3
                    ),
                ),
                (
                    "workshop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="exchange.workshop"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("helpful__gte", 1), ("helpful__lte", 5)), name="helpful_from_one_to_five"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("recommend__in", ["yes", "maybe", "no"])),
                        name="recommend_is_yes_maybe_or_no",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="FeedbackForm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "questions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=160), blank=True, default=list, size=3
                    ),
                ),
                ("reminded_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "workshop",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="exchange.workshop"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FeedbackGiven",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "workshop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="exchange.workshop"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("workshop", "person"), name="feedback_given_once")]
            },
        ),
        protect(
            "exchange_feedbackform",
            select=through("exchange_workshop", "workshop_id"),
            insert=HOSTED,
            update=HOSTED,
        ),
        stays("exchange_feedbackform", "workshop_id"),
        # Who answered is known to themselves, what was said to nobody: the functions below are the only way.
        protect("exchange_feedbackgiven", select=is_person("person_id")),
        protect("exchange_feedbackanswer", select="false"),
        definer("exchange_feedback_entitled(workshop bigint)", "boolean", ENTITLED),
        definer(
            "exchange_give_feedback(workshop bigint, stars int, recommended text, said_good text, said_change text, "
            "said_next text, said_own text[])",
            "void",
            GIVE,
            language="plpgsql",
            volatile="VOLATILE",
        ),
        definer(
            "exchange_feedback_results(workshop bigint)",
            "TABLE (answers int, stars int[], recommended int[], said_good text[], said_change text[], "
            "said_next text[], said_first text[], said_second text[], said_third text[])",
            RESULTS,
            volatile="VOLATILE",
        ),
        definer(
            "exchange_feedback_due(moment timestamptz)",
            "TABLE (workshop bigint, title text, people bigint[])",
            DUE,
            language="plpgsql",
            volatile="VOLATILE",
        ),
        definer("exchange_forget_who_answered(moment timestamptz)", "bigint", FORGET, volatile="VOLATILE"),
    ]
