"""The language of the socket: what is no command is refused, whatever it is, and the browser speaks the same."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat import wire
from chat.wire_typescript import typescript

ID = "01890a5d-ac96-774b-bcce-b302099a8057"


@pytest.mark.parametrize(
    ("frame", "command"),
    [
        ('{"op":"hello"}', wire.Hello()),
        ('{"op":"ping","whatever":[1]}', wire.Ping()),
        ('{"op":"subscribe","c":7,"after":0}', wire.Subscribe(c=7, after=0)),
        ('{"op":"sync","c":7,"after":12}', wire.Sync(c=7, after=12)),
        ('{"op":"unsubscribe","c":7}', wire.Unsubscribe(c=7)),
        ('{"op":"read","c":7,"seq":3}', wire.Read(c=7, seq=3)),
        (f'{{"op":"send","c":7,"id":"{ID}","body":"Moin"}}', wire.Send(c=7, id=UUID(ID), body="Moin")),
    ],
)
def test_a_command_is_understood(frame, command):
    assert wire.decode(frame) == command


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "{",
        "[]",
        "null",
        "1",
        '"hello"',
        "{}",
        '{"op":"fly"}',
        '{"op":1}',
        '{"op":"ack","id":"x"}',
        '{"op":"subscribe","c":"7","after":0}',
        '{"op":"subscribe","c":0,"after":0}',
        '{"op":"subscribe","c":7,"after":-1}',
        '{"op":"subscribe","c":7.5,"after":0}',
        '{"op":"subscribe","c":NaN,"after":0}',
        '{"op":"subscribe","c":9007199254740992,"after":0}',
        '{"op":"subscribe","c":1e999,"after":0}',
        '{"op":"subscribe","c":true,"after":0}',
        '{"op":"send","c":7,"id":"x","body":"Moin"}',
        f'{{"op":"send","c":7,"id":"{ID}","body":null}}',
        f'{{"op":"send","c":7,"id":"{ID}"}}',
        "[" * 60_000,
        '{"op":' * 10_000,
        "\ud800",
        "x" * (wire.FRAME_LIMIT + 1),
        "ä" * (wire.FRAME_LIMIT // 2 + 1),
    ],
)
def test_what_is_no_command_is_malformed_and_nothing_worse(frame):
    with pytest.raises(wire.Malformed):
        wire.decode(frame)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
almost = st.fixed_dictionaries(
    {"op": st.sampled_from(["hello", "ping", "subscribe", "send", "read", "sync", "unsubscribe", "x"])},
    optional={
        "c": anything,
        "after": anything,
        "seq": anything,
        "id": anything | st.uuids().map(str),
        "body": anything,
    },
)


@given(st.one_of(st.text(), anything.map(json.dumps), almost.map(json.dumps)))
def test_any_text_is_a_command_or_malformed(frame):
    try:
        command = wire.decode(frame)
    except wire.Malformed:
        return
    assert isinstance(command, wire.Command)
    # What was understood can be said again, and means the same.
    assert wire.decode(msgspec.json.encode(command).decode("utf-8", "surrogatepass")) == command


def test_the_language_of_the_browser_is_the_one_of_the_server():
    written = Path(__file__).parents[2] / "frontend" / "wire" / "chat.ts"
    assert written.read_text(encoding="utf-8") == typescript(), "run `manage.py chat_wire`"


def test_entries_inside_a_page_cannot_end_its_script():
    entry = wire.Item(
        c=1,
        seq=1,
        id=UUID(ID),
        kind="text",
        at=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
        sender=1,
        name="Mara Musterlotsin",
        initials="MM",
        place="Konstanz",
        hue="blue",
        text="</script>",
        html="</script><b>&",
    )
    assert not set("<>&") & set(wire.encode_items([entry]))
