"""Components and template tags of the look, rendered by Django as the pages do it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.test import Client
from django.urls import reverse
from django_cotton.compiler_regex import CottonCompiler

from toolkit.templatetags.ui import icon_names, initials

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = [path for folder in ("platform", "exchange", "chat") for path in (ROOT / folder).rglob("*.html")]


class Registration(forms.Form):
    title = forms.CharField(label="Titel", help_text="Ein Satz genügt.", max_length=20)
    note = forms.CharField(label="Notiz", required=False, widget=forms.Textarea)
    land = forms.ChoiceField(label="Land", choices=[("08", "Baden-Württemberg")])
    place = forms.ChoiceField(label="Ort", widget=forms.RadioSelect, choices=[("a", "Vor Ort"), ("b", "Online")])
    agreed = forms.BooleanField(label="Gelesen")


def render(source: str, **context: Any) -> str:
    return str(Template(CottonCompiler().process(source)).render(Context(context)))


def field(name: str, data: dict[str, str] | None = None) -> str:
    return render('<c-field :field="field" />', field=Registration(data)[name])


def test_a_field_joins_label_hint_and_input() -> None:
    html = field("title")
    assert '<label class="kern-label" for="id_title">Titel</label>' in html
    assert 'id="id_title_hint">Ein Satz genügt.<' in html
    assert 'aria-describedby="id_title_hint"' in html


def test_a_refused_field_names_its_error_and_keeps_what_was_typed() -> None:
    html = field("title", {"title": "viel zu lang für dieses Feld"})
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_title_hint id_title_error"' in html
    assert 'id="id_title_error"' in html
    assert 'value="viel zu lang für dieses Feld"' in html


def test_only_a_field_that_may_stay_empty_says_so() -> None:
    assert "– Optional" in field("note")
    assert "– Optional" not in field("title")


def test_radio_buttons_stand_in_a_fieldset_with_a_legend() -> None:
    html = field("place")
    assert '<legend class="kern-label">Ort</legend>' in html
    assert len(re.findall(r'type="radio"[^>]*class="kern-form-check__radio"', html)) == 2


def test_the_summary_of_errors_links_to_the_inputs() -> None:
    html = render('<c-form-errors :form="form" />', form=Registration({"title": ""}))
    assert re.findall(r'href="#([\w-]+)"', html) == ["id_title", "id_land", "id_place_0", "id_agreed"]


def test_what_somebody_typed_is_escaped_in_components() -> None:
    html = render('<c-card href="/x/" :title="title" />', title="<script>alert(1)</script>")
    assert "<script>" not in html


def test_an_unknown_icon_is_an_error_in_tests() -> None:
    with pytest.raises(TemplateSyntaxError, match=r"frontend/icons\.txt"):
        render('<c-icon name="no_such_icon" />')


def test_the_sprite_holds_exactly_the_listed_icons() -> None:
    lines = (ROOT / "frontend" / "icons.txt").read_text(encoding="utf-8").splitlines()
    assert {line for line in lines if line and not line.startswith("#")} == icon_names()


def test_every_icon_named_in_a_template_is_in_the_sprite() -> None:
    pattern = re.compile(r'(?:<c-icon name|(?<![_:])\bicon)="([\w-]+)"')
    named = {name for path in TEMPLATES for name in pattern.findall(path.read_text(encoding="utf-8"))}
    assert named <= icon_names()


def test_no_template_carries_a_style_or_an_inline_script() -> None:
    forbidden = re.compile(r'\sstyle=|<script(?![^>]*\bsrc=)(?![^>]*application/json)|\son\w+="')
    assert [path.name for path in TEMPLATES if forbidden.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Mara Musterlotse", "MM"), ("Tim", "T"), ("Anna-Lena von Beispiel", "AB"), ("", "?"), ("Ömer Ünlü", "ÖÜ")],
)
def test_initials_are_taken_from_first_and_last_name(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_the_legal_pages_answer_everybody(client: Client, db: None) -> None:
    assert [client.get(reverse(f"toolkit:{name}")).status_code for name in ("imprint", "privacy", "accessibility")] == [
        200,
        200,
        200,
    ]


def test_the_language_of_the_frame_follows_the_reader(client: Client, db: None) -> None:
    client.post(reverse("set_language"), {"language": "en"})
    assert "Skip to content" in client.get(reverse("toolkit:imprint")).content.decode()
