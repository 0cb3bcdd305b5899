"""Whether the second wall stands: asked once by each process that serves, before it does.

The role that serves must not be able to pass by the policies, and every table must have one or stand in
``config.open_tables``. What is wrong is said in sentences for whoever operates; nothing is set right here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import psycopg
from django.conf import settings
from django.core.checks import CheckMessage, Error

from config.open_tables import OPEN
from config.refusal import Refusal
from config.roles import Role, url_of

Connection = psycopg.Connection[tuple[Any, ...]]

_CAN = (
    "ist Superuser und sieht alles",
    "darf die Regeln der Zeilen umgehen (BYPASSRLS)",
    "darf Rollen vergeben und damit jede werden (CREATEROLE)",
    "darf die ganze Datenbank abschreiben (REPLICATION)",
    "besitzt die Datenbank",
    "besitzt das Schema public",
    "darf im Schema public Funktionen anlegen, die der Eigentümer ausführen könnte",
)
_ME = """
SELECT rolsuper, rolbypassrls, rolcreaterole, rolreplication,
    EXISTS (SELECT FROM pg_database WHERE datname = current_database() AND datdba = me.oid),
    EXISTS (SELECT FROM pg_namespace WHERE nspname = 'public' AND nspowner = me.oid),
    has_schema_privilege(me.oid, 'public', 'CREATE')
FROM pg_roles me WHERE rolname = %(role)s
"""

# Roles that this one is a member of, and so could become; with those that it becomes by owning the database.
_OTHERS = """
SELECT rolname, rolsuper OR rolbypassrls OR rolcreaterole OR rolreplication
    OR rolname IN ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files')
    OR oid = (SELECT datdba FROM pg_database WHERE datname = current_database())
FROM pg_roles WHERE rolname <> %(role)s AND pg_has_role(%(role)s, oid, 'MEMBER') ORDER BY rolname
"""

# What is neither the server's own nor brought by an extension.
_RELATIONS = """
SELECT CASE nspname WHEN 'public' THEN relname ELSE nspname || '.' || relname END AS shown, relkind::text,
    pg_get_userbyid(relowner), relrowsecurity,
    EXISTS (SELECT FROM pg_policy WHERE polrelid = relation.oid AND polcmd IN ('r', '*')
        AND (0 = ANY (polroles) OR quote_ident(%(role)s)::regrole = ANY (polroles))),
    coalesce(reloptions && '{security_invoker=true,security_invoker=on}', false),
    has_table_privilege(%(role)s, relation.oid, 'TRUNCATE')
FROM pg_class relation JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND nspname !~ '^(pg_|information_schema$)' AND NOT EXISTS (
    SELECT FROM pg_depend WHERE objid = relation.oid AND classid = 'pg_class'::regclass AND deptype = 'e')
ORDER BY 1
"""

_OPEN_DEFINERS = """
SELECT proname FROM pg_proc JOIN pg_namespace ON pg_namespace.oid = pronamespace
WHERE prosecdef AND nspname !~ '^(pg_|information_schema$)'
AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND classid = 'pg_proc'::regclass AND deptype = 'e')
AND NOT EXISTS (SELECT FROM unnest(proconfig) setting WHERE setting LIKE 'search_path=%%')
ORDER BY 1
"""


class Relation(NamedTuple):
    """A table or view as the catalogue has it."""

    name: str
    kind: str
    owner: str
    enabled: bool
    shown: bool
    invoker: bool
    emptied: bool

    @property
    def is_table(self) -> bool:
        return self.kind in {"r", "p"}


def findings(connection: Connection, role: str) -> list[str]:
    """What is wrong with the wall for ``role`` in the database of this connection, as sentences; empty: nothing."""
    me = connection.execute(_ME, {"role": role}).fetchone()
    if me is None:
        return [f"Die Rolle „{role}“ gibt es nicht."]
    relations = [Relation(*row) for row in connection.execute(_RELATIONS, {"role": role}).fetchall()]
    others = connection.execute(_OTHERS, {"role": role}).fetchall()
    definers = connection.execute(_OPEN_DEFINERS).fetchall()
    return [
        *_of_the_role(role, me, relations, others),
        *_of_the_tables(relations),
        *(f"Die Funktion {name} läuft als Eigentümer ohne festen Suchpfad." for (name,) in definers),
    ]


def _of_the_role(
    role: str, me: Sequence[bool], relations: Sequence[Relation], others: Sequence[tuple[str, bool]]
) -> Iterator[str]:
    said = [can for can, does in zip(_CAN, me, strict=True) if does]
    owned = next((relation for relation in relations if relation.owner == role), None)
    if owned is not None:
        said.append(f"besitzt {owned.name}; wem etwas gehört, den halten Regeln nicht auf")
    superuser = me[0]
    # A superuser may all that follows as well, which would only hide what matters.
    if not superuser:
        owners = {relation.owner for relation in relations}
        said += [f"kann zu „{other}“ werden" for other, mighty in others if mighty or other in owners]
        said += [
            f"darf {relation.name} leeren (TRUNCATE), was keine Regel fragt"
            for relation in relations
            if relation.is_table and relation.emptied and relation.owner != role
        ][:1]
    return (f"Die Rolle „{role}“ {what}." for what in said)


def _of_the_tables(relations: Sequence[Relation]) -> Iterator[str]:
    for relation in relations:
        if relation.kind in {"m", "f"}:
            yield f"Für {relation.name} kann es keine Regeln je Zeile geben."
        elif relation.kind == "v":
            if not relation.invoker:
                yield f"Die Sicht {relation.name} sieht mit den Augen ihres Eigentümers (security_invoker fehlt)."
        elif relation.name in OPEN:
            if relation.enabled or relation.shown:
                yield f"Die Tabelle {relation.name} steht in config/open_tables.py und hat doch eine Regel."
        elif not (relation.enabled and relation.shown):
            yield f"Die Tabelle {relation.name} hat keine Regel und steht nicht in config/open_tables.py."
    for table in sorted(OPEN.keys() - {relation.name for relation in relations}):
        yield f"Die Tabelle {table} steht in config/open_tables.py, und es gibt sie nicht."


def require_wall() -> None:
    """Refuse to serve where the wall does not stand. Raises ``Refusal``, also when the database cannot be asked."""
    if not settings.REFUSE_WITHOUT_WALL:
        return
    found = _ask()
    if found:
        raise Refusal("\n  – ".join(["Die Wand zwischen den Städten ist nicht dicht, darum startet nichts:", *found]))


def check_wall(*, app_configs: object, databases: Sequence[str] | None, **ignored: Any) -> list[CheckMessage]:
    """The same for ``manage.py check --deploy --database default``."""
    try:
        return [Error(sentence, id="config.E001") for sentence in _ask()] if databases else []
    except Refusal as refusal:
        return [Error(str(refusal), id="config.E002")]


def _ask() -> list[str]:
    # A connection of its own: this is asked where a server may already run its loop, in which Django would not ask.
    try:
        with psycopg.connect(url_of(Role.RUNTIME), connect_timeout=5) as connection:
            if connection.execute("SELECT to_regclass('public.django_migrations')").fetchone() == (None,):
                raise Refusal("Die Tabellen fehlen noch. Bitte zuerst: manage.py migrate")
            return findings(connection, connection.info.user)
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0].rstrip(".")
        raise Refusal(f"Die Datenbank aus DATABASE_URL antwortet nicht ({reason}).") from error
