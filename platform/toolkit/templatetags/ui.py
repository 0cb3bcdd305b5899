"""Template tags of the look: icons, pictures, the map, form fields."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.forms import (
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    FileInput,
    RadioSelect,
    Select,
    Textarea,
)
from django.forms.boundfield import BoundWidget
from django.forms.widgets import Input
from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe

from toolkit.art import art_svg, tone_of
from toolkit.germany import Pin, arc_path, place, project
from toolkit.markdown import plain_text, render_markdown

register = template.Library()

_SPRITE = Path(__file__).resolve().parent.parent / "static" / "toolkit" / "icons.svg"


@cache
def icon_names() -> frozenset[str]:
    """Return the names that the sprite holds."""
    return frozenset(re.findall(r'id="i-([\w-]+)"', _SPRITE.read_text(encoding="utf-8")))


@cache
def _sprite_url() -> str:
    return static("toolkit/icons.svg")


@register.simple_tag
def icon_href(name: str) -> str:
    """Return the address of an icon in the sprite; an unknown name is an error while developing and testing."""
    if name not in icon_names():
        if settings.DEBUG or getattr(settings, "TESTING", False):
            raise template.TemplateSyntaxError(f"No icon {name!r} in the sprite; add it to frontend/icons.txt.")
        name = "help"
    return f"{_sprite_url()}#i-{name}"


@register.simple_tag
def art(seed: object, kind: str = "", tone: str = "", wide: bool = False) -> SafeString:
    """Draw the picture of a card; see `toolkit.art.art_svg`."""
    return mark_safe(art_svg(seed, kind, tone, wide=wide))  # noqa: S308 -- numbers and our own class names only


@register.filter
def tone(key: object) -> str:
    """Return the hue that belongs to a key, always the same one."""
    return tone_of(key)


@register.filter
def markdown(text: str) -> SafeString:
    """Return the cleaned HTML of a Markdown text; see `toolkit.markdown.render_markdown`."""
    return render_markdown(text)


@register.filter
def plain(text: str, limit: int = 200) -> str:
    """Return the words of a Markdown text in one line, cut at a word."""
    return plain_text(text, limit=limit)


@register.filter
def initials(name: str) -> str:
    """Return two letters for a person: first and last name's initials."""
    words = [word for word in str(name).replace("-", " ").split() if word[:1].isalpha()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def _pin(point: Any) -> Pin:
    if isinstance(point, Pin):
        return point

    def get(key: str, default: Any = None) -> Any:
        return point.get(key, default) if isinstance(point, Mapping) else getattr(point, key, default)

    return Pin(
        lat=float(get("lat")),
        lon=float(get("lon")),
        name=str(get("name") or ""),
        strong=bool(get("strong", True)),
        href=str(get("href") or get("url") or ""),
    )


@register.inclusion_tag("toolkit/germany.html")
def germany(points: Iterable[Any] = (), links: Iterable[Any] = (), kind: str = "") -> dict[str, Any]:
    """Draw the dotted map. Points: `lat`, `lon`, `name`, `strong`; links: pairs of points. Always beside a list."""
    pins = [_pin(point) for point in points]
    arcs = [
        arc_path(project(a.lat, a.lon), project(b.lat, b.lon))
        for a, b in ((_pin(first), _pin(second)) for first, second in links)
    ]
    return {"places": place(pins), "arcs": arcs, "kind": kind, "dots": static("toolkit/germany.svg") + "#dots"}


@register.filter
def field_kind(field: BoundField) -> str:
    """Return how a field is drawn: text, textarea, select, checkbox, radio, checkboxes, file or other."""
    widget = field.field.widget
    kinds: tuple[tuple[type, str], ...] = (
        (CheckboxSelectMultiple, "checkboxes"),
        (RadioSelect, "radio"),
        (Select, "select"),
        (Textarea, "textarea"),
        (CheckboxInput, "checkbox"),
        (FileInput, "file"),
        (Input, "text"),
    )
    return next((kind for cls, kind in kinds if isinstance(widget, cls)), "other")


_CLASSES = {
    "text": "kern-form-input__input",
    "file": "kern-form-input__input",
    "textarea": "kern-form-input__input",
    "other": "kern-form-input__input",
    "select": "kern-form-input__select",
    "checkbox": "kern-form-check__checkbox",
}


@register.simple_tag
def field_widget(field: BoundField, hint: str = "", extra: str = "") -> SafeString:
    """Render the input of a field with the class and the descriptions that KERN and screen readers need."""
    kind = field_kind(field)
    css = " ".join(filter(None, [_CLASSES.get(kind, ""), field.field.widget.attrs.get("class", ""), extra]))
    attrs: dict[str, Any] = {"class": css}
    if str(field.field.widget.attrs.get("placeholder", "")) == str(field.label):
        attrs["placeholder"] = False  # the label stands above; saying it twice helps nobody
    described = describedby(field, hint)
    if described:
        attrs["aria-describedby"] = described
    if field.errors:
        attrs["class"] = f"{css} {_CLASSES.get(kind, 'kern-form-input__input')}--error"
        attrs["aria-invalid"] = "true"
    return field.as_widget(attrs=attrs)


@register.simple_tag
def describedby(field: BoundField, hint: str = "") -> str:
    """Return the ids of the texts that describe a field: hint first, then its error."""
    ids = []
    if hint or field.help_text:
        ids.append(f"{field.auto_id}_hint")
    if field.errors:
        ids.append(f"{field.auto_id}_error")
    return " ".join(ids)


@register.simple_tag
def choice_input(option: BoundWidget, described: str = "", invalid: object = "") -> SafeString:
    """Render one radio button or checkbox of a group, without the label around it."""
    kind = "radio" if option.data["type"] == "radio" else "checkbox"
    css = f"kern-form-check__{kind}"
    attrs = option.data["attrs"]
    attrs["class"] = f"{css} {css}--error" if invalid else css
    if described:
        attrs["aria-describedby"] = described
    return option.tag()


@register.filter
def error_target(field: BoundField) -> str:
    """Return the id that a link to this field must lead to."""
    if field_kind(field) in {"radio", "checkboxes"}:
        return f"{field.auto_id}_0"
    return field.id_for_label or str(field.auto_id)
