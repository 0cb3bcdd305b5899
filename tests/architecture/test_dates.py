"""Dates in English: no template leaves a German dot behind the day."""

from __future__ import annotations

import datetime
import re

from django.template import Context, Template
from django.utils.translation import override

from config.formats.en.formats import SPELT_OUT
from tests.architecture.tree import PACKAGES, python_files

NAMED = re.compile(r"""\|date:"([^"]+)"|date_format\([^"]*"([^"]+)"\)""")


def formats_of_the_pages() -> set[str]:
    """Every format that a template or a source file names."""
    files = [file for folder in PACKAGES.values() for file in folder.rglob("templates/**/*.*")]
    files += [file for package in PACKAGES for file in python_files(package)]
    return {one or other for file in files for one, other in NAMED.findall(file.read_text())}


def test_every_german_spelling_has_an_english_one():
    german = {name for name in formats_of_the_pages() if "." in name or name == "m/Y"}
    assert len(german) > 10
    assert german - set(SPELT_OUT) == set()


def test_one_template_says_a_day_in_both_languages():
    template = Template('{{ day|date:"l, j. F Y" }}')
    said = {}
    for language in ("de", "en"):
        with override(language):
            said[language] = template.render(Context({"day": datetime.date(2026, 12, 4)}))
    assert said == {"de": "Freitag, 4. Dezember 2026", "en": "Friday, 4 December 2026"}
