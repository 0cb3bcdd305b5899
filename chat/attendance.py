"""Who is here: the open lines of a process by person, whether they may stay, and how everything stands for them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterable

from django.db import DatabaseError

from chat import delivery, wall_of_loop, wire
from chat.delivery import in_thread
from chat.errands import Errands
from chat.lines import Line
from chat.wall_of_loop import Standing
from toolkit.database.loop import LoopConnection

logger = logging.getLogger(__name__)

#: People that one question is about.
AT_ONCE = 100


class Attendance:
    """The lines.

    ``look`` is told of conversations in which somebody's seat may have changed, ``welcome`` of lines that let it be
    seen from now on that their person is here (``chat.presence``).
    """

    def __init__(self, connection: LoopConnection, errands: Errands, look: Callable[[int], None]) -> None:
        self.lines: set[Line] = set()
        self.people: dict[int, set[Line]] = {}
        self._connection, self._errands, self._look = connection, errands, look
        self.welcome: Callable[[Line], None] = lambda line: None
        #: Whose beat is wanted, on which lines; None: on all of theirs.
        self._beats: dict[int, set[Line] | None] = {}
        self._changed: set[int] = set()

    def add(self, line: Line) -> bool:
        """Take a line in; no when the person holds too many already."""
        mine = self.people.setdefault(line.person_id, set())
        if len(mine) >= wire.LINES:
            return False
        mine.add(line)
        self.lines.add(line)
        return True

    def remove(self, line: Line) -> bool:
        """Forget a line; no when it was never taken in."""
        if line not in self.lines:
            return False
        self.lines.discard(line)
        mine = self.people[line.person_id]
        mine.discard(line)
        if not mine:
            del self.people[line.person_id]
        return True

    def forget_wishes(self) -> None:
        """Nobody is here to whom anything could be said."""
        self._beats, self._changed = {}, set()

    # --- how everything stands ---

    def say_how_all_stands(self, line: Line) -> None:
        """A ``beat`` for one line."""
        lines = self._beats.setdefault(line.person_id, set())
        if lines is not None:
            lines.add(line)
        self._errands.once("beats", self._read_beats)

    def look_after(self, person_id: int) -> None:
        """Something of a person changed: say how everything stands to all of their lines, or end them."""
        if person_id in self.people:
            self._beats[person_id] = None
            self._changed.add(person_id)
            self._errands.once("rights", self._read_rights)
            self._errands.once("beats", self._read_beats)

    async def _read_beats(self) -> None:
        while self._beats:
            numbers = [number for number, _ in zip(list(self._beats), range(AT_ONCE), strict=False)]
            wanted = {number: self._beats.pop(number) for number in numbers}
            try:
                beats = await wall_of_loop.beats(self._connection, numbers)
            except DatabaseError:
                fault = wire.encode(wire.Fault(code="unavailable", reason=""))
                for lines in wanted.values():
                    for line in lines or ():
                        line.post_text(fault)
                raise
            for number, lines in wanted.items():
                mine = self.people.get(number, set())
                standing = beats.get(number)
                self._tell(standing, mine if lines is None else lines)
                if lines is None and standing is not None:
                    # Seats may have changed: who does not sit in a conversation any more is told so.
                    for line in mine:
                        for conversation_id in line.sent.keys() - standing.beat.heads.keys():
                            self._look(conversation_id)

    def _tell(self, standing: Standing | None, lines: Collection[Line]) -> None:
        frame = wire.encode(standing.beat) if standing else ""
        for line in list(lines):
            if standing is None:
                line.hang_up(wire.CLOSE_SIGNED_OUT)
                continue
            line.post_text(frame)
            begins = standing.presence and not line.shows_presence
            line.shows_typing, line.shows_presence = standing.typing, standing.presence
            if begins:
                self.welcome(line)

    # --- who may stay ---

    async def _read_rights(self) -> None:
        while self._changed:
            people, self._changed = self._changed, set()
            await self.check_rights([line for person in people for line in self.people.get(person, ())])

    async def check_rights(self, lines: Iterable[Line] | None = None) -> None:
        """End the lines whose session is over, or whose person is suspended; of these, or all."""
        lines = [line for line in (self.lines if lines is None else lines) if not line.closing]
        holders = {(line.person_id, line.session_key, line.auth_hash) for line in lines}
        if not holders:
            return
        started = time.monotonic()
        good = await in_thread(delivery.still_signed_in)(holders)
        for line in lines:
            if (line.person_id, line.session_key, line.auth_hash) not in good:
                line.hang_up(wire.CLOSE_SIGNED_OUT)
        if time.monotonic() - started > 1.0:
            logger.warning("Checking the sessions of %d lines took more than a second.", len(holders))
