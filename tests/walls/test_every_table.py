"""No table is forgotten: each is behind the wall, or says why not; and the wall is built as it should be."""

from __future__ import annotations

import re

import pytest
from django.db import connection

from config.embedded import OWNER_ROLE, ROLE
from config.open_tables import OPEN
from tests.database.base import arranging
from tests.walls.wall import all_tables, protected_tables, rows
from toolkit.database.base import settings_of

pytestmark = pytest.mark.django_db

WHAT_TO_DO = """
{table} is not behind the second wall: whoever forgets a filter shows all of it to everybody.
Either put it there, in the migration that makes it:

    from toolkit.row_security import IN_SIGHT, protect
    protect("{table}", select=IN_SIGHT, insert=…, update=…, delete=…)

or write into platform/config/open_tables.py why everybody may read all of it. platform/handbook/walls.md says how.
"""

UNIQUE_TELLS = """
{key} on {table} is asked by the database of all rows, also of those that whoever writes does not see.
So a refusal may tell that a hidden row exists. Write into UNIQUE below why this one tells nothing that is not known
anyway, or add a column to it that only those share who may know (a network, a person).
"""

#: Unique keys of protected tables, each with why a refusal tells nothing of what is hidden. Numbers (``id``) are given
#: by the database and say nothing.
UNIQUE = {
    # --- the same person's own rows, or those of one network
    "helpful_once_per_person": "Both columns are in sight: the experience, and the own person.",
    "one_place_per_person_and_workshop": "Only the own place is ever added.",
    "exchange_calendaraddress_person_id_key": "One's own.",
    "exchange_feedbackform_workshop_id_key": "Written by hosts of that workshop, who see it.",
    "feedback_given_once": "One's own, written by one function.",
    "there_once_a_day": "Added by whose seat it is, or by hosts, who see all of it.",
    "exchange_doorcode_workshop_id_key": "Written by hosts of that workshop, who see it.",
    "exchange_placeneed_registration_id_key": "Written by whose place it is, and for their own place alone.",
    "one_answer_per_question_and_place": "Written by whose place it is, and for their own place alone.",
    "one_calendar_mail_per_person_and_workshop": "One's own.",
    "notices_noticewish_person_id_key": "One's own.",
    "notices_pushsubscription_endpoint_key": "Only a browser itself knows its endpoint, and it takes it over.",
    "chat_missedmail_person_id_key": "One's own.",
    "told_up_to_one_number": "One's own.",
    "chat_chatwish_person_id_key": "One's own.",
    "blocked_once": "One's own.",
    "chat_keepingrule_network_id_key": "Written by the network's coordination, who sees it.",
    "one_unread_notice_per_key": "Added by one function that merges; nobody is refused.",
    "one_message_per_client_id": "A client's number is looked for among the sender's own.",
    "one_open_report_per_person_and_thing": "One's own reports.",
    "one_open_report_per_address_and_thing": (
        "A visitor who reports again is answered as if for the first time, so no address is found out by it."
    ),
    "tenancy_roleterm_network_id_key": "Written by the network's coordination, who sees it.",
    "council_paper_once_per_network": "As above.",
    "division_once_per_network": "As above.",
    "office_once_per_network": "As above.",
    "one_living_invitation_per_address": "As above.",
    "exchange_minutes_workshop_id_key": "Written by hosts of that workshop.",
    # --- children of what is in sight
    "version_once_per_section": "Numbers are given under the lock of the workshop, by those who see all of them.",
    "topic_once_per_experience": "Written by the experience's author.",
    "person_once_per_conversation": "Seats are given by functions that pass over those who have one.",
    "one_message_per_number": "Numbers are taken under the lock of the conversation, by those who are in it.",
    "city_once_per_format": "Written by cities of the format, whose coordination sees all of its cities.",
    "one_move_per_sequence": "Numbers are counted under the lock of the workshop, by hosts who see all of its moves.",
    "host_once_per_workshop": "As above, of a workshop.",
    "one_handover_per_seat": "One's own.",
    "one_quota_per_city_and_workshop": "Written by its hosts, who see all its quotas.",
    "exchange_openspace_workshop_id_key": "Written by hosts of that workshop, who see it.",
    "one_workshop_per_day_of_a_series": "Made by hosts of the workshop that the series begins with, once.",
    "one_vote_per_person_and_proposal": "One's own.",
    "vote_slot_once": "One's own.",
    "speaker_once_per_session": "Written by hosts of that workshop, who see who speaks.",
    "edition_number_once": "Numbers are given under the lock of the format, by a function that sees all of them.",
    "exchange_edition_workshop_id_key": "Written by hosts of that workshop.",
    "moderation_moderationdecision_follows_id_key": "Only moderators of its Land, who see both.",
    # --- public knowledge
    "tenancy_network_municipality_id_key": "Founding is the moderation's of its Land, which let the one network in.",
    "tenancy_network_slug_key": "Made of the town's name, when its one network is founded.",
    "one_living_application_per_municipality": "Met by a function that needs the mail's token, told to who fits.",
    "one_living_partnership_per_pair": "One's own network is one of the two, so both sides see it.",
    "city_once_per_poll": "Written by the coordination of its owners, who see all of its cities.",
    "person_once_per_poll": "As above, of its people.",
    "date_once_per_poll": "As above, of its dates.",
    "one_vote_per_person_and_date": "One's own answers.",
    "council_day_once_per_network": "Written by the network's coordination, who sees it.",
    "hashtag_once": "A hashtag is taken: told by a sentence. It is the address of a format, and says nothing else.",
    "exchange_exchangeformat_slug_key": "Made of the hashtag.",
    "chat_conversation_direct_key_key": "Between oneself and another; found or made by one function.",
    "one_room_per_subject": "Found or made by one function.",
    # --- nobody can guess them
    "exchange_material_key_key": "122 random bits.",
    "chat_messagefile_key_key": "122 random bits.",
    "tenancy_invitation_token_hash_key": "192 random bits.",
    "exchange_workshop_calendar_uid_key": "122 random bits.",
    "exchange_attendance_check_code_key": "80 random bits.",
    "exchange_certificatebundle_key_key": "122 random bits.",
    "exchange_feedbackanswer_pkey": "Numbers of chance, given by one function alone.",
}

#: Functions past the wall that do not ask who acts, each with why they need not.
ASKS_NOBODY = {
    "tenancy_viewer": "Finds out who acts, before anybody does: roles and keys of one person, no contents.",
    "tenancy_forget_unconfirmed": "Removes what nobody confirmed in time, whoever comes by.",
    "notices_tell": "Whoever does something tells others of it. It gives back for whom that is news, and no notice.",
    "notices_without_mail": "Whether people want mails, asked before they are told. Nothing else of their wishes.",
    "notices_quiet": "When those named want quiet, asked before they are told. Nothing else of their wishes.",
    "chat_room_of": "The number of a thing's room, and nothing of the room.",
    "exchange_certified": "Whoever has a certificate in hand reads what is printed on it: 80 random bits, and no name.",
    "exchange_forget_who_answered": "Deletes what is past its time, whoever comes by.",
    "exchange_forget_bundles": "Deletes what is older than a week, whoever comes by.",
    "exchange_forget_attendance": "Deletes what is older than a year, whoever comes by.",
    "exchange_due_reminders": "Numbers of people and workshops; each is then asked about as the person.",
    "exchange_hashtag_taken": "Yes or no; a format is told by its hashtag.",
    "exchange_slug_taken": "As above.",
    "exchange_allocate_due": "What the clock of the database demands, whoever comes by: offers that ended, quotas.",
    "exchange_polls_due": "Numbers of polls whose time has come and of the cities that own them, and no words.",
    "exchange_calendar_generation": "A count that is worth nothing without the key of the installation.",
}


# --- tables -------------------------------------------------------------------------------------------------------


def test_every_table_is_behind_the_wall_or_says_why_not():
    forgotten = sorted(all_tables() - protected_tables() - OPEN.keys())
    assert not forgotten, "".join(WHAT_TO_DO.format(table=table) for table in forgotten)


def test_what_is_behind_the_wall_is_not_called_open_too():
    both = sorted(protected_tables() & OPEN.keys())
    assert not both, f"{both}: behind the wall now, so the reasons in platform/config/open_tables.py are of yesterday."


def test_no_reason_is_kept_for_a_table_that_is_gone():
    stale = sorted(OPEN.keys() - all_tables())
    assert not stale, f"{stale}: no such table; take them out of platform/config/open_tables.py."
    assert all(len(reason) > 10 for reason in OPEN.values())


def test_the_message_says_what_to_do_where_a_table_was_forgotten():
    with arranging(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE exchange_forgotten (id bigint PRIMARY KEY, secret text)")
    with pytest.raises(AssertionError, match="exchange_forgotten is not behind the second wall") as caught:
        test_every_table_is_behind_the_wall_or_says_why_not()
    assert 'protect("exchange_forgotten", select=IN_SIGHT' in str(caught.value)


# --- policies -----------------------------------------------------------------------------------------------------

#: What a policy may call for each row: cheap, and of PostgreSQL itself.
HARMLESS = {"current_setting", "cardinality", "unnest"}
_KEYWORDS = {
    *("all", "and", "any", "array", "as", "case", "coalesce", "else", "end", "exists", "from", "in", "is", "not"),
    *("null", "nullif", "numeric", "on", "or", "select", "then", "union", "varchar", "when", "where"),
}


def policies() -> list[tuple[str, str, str, str, str]]:
    """Table, name, command, who may read or touch a row, what it may become."""
    with arranging():
        return rows(
            "SELECT tablename, policyname, cmd, coalesce(qual, ''), coalesce(with_check, '') FROM pg_policies "
            "WHERE schemaname = 'public' ORDER BY 1, 2"
        )


def test_every_protected_table_says_who_sees_its_rows():
    said = {table for table, _name, command, *_rest in policies() if command in {"SELECT", "ALL"}}
    silent = sorted(protected_tables() - said)
    assert not silent, f"{silent}: row level security is on and nobody may read: protect(…, select=…) is missing."
    off = sorted({table for table, *_rest in policies()} - protected_tables())
    assert not off, f"{off}: policies are written, but row level security is off: they do nothing."


def test_each_command_has_one_policy_and_it_holds_for_every_role():
    """Several policies for one command are joined by OR: each would be a hole in the others."""
    with arranging():
        found = rows(
            "SELECT tablename, cmd, count(*), min(permissive), min(roles::text) FROM pg_policies "
            "WHERE schemaname = 'public' GROUP BY 1, 2"
        )
    wrong = [row for row in found if row[1] == "ALL" or row[2:] != (1, "PERMISSIVE", "{public}")]
    assert wrong == []


def test_no_policy_calls_a_function_for_each_row():
    """A function called once for a whole statement is fine: ``column IN (SELECT function('constant'))``."""
    wrong = []
    for table, name, _command, using, check in policies():
        for text in (using, check):
            once = re.compile(r"\(\s*SELECT (\w+)\((?:'[^']*'::\w+(?:, )?)*\) AS \w+\)", re.IGNORECASE)
            left = once.sub("()", re.sub(r"::[a-z ]+(\(\d+\))?(\[\])?", "", once.sub("()", text)))
            # „unnest(…) key(key)“ calls nothing of the name key.
            called = {word.lower() for word in re.findall(r"(?<!\) )\b([a-z_]\w*)\(", left, re.IGNORECASE)}
            if called - HARMLESS - _KEYWORDS:
                wrong.append((table, name, sorted(called - HARMLESS - _KEYWORDS)))
    assert not wrong, (
        f"{wrong}: called anew for each row, which takes seconds where it should take milliseconds. Compare columns "
        "with KEYS and PERSON, or take the answer once: column IN (SELECT my_function())."
    )


def test_what_a_policy_reads_of_who_acts_is_what_the_engine_tells():
    from toolkit.acting import Identity

    told = set(re.findall(r"app\.\w+", settings_of(Identity((1,), 1, "a")).text))
    asked = {word for _t, _n, _c, *texts in policies() for text in texts for word in re.findall(r"app\.\w+", text)}
    assert asked <= told


# --- unique keys --------------------------------------------------------------------------------------------------


def unique_keys() -> dict[str, str]:
    """Unique keys of protected tables and their tables, without the numbers that the database gives."""
    with arranging():
        return dict(
            rows(
                "SELECT i.relname, t.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid "
                "JOIN pg_class t ON t.oid = x.indrelid WHERE x.indisunique AND t.relrowsecurity "
                "AND t.relnamespace = 'public'::regnamespace AND NOT (x.indisprimary AND EXISTS ("
                "SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum = ANY (x.indkey) "
                "AND a.attidentity <> ''))"
            )
        )


def _named(key: str) -> str:
    # Django's own names end in a number made of the columns.
    return re.sub(r"_[0-9a-f]{8}_uniq$", "_uniq", key)


def test_every_unique_key_of_a_protected_table_says_why_it_tells_nothing():
    found = unique_keys()
    new = sorted(key for key in found if _named(key) not in UNIQUE)
    assert not new, "".join(UNIQUE_TELLS.format(key=key, table=found[key]) for key in new)
    gone = sorted(UNIQUE.keys() - {_named(key) for key in found})
    assert not gone, f"{gone}: no such key on a protected table any more; take them out of UNIQUE."


# --- functions past the wall --------------------------------------------------------------------------------------

OURS = (
    "FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang WHERE p.pronamespace = 'public'::regnamespace "
    "AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
)


def test_every_function_past_the_wall_has_its_search_path_and_its_owner():
    """Without a fixed path its caller could put tables of their own under the names it uses."""
    with arranging():
        found = rows(f"SELECT proname, proconfig, pg_get_userbyid(proowner) {OURS} AND prosecdef")
    assert found
    wrong = [
        name for name, settings, owner in found
        if "search_path=public, pg_temp" not in (settings or ()) or owner != OWNER_ROLE
    ]  # fmt: skip
    assert not wrong, f"{wrong}: make them with toolkit.row_security.definer, which fixes path and owner."


def test_every_function_past_the_wall_asks_who_acts():
    with arranging():
        found = dict(
            rows(
                f"SELECT proname, prosrc {OURS} AND prosecdef AND p.prorettype <> 'trigger'::regtype "
                "AND has_function_privilege(%s, p.oid, 'EXECUTE')",
                ROLE,
            )
        )
    unasked = sorted(name for name, body in found.items() if "app." not in body and name not in ASKS_NOBODY)
    assert not unasked, (
        f"{unasked}: passes the wall for everybody. Compare with KEYS, PERSON or TOKEN in its body, or write into "
        "ASKS_NOBODY why it need not."
    )
    stale = sorted(ASKS_NOBODY.keys() - found.keys())
    assert not stale, f"{stale}: no such function any more; take it out of ASKS_NOBODY."


def test_every_trigger_that_reads_or_writes_rows_runs_as_the_owner():
    """What it keeps in step may lie out of the writer's sight; as the writer it would silently keep half of it."""
    with arranging():
        found = rows(
            f"SELECT proname, prosrc {OURS} AND NOT prosecdef AND p.prorettype = 'trigger'::regtype "
            "AND proname NOT LIKE 'procrastinate%'"
        )
    touches = re.compile(r"\b(INSERT\s+INTO|UPDATE\s+\w|DELETE\s+FROM|FROM\s+\w|PERFORM)\b", re.IGNORECASE)
    wrong = sorted(name for name, body in found if touches.search(re.sub(r"IS (NOT )?DISTINCT FROM", "", body)))
    assert not wrong, f"{wrong}: make them with toolkit.triggers, or name them in as_definers([…])."


# --- views --------------------------------------------------------------------------------------------------------


def test_every_view_asks_as_whoever_looks():
    """A plain view shows what its owner sees; a materialized one has rows of its own, which no policy guards."""
    with arranging():
        plain = sorted(
            rows(
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND "
                "(relkind = 'm' OR relkind = 'v' "
                "AND NOT coalesce(reloptions && '{security_invoker=true,security_invoker=on}'::text[], false)) "
                "AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = pg_class.oid AND d.deptype = 'e')"
            )
        )
    assert not plain, f"{plain}: shows everybody what its owner sees. CREATE VIEW … WITH (security_invoker = true)."
