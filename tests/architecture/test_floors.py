"""Imports and foreign keys only go down; rules and verbs know nothing of the web; the web asks no table itself."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Field, ForeignKey, ManyToManyField, OneToOneField

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


def own_relations() -> Iterator[Field]:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label in FLOORS:
            for field in model._meta.get_fields(include_hidden=True):
                if isinstance(field, ForeignKey | OneToOneField | ManyToManyField) and field.model is model:
                    yield field


def named(field: Field) -> str:
    return f"{field.model._meta.label}.{field.name}"


def test_there_are_relations_to_check():
    assert len(list(own_relations())) > 20


def test_foreign_keys_only_go_down():
    upwards = [
        named(field)
        for field in own_relations()
        if field.related_model._meta.app_label in FLOORS
        and FLOORS.index(field.related_model._meta.app_label) > FLOORS.index(field.model._meta.app_label)
    ]
    assert upwards == []


def test_a_relation_across_floors_opens_no_back_door():
    """``municipality.experiences`` must not exist: the floor below would know the one above."""
    open_doors = [
        named(field)
        for field in own_relations()
        if field.related_model._meta.app_label in FLOORS
        and field.related_model._meta.app_label != field.model._meta.app_label
        and not field.remote_field.hidden
    ]
    assert open_doors == []


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
    forbidden = ("django.http", "django.shortcuts", "django.urls", "rest_framework", "channels.generic")
    modules = []
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            modules += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules.append(node.module)
    assert [module for module in modules if module.startswith(forbidden)] == []
