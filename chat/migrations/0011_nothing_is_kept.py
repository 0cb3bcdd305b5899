"""When a file is gone, so is what it was called: names tell as much as contents."""

from __future__ import annotations

from django.db import migrations

FORGET = """
CREATE FUNCTION chat_file_forgotten() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    NEW.name := '';
    RETURN NEW;
END $body$;
CREATE TRIGGER chat_file_forgotten BEFORE UPDATE ON chat_messagefile FOR EACH ROW
    WHEN (NEW.state = 'gone') EXECUTE FUNCTION chat_file_forgotten();
UPDATE chat_messagefile SET name = '' WHERE state = 'gone';
"""


class Migration(migrations.Migration):
    dependencies = [("chat", "0010_words")]

    operations = [
        migrations.RunSQL(
            FORGET, "DROP TRIGGER chat_file_forgotten ON chat_messagefile; DROP FUNCTION chat_file_forgotten();"
        )
    ]
