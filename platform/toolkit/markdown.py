"""Markdown to HTML that is safe to show: parsed without HTML, then cleaned by an allow-list."""

from __future__ import annotations

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_PARSER = (
    MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True}).enable("table").enable("strikethrough")
)
# Headings move down by two, so that a page keeps one h1 and sections in order.
_HEADINGS = {"h1": "h3", "h2": "h4", "h3": "h5", "h4": "h6", "h5": "h6", "h6": "h6"}
_TAGS = {"p", "br", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "hr",
         "table", "thead", "tbody", "tr", "th", "td", "h3", "h4", "h5", "h6"}  # fmt: skip


def render_markdown(text: str) -> SafeString:
    """HTML of a markdown text: no images (nothing is loaded from elsewhere), links open with ``rel=nofollow``."""
    tokens = _PARSER.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = _HEADINGS[token.tag]
    html = _PARSER.renderer.render(tokens, _PARSER.options, {})
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener noreferrer",
    )
    return mark_safe(clean)  # noqa: S308 -- cleaned by nh3 one line above


def plain_text(text: str, *, limit: int = 200) -> str:
    """The words of a markdown text in one line, cut at a word, for cards and mails."""
    words = " ".join(nh3.clean(_PARSER.render(text), tags=set()).split())
    words = words.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')
    return words if len(words) <= limit else words[:limit].rsplit(" ", 1)[0] + " …"
