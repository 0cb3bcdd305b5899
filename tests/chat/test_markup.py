"""What people type becomes HTML that can hurt nobody."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.markup import message_html


@pytest.mark.parametrize(
    ("typed", "html"),
    [
        ("Moin", "<p>Moin</p>"),
        ("eins\nzwei", "<p>eins<br>\nzwei</p>"),
        ("**fett** und *kursiv*", "<p><strong>fett</strong> und <em>kursiv</em></p>"),
        ("# keine Überschrift", "<p># keine Überschrift</p>"),
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>"),
        (
            "Siehe https://konstanz.example/a?b=1.",
            '<p>Siehe <a href="https://konstanz.example/a?b=1" rel="nofollow noopener noreferrer">'
            "https://konstanz.example/a?b=1</a>.</p>",
        ),
        ("`https://konstanz.example`", "<p><code>https://konstanz.example</code></p>"),
        (
            "[https://a.example](https://b.example)",
            '<p><a href="https://b.example" rel="nofollow noopener noreferrer">https://a.example</a></p>',
        ),
        ("[x](javascript:alert)", "<p>[x](javascript:alert)</p>"),
        ("![x](https://a.example/x.png)", None),
    ],
)
def test_markdown_becomes_html(typed, html):
    made = message_html(typed)
    assert "<img" not in made
    if html is not None:
        assert made == html


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300))
def test_no_text_breaks_out(typed):
    made = message_html(typed + "<script>alert(1)</script>" + typed)
    assert "<script" not in made
    assert "javascript:" not in made.replace(typed, "")


def test_deep_nesting_is_flat_enough_to_be_quick():
    assert message_html(">" * 8000).count("<blockquote>") <= 20
    message_html("[" * 4000 + "](" * 2000)
    message_html("*a " * 2600)


def test_a_line_of_words_looks_as_the_parser_would_make_it(monkeypatch):
    chance = random.Random(7)
    signs = "abcäöüßEZ019 .,;:?!()%–-"
    lines = ["".join(chance.choices(signs, k=chance.randint(1, 40))) for _ in range(3_000)]
    lines += ["Guten Tag, das Amt hat den Antrag.", "A. Erstens", "a) erstens", "www.konstanz.example", "mailto:a"]
    short = {line: message_html(line) for line in lines}
    monkeypatch.setattr("chat.markup._WORDS", re.compile("(?!)"))
    assert short == {line: message_html(line) for line in lines}
