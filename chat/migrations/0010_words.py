"""Who has read a message: told among those alone who let it be seen themselves."""

from __future__ import annotations

from django.db import migrations

from toolkit.row_security import PERSON, definer

#: People who have read up to a number and let it be seen; nobody for whoever does not, or is not in the conversation.
READERS = f"""
SELECT s.person_id FROM chat_participant s
JOIN chat_chatwish w ON w.person_id = s.person_id AND w.show_read
JOIN tenancy_person p ON p.id = s.person_id AND p.is_active
WHERE s.conversation_id = talk AND s.left_seq IS NULL AND s.read_seq >= number AND s.joined_seq < number
    AND s.person_id <> {PERSON}
    AND EXISTS (SELECT FROM chat_chatwish own WHERE own.person_id = {PERSON} AND own.show_read)
    AND EXISTS (SELECT FROM chat_participant me WHERE me.conversation_id = talk AND me.person_id = {PERSON}
        AND me.left_seq IS NULL AND me.joined_seq < number)
ORDER BY s.person_id LIMIT 500
"""


class Migration(migrations.Migration):
    dependencies = [("chat", "0009_files")]

    operations = [
        definer("chat_readers(talk bigint, number bigint)", "SETOF bigint", READERS, volatile="STABLE ROWS 20"),
    ]
