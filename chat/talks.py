"""What the switchboard remembers of conversations: who is in them, as of which version, and how far all were told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from chat.lines import Line
from chat.wall_of_loop import News

#: So many seats are remembered of conversations that nobody here shows.
SEATS = 200_000


@dataclass(eq=False, slots=True)
class Talk:
    """A conversation. ``seats`` gives for each person in it the number above which the log is theirs."""

    id: int
    version: int = -1
    seats: dict[int, int] = field(default_factory=dict)
    #: The last number that those who do not show it were told of; -1: nothing yet.
    told: int = -1
    lines: set[Line] = field(default_factory=set)
    #: Those of the lines whose wish to see it came after all that was answered so far: they may have just been let in.
    fresh: set[Line] = field(default_factory=set)
    #: Something of it is being read in a thread; and was asked for again meanwhile.
    busy: bool = False
    again: bool = False

    def learn(self, news: News) -> bool:
        """Whether the seats are at least as new as the news, which may bring them."""
        if news.seats is not None and news.version >= self.version:
            self.version, self.seats = news.version, news.seats
        return self.version >= news.version

    def forget(self) -> None:
        """Ask for the seats anew."""
        self.version, self.seats = -1, {}

    def present(self, people: Mapping[int, object]) -> set[int]:
        """Who of the people is in it."""
        return self.seats.keys() & people.keys()


class Talks:
    """The conversations that somebody here shows, or is in and something was lately said in."""

    def __init__(self) -> None:
        self._talks: dict[int, Talk] = {}

    def of(self, conversation_id: int) -> Talk:
        """What is remembered of a conversation; nothing at first."""
        talk = self._talks.get(conversation_id)
        if talk is None:
            talk = self._talks[conversation_id] = Talk(conversation_id)
        return talk

    def told(self, conversation_id: int) -> int:
        """The last number that everybody here was told of; -1: nothing yet."""
        talk = self._talks.get(conversation_id)
        return talk.told if talk else -1

    def shown(self) -> list[int]:
        """The conversations that somebody here shows."""
        return [talk.id for talk in self._talks.values() if talk.lines]

    def trim(self) -> None:
        """Forget seats when they become too many."""
        idle = [talk for talk in self._talks.values() if not talk.lines and not talk.busy]
        if len(idle) + sum(len(talk.seats) for talk in idle) > SEATS:
            for talk in idle:
                del self._talks[talk.id]

    def clear(self) -> None:
        self._talks.clear()
