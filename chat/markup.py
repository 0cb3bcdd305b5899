"""The text of a message as HTML that is safe to show: markdown without headings and pictures, addresses as links."""

from __future__ import annotations

import re
from collections.abc import Mapping

import nh3
from django.utils.translation import ngettext
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from toolkit.markdown import plain_text

# A sentence's own punctuation after an address is not part of it.
_ADDRESS = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]}]")
_TAGS = {"p", "br", "em", "strong", "del", "code", "pre", "blockquote", "ul", "ol", "li", "a", "hr",
         "span", "table", "thead", "tbody", "tr", "th", "td"}  # fmt: skip


def one_line(text: str, files: int, *, limit: int) -> str:
    """What was said in one line without marks, cut at a word; of what brings files alone, how many."""
    if text or not files:
        return plain_text(text, limit=limit)
    return ngettext("Eine Datei", "%(n)s Dateien", files) % {"n": files}


# One line of words and of punctuation that means nothing in markdown, beginning with a letter: most of what is said.
_WORDS = re.compile(r"[^\W\d_](?:(?:[^\W_]|[ .,;:?!()%–-])*(?:[^\W_]|[.,;:?!()%–-]))?")


def _link(address: str) -> list[Token]:
    opening = Token("link_open", "a", 1, attrs={"href": address}, info="auto")
    return [opening, Token("text", "", 0, content=address), Token("link_close", "a", -1, info="auto")]


def _mention(shown: str, person: int) -> list[Token]:
    opening = Token("mention_open", "span", 1, attrs={"class": "mention", "data-person": str(person)})
    return [opening, Token("text", "", 0, content=shown), Token("mention_close", "span", -1)]


def _split(token: Token, named: Mapping[str, int]) -> list[Token]:
    names = "|".join(re.escape(f"@{name}") for name in sorted(named, key=len, reverse=True))
    pattern = re.compile(rf"{_ADDRESS.pattern}|(?P<named>{names})(?!\w)") if names else _ADDRESS
    parts: list[Token] = []
    end = 0
    for match in pattern.finditer(token.content):
        found = match.group()
        inside = _mention(found, named[found[1:]]) if names and match["named"] else _link(found)
        parts += [Token("text", "", 0, content=token.content[end : match.start()]), *inside]
        end = match.end()
    return [*parts, Token("text", "", 0, content=token.content[end:])] if parts else [token]


def _find_addresses(state: StateCore) -> None:
    """Make links of bare addresses and marks of names, but not inside of links that are there already."""
    named: Mapping[str, int] = state.env.get("named", {})
    for block in state.tokens:
        if block.type != "inline" or not block.children:
            continue
        depth = 0
        children: list[Token] = []
        for token in block.children:
            depth += {"link_open": 1, "link_close": -1}.get(token.type, 0)
            children += _split(token, named) if token.type == "text" and depth == 0 else [token]
        block.children = children


def _parser() -> MarkdownIt:
    # Nesting is bounded, for a message of 8,000 times ">" must not be a tree of 8,000 levels.
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": 12})
    parser.enable(["table", "strikethrough"]).disable(["heading", "lheading", "image", "reference"])
    parser.core.ruler.push("addresses", _find_addresses)
    return parser


_PARSER = _parser()


def message_html(body: str, named: Mapping[str, int] | None = None) -> str:
    """HTML of a message; safe to put into a page by itself.

    ``named`` are the people whom it mentions, by name; 0 stands for everybody. ``@Name`` becomes a mark.
    """
    if not named and _WORDS.fullmatch(body):
        return f"<p>{body}</p>"
    return nh3.clean(
        _PARSER.render(body, {"named": named or {}}),
        tags=_TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}, "span": {"class", "data-person"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener noreferrer",
    ).strip()
