"""Pictures drawn by the server: always the same ones, without a style attribute, and on the map where they belong."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.art import PATTERNS, TONES, art_svg, tone_of
from toolkit.germany import HEIGHT, WIDTH, Pin, place, project


@pytest.mark.parametrize("kind", PATTERNS)
def test_the_same_seed_gives_the_same_picture(kind: str) -> None:
    assert art_svg("E-Akte", kind) == art_svg("E-Akte", kind)
    assert art_svg("E-Akte", kind) != art_svg("E-Rechnung", kind)


@given(seed=st.text(), kind=st.sampled_from(["", *PATTERNS]), tone=st.sampled_from(["", *TONES, "no such tone"]))
def test_a_picture_never_carries_what_somebody_typed(seed: str, kind: str, tone: str) -> None:
    svg = art_svg(seed, kind, tone)
    assert re.fullmatch(r'<svg class="art art--[a-z]+"[^<>]*>(<[a-z/][^<>]*>)+', svg)
    assert "style=" not in svg
    assert "script" not in svg


def test_the_keys_of_cities_get_all_hues() -> None:
    assert {tone_of(number) for number in range(200)} == set(TONES)


def test_konstanz_lies_in_the_south_and_flensburg_in_the_north() -> None:
    konstanz, flensburg = project(47.66, 9.18), project(54.79, 9.44)
    assert konstanz[1] > flensburg[1]
    assert all(0 < x < WIDTH and 0 < y < HEIGHT for x, y in (konstanz, flensburg))


@given(
    st.lists(
        st.builds(
            Pin,
            lat=st.floats(47.3, 55.0),
            lon=st.floats(5.9, 15.0),
            name=st.sampled_from(["Ulm", "Konstanz", "Heilbronn", "Frankenthal (Pfalz)"]),
            strong=st.booleans(),
        ),
        max_size=12,
    )
)
def test_every_pin_is_placed_and_only_strong_ones_are_labelled(pins: list[Pin]) -> None:
    placed = place(pins)
    assert len(placed) == len(pins)
    assert not any(p.anchor for p in placed if not p.strong)
