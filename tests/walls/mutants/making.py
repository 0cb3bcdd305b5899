"""The mutants, one rule broken in each. Nothing is written into a file: catalogues and code objects are changed."""

from __future__ import annotations

import ast
import contextlib
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any

from tests.walls.swapping import swapped
from tests.walls.taking_down import functions_of_policies, name_of
from toolkit.access import ALLOW, Decision
from toolkit.row_security import KEYS, PERSON, TOKEN

#: Mutants that change nothing that anybody could do or see, each with the reason.
_BY_NUMBER = "Asked of the row's own number, and every other number is taken or nobody's."
_LOCKS = "Would hold more rows until the transaction ends, and shows and changes none of them."
EQUIVALENT: dict[str, str] = {
    "policy: exchange_exchangeformat update: WITH CHECK (true)": _BY_NUMBER,
    "policy: exchange_workshop update: WITH CHECK (true)": _BY_NUMBER,
    "policy: tenancy_network update: WITH CHECK (true)": _BY_NUMBER,
    "policy: tenancy_invitation update: WITH CHECK (true)": "Asked of its network, which a trigger keeps as well.",
    "definer: tenancy_lock_invitation: token 1": _LOCKS,
    "definer: tenancy_lock_invitation: token 2": _LOCKS,
}

#: Runs a statement as the owner of the tables and gives its rows.
Execute = Callable[[str], list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Mutant:
    """One broken rule. ``where`` is the table or function it stands in; ``apply`` breaks it for as long as it lasts."""

    family: str
    where: str
    how: str
    apply: Callable[[], AbstractContextManager[None]]

    @property
    def name(self) -> str:
        return f"{self.family}: {self.where}: {self.how}"


# --- policies -------------------------------------------------------------------------------------------------------


def policy_mutants(execute: Execute) -> Iterator[Mutant]:
    """Each policy dropped, and each of its conditions opened."""
    for table, policy, command, using, check in execute(
        "SELECT tablename, policyname, cmd, qual, with_check FROM pg_policies WHERE schemaname = 'public' ORDER BY 1, 2"
    ):
        making = f'CREATE POLICY "{policy}" ON "{table}" FOR {command}'
        making += f" USING ({using})" if using else ""
        making += f" WITH CHECK ({check})" if check else ""
        where = f"{table} {command.lower()}"

        gone = f'DROP POLICY "{policy}" ON "{table}"'
        yield Mutant("policy", where, "dropped", partial(_executed, execute, gone, making))
        for clause, condition in (("USING", using), ("WITH CHECK", check)):
            if condition and condition != "true":
                change = f'ALTER POLICY "{policy}" ON "{table}" {clause}'
                yield Mutant(
                    "policy",
                    where,
                    f"{clause} (true)",
                    partial(_executed, execute, f"{change} (true)", f"{change} ({condition})"),
                )


@contextlib.contextmanager
def _executed(execute: Execute, there: str, back: str) -> Iterator[None]:
    execute(there)
    try:
        yield
    finally:
        execute(back)


# --- functions of the owner -----------------------------------------------------------------------------------------

#: Conditions as they stand in a body, with the word that says which it is.
_TERMS = (
    ("refusal", re.compile(r"(?<!END )\b(?:ELS)?IF\b(?P<rule>(?:(?!\bTHEN\b).)*?)\bTHEN\s+RAISE", re.DOTALL)),
    ("keys", re.compile(rf"(?P<rule>= ANY \({re.escape(KEYS)}\))")),
    ("sight", re.compile(rf"(?P<rule>(?:\w+\.)?audience && {re.escape(KEYS)})")),
    ("person", re.compile(rf"(?P<rule>[\w.]+ = {re.escape(PERSON)})")),
    ("nobody", re.compile(rf"(?P<rule>{re.escape(PERSON)} IS (?:NOT )?NULL)")),
    ("token", re.compile(rf"(?P<rule>[\w.]+ = {re.escape(TOKEN)})")),
)


_BOUNDARY = re.compile(r"(?:\b(?:AND|OR|NOT|WHERE|WHEN|IF|ON|THEN|ELSE|SELECT)|:=|,)\s*$")


def _left_side(body: str, end: int) -> int:
    """Where the expression that ends here begins: after a word that joins conditions, or an open bracket."""
    depth = 0
    for place in range(end - 1, -1, -1):
        if body[place] == ")":
            depth += 1
        elif body[place] == "(":
            depth -= 1
            if depth < 0:
                return place + 1
        elif depth == 0 and _BOUNDARY.search(body[max(0, place - 10) : place + 1]):
            return place + 1
    return 0


def definer_mutants(execute: Execute) -> Iterator[Mutant]:
    """In each function that runs as the owner: each refusal never meant, each condition about who acts always true."""
    for name, definition, body in execute(
        "SELECT p.proname, pg_get_functiondef(p.oid), p.prosrc FROM pg_proc p WHERE p.prosecdef "
        "AND p.pronamespace = 'public'::regnamespace AND p.prorettype <> 'trigger'::regtype ORDER BY 1"
    ):
        for word, term in _TERMS:
            for place, found in enumerate(term.finditer(body), start=1):
                begin, end = found.span("rule")
                if word == "keys":
                    begin = _left_side(body, begin)
                broken = body[:begin] + (" false " if word == "refusal" else " true ") + body[end:]
                made = definition.replace(body, broken)
                yield Mutant("definer", name, f"{word} {place}", partial(_executed, execute, made, definition))


# --- rules of sight in Python ---------------------------------------------------------------------------------------

_NARROWS = ("filter", "exclude")


class _Without(ast.NodeTransformer):
    """Leaves out the condition with this number; ``what`` says afterwards which that was."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.counted = 0
        self.what = ""

    def _is_it(self, node: ast.AST) -> bool:
        self.counted += 1
        if self.counted - 1 == self.number:
            self.what = ast.unparse(node)
            return True
        return False

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        named = node.func.id if isinstance(node.func, ast.Name) else ""
        method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if named == "within_sight" and self._is_it(node):
            return node.args[0]
        if method in _NARROWS or named == "Q":
            for keyword in list(node.keywords):
                if (method or len(node.keywords) > 1) and self._is_it(keyword.value and keyword):
                    node.keywords.remove(keyword)
            for argument in list(node.args):
                if method and self._is_it(argument):
                    node.args.remove(argument)
            if method and not node.keywords and not node.args and isinstance(node.func, ast.Attribute):
                node.func.attr = "all"
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.BitAnd):
            if self._is_it(node.left):
                return node.right
            if self._is_it(node.right):
                return node.left
        return node


def _recompiled(function: Any, tree: ast.Module) -> Callable[..., Any]:
    made: dict[str, Any] = {}
    exec(compile(ast.fix_missing_locations(tree), function.__code__.co_filename, "exec"), function.__globals__, made)
    return made[function.__name__]


def sight_mutants(functions: dict[str, Any]) -> Iterator[Mutant]:
    """In each rule of sight, each condition left out."""
    for name, function in functions.items():
        source = textwrap.dedent(inspect.getsource(function))
        number = 0
        while True:
            without = _Without(number)
            tree = without.visit(ast.parse(source))
            if not without.what:
                break
            instead = _recompiled(function, tree)
            yield Mutant("sight", name, f"without {without.what}", partial(swapped, function, instead))
            number += 1


# --- doors ----------------------------------------------------------------------------------------------------------


def doors() -> dict[str, Any]:
    """Every function that answers "may I?"."""
    return {name_of(f): f for f in functions_of_policies() if f.__name__.startswith("may_")}


def _open(*_arguments: Any, **_named: Any) -> Decision:
    return ALLOW


def door_mutants() -> Iterator[Mutant]:
    """Each door open for everybody."""
    for name, function in doors().items():
        yield Mutant("door", name, "always open", partial(swapped, function, _open))
