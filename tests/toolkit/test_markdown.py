"""Markdown becomes HTML that can do no harm, whatever was typed."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.markdown import plain_text, render_markdown

HARMLESS_TAGS = {
    *("p", "br", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "hr"),
    *("table", "thead", "tbody", "tr", "th", "td", "h3", "h4", "h5", "h6"),
}


class Tags(HTMLParser):
    """Collects what a browser would see as markup."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def assert_harmless(html: str) -> None:
    for tag, attributes in Tags(html).found:
        assert tag in HARMLESS_TAGS, html
        assert set(attributes) <= {"href", "title", "rel", "start"}, html
        href = attributes.get("href")
        # As browsers read it (WHATWG URL): what is no scheme, such as "%3Ejavascript:", leads to a page of ours.
        scheme = re.match(r"[\x00-\x20]*([a-z][a-z0-9+.\-\t\r\n]*):", href or "", re.IGNORECASE)
        if scheme:
            assert scheme[1].lower() in {"http", "https", "mailto"}, html


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[klick](javascript:alert(1))",
        "[klick](JaVaScRiPt:alert(1))",
        "[klick](\tjava\nscript:alert(1))",
        "[klick](data:text/html;base64,PHNjcmlwdD4=)",
        "[klick](vbscript:msgbox)",
        "[klick](&#106;avascript:alert(1))",
        "![bild](https://fremd.example/zaehlpixel.gif)",
        '![bild](x "a" onerror=alert(1))',
        "<javascript:alert(1)>",
        "[a]: javascript:alert(1)\n\n[a]",
        "<a href='https://x' style='position:fixed' onclick='x()'>y</a>",
        "<svg/onload=alert(1)>",
        "`</code><script>alert(1)</script>`",
        "```\n</pre><script>alert(1)</script>\n```",
        "<iframe src=//fremd.example></iframe>",
        "<style>*{display:none}</style>",
        "<form action=//fremd.example><input name=p></form>",
        '[x](https://ok.example "\\" onmouseover=alert(1) x=\\"")',
        "<!--><script>alert(1)</script-->",
        "|a|\n|-|\n|<script>x</script>|",
    ],
)
def test_an_attack_stays_text(attack):
    html = render_markdown(attack)
    assert_harmless(html)
    assert "<script" not in html
    assert "<img" not in html


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300))
def test_no_text_makes_markup_that_we_did_not_allow(text):
    assert_harmless(render_markdown(text))


@given(
    st.lists(
        st.sampled_from(
            [
                "<",
                ">",
                "[",
                "](",
                ")",
                "!",
                "javascript:",
                "data:",
                "onerror=",
                '"',
                "'",
                "`",
                "\n",
                "&#x",
                ";",
                "a",
                "|",
            ]
        ),
        max_size=40,
    ).map("".join)
)
def test_nothing_built_from_dangerous_pieces_gets_through(text):
    assert_harmless(render_markdown(text))


def test_headings_move_down_so_that_the_page_keeps_one_h1():
    assert render_markdown("# Eins\n\n## Zwei").replace("\n", "") == "<h3>Eins</h3><h4>Zwei</h4>"


def test_links_say_that_we_do_not_vouch_for_them():
    html = render_markdown("[Rathaus](https://rathaus.example)")
    assert re.search(r'rel="nofollow noopener noreferrer"', html)


def test_what_people_use_is_rendered():
    html = render_markdown("**fett** *kursiv* ~~weg~~\n\n1. eins\n2. zwei\n\n> Zitat\n\n|a|b|\n|-|-|\n|1|2|")
    for tag in ("<strong>", "<em>", "<s>", "<ol>", "<blockquote>", "<table>"):
        assert tag in html


def test_plain_text_is_the_words_in_one_line_and_cut_at_a_word():
    assert plain_text("# Titel\n\nEin **fetter** Satz & mehr.") == "Titel Ein fetter Satz & mehr."
    assert plain_text("eins zwei drei vier", limit=11) == "eins zwei …"


def test_plain_text_holds_no_markup():
    assert "<" not in plain_text("<script>x</script> **a**").replace("<script>x</script>", "")
