"""The signs that are offered: each is one that can be put under a message, and has a name of its own."""

from __future__ import annotations

import unicodedata

from chat.signs import SIGNS, offered


def test_each_sign_is_a_picture_and_is_offered_once():
    assert len({sign for sign, _ in SIGNS}) == len(SIGNS)
    for sign, _ in SIGNS:
        kinds = {unicodedata.category(character) for character in sign}
        assert "So" in kinds, sign
        assert kinds <= {"So", "Mn", "Cf"}, sign


def test_no_two_signs_have_the_same_name():
    names = [name for _, name in offered()]
    assert len(set(names)) == len(names)
    assert all(names)
