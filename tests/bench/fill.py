"""Fills a database with a country's worth of rows, or with less, by SQL alone, in about a minute.

The real register, and around it invented people, networks, experiences, messages (``Size``). Triggers and foreign
keys sleep meanwhile, so every statement here says itself what they would have filled.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command

REGISTER = Path(__file__).parents[2] / "platform" / "tenancy" / "data" / "GV100AD_20231130.txt"

#: The one conversation that everybody writes in.
LONG = 1
#: The Land of the moderator, which has half of all reports.
LAND = "08"

#: The people the pages are measured as; the first two in the first network, numbers given by ``_people``. The moderator
#: has the number after the last of them.
PILOT = 1
TALKER = 2
#: One of many in the long conversation.
LISTENER = 1001


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows there are of each; ``long_messages`` of the messages are in one conversation."""

    networks: int = 400
    people: int = 100_000
    experiences: int = 100_000
    workshops: int = 2_000
    conversations: int = 5_000
    messages: int = 1_000_000
    long_messages: int = 100_000
    notices: int = 50_000
    reports: int = 3_000

    @property
    def moderator(self) -> int:
        return self.people + 1

    @property
    def messages_each(self) -> int:
        """How many messages each conversation but the long one has."""
        return (self.messages - self.long_messages) // (self.conversations - 1)


COUNTRY = Size()

#: Column types and what stands in a column that a statement does not name.
_ZERO = {
    "character varying": "''", "text": "''", "boolean": "false", "integer": "0", "bigint": "0", "smallint": "0",
    "jsonb": "'[]'::jsonb", "timestamp with time zone": "now()", "uuid": "gen_random_uuid()", "date": "current_date",
}  # fmt: skip

_WORDS = """
Akte Antrag Ausweis Beteiligung Bauantrag Bescheid Bürgerbüro Büro Chatbot Datenschutz Dienstleistung Digitalisierung
Einführung Einwohner Fachverfahren Formular Friedhof Gewerbe Haushalt Homeoffice Kita Karte Lotsin Meldewesen
Onlinedienst Personal Portal Prozess Rechnung Sprechstunde Schulung Straßenbeleuchtung Sitzung Termin Umfrage
Verwaltung Vergabe Vertrag Video Wahl Wohngeld Werkzeug Wissen Zeiterfassung Zulassung Zusammenarbeit
"""
_TOPICS = 40
_GIVEN = "Mara Tim Ayla Jonas Lena Emre Rita Paul Nora Karl Ida Finn Olga Hans Ella Max Uta Leo Pia Sven"
_FAMILY = """
Muster Beispiel Probe Platzhalter Erfunden Vorlage Exempel Modell Schablone Entwurf Testfall Denkmal Anders
Irgendwer Niemand Jemand Sowieso Dingens Bummel Pappe
"""


def _array(words: str) -> str:
    return "ARRAY['" + "','".join(words.split()) + "']"


class Filler:
    """Writes rows through one connection whose triggers and foreign keys sleep."""

    def __init__(self, size: Size, say: Callable[[str], None]) -> None:
        database = settings.DATABASES["default"]
        # The superuser of the embedded cluster: only he may let triggers sleep.
        self.connection = psycopg.connect(
            host=database["HOST"], dbname=database["NAME"], user="postgres", autocommit=True
        )
        self.size = size
        self.filled: list[str] = []
        self.say = say
        self.run("SET session_replication_role = replica; SET maintenance_work_mem = '128MB'; SET work_mem = '64MB'")

    def run(self, sql: str) -> None:
        self.connection.execute(sql.encode())

    def rows(self, table: str, source: str, **columns: Any) -> None:
        """Insert ``columns`` (SQL expressions over ``source``) and the zero of every other required column."""
        required = self.connection.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s"
            " AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'",
            [table],
        ).fetchall()
        every = {n: _ZERO.get(kind, "'{}'") for n, kind in required} | {n: str(value) for n, value in columns.items()}
        self.filled.append(table)
        began = time.monotonic()
        self.run(f"INSERT INTO {table} ({', '.join(every)}) SELECT {', '.join(every.values())} FROM {source}")
        self.say(f"  {table}: {time.monotonic() - began:.1f} s")

    def settle(self) -> None:
        """Let the counters of numbers go on behind the rows, and let the planner see them."""
        for (table,) in self.connection.execute(
            "SELECT table_name FROM information_schema.columns WHERE column_name = 'id' AND is_identity = 'YES'"
            " AND table_schema = 'public'"
        ).fetchall():
            highest = f"greatest((SELECT max(id) FROM {table}), 1)"
            self.run(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {highest})")
        self.run("VACUUM ANALYZE")


def fill(size: Size, say: Callable[[str], None]) -> None:
    """Fill the migrated, empty database of the settings; needs a process that is signed in as its owner."""
    call_command("import_register", str(REGISTER), stdout=StringIO())
    call_command("import_associations", stdout=StringIO())
    filler = Filler(size, say)
    fill_towns(filler)
    filler.connection.close()


def fill_towns(filler: Filler) -> None:
    """Fill everything that is no register: networks in the largest towns, their people, and what these do."""
    for part in (_networks, _people, _experiences, _workshops, _chat, _rest):
        part(filler)
    filler.settle()


def _networks(f: Filler) -> None:
    size = f.size
    f.run(
        "CREATE TEMP TABLE town AS SELECT row_number() OVER (ORDER BY population DESC, ags)::int AS n, ags, name,"
        f" state_id, search_key FROM tenancy_municipality WHERE kind <> 'unincorporated' ORDER BY population DESC, ags"
        f" LIMIT {size.networks}"
    )
    f.rows(
        "tenancy_network", "town", id="n", municipality_id="ags", slug="'netz-' || n", name="'Lotsen ' || name",
        published_at="now() - n * interval '1 day'", audience="ARRAY[n, 200000, 200001]", pilots_min=1, pilots_max=3,
        setup_step="'done'",
    )  # fmt: skip
    f.rows(
        "tenancy_roleterm", "town", network_id="n", style="'paired'", singular="'Lotsin oder Lotse'",
        plural="'Lotsinnen und Lotsen'", dative_plural="'Lotsinnen und Lotsen'",
        genitive_singular="'einer Lotsin oder eines Lotsen'",
    )  # fmt: skip
    f.rows(
        "tenancy_office", f"generate_series(1, {size.networks * 10}) i",
        id="i", network_id="(i - 1) / 10 + 1", name="'Musteramt ' || i", sort_key="'musteramt ' || i",
        task_area="(ARRAY['finance','building','personnel','it','citizens','social','youth','culture'])[i % 8 + 1]",
    )  # fmt: skip
    f.rows(
        "tenancy_partnership", f"generate_series(1, {size.networks - 2}) i WHERE i % 4 = 1",
        asking_id="i", asked_id="i + 1", accepted_at="now()",
    )  # fmt: skip


def _people(f: Filler) -> None:
    size = f.size
    names = (
        f"(SELECT i, ({_array(_GIVEN)})[i % 20 + 1] AS given,"
        f" ({_array(_FAMILY)})[i / 20 % 20 + 1] || ' ' || i / 400 AS fam"
        f" FROM generate_series(1, {size.people + 1}) i) x"
    )
    f.rows(
        "tenancy_person", names, id="i", email="'p' || i || '@stadt.example'", given_name="given", family_name="fam",
        sort_key="lower(fam || ' ' || given)", search_key="lower(given || ' ' || fam)", password="'!'",
        email_seen="'network'", phone_seen="'network'", listed="i % 10 > 0", language="'de'", is_active="true",
    )  # fmt: skip
    f.rows(
        "tenancy_membership", f"generate_series(1, {size.people}) i", person_id="i",
        network_id=f"(i - 1) % {size.networks} + 1",
        office_id=f"((i - 1) % {size.networks}) * 10 + (i / {size.networks}) % 10 + 1",
        role=f"CASE WHEN i > {size.people - size.networks} THEN 'coordinator' ELSE 'pilot' END",
        started_on="date '2024-01-01'",
    )  # fmt: skip
    # The talker shares the network of the pilot.
    f.run(f"UPDATE tenancy_membership SET network_id = 1, office_id = 1 WHERE person_id = {TALKER}")
    f.rows(
        "tenancy_topic", f"generate_series(1, {_TOPICS}) i", id="i", name=f"({_array(_WORDS)})[i] || ' ' || i",
        slug="'thema-' || i",
    )  # fmt: skip
    f.rows(
        "tenancy_persontopic", f"generate_series(1, {size.people}) i WHERE i % 3 = 0", tag_id=f"i % {_TOPICS} + 1",
        content_object_id="i",
    )  # fmt: skip
    f.rows(
        "tenancy_moderator", f"tenancy_association a WHERE a.state_id = '{LAND}' LIMIT 1",
        person_id=size.moderator, association_id="a.id", started_on="date '2024-01-01'",
    )  # fmt: skip


def _experiences(f: Filler) -> None:
    size = f.size
    count = len(_WORDS.split())
    # Spread by primes, so that words, topics and cities meet in every mixture; w1 is the frequent one.
    f.run(
        f"CREATE TEMP TABLE card AS SELECT i, (i * 7919::bigint % {size.networks})::int + 1 AS net,"
        f" (i * 104729::bigint % {size.people})::int + 1 AS author,"
        f" (ARRAY['public','all','all','public','land','all','network','public','all','partners'])[i % 10 + 1] AS rung,"
        f" ({_array(_WORDS)})[(i * 31 % 97 * i % {count}) + 1] AS a, ({_array(_WORDS)})[(i / 7 % {count}) + 1] AS b,"
        f" ({_array(_WORDS)})[(i / 331 % {count}) + 1] AS c, ({_array(_WORDS)})[(i * 17 % {count}) + 1] AS d"
        f" FROM generate_series(1, {size.experiences}) i"
    )
    f.run(
        "ALTER TABLE card ADD title text, ADD summary text, ADD body text, ADD key text;"
        " UPDATE card SET title = a || ' und ' || b || ' ' || i % 1000"
        " || CASE WHEN i % 2000 = 77 THEN ' in der Kläranlage' ELSE '' END,"
        " summary = c || ' für ' || d || ', gemeinsam mit dem Amt'"
        " || CASE WHEN i % 3 = 0 THEN ' eingeführt' ELSE '' END,"
        " body = concat_ws(' ', 'Zuerst', a, 'dann', d, 'und am Ende', c, 'mit', b, 'in', i % 50, 'Schritten');"
        " UPDATE card SET key = exchange_folded(title || ' ' || town.name) FROM town WHERE town.n = card.net"
    )
    f.rows(
        "exchange_experience", "card", id="i", network_id="net", author_id="author", state="'published'", rung="rung",
        stage="(ARRAY['idea','pilot','running','ended'])[i % 4 + 1]", title="title", summary="summary",
        task_area="(ARRAY['finance','building','personnel','it','citizens','social','youth','culture'])[i % 8 + 1]",
        what_we_did="body", published_at=f"now() - ({size.experiences} - i) * interval '9 minutes'", version=1,
        comment_count=2, search_key="key",
        search="setweight(to_tsvector('german_folded', title), 'A')"
        " || setweight(to_tsvector('german_folded', key || ' ' || summary), 'B')"
        " || setweight(to_tsvector('german_folded', body), 'D')",
        audience="audience_for(rung, ARRAY[net], NULL)",
    )  # fmt: skip
    f.rows(
        "exchange_experiencetopic",
        f"(SELECT DISTINCT i, CASE k WHEN 0 THEN i % {_TOPICS} ELSE (i / 13) % {_TOPICS} END + 1 AS tag"
        f" FROM generate_series(1, {size.experiences}) i, generate_series(0, 1) k) x",
        tag_id="tag", content_object_id="i",
    )  # fmt: skip
    f.rows(
        "exchange_comment",
        f"(SELECT i FROM generate_series(1, {size.experiences}) i, generate_series(1, 2)"
        f" UNION ALL SELECT {size.experiences} FROM generate_series(1, 100)) x"
        " JOIN exchange_experience e ON e.id = x.i",
        experience_id="i", author_id=f"i % {size.people} + 1", network_id=f"i % {size.networks} + 1",
        body="'Danke dafür.'",
        audience="e.audience",
    )  # fmt: skip


def _workshops(f: Filler) -> None:
    size = f.size
    f.rows(
        "exchange_exchangeformat", "generate_series(1, 40) i", id="i", hashtag="'Format' || i", slug="'format-' || i",
        rung="'all'", audience="ARRAY[i, i + 40, 200000, 300000 + i, 300040 + i]", version=1,
    )  # fmt: skip
    f.rows(
        "exchange_formatcity", "generate_series(1, 80) i", format_id="(i - 1) % 40 + 1", network_id="i",
        state="'accepted'",
    )  # fmt: skip
    f.rows(
        "exchange_workshop", f"generate_series(1, {size.workshops}) i", id="i", format_id="i % 40 + 1",
        title="'Veranstaltung ' || i", kind="'workshop'", mode="(ARRAY['on_site','online','hybrid'])[i % 3 + 1]",
        starts_at=f"now() + (i - {size.workshops} * 3 / 4) * interval '8 hours'",
        ends_at=f"now() + (i - {size.workshops} * 3 / 4) * interval '8 hours' + interval '2 hours'",
        registration_ends_at=f"now() + (i - {size.workshops} * 3 / 4) * interval '8 hours'", seats=60, seats_taken=40,
        rung="CASE WHEN i % 4 = 0 THEN 'public' ELSE 'all' END", state="'open'", version=1,
        audience="audience_for(CASE WHEN i % 4 = 0 THEN 'public' ELSE 'all' END,"
        f" ARRAY[i % {size.networks} + 1], NULL)",
    )  # fmt: skip
    f.rows(
        "exchange_edition", "generate_series(1, 800) i", format_id="i % 40 + 1", number="i / 40 + 1", year="2024",
        state="'held'", workshop_id="CASE WHEN i % 8 = 0 THEN i END", audience="ARRAY[i % 40 + 1, 200000]",
    )  # fmt: skip
    f.rows(
        "exchange_workshophost", f"generate_series(1, {size.workshops}) i, generate_series(0, 1) k", workshop_id="i",
        network_id=f"(i + 7 * k) % {size.networks} + 1", state="'accepted'",
    )  # fmt: skip
    f.rows(
        "exchange_registration", f"generate_series(1, {size.workshops}) i, generate_series(0, 49) k", workshop_id="i",
        person_id=f"(i * 50 + k) % {size.people} + 1", network_id=f"(i * 50 + k) % {size.networks} + 1",
        state="CASE WHEN k < 40 THEN 'seat' ELSE 'queued' END", name_shown="true",
        queued_at="CASE WHEN k < 40 THEN NULL ELSE now() END",
        audience=f"ARRAY[1000000000 + (i * 50 + k) % {size.people} + 1, 300001 + i % {size.networks},"
        f" 300001 + (i + 7) % {size.networks}]",
    )  # fmt: skip


def _chat(f: Filler) -> None:
    size = f.size
    f.rows(
        "chat_conversation", f"generate_series(1, {size.conversations}) i", id="i",
        kind=f"CASE WHEN i = {LONG} THEN 'room' ELSE 'direct' END",
        title=f"CASE WHEN i = {LONG} THEN 'Alle zusammen' ELSE '' END",
        subject_kind=f"CASE WHEN i = {LONG} THEN 'format' ELSE '' END",
        subject_id=f"CASE WHEN i = {LONG} THEN 1 END",
        direct_key=f"CASE WHEN i <> {LONG} THEN {TALKER} || ':' || i + 10 END",
        head=f"CASE WHEN i = {LONG} THEN {size.long_messages} ELSE {size.messages_each} END",
        last_at="now() - i * interval '1 minute'",
    )  # fmt: skip
    # The talker is in every conversation, the pilot in ten, and five hundred people in the long one, of which the pilot
    # has read half and all others nearly everything.
    f.rows(
        "chat_participant",
        f"(SELECT i AS c, {TALKER} AS p FROM generate_series(1, {size.conversations}) i"
        f" UNION SELECT i, i + 10 FROM generate_series(2, {size.conversations}) i"
        f" UNION SELECT {LONG}, i FROM generate_series(1000, 1500) i"
        f" UNION SELECT i, {PILOT} FROM generate_series(1, 10) i) x",
        conversation_id="c", person_id="p",
        read_seq=f"CASE WHEN c = {LONG} AND p = {PILOT} THEN {size.long_messages} / 2"
        f" WHEN c % 7 = 0 THEN {size.messages_each} - 10 WHEN c = {LONG} THEN {size.long_messages} - 10"
        f" ELSE {size.messages_each} END",
    )  # fmt: skip
    # All conversations go on at the same time: the long one has a message a minute, each other one fewer.
    f.rows(
        "chat_message",
        f"(SELECT {LONG} AS c, s, 1000 + s % 500 AS p, s AS m FROM generate_series(1, {size.long_messages}) s"
        f" UNION ALL SELECT i, s, CASE WHEN s % 2 = 0 THEN {TALKER} ELSE i + 10 END,"
        f" s * {size.long_messages // size.messages_each} FROM generate_series(2, {size.conversations}) i,"
        f" generate_series(1, {size.messages_each}) s ORDER BY m, c) x",
        conversation_id="c", seq="s", sender_id="p", kind="'text'",
        # One word of some forty in each, in other mixtures in each conversation, and one word in few.
        body=f"'Guten Tag, das ist Nachricht ' || s || ' zu ' || ({_array(_WORDS)})"
        f"[(c * 31 + s * 7 + s / 11) % {len(_WORDS.split())} + 1]"
        " || CASE WHEN (c * 31 + s) % 20011 = 7 THEN ' in der Kläranlage' ELSE '' END",
        created_at=f"now() - ({size.long_messages} + 100 - m) * interval '1 minute'",
    )  # fmt: skip


def _rest(f: Filler) -> None:
    size = f.size
    f.rows(
        "notices_notice", f"generate_series(1, {size.notices}) i",
        person_id=f"CASE WHEN i % 5 = 0 THEN {PILOT} ELSE i END",
        kind="'comment'", text="'Jemand hat Ihre Erfahrung kommentiert.'", count=1,
        created_at="now() - i * interval '1 minute'", read_at="CASE WHEN i > 500 THEN now() END",
    )  # fmt: skip
    f.rows(
        "moderation_report", f"generate_series(1, {size.reports}) i JOIN town ON town.n = i % {size.networks} + 1",
        kind="'experience'", object_id="i", title="'Gemeldet'", excerpt="'Die Stelle'", reason="'insult'",
        network_id="town.n", land_id=f"CASE WHEN i % 2 = 0 THEN '{LAND}' ELSE town.state_id END",
        state="'open'", author_id="i", reporter_id="i + 1",
    )  # fmt: skip
