"""Mail for what was missed: when somebody last read, what they were told, and who is to be asked about."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from toolkit.row_security import PERSON, definer, is_person, protect

READ_AT = """
CREATE FUNCTION chat_read_now() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    NEW.read_at := now();
    RETURN NEW;
END $body$;
CREATE TRIGGER chat_read_now BEFORE UPDATE OF read_seq ON chat_participant FOR EACH ROW
    WHEN (NEW.read_seq > OLD.read_seq) EXECUTE FUNCTION chat_read_now();
"""

#: People who missed something that is older than they may be away, and newer than they must be told; not those who
#: read anything meanwhile. For the job that asks about each, which acts for nobody: numbers of people alone.
#: What exactly they are told is read as themselves (``chat.queries.missed``), which decides.
MISSED = f"""
SELECT DISTINCT s.person_id
FROM chat_conversation c
JOIN chat_participant s ON s.conversation_id = c.id AND s.left_seq IS NULL
JOIN tenancy_person p ON p.id = s.person_id AND p.is_active
LEFT JOIN chat_chatwish w ON w.person_id = s.person_id
LEFT JOIN chat_missedtold t ON t.conversation_id = c.id AND t.person_id = s.person_id
LEFT JOIN chat_missedmail y ON y.person_id = s.person_id
WHERE {PERSON} IS NULL
    AND c.last_at > moment - fresh
    AND c.head > greatest(s.read_seq, s.joined_seq, t.seq)
    AND coalesce(w.mail_missed, true)
    AND ((NOT s.muted AND (c.kind IN ('direct', 'group') OR coalesce(w.mail_rooms, false)))
        OR s.mention_seq > greatest(s.read_seq, s.joined_seq, t.seq))
    AND (y.sent_at IS NULL OR (y.sent_at <= moment - interval '1 hour'
        AND (y.turn <= 1 OR y.sent_at <= moment - interval '1 day'
            OR EXISTS (SELECT FROM chat_participant o WHERE o.person_id = s.person_id AND o.read_at > y.sent_at))))
    AND EXISTS (SELECT FROM chat_message m
        WHERE m.conversation_id = c.id AND m.seq > greatest(s.read_seq, s.joined_seq, t.seq)
            AND m.kind = 'text' AND m.sender_id <> s.person_id AND m.hidden_at IS NULL
            AND m.retracted_at IS NULL AND m.expired_at IS NULL
            AND m.created_at > moment - fresh AND m.created_at <= moment - away)
    AND NOT EXISTS (SELECT FROM chat_participant o WHERE o.person_id = s.person_id AND o.read_at > moment - away)
"""

OWN = is_person("person_id")


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0012_engine"),
        ("notices", "0003_quiet"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "participant",
            "read_at",
            models.DateTimeField(null=True, blank=True, help_text="When read_seq last rose; kept by a trigger"),
        ),
        migrations.AddField(
            "chatwish",
            "mail_rooms",
            models.BooleanField(
                db_default=False, default=False, verbose_name="In diesen Mails auch, was in Räumen gesagt wurde"
            ),
        ),
        migrations.CreateModel(
            name="MissedMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                (
                    "turn",
                    models.PositiveIntegerField(
                        default=0, help_text="How many were sent since the person last read anything"
                    ),
                ),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MissedTold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.BigIntegerField()),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="chat.conversation"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("person", "conversation"), name="told_up_to_one_number")
                ],
            },
        ),
        migrations.RunSQL(READ_AT, "DROP TRIGGER chat_read_now ON chat_participant; DROP FUNCTION chat_read_now();"),
        definer("chat_missed(moment timestamptz, away interval, fresh interval)", "SETOF bigint", MISSED),
        protect("chat_missedtold", select=OWN, insert=OWN, update=OWN),
        protect("chat_missedmail", select=OWN, insert=OWN, update=OWN),
    ]
