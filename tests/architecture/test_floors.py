"""Imports and foreign keys only go down; rules and verbs know nothing of the web; the web asks no table itself."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import ForeignKey, ManyToManyField, OneToOneField

from tests.architecture.tree import FLOORS, PACKAGES, ROOT, python_files

WEB = {"views", "rest", "consumers", "forms"}
BELOW_THE_WEB = {"models", "policies", "queries", "services"}


def test_the_import_contracts_hold():
    """In a process of its own: the linter looks for our packages as a terminal would."""
    linted = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}"},
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )
    assert linted.returncode == 0, linted.stdout


@dataclass(frozen=True)
class Relation:
    """One relation between two models of ours, by the names of their floors."""

    name: str
    source: str
    target: str
    hidden: bool


def own_relations() -> Iterator[Relation]:
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields(include_hidden=True):
            if not isinstance(field, ForeignKey | OneToOneField | ManyToManyField) or field.model is not model:
                continue
            target = field.remote_field.model
            if model._meta.app_label in FLOORS and target._meta.app_label in FLOORS:
                name = f"{model._meta.label}.{field.name}"
                yield Relation(name, model._meta.app_label, target._meta.app_label, field.remote_field.hidden)


def test_there_are_relations_to_check():
    assert len(list(own_relations())) > 20


def test_foreign_keys_only_go_down():
    assert [r.name for r in own_relations() if FLOORS.index(r.target) > FLOORS.index(r.source)] == []


def test_a_relation_across_floors_opens_no_back_door():
    """``municipality.experiences`` must not exist: the floor below would know the one above."""
    assert [r.name for r in own_relations() if r.target != r.source and not r.hidden] == []


def drawer(package: str, file: Path) -> str:
    """Which drawer a file lies in: ``views`` for ``exchange/views/workshops.py`` and for ``exchange/views.py``."""
    return file.relative_to(PACKAGES[package]).parts[0].removesuffix(".py")


def files_of(drawers: set[str]) -> list[Path]:
    return [file for package in FLOORS for file in python_files(package) if drawer(package, file) in drawers]


def test_there_are_files_in_the_drawers():
    assert len(files_of(WEB)) > 5
    assert len(files_of(BELOW_THE_WEB)) > 10


@pytest.mark.parametrize("file", files_of(WEB), ids=lambda file: str(file.relative_to(ROOT)))
def test_the_web_never_asks_a_table_itself(file):
    asked = [
        f"line {node.lineno}"
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager", "_base_manager"}
    ]
    assert asked == []


@pytest.mark.parametrize("file", files_of(BELOW_THE_WEB), ids=lambda file: str(file.relative_to(ROOT)))
def test_rules_and_verbs_know_nothing_of_the_web(file):
    # The name of an address is allowed: a notice says where it leads.
    forbidden = ("django.http", "django.shortcuts", "rest_framework", "channels.generic")
    modules = []
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            modules += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules.append(node.module)
    assert [module for module in modules if module.startswith(forbidden)] == []
