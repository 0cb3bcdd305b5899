"""What must hold: pure bookkeeping over what was written, what the database holds, and what was shown to whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from msgspec import Struct, field

#: Every way in which a word can be lost or strayed.
KINDS = ("lost", "doubled", "disordered", "holes", "leaked", "changed", "unanswered", "refused", "invented")
EXAMPLES = 5


class Written(Struct):
    """A message somebody wrote. ``turn`` counts what a person wrote in a conversation; ``twin``: sent to two at once.

    ``seqs`` are the different numbers it was acknowledged under; ``refused`` is the code of a final refusal.
    """

    id: str
    person: int
    c: int
    turn: int
    text: int
    twin: bool = False
    seqs: list[int] = field(default_factory=list)
    refused: str = ""

    @property
    def answered(self) -> bool:
        return bool(self.seqs or self.refused)


class Log(Struct):
    """What one device showed of a conversation, in this order: number, client id, hash of the text, moment.

    ``passed`` came in and was not shown, because the device did not follow the conversation (any more). ``whole``
    says that it was meant to have everything in the end.
    """

    device: str
    person: int
    c: int
    whole: bool
    shown: list[tuple[int, str, int, float]]
    passed: list[tuple[int, float]]


class Row(Struct, frozen=True):
    """An entry in the database. ``text`` is the hash of what it says; only ``said`` ones were written by people."""

    c: int
    seq: int
    sender: int
    id: str
    text: int
    said: bool = True


class Seat(Struct, frozen=True):
    """Somebody in a conversation as the database has it in the end: theirs is what is above ``above``."""

    person: int
    c: int
    above: int
    inside: bool = True


class Out(Struct):
    """Somebody was taken out at number ``above``, and let in again from the moment ``again`` on, or never."""

    person: int
    c: int
    above: int
    again: float | None = None


class Past(Struct):
    """All that happened."""

    written: list[Written]
    rows: list[Row]
    heads: dict[int, int]
    seats: list[Seat]
    outs: list[Out]
    logs: list[Log]


class Verdict:
    """How often each kind of violation was found, and the first few of each."""

    def __init__(self) -> None:
        self.counts = dict.fromkeys(KINDS, 0)
        self.examples: dict[str, list[str]] = defaultdict(list)

    def found(self, kind: str, example: str, count: int = 1) -> None:
        if count:
            self.counts[kind] += count
            if len(self.examples[kind]) < EXAMPLES:
                self.examples[kind].append(example)

    @property
    def violations(self) -> dict[str, int]:
        """Those kinds that were found at all; empty is what is promised."""
        return {kind: count for kind, count in self.counts.items() if count}

    def __str__(self) -> str:
        lines = [f"{kind}: {count}" for kind, count in self.violations.items()]
        lines += [f"  {kind}: {example}" for kind, examples in self.examples.items() for example in examples]
        return "\n".join(lines) or "nothing lost, doubled, out of order, missing or shown to others"


def check(past: Past) -> Verdict:
    """Everything in ``past`` that must not be."""
    verdict = Verdict()
    rows = _rows(past, verdict)
    _written(past, rows, verdict)
    seats = {(seat.person, seat.c): seat for seat in past.seats}
    outs = defaultdict(list)
    for out in past.outs:
        outs[out.person, out.c].append(out)
    for log in past.logs:
        _shown(log, rows.get(log.c, {}), verdict)
        _allowed(log, seats.get((log.person, log.c)), outs[log.person, log.c], verdict)
        _complete(log, rows.get(log.c, {}), seats.get((log.person, log.c)), verdict)
    return verdict


def _rows(past: Past, verdict: Verdict) -> dict[int, dict[int, Row]]:
    """The logs of the database by conversation and number: each number once, each client id once, none left out."""
    rows: dict[int, dict[int, Row]] = defaultdict(dict)
    ids: dict[tuple[int, str], Row] = {}
    written = {(entry.person, entry.id) for entry in past.written}
    for row in past.rows:
        if row.seq in rows[row.c]:
            verdict.found("doubled", f"two entries have number {row.seq} of conversation {row.c}")
        rows[row.c][row.seq] = row
        if not row.said:
            continue
        if (other := ids.get((row.sender, row.id))) is not None:
            verdict.found("doubled", f"{row.id} is {other.c}/{other.seq} and {row.c}/{row.seq}")
        ids[row.sender, row.id] = row
        if (row.sender, row.id) not in written:
            verdict.found("invented", f"nobody wrote {row.c}/{row.seq}")
    for c in {*rows, *past.heads}:
        numbers = rows[c].keys()
        last = past.heads.get(c, max(numbers, default=0))
        missing = sorted(set(range(1, last + 1)) - numbers)
        verdict.found("holes", f"conversation {c} has no entry {missing[:3]} of {last}", len(missing))
        beyond = [number for number in numbers if number > last]
        verdict.found("holes", f"conversation {c} says {last}, and has {beyond[:3]}", len(beyond))
    return rows


def _written(past: Past, rows: Mapping[int, Mapping[int, Row]], verdict: Verdict) -> None:
    """Each acknowledged message has its row; each was answered; what somebody wrote first comes first."""
    out = {(out.person, out.c) for out in past.outs}
    stored = {(row.sender, row.id) for row in past.rows}
    turns: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for entry in past.written:
        name = f"{entry.id} of {entry.person} in {entry.c}"
        if not entry.answered:
            verdict.found("unanswered", name)
        if len(entry.seqs) > 1:
            verdict.found("doubled", f"{name} was acknowledged as {entry.seqs}")
        for seq in entry.seqs:
            row = rows.get(entry.c, {}).get(seq)
            if row is None or (row.id, row.sender) != (entry.id, entry.person):
                verdict.found("lost", f"{name} was acknowledged as {seq} and is not there")
            elif row.text != entry.text:
                verdict.found("changed", f"{name} says something else in the database")
            else:
                turns[entry.person, entry.c].append((seq, entry.turn))
        if entry.refused and not entry.seqs:
            expected = (entry.person, entry.c) in out if entry.refused in {"unknown", "denied"} else entry.twin
            if entry.refused == "conflict" and (entry.person, entry.id) not in stored:
                expected = False
            if not expected:
                verdict.found("refused", f"{name}: {entry.refused}")
    for (person, c), order in turns.items():
        inverted = _inversions(turn for _seq, turn in sorted(order))
        verdict.found("disordered", f"{person} wrote in another order in {c}", inverted)


def _inversions(numbers: Iterable[int]) -> int:
    """How many are smaller than one before them."""
    highest, count = 0, 0
    for number in numbers:
        count += number < highest
        highest = max(highest, number)
    return count


def _shown(log: Log, rows: Mapping[int, Row], verdict: Verdict) -> None:
    """Each number once, in order, and what is shown under it is what the database has there."""
    name = f"{log.device} in {log.c}"
    numbers: set[int] = set()
    ids: set[str] = set()
    for seq, client_id, text, _at in log.shown:
        if seq in numbers or client_id in ids:
            verdict.found("doubled", f"{name} saw {seq} twice")
        numbers.add(seq)
        ids.add(client_id)
        row = rows.get(seq)
        if row is None:
            verdict.found("invented", f"{name} saw {seq}, which is not there")
        elif row.id != client_id or (row.said and row.text != text):
            verdict.found("changed", f"{name} saw something else as {seq}")
    order = _inversions(seq for seq, *_rest in log.shown)
    verdict.found("disordered", f"{name} saw them in another order", order)


def _allowed(log: Log, seat: Seat | None, outs: Iterable[Out], verdict: Verdict) -> None:
    """Nothing came in of what is not theirs: of others' conversations, of before joining, of after leaving."""
    name = f"{log.device} in {log.c}"
    came = [(seq, at) for seq, _id, _text, at in log.shown] + log.passed
    if seat is None:
        verdict.found("leaked", f"{name} never was in it and got {len(came)}", len(came))
        return
    early = [seq for seq, _at in came if seq <= seat.above]
    verdict.found("leaked", f"{name} got {early[:3]} of before joining at {seat.above}", len(early))
    for out in outs:
        late = [seq for seq, at in came if seq > out.above and (out.again is None or at < out.again)]
        verdict.found("leaked", f"{name} left at {out.above} and got {late[:3]}", len(late))


def _complete(log: Log, rows: Mapping[int, Row], seat: Seat | None, verdict: Verdict) -> None:
    """No hole in what was shown; and whoever is in it has all of it in the end."""
    if seat is None:
        return
    shown = {seq for seq, *_rest in log.shown}
    last = max(shown, default=0)
    missing = sorted(seq for seq in rows if seq > seat.above and seq not in shown)
    holes = [seq for seq in missing if seq < last]
    verdict.found("holes", f"{log.device} in {log.c} lacks {holes[:3]} below {last}", len(holes))
    if log.whole and seat.inside:
        tail = [seq for seq in missing if seq > last]
        verdict.found("lost", f"{log.device} in {log.c} never got {tail[:3]} after {last}", len(tail))
