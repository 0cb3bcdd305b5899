"""The words of the interface: German in the source, English complete in one catalogue per package."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import polib
import pytest
from django.utils.translation.template import templatize

from tests.architecture.tree import PACKAGES, python_files

TRANSLATED = [name for name, folder in PACKAGES.items() if (folder / "templates").exists() or name != "config"]
MARKERS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
STRING = r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
CALL = re.compile(rf"\b(?:(?:_|n?gettext)\(|n?pgettext\(u?{STRING},\s*)u?({STRING})")


@cache
def catalogue(package: str) -> polib.POFile:
    """The English catalogue; an empty one where there is none yet."""
    file = PACKAGES[package] / "locale" / "en" / "LC_MESSAGES" / "django.po"
    return polib.pofile(str(file)) if file.exists() else polib.POFile()


def said_in_python(file: Path) -> set[str]:
    """The texts that a source file marks for translation; the second of ``pgettext`` is its text."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKERS:
            texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            at = 1 if node.func.id.startswith("pgettext") else 0
            found |= set(texts[at : at + 1])
    return found


def said_in_template(file: Path) -> set[str]:
    """The texts of a template, as Django's own extraction reads it."""
    return {ast.literal_eval(text) for text in CALL.findall(templatize(file.read_text()))}


def said_in(package: str) -> set[str]:
    found = set().union(*(said_in_python(file) for file in python_files(package)))
    for file in PACKAGES[package].rglob("templates/**/*.*"):
        found |= said_in_template(file)
    return found


def test_there_are_words_to_check():
    assert len(said_in("toolkit")) > 50
    assert "Seiten" in said_in_template(PACKAGES["toolkit"] / "templates" / "cotton" / "pagination.html")


@pytest.mark.parametrize("package", [name for name in TRANSLATED if said_in(name)])
def test_every_text_is_in_the_english_catalogue(package):
    known = {entry.msgid for entry in catalogue(package) if not entry.obsolete}
    assert sorted(said_in(package) - known) == []


@pytest.mark.parametrize("package", [name for name in TRANSLATED if said_in(name)])
def test_the_english_catalogue_is_complete(package):
    open_ends = [
        entry.msgid
        for entry in catalogue(package)
        if not entry.obsolete and (not entry.translated() or "fuzzy" in entry.flags)
    ]
    assert open_ends == []


@pytest.mark.parametrize("package", [name for name in TRANSLATED if said_in(name)])
def test_a_translation_keeps_the_places_for_values(package):
    place = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
    broken = [
        entry.msgid
        for entry in catalogue(package)
        if not entry.obsolete
        for text in (entry.msgstr, *entry.msgstr_plural.values())
        if text
        and set(place.findall(text)) != set(place.findall(entry.msgid))
        # „Ein Platz“ may say the number in words.
        and not (entry.msgid_plural and set(place.findall(text)) <= set(place.findall(entry.msgid_plural)))
    ]
    assert broken == []


@pytest.mark.parametrize("package", [name for name in TRANSLATED if said_in(name)])
def test_the_compiled_catalogue_is_the_written_one(package):
    file = PACKAGES[package] / "locale" / "en" / "LC_MESSAGES" / "django.mo"
    compiled = polib.mofile(str(file)) if file.exists() else polib.MOFile()
    told = {(entry.msgid, entry.msgstr, tuple(entry.msgstr_plural.values())) for entry in compiled}
    written = {
        (entry.msgid, entry.msgstr, tuple(entry.msgstr_plural.values()))
        for entry in catalogue(package).translated_entries()
    }
    assert told == written


def test_one_german_text_has_one_english_one_everywhere():
    """Catalogues are merged, so two translations of one text would depend on the order of the packages."""
    english: dict[tuple[str, str, bool], set[str]] = {}
    for package in TRANSLATED:
        if said_in(package):
            for entry in catalogue(package).translated_entries():
                english.setdefault((entry.msgctxt or "", entry.msgid, bool(entry.msgid_plural)), set()).add(
                    entry.msgstr or "|".join(entry.msgstr_plural.values())
                )
    assert {text: several for (_context, text, _plural), several in english.items() if len(several) > 1} == {}
