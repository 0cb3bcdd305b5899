"""Answers, mentions, reactions, edits, files, pins; topics and owners; what people wish in the chat."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0004_wall"),
        ("tenancy", "0010_keeps_its_place"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Block",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="ChatWish",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("show_presence", models.BooleanField(default=False, verbose_name="Zeigen, dass ich gerade da bin")),
                ("show_typing", models.BooleanField(default=True, verbose_name="Zeigen, dass ich gerade schreibe")),
                ("show_read", models.BooleanField(default=False, verbose_name="Zeigen, was ich gelesen habe")),
                (
                    "announce",
                    models.CharField(
                        choices=[
                            ("all", "Alle neuen Nachrichten"),
                            ("mentions", "Nur, wenn ich erwähnt werde"),
                            ("off", "Nichts"),
                        ],
                        default="all",
                        max_length=10,
                        verbose_name="Vorlesen, was ankommt",
                    ),
                ),
                ("enter_sends", models.BooleanField(default=False, verbose_name="Eingabetaste sendet")),
                ("shortcuts", models.BooleanField(default=True, verbose_name="Tastenkürzel")),
                ("mail_missed", models.BooleanField(default=True, verbose_name="Mail, wenn ich etwas verpasst habe")),
            ],
        ),
        migrations.CreateModel(
            name="EarlierText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.BigIntegerField(help_text="Number of the message")),
                ("body", models.TextField()),
                ("until", models.DateTimeField(help_text="Moment of the edit that replaced it")),
            ],
        ),
        migrations.CreateModel(
            name="KeepingRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("days", models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="MessageFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(default=uuid.uuid4, help_text="By which the outside names it", unique=True)),
                (
                    "seq",
                    models.BigIntegerField(blank=True, help_text="Number of the message it was sent with", null=True),
                ),
                ("name", models.CharField(help_text="As its uploader called it, cleaned", max_length=150)),
                ("media_type", models.CharField(help_text="By its content, never by its name", max_length=100)),
                ("size", models.PositiveIntegerField(help_text="Bytes, as stored")),
                ("width", models.PositiveIntegerField(blank=True, help_text="Pixels of a picture", null=True)),
                ("height", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "wird geprüft"),
                            ("ready", "geprüft"),
                            ("refused", "abgelehnt"),
                            ("gone", "entfernt"),
                        ],
                        default="pending",
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, help_text="Why it was refused, as a sentence", max_length=200)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.AddField(
            model_name="conversation",
            name="about",
            field=models.CharField(blank=True, db_default="", max_length=300),
        ),
        migrations.AddField(
            model_name="conversation",
            name="open_to",
            field=models.IntegerField(
                blank=True,
                help_text="A topic room: the key (toolkit.audience) of those who may enter it by themselves",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="conversation",
            name="retention_days",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="What is said is emptied after so many days; a network's own rule may be stricter",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="conversation",
            name="version",
            field=models.BigIntegerField(
                db_default=0,
                default=0,
                help_text="Rises with every change of who is in it, by a trigger: whoever remembers the seats compares it",
            ),
        ),
        migrations.AddField(
            model_name="conversation",
            name="writers",
            field=models.CharField(
                choices=[("all", "Alle, die dabei sind"), ("owners", "Nur die Verantwortlichen")],
                db_default="all",
                default="all",
                help_text="Announcements: only its owners write",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="content_key",
            field=models.UUIDField(
                blank=True,
                help_text="Fingerprint of what was sent: it stays when the text changes, so that sending again is recognised",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="edited_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="message",
            name="expired_at",
            field=models.DateTimeField(
                blank=True, help_text="Emptied by the rule on how long things are kept", null=True
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="file_count",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="message",
            name="mentions",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(),
                db_default=models.Value("{}"),
                default=list,
                help_text="People named in it",
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="mentions_all",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="message",
            name="pinned_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="message",
            name="reactions",
            field=models.JSONField(
                db_default=models.Value({}, models.JSONField()),
                default=dict,
                help_text='{"👍": [person, …]}, in the order of reacting',
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="replies",
            field=models.PositiveIntegerField(
                db_default=0, default=0, help_text="Answers in the thread that began here"
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="reply_seq",
            field=models.BigIntegerField(blank=True, help_text="The message this one answers", null=True),
        ),
        migrations.AddField(
            model_name="message",
            name="retracted_at",
            field=models.DateTimeField(
                blank=True, help_text="Taken back by its sender; nothing of it is kept", null=True
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="thread_seq",
            field=models.BigIntegerField(blank=True, help_text="The message with which its thread began", null=True),
        ),
        migrations.AddField(
            model_name="message",
            name="what",
            field=models.CharField(
                blank=True,
                choices=[
                    ("hide", "ausgeblendet oder wieder eingeblendet"),
                    ("edit", "bearbeitet"),
                    ("retract", "zurückgenommen"),
                    ("react", "Reaktion"),
                    ("pin", "angeheftet oder gelöst"),
                    ("file", "Datei geprüft"),
                ],
                db_default="",
                help_text="What a change did to its message",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="participant",
            name="archived_seq",
            field=models.BigIntegerField(
                blank=True,
                help_text="Put away when the log had come so far; what is said later brings it back, unless it is muted",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="participant",
            name="favourite",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="participant",
            name="mention_seq",
            field=models.BigIntegerField(
                db_default=0,
                default=0,
                help_text="The last message that names this person; unread while it is above read_seq. Set with the message",
            ),
        ),
        migrations.AddField(
            model_name="participant",
            name="role",
            field=models.CharField(
                choices=[("member", "Mitglied"), ("owner", "Verantwortlich")],
                db_default="member",
                default="member",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="conversation",
            name="kind",
            field=models.CharField(
                choices=[("direct", "Direkt"), ("group", "Gruppe"), ("room", "Raum"), ("topic", "Themenraum")],
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("thread_seq__isnull", False)),
                fields=["conversation", "thread_seq", "seq"],
                name="threads",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("pinned_at__isnull", False)), fields=["conversation", "seq"], name="pinned"
            ),
        ),
        migrations.AddConstraint(
            model_name="conversation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "topic"), ("open_to__isnull", False)),
                    models.Q(models.Q(("kind", "topic"), _negated=True), ("open_to", None)),
                    _connector="OR",
                ),
                name="topics_say_to_whom_they_are_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reply_seq", None), ("thread_seq", None)),
                    models.Q(("reply_seq__lt", models.F("seq")), ("thread_seq__lte", models.F("reply_seq"))),
                    _connector="OR",
                ),
                name="answers_follow_on_what_they_answer",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("expired_at", None), ("retracted_at", None)),
                    models.Q(("body", ""), ("reactions", {})),
                    _connector="OR",
                ),
                name="what_is_gone_is_empty",
            ),
        ),
        migrations.AddField(
            model_name="block",
            name="blocked",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="block",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="chatwish",
            name="person",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="earliertext",
            name="conversation",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="chat.conversation"
            ),
        ),
        migrations.AddField(
            model_name="keepingrule",
            name="network",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenancy.network"
            ),
        ),
        migrations.AddField(
            model_name="messagefile",
            name="conversation",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="chat.conversation"
            ),
        ),
        migrations.AddField(
            model_name="messagefile",
            name="uploader",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="block",
            constraint=models.UniqueConstraint(fields=("person", "blocked"), name="blocked_once"),
        ),
        migrations.AddConstraint(
            model_name="block",
            constraint=models.CheckConstraint(
                condition=models.Q(("person", models.F("blocked")), _negated=True), name="nobody_blocks_themselves"
            ),
        ),
        migrations.AddIndex(
            model_name="earliertext",
            index=models.Index(fields=["conversation", "seq"], name="earlier_texts"),
        ),
        migrations.AddConstraint(
            model_name="keepingrule",
            constraint=models.CheckConstraint(condition=models.Q(("days__gte", 1)), name="kept_at_least_a_day"),
        ),
        migrations.AddIndex(
            model_name="messagefile",
            index=models.Index(fields=["conversation", "seq"], name="files_of_messages"),
        ),
    ]
