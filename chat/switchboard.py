"""One per process, between Redis and the open lines: whoever shows a conversation gets its log, in order and once.

Four things make it look at a conversation: what was just stored here, a hint through Redis, a client that subscribes,
and the sweep, which asks every two seconds for itself. Looking always means the same: the entries nobody here has got,
and the word whether the seats are still those it remembers (or all of them anew), in one question. So a lost hint
costs two seconds and never a message, and whoever was removed gets nothing that was committed later.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import sys
from collections.abc import Iterable, Sequence
from weakref import WeakKeyDictionary

from chat import delivery, wall_of_loop, wire
from chat.attendance import Attendance
from chat.delivery import in_thread
from chat.ear import Ear, Hint
from chat.errands import Errands, apart
from chat.familiar import Familiar
from chat.hints import Hinter
from chat.lines import OUTBOX_BYTES, OUTBOX_FRAMES, Line
from chat.presence import Presence, may_write_now
from chat.queries.messages import item_of_text
from chat.talks import Talk, Talks
from chat.wall_of_loop import Asked, News
from chat.writer import Writer
from toolkit.database.loop import LoopConnection

__all__ = ["OUTBOX_BYTES", "OUTBOX_FRAMES", "Line", "Switchboard", "in_thread", "switchboard"]

SWEEP_SECONDS = 2.0
#: So long a line stays open after `bye`, and so scattered everybody comes back at most (seconds).
FAREWELL_SECONDS = 1.0
FAREWELL_SPREAD = 10.0
#: Conversations that one question is about.
AT_ONCE = 100
#: Whoever reads for all may have just been removed: so many are tried.
READERS = 3


class Switchboard:
    """The open lines of this process (of this event loop), and what looks after them."""

    def __init__(self) -> None:
        self.talks = Talks()
        self.hinter = Hinter()
        self.writer = Writer(self._asked, self.tell, self.hinter.conversations)
        self._connection = LoopConnection()
        self._errands = Errands()
        self.familiar = Familiar()
        self.here = Attendance(self._connection, self._errands, self.look)
        self.presence = Presence(self.here, self.talks, self.familiar)
        self._tasks: list[asyncio.Task[None]] = []
        self._wanted: dict[int, None] = {}
        #: Conversations that could not be served when they were to be.
        self._owed: set[int] = set()
        self._ear = Ear(self._look_at_all, self._hear)
        self.ending = False

    # --- lines ---

    async def join(self, line: Line) -> bool:
        """Take a line in; no when the person holds too many already."""
        if self.ending:
            line.hang_up(wire.CLOSE_RESTART)
            return True
        if not self.here.add(line):
            return False
        if not self._tasks:
            self._tasks = [apart(self._ear.listen()), apart(self._sweep())]
        if not self._ear.hears.is_set():
            # Better to hear before reading; but a Redis that is down keeps nobody out.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ear.hears.wait(), 1.0)
        return True

    async def leave(self, line: Line) -> None:
        """Forget a line; the last one turns out the light."""
        line.closing = True
        if not self.here.remove(line):
            return
        for conversation_id in list(line.sent):
            self.unsubscribe(line, conversation_id)
        if not self.here.lines:
            await self.rest()

    async def rest(self) -> None:
        """Give up what is held for those on the lines: tasks and connections."""
        # All of this at once: while we wait below, somebody may come and begin anew.
        ending, self._tasks = [*self._tasks, *self._errands.give_up()], []
        self._wanted = {}
        self.here.forget_wishes()
        self._ear.hears.clear()
        self.talks.clear()
        self.presence.forget()
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
        # They open again when they are needed.
        await self.writer.close()
        await self.hinter.close()
        await self.presence.close()
        await self._connection.close()

    def subscribe(self, line: Line, conversation_id: int, after: int) -> None:
        """Bring a line everything of a conversation after a number, then whatever comes."""
        self._forget_window(line, conversation_id)
        line.sent[conversation_id] = after
        talk = self.talks.of(conversation_id)
        talk.lines.add(line)
        talk.fresh.add(line)
        self.look(conversation_id)

    def unsubscribe(self, line: Line, conversation_id: int) -> None:
        """A line does not show a conversation any more."""
        line.sent.pop(conversation_id, None)
        talk = self.talks.of(conversation_id)
        talk.lines.discard(line)
        talk.fresh.discard(line)
        self._forget_window(line, conversation_id)

    def taken(self, line: Line, conversation_id: int, last: int) -> None:
        """A client has shown everything up to a number: there may be room for more."""
        if line.take(conversation_id, last):
            for number in line.sent:
                self.look(number)

    def _forget_window(self, line: Line, conversation_id: int) -> None:
        """What was handed over of a conversation is not waited for any more."""
        if line.window is not None:
            self.taken(line, conversation_id, sys.maxsize)

    def writing(self, line: Line, conversation_id: int) -> None:
        """Somebody is writing in a conversation that they show: all processes hear of it, this one included."""
        if conversation_id not in line.sent or not may_write_now(line):
            return
        if self._ear.hears.is_set():
            self.hinter.writing(conversation_id, line.person_id)
        else:
            self._errands.start(functools.partial(self.presence.say_who_writes, conversation_id, line.person_id))

    async def farewell(self) -> None:
        """This process ends: everybody is told when to come back, scattered, and what they said before is stored."""
        self.ending = True
        lines = [line for line in self.here.lines if not line.closing]
        if not lines:
            return
        spread = min(FAREWELL_SPREAD, 2.0 + len(lines) / 100)
        for place, line in enumerate(lines):
            # In no order that means anything, and evenly, which chance is not.
            line.post(wire.Bye(wait=round(1.0 + (spread - 1.0) * (place + 1) / len(lines), 2)))
        await self.writer.close()
        await asyncio.sleep(FAREWELL_SECONDS)
        for line in lines:
            line.hang_up(wire.CLOSE_RESTART)
        for _ in range(20):
            if not self.here.lines:
                return
            await asyncio.sleep(0.05)

    # --- asking ---

    def look(self, conversation_id: int) -> None:
        """Serve whoever is behind in a conversation, with all others that are asked for meanwhile."""
        self._wanted[conversation_id] = None
        self._errands.once("news", self._read)

    def _asked(self, conversation_id: int) -> Asked:
        """What is wanted of a conversation: what those who show it have not got, else what nobody was told."""
        talk = self.talks.of(conversation_id)
        cursors = [
            line.sent[conversation_id]
            for line in talk.lines
            if conversation_id not in line.catching_up and not line.full
        ]
        return Asked(conversation_id, min(cursors, default=talk.told), talk.version)

    async def _read(self) -> None:
        while self._wanted:
            numbers = [number for number, _ in zip(list(self._wanted), range(AT_ONCE), strict=False)]
            for number in numbers:
                del self._wanted[number]
            asked = {number: self._asked(number) for number in numbers}
            fresh = {number: set(self.talks.of(number).fresh) for number in numbers}
            self._owed.update(numbers)
            found = await wall_of_loop.news(self._connection, list(asked.values()))
            await self.familiar.meet(_senders(found))
            self._owed.difference_update(numbers)
            for number, lines in fresh.items():
                self.talks.of(number).fresh -= lines
            for number in asked.keys() - {news.talk for news in found}:
                # There is no such conversation, which looks as one that is not mine.
                self._serve(self.talks.of(number), News(number, 0, 0, 0, {}, None), asked[number].after)
            for news in found:
                self._take(news, asked[news.talk].after)
            for number, lines in fresh.items():
                for line in lines & self.talks.of(number).lines:
                    self.presence.show(line, number)

    def tell(self, found: Sequence[News]) -> None:
        """Serve everybody with what was just stored."""
        for news in found:
            self._take(news, None)

    # --- handing over ---

    def _take(self, news: News, asked: int | None) -> None:
        """Serve with news; ``asked`` is the number that was asked after for those who show it (None: not for them)."""
        talk = self.talks.of(news.talk)
        if not talk.learn(news):
            self.look(news.talk)
        elif all(entry.plain for entry in news.entries or ()) and not self.familiar.strangers(_senders([news])):
            self._serve(talk, news, asked)
        elif talk.busy:
            talk.again = True
        else:
            talk.busy = True
            self._errands.start(lambda: self._take_slowly(talk, news, asked))

    async def _take_slowly(self, talk: Talk, news: News, asked: int | None) -> None:
        """As ``_take``, for what has to be asked for in a thread."""
        try:
            await self.familiar.meet(_senders([news]))
            entries = news.entries or ()
            if all(entry.plain for entry in entries):
                self._serve(talk, news, asked)
                return
            readers = sorted(talk.present(self.here.people), key=talk.seats.__getitem__)
            if not readers:
                # Whoever shows it is not in it any more.
                self._serve(talk, news, asked, [])
                return
            for eyes in readers[:READERS]:
                items = await in_thread(delivery.read_as)(eyes, talk.id, news.start, news.head)
                if items and items[-1].seq == news.head:
                    self._serve(talk, news, asked, items)
                    return
            # Their eyes have just been closed.
            talk.forget()
            self._owed.add(talk.id)
        finally:
            talk.busy = False
            if talk.again:
                talk.again = False
                self.look(talk.id)

    def _serve(self, talk: Talk, news: News, asked: int | None, items: list[wire.Item] | None = None) -> None:
        """Hand to each line its part of the news, and a word to those who do not show the conversation."""
        if items is None:
            items = [item_of_text(entry, news.talk, self.familiar.face(entry.sender)) for entry in news.entries or ()]
        frames: dict[tuple[int, int], tuple[int, int, str] | None] = {}
        for line in list(talk.lines):
            joined = talk.seats.get(line.person_id)
            if joined is None and line in talk.fresh:
                # What we know may be older than their seat. They are asked for already.
                continue
            if joined is None:
                self.unsubscribe(line, talk.id)
                line.post(wire.Gone(c=talk.id))
            elif talk.id not in line.catching_up and not line.full:
                self._hand_over(line, talk.id, joined, news, asked, items, frames)
        if news.head > talk.told:
            self._say_head(talk, items)
            talk.told = news.head

    def _hand_over(
        self,
        line: Line,
        conversation_id: int,
        joined: int,
        news: News,
        asked: int | None,
        items: Sequence[wire.Item],
        frames: dict[tuple[int, int], tuple[int, int, str] | None],
    ) -> None:
        after = line.sent[conversation_id]
        cursor = max(after, joined)
        if cursor < news.start:
            if asked is None or after < asked:
                self.look(conversation_id)
            else:
                line.catching_up.add(conversation_id)
                self._errands.start(lambda: self._catch_up(line, conversation_id))
            return
        span = (after, joined)
        if span not in frames:
            mine = delivery.own_part(items, cursor, joined)
            text = wire.encode(wire.Messages(c=conversation_id, after=after, items=mine)) if mine else ""
            frames[span] = (mine[-1].seq, len(mine), text) if mine else None
        frame = frames[span]
        if frame is None:
            line.sent[conversation_id] = cursor
        else:
            line.hand_over(conversation_id, *frame)

    def _say_head(self, talk: Talk, items: Sequence[wire.Item]) -> None:
        absent = [
            (line, talk.seats[person])
            for person in talk.present(self.here.people)
            for line in self.here.people[person]
            if talk.id not in line.sent and not line.full
        ]
        said = delivery.head_of(items, talk.told) if absent else None
        if said is None:
            return
        seq, head = said
        frame = wire.encode(head)
        for line, joined in absent:
            if seq > joined:
                line.post_text(frame)

    async def _catch_up(self, line: Line, conversation_id: int) -> None:
        """Bring one line that is far behind nearer, page by page, without holding up the others."""
        try:
            while not line.closing and conversation_id in line.sent and not line.full:
                after = line.sent[conversation_id]
                items, more = await in_thread(delivery.page)(line.person_id, conversation_id, after)
                # Another `sync` may have moved the cursor while we read.
                if line.sent.get(conversation_id) != after:
                    continue
                if items:
                    event = wire.Messages(c=conversation_id, after=after, items=items, more=more)
                    line.hand_over(conversation_id, items[-1].seq, len(items), wire.encode(event))
                if not more:
                    break
        finally:
            line.catching_up.discard(conversation_id)
        self.look(conversation_id)

    # --- what comes from outside ---

    def _look_at_all(self) -> None:
        """Whatever was missed while nothing was heard."""
        for conversation_id in self.talks.shown():
            self.look(conversation_id)

    def _hear(self, hint: Hint) -> None:
        for conversation_id, head in hint.heads.items():
            if not head or head > self.talks.told(conversation_id):
                self.look(conversation_id)
        self.here.look_after(hint.person_id)
        for conversation_id, person_id in hint.writing:
            self._errands.start(functools.partial(self.presence.say_who_writes, conversation_id, person_id))

    # --- the sweep ---

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            await self._errands.quietly(self.sweep_once)
            # Beside it: a Redis that does not answer must not hold up the sweep.
            self._errands.once("presence", self.presence.look)

    async def sweep_once(self) -> None:
        """Look for oneself: who is behind, whose seats changed, whose session is over."""
        await self.here.check_rights()
        for line in self.here.lines:
            if line.given_up:
                line.hang_up(wire.CLOSE_SLOW)
        owed, self._owed = self._owed, set()
        for conversation_id in owed:
            self.look(conversation_id)
        shown = self.talks.shown()
        for start in range(0, len(shown), 1_000):
            part = shown[start : start + 1_000]
            heads = await wall_of_loop.heads(self._connection, part)
            for conversation_id in part:
                talk = self.talks.of(conversation_id)
                head, version = heads.get(conversation_id, (0, -2))
                if version != talk.version or any(line.behind(conversation_id, head) for line in talk.lines):
                    self.look(conversation_id)
        self.talks.trim()


def _senders(found: Iterable[News]) -> Iterable[int | None]:
    return (entry.sender for news in found for entry in news.entries or ())


_boards: WeakKeyDictionary[asyncio.AbstractEventLoop, Switchboard] = WeakKeyDictionary()


def switchboard() -> Switchboard:
    """The switchboard of the running event loop: one per process, and one per test."""
    loop = asyncio.get_running_loop()
    if loop not in _boards:
        _boards[loop] = Switchboard()
    return _boards[loop]


async def farewell() -> None:
    """Take leave of everybody on the lines of this process."""
    for board in list(_boards.values()):
        await board.farewell()
