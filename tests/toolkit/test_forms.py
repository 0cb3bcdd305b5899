"""Fields that make text clean, and lose nothing that was typed."""

from __future__ import annotations

import pytest
from django import forms
from django.core.exceptions import ValidationError

from toolkit.forms import LineField, LinesField, TextField


class Sample(forms.Form):
    line = LineField(required=False, max_length=10)
    text = TextField(required=False)
    lines = LinesField(required=False, max_line=8)


def cleaned(**data):
    form = Sample(data)
    assert form.is_valid(), form.errors
    return form.cleaned_data


def test_one_line_loses_breaks_and_double_spaces():
    assert cleaned(line=" a\n b  c ")["line"] == "a b c"


def test_text_keeps_its_paragraphs():
    assert cleaned(text="Eins\r\n\r\nZwei")["text"] == "Eins\n\nZwei"


def test_lines_become_a_list_without_empty_ones():
    assert cleaned(lines=" eins \n\n  zw\t drei\n")["lines"] == ["eins", "zw drei"]


def test_a_line_that_is_too_long_is_named_by_its_number():
    form = Sample({"lines": "kurz\n" + "x" * 9})
    assert form.errors["lines"] == ["Zeile 2 ist zu lang: höchstens 8 Zeichen."]


def test_the_length_is_counted_after_cleaning():
    assert cleaned(line="  zehn zehn   ")["line"] == "zehn zehn"
    assert "line" in Sample({"line": "elf Zeichen"}).errors


@pytest.mark.parametrize("field", [LineField(), TextField(), LinesField()])
def test_half_a_character_is_a_message_and_not_a_fault(field):
    with pytest.raises(ValidationError, match="nicht speichern"):
        field.clean("\ud800")


@pytest.mark.parametrize("field", [LineField(), TextField(), LinesField()])
@pytest.mark.parametrize("empty", ["", "   ", "\u200e", None])
def test_only_blanks_count_as_empty(field, empty):
    with pytest.raises(ValidationError):
        field.clean(empty)


def test_a_refused_form_shows_again_what_was_typed():
    form = Sample({"line": "viel zu lang für hier", "lines": "eins\nzwei"})
    assert not form.is_valid()
    assert 'value="viel zu lang für hier"' in str(form["line"])
    assert "eins\nzwei" in str(form["lines"])


def test_a_stored_list_is_shown_one_entry_a_line():
    assert "eins\nzwei" in str(Sample(initial={"lines": ["eins", "zwei"]})["lines"])
