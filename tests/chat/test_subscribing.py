"""Who is let in and asks at once is not told to go by what was known before."""

from __future__ import annotations

from unittest.mock import AsyncMock

from chat import switchboard as board
from chat import wall_of_loop
from chat.wall_of_loop import Asked, News


def news(seats: dict[int, int], version: int) -> News:
    return News(talk=5, head=0, version=version, start=0, seats=seats, entries=None)


async def test_news_of_before_somebody_had_a_seat_do_not_shut_them_out(monkeypatch):
    say = AsyncMock()
    own, line = board.Switchboard(), board.Line(7, "s", "h", say, AsyncMock())
    monkeypatch.setattr(board.Switchboard, "look", lambda _board, _number: None)
    own.subscribe(line, 5, 0)
    own.tell([news({}, version=1)])
    assert line.sent == {5: 0}
    assert not say.called


async def test_who_has_no_seat_when_it_is_asked_for_them_is_told_to_go(monkeypatch):
    say = AsyncMock()
    own, line = board.Switchboard(), board.Line(7, "s", "h", say, AsyncMock())

    async def answer(_connection: object, asked: list[Asked]) -> list[News]:
        return [news({}, version=1)]

    monkeypatch.setattr(wall_of_loop, "news", answer)
    own._wanted[5] = None
    line.sent[5] = 0
    own.talks.of(5).lines.add(line)
    own.talks.of(5).fresh.add(line)
    await own._read()
    assert line.sent == {}
    assert "gone" in say.call_args.args[0]
