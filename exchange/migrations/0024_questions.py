"""Questions at sign-up and their answers, each seen by whom the hosts said when they asked."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

from toolkit.row_security import both, either, is_person, protect, stays, through
from toolkit.triggers import refresh_trigger

HOSTED = "workshop_id IN (SELECT exchange_workshops_of_mine('accepted'))"
LIVING = "parent.state IN ('requested', 'seat', 'offered', 'queued')"
#: The own place, and a question of that very workshop.
OWN = through(
    "exchange_registration",
    "registration_id",
    also=both(
        is_person("parent.person_id"),
        LIVING,
        "parent.workshop_id = (SELECT q.workshop_id FROM exchange_question q WHERE q.id = question_id)",
    ),
)
#: Who sees the place (hosts, and those with a seat where the name is shown) sees what was asked for all of them.
SEES = through(
    "exchange_registration",
    "registration_id",
    also=either(
        is_person("parent.person_id"),
        f"parent.{HOSTED}",
        "question_id IN (SELECT q.id FROM exchange_question q WHERE q.shown = 'seated')",
    ),
)


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0023_agenda_goes"),
    ]

    operations = [
        migrations.CreateModel(
            name="Question",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=200)),
                ("hint", models.CharField(blank=True, max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("text", "Text"),
                            ("choice", "Eine Auswahl"),
                            ("several", "Mehrere zur Auswahl"),
                            ("yes_no", "Ja oder nein"),
                        ],
                        max_length=8,
                    ),
                ),
                ("options", models.JSONField(blank=True, default=list, help_text="What can be chosen, in this order")),
                ("required", models.BooleanField(default=False)),
                (
                    "shown",
                    models.CharField(
                        choices=[("hosts", "Nur die Gastgebenden"), ("seated", "Alle, die einen Platz haben")],
                        default="hosts",
                        max_length=6,
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "workshop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="questions", to="exchange.workshop"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("value", models.JSONField()),
                ("changed_at", models.DateTimeField(auto_now=True)),
                (
                    "registration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="answers", to="exchange.registration"
                    ),
                ),
                (
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="exchange.question"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="question",
            index=models.Index(fields=["workshop", "position", "id"], name="questions_in_order"),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.UniqueConstraint(
                fields=("question", "registration"), name="one_answer_per_question_and_place"
            ),
        ),
        protect(
            "exchange_question",
            select=through("exchange_workshop", "workshop_id"),
            insert=HOSTED,
            update=HOSTED,
            delete=HOSTED,
        ),
        stays("exchange_question", "workshop_id"),
        protect("exchange_answer", select=SEES, insert=OWN, update=OWN, delete=OWN),
        stays("exchange_answer", "question_id", "registration_id"),
        # What somebody answered is nobody's business once the place is given back, whoever took it.
        refresh_trigger(
            "exchange_registration",
            "UPDATE OF state OR DELETE",
            """
            IF TG_OP = 'DELETE' OR NEW.state NOT IN ('requested', 'seat', 'offered', 'queued') THEN
                DELETE FROM exchange_answer WHERE registration_id = OLD.id;
            END IF;
            """,
            name="exchange_answers_go_with_the_place",
        ),
        refresh_trigger(
            "exchange_workshop",
            "DELETE",
            "DELETE FROM exchange_question WHERE workshop_id = OLD.id;",
            name="exchange_questions_go_with_the_workshop",
        ),
    ]
