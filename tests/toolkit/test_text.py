"""Text from outside: cleaned once, and folded for sorting and finding."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.text import UncleanText, clean_text, fold, sort_key

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]))
CONTROL = [chr(n) for n in (*range(0x20), 0x7F, *range(0x80, 0xA0))]
BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"


@pytest.mark.parametrize(
    ("given_text", "clean"),
    [
        ("  Mara   Muster ", "Mara Muster"),
        ("Zeile\r\nZeile", "Zeile Zeile"),
        ("Tab\tTab", "Tab Tab"),
        ("Mu\u0308ller", "Müller"),
        ("a\x00b", "a b"),
        ("rathaus\u202egro.example", "rathausgro.example"),
        ("\u00a0geschützt\u00a0", "geschützt"),
        ("", ""),
        ("😀 Lots:in", "😀 Lots:in"),
    ],
)
def test_one_line_is_made_clean(given_text, clean):
    assert clean_text(given_text) == clean


@pytest.mark.parametrize(
    ("given_text", "clean"),
    [
        ("Eins\r\nZwei\rDrei", "Eins\nZwei\nDrei"),
        ("  Einzug\n\tTab", "Einzug\n\tTab"),
        ("a\x00\x08b", "ab"),
        ("\n\nText\n", "Text"),
    ],
)
def test_several_lines_keep_their_breaks_and_tabs(given_text, clean):
    assert clean_text(given_text, multiline=True) == clean


@pytest.mark.parametrize("half", ["\ud800", "a\udfff", "\udcff b"])
@pytest.mark.parametrize("multiline", [True, False])
def test_half_a_character_is_refused(half, multiline):
    with pytest.raises(UncleanText):
        clean_text(half, multiline=multiline)


@given(ANY_TEXT, st.booleans())
def test_what_is_clean_stays_as_it_is(text, multiline):
    once = clean_text(text, multiline=multiline)
    assert clean_text(once, multiline=multiline) == once


@given(ANY_TEXT)
def test_clean_text_can_be_stored_and_deceives_nobody(text):
    clean = clean_text(text, multiline=True)
    assert unicodedata.is_normalized("NFC", clean)
    assert not any(c in clean for c in CONTROL if c not in "\n\t")
    assert not any(c in clean for c in BIDI)
    assert clean == clean.strip()


@given(ANY_TEXT)
def test_one_line_is_one_line(text):
    clean = clean_text(text)
    assert "  " not in clean
    assert len(clean.splitlines()) <= 1


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Köln", "koeln"),
        ("KÖLN", "koeln"),
        ("Groß-Umstadt", "gross umstadt"),
        ("  Bad   Säckingen ", "bad saeckingen"),
        ("Café", "cafe"),
        ("Lots*innen", "lots innen"),
        ("#KNmeetsHN", "knmeetshn"),
        ("???", ""),
    ],
)
def test_folding_forgives_case_umlauts_accents_and_signs(text, folded):
    assert fold(text) == folded


def test_names_sort_as_german_lists_do():
    names = ["Zwickau", "Öhringen", "Oldenburg", "Ulm", "Ärzen", "Aach", "Überlingen", "Gross", "Groß-Gerau", "Grossau"]
    assert sorted(names, key=sort_key) == [
        *("Aach", "Ärzen", "Gross", "Groß-Gerau", "Grossau", "Öhringen", "Oldenburg", "Überlingen", "Ulm", "Zwickau")
    ]


@given(ANY_TEXT)
def test_keys_hold_only_plain_letters_digits_and_single_spaces(text):
    for key in (fold(text), sort_key(text)):
        assert key == " ".join(key.split())
        assert all(c == " " or (c.isascii() and c.isalnum() and c == c.lower()) for c in key)


@given(ANY_TEXT)
def test_composed_and_decomposed_spelling_fold_alike(text):
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))
    assert sort_key(unicodedata.normalize("NFD", text)) == sort_key(unicodedata.normalize("NFC", text))


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzäöüß ", max_size=30))
def test_upper_case_folds_like_lower_case(text):
    assert fold(text.upper()) == fold(text)
