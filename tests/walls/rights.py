"""What each person may do to each row in plain SQL: nothing of the first wall stands in between.

The world is that of the canaries. A row is named by the canary it carries, else by its place in the table. What is
found is compared with ``rights.json``, where people read it; ``KEEP_RIGHTS=1 pytest tests/walls/test_rights.py -k
written`` writes that file anew, and the difference is to be read line by line before it is kept.
"""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.utils import timezone

from chat.models import Block, ChatWish, EarlierText, KeepingRule, Message, MessageFile, MissedMail, MissedTold
from exchange.models import (
    Answer,
    Attendance,
    CalendarAddress,
    CalendarMail,
    CertificateBundle,
    DatePoll,
    DoorCode,
    FeedbackAnswer,
    FeedbackForm,
    FeedbackGiven,
    Helpful,
    OpenSpace,
    ProposalVote,
    Question,
    Registration,
    SeatHandover,
    SessionProposal,
    Workshop,
    WorkshopMove,
    WorkshopSeries,
)
from notices.models import NoticeWish, PushSubscription
from tenancy.models import Invitation
from tenancy.viewer import ANONYMOUS, Viewer, viewer_for
from tests.access.aviary import Aviary
from tests.access.canaries import build
from tests.access.crawl import CANARY, STAYING
from tests.database.base import arranging
from tests.database.undoing import undone
from tests.factories.dates import CouncilDayFactory, PollFactory, PollOptionFactory, PollVoteFactory
from tests.factories.moderation import DecisionFactory, ReportFactory
from tests.factories.tenancy import (
    ApplicationFactory,
    CouncilPaperFactory,
    DivisionFactory,
    FundingFactory,
    MembershipFactory,
    ModeratorFactory,
    NetworkFactory,
    OfficeFactory,
    PartnershipFactory,
)
from tests.factories.workshops import (
    EditionFactory,
    FormatFactory,
    MinutesFactory,
    QuotaFactory,
    RegistrationFactory,
    SectionFactory,
    WorkshopFactory,
)
from toolkit.acting import acting_as
from toolkit.audit import record

KEPT = Path(__file__).with_name("rights.json")
#: Columns that say whose a row is or in what state: a change of one of these may move it past its rule.
OWNING = ("state", "hidden_at", "withdrawn_at", "accepted_at", "ended_at", "left_seq", "role", "title")
#: The state a foreign key can be changed to, at most, of those that other rows of the table have.
VALUES = 3
BLIND = 8
#: What counts as done where a constraint, no policy, stopped it. Itself, since 1 may be the number of a row.
LET_THROUGH: list[Any] = [1]
Rights = dict[str, dict[str, list[str]]]


def _talk(birds: Aviary, cast: SimpleNamespace) -> None:
    """What goes with what was said: earlier words, files, and what people wish."""
    said = Message.objects.filter(sender__isnull=False).earliest("pk")
    for seq, word in ((said.seq, "sentfile"), (None, "draftfile")):
        MessageFile.objects.create(
            conversation=said.conversation,
            seq=seq,
            uploader=said.sender or cast.pilot,
            name=birds.word(word),
            media_type="x",
            size=1,
        )
    EarlierText.objects.create(
        conversation=said.conversation, seq=said.seq, body=birds.word("earliertext"), until=timezone.now()
    )
    for person in (cast.pilot, cast.neighbour):
        ChatWish.objects.create(person=person)
        MissedMail.objects.create(person=person)
        MissedTold.objects.create(person=person, conversation=said.conversation, seq=1)
        PushSubscription.objects.create(person=person, endpoint=f"https://push.example/{person.pk}", device="Laptop")
    Block.objects.create(person=cast.neighbour, blocked=cast.outsider)
    for network in (cast.konstanz, cast.heilbronn):
        KeepingRule.objects.create(network=network, days=30)


def _dates(birds: Aviary, cast: SimpleNamespace) -> None:
    """Polls of Konstanz: a draft, one that all of Heilbronn reads, one whose names stay with Konstanz, another's."""
    both = {"owners": [cast.konstanz], "created_by": cast.coordinator}
    PollFactory(title=birds.word("draftpoll"), state="draft", everyone=[cast.heilbronn], **both)
    PollFactory(title=birds.word("begunpoll"), state="draft", created_by=cast.coordinator)
    wide = PollFactory(title=birds.word("widepoll"), everyone=[cast.heilbronn], people=[cast.outsider], **both)
    still = PollFactory(title=birds.word("stillpoll"), people=[cast.pilot, cast.neighbour], names_shown=False, **both)
    other = PollFactory(title=birds.word("hnpoll"), owners=[cast.heilbronn], people=[cast.outsider])
    over = PollFactory(title=birds.word("overpoll"), everyone=[cast.konstanz], **both)
    said: list[tuple[Any, str, dict[str, Any]]] = [
        (wide, "wide", {"gi": cast.outsider, "hn": cast.neighbour}),
        (other, "hn", {}),
        (still, "still", {"kn": cast.pilot, "hn": cast.neighbour}),
    ]
    for poll, word, people in said:
        option = PollOptionFactory(poll=poll)
        PollOptionFactory(poll=poll)
        for city, person in people.items():
            PollVoteFactory(option=option, person=person, remark=birds.word(f"{word}vote{city}"))
    PollOptionFactory(poll=over)
    DatePoll.objects.filter(pk=over.pk).update(state="closed")
    for network, word in ((cast.konstanz, "kncouncil"), (cast.heilbronn, "hncouncil")):
        CouncilDayFactory(network=network, text=birds.word(word))


def _proposals(birds: Aviary, cast: SimpleNamespace, workshop: Workshop) -> None:
    """Open space in a workshop, and a series that it begins."""
    OpenSpace.objects.create(workshop=workshop, until=workshop.starts_at)
    by_pilot = SessionProposal.objects.create(
        workshop=workshop, proposer=cast.pilot, title=birds.word("proposalbypilot")
    )
    SessionProposal.objects.create(workshop=workshop, proposer=cast.outsider, title=birds.word("proposalbyoutsider"))
    for person in (cast.pilot, cast.outsider):
        ProposalVote.objects.create(workshop=workshop, proposal=by_pilot, person=person, slot=0)
    own = next(w for w in birds.of("Workshop") if "xqknownworkshoptitlexq" in w.title)
    own.series = WorkshopSeries.objects.create(
        title=birds.word("serieskn"), rule="FREQ=WEEKLY;COUNT=2", first_day="2027-01-05", created_by=cast.coordinator
    )
    own.save()
    WorkshopSeries.objects.create(
        title=birds.word("seriesbegun"), rule="FREQ=WEEKLY;COUNT=2", first_day="2027-01-05",
        created_by=cast.neighbour_coordinator,
    )  # fmt: skip


def world(cast: SimpleNamespace) -> Aviary:
    """The canaries, and a row of each kind that they leave out."""
    birds = build(cast)
    land = next(e for e in birds.of("Experience") if "xqhnlandtitlexq" in e.title)
    Helpful.objects.create(experience=land, person=cast.pilot)
    for person in (cast.pilot, cast.neighbour):
        NoticeWish.objects.create(person=person)
    CalendarAddress.objects.create(person=cast.neighbour)
    ReportFactory(author=cast.moderator, text=birds.word("onownwords"))
    _talk(birds, cast)
    Invitation.objects.filter(network=cast.konstanz).update(invited_by=cast.coordinator)
    for network, word in ((cast.konstanz, "kn"), (cast.heilbronn, "hn")):
        FundingFactory(network=network, note=birds.word(f"{word}funding"))
        CouncilPaperFactory(network=network, kind=birds.word(f"{word}paper"))
        division = DivisionFactory(network=network, name=birds.word(f"{word}division"))
        OfficeFactory(network=network, division=division, name=birds.word(f"{word}office"))
        network.starts.create(value=birds.word(f"{word}start"), source="Quelle")
    birds.of("Network")[-1].starts.create(value=birds.word("freshstart"), source="Quelle")
    begun = {"created_by": cast.coordinator}
    FormatFactory(hashtag="xqbegunformatxq", founded_at=None, **begun)
    asked = FormatFactory(
        hashtag="xqaskingformatxq", cities=[cast.konstanz], invited=[cast.heilbronn], rung="network", **begun
    )
    asked.cities.update(invited_by=cast.coordinator)
    EditionFactory(format=asked, motto=birds.word("askingedition"))
    WorkshopFactory(title=birds.word("begunworkshop"), state="draft", **begun)
    WorkshopFactory(
        title=birds.word("askingworkshop"), state="draft", hosts=[cast.konstanz], asked=[cast.heilbronn], **begun
    )
    WorkshopFactory(title=birds.word("calledoffdraft"), state="draft", hosts=[cast.konstanz], format=asked, **begun)
    draft = {"municipality": birds.of("Network")[-1].municipality, "note": birds.word("founding")}
    ApplicationFactory(state="open", **draft)
    decided = {"note": birds.word("decidedapplication"), "decided_by": cast.moderator, "decided_at": timezone.now()}
    ApplicationFactory(state="declined", reason="Nicht zuständig.", **decided)
    ApplicationFactory(note=birds.word("unconfirmed"))
    DecisionFactory(decided_by=cast.moderator, reason=birds.word("bymoderator"))
    ReportFactory(reporter=cast.pilot, text=birds.word("bypilot"))
    seats = next(w for w in birds.of("Workshop") if "xqworkshoptitlexq" in w.title)
    for there in (seats, next(w for w in birds.of("Workshop") if "xqknownworkshoptitlexq" in w.title)):
        QuotaFactory(workshop=there, network=cast.konstanz)
    SeatHandover.objects.create(workshop=seats, giver=cast.pilot, taker=cast.office_head)
    RegistrationFactory(workshop=seats, person=cast.outsider, network=cast.giessen, needs=birds.word("shownseat"))
    for place in (seats.registrations.filter(state="seat").earliest("pk"), seats.registrations.latest("pk")):
        Attendance.objects.create(
            workshop=seats, registration=place, person=place.person, day=timezone.localdate(),
            by="code", marked_by=place.person,
        )  # fmt: skip
    for person in (cast.coordinator, cast.neighbour_coordinator):
        CertificateBundle.objects.create(workshop=seats, asked_by=person)
    FeedbackForm.objects.create(workshop=seats)
    FeedbackAnswer.objects.create(workshop=seats, helpful=3, recommend="yes", good=birds.word("feedback"))
    for person in (cast.pilot, cast.outsider):
        FeedbackGiven.objects.create(workshop=seats, person=person, day=timezone.localdate())
    DoorCode.objects.create(workshop=seats, generation=1)
    gone = {"state": "withdrawn", "needs": birds.word("withdrawnseat")}
    RegistrationFactory(workshop=seats, person=cast.pilot, network=cast.konstanz, **gone)
    RegistrationFactory(person=cast.pilot, network=cast.konstanz, needs=birds.word("seatelsewhere"))
    _proposals(birds, cast, seats)
    wide = next(f for f in birds.of("ExchangeFormat") if f.hashtag == "Gefragt")
    for person in (cast.pilot, cast.neighbour):
        CalendarMail.objects.create(workshop=seats, person=person)
    for shown in ("hosts", "seated"):
        question = Question.objects.create(workshop=seats, text=birds.word(f"asked{shown}"), shown=shown, position=1)
        for who in ("pilot", "outsider"):
            place = Registration.objects.get(workshop=seats, person=getattr(cast, who), state="seat")
            Answer.objects.create(question=question, registration=place, value=birds.word(f"{shown}by{who}"))
    WorkshopMove.objects.create(workshop=seats, sequence=1, reason=birds.word("movedbecause"))
    narrow = next(w for w in birds.of("Workshop") if "xqknownworkshoptitlexq" in w.title)
    EditionFactory(format=wide, workshop=narrow, motto=birds.word("narrowedition"))
    _dates(birds, cast)
    past = {"ended_on": timezone.localdate()}
    MembershipFactory(network=cast.konstanz, person=cast.neighbour, **past)
    MembershipFactory(network=cast.konstanz, person__about=birds.word("wasinkonstanz"), **past)
    ModeratorFactory(person__about=birds.word("moderatedonce"), **past)
    record("moderation.hide", person_id=cast.moderator.pk, subject="experience", subject_id=1,
           network_id=cast.konstanz.pk, reason=birds.word("moderationrecord"))  # fmt: skip
    begun_minutes = MinutesFactory(workshop=seats)
    SectionFactory(minutes=begun_minutes, title=birds.word("section"), written_by=cast.pilot)
    released = MinutesFactory(workshop=narrow, released_at=timezone.now(), seats_write=True)
    SectionFactory(minutes=released, title=birds.word("releasedsection"), written_by=cast.coordinator)
    quiet = NetworkFactory(slug="xqquietxq")
    PartnershipFactory(asking=cast.konstanz, asked=quiet)
    PartnershipFactory(asking=quiet, asked=cast.heilbronn, ended_at=timezone.now())
    return birds


def viewers(cast: SimpleNamespace) -> dict[str, Viewer]:
    """Everybody who tries."""
    return {who: ANONYMOUS if who == "anonymous" else viewer_for(getattr(cast, who)) for who in STAYING}


def _outcome(viewer: Viewer, statement: str, *parameters: Any) -> list[Any] | None:
    """The rows that a statement gives or touches; None where it is refused; what a constraint stops was let through.

    That a column may not be empty is asked before the policies are.
    """
    try:
        with undone(), acting_as(viewer), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return [row[0] for row in cursor.fetchall()] if cursor.description else [cursor.rowcount]
    except ProgrammingError as error:
        if getattr(error.__cause__, "sqlstate", "") == "42501":
            return None
        raise
    except DatabaseError as error:
        return None if getattr(error.__cause__, "sqlstate", "") == "23502" else LET_THROUGH


def _in_order(value: Any) -> tuple[str, Any]:
    return type(value).__name__, value


class Table:
    """A table as the owner sees it: its rows, their names, and what somebody may do to them."""

    def __init__(self, name: str) -> None:
        self.name = name
        with arranging(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid "
                "AND a.attnum = i.indkey[0] WHERE i.indrelid = %s::regclass AND i.indisprimary",
                [name],
            )
            self.key: str = cursor.fetchone()[0]
            cursor.execute(
                "SELECT array_agg(attname::text ORDER BY attnum) FROM pg_attribute "
                "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
                [name],
            )
            self.given: list[str] = cursor.fetchone()[0]
            cursor.execute(f'SELECT "{self.key}", to_jsonb(t) FROM "{name}" t ORDER BY 1')
            self.rows: dict[Any, dict[str, Any]] = {
                key: row if isinstance(row, dict) else json.loads(row) for key, row in cursor.fetchall()
            }
        self.label: dict[Any, str] = {}
        for place, (key, row) in enumerate(self.rows.items(), start=1):
            found = CANARY.search(json.dumps(row))
            self.label[key] = f"{place}" + (f" {found.group()[2:-2]}" if found else "")

    def names(self, keys: list[Any] | None) -> list[str]:
        return [self.label[key] for key in sorted(keys or []) if key in self.label]

    def seen(self, viewer: Viewer) -> list[Any]:
        return _outcome(viewer, f'SELECT "{self.key}" FROM "{self.name}"') or []

    def _each(self, viewer: Viewer, statement: str) -> list[Any]:
        """The rows that one statement for all touches; asked one by one where one of them is refused."""
        every = _outcome(viewer, f'{statement} RETURNING "{self.key}"')
        if every is not None and every is not LET_THROUGH and set(every) <= set(self.rows):
            return every
        return [
            key
            for key in self.rows
            if (_outcome(viewer, f'{statement} WHERE "{self.key}" = %s', key) or [0])[0]
        ]  # fmt: skip

    def locked(self, viewer: Viewer) -> list[Any]:
        """The rows that somebody may hold until a change is done: those that the policy of changes begins from."""
        return _outcome(viewer, f'SELECT "{self.key}" FROM "{self.name}" FOR UPDATE') or []

    def changed(self, viewer: Viewer) -> list[Any]:
        return self._each(viewer, f'UPDATE "{self.name}" SET "{self.key}" = "{self.key}"')

    def removed(self, viewer: Viewer) -> list[Any]:
        return self._each(viewer, f'DELETE FROM "{self.name}"')

    def added(self, viewer: Viewer) -> list[Any]:
        """The rows of which somebody may add another like them."""
        given = ", ".join(f'"{column}"' for column in self.given)
        row_of_it = f'jsonb_populate_record(NULL::"{self.name}", %s::jsonb)'
        statement = f'INSERT INTO "{self.name}" ({given}) SELECT {given} FROM {row_of_it}'
        fits: list[Any] = []
        for key, row in self.rows.items():
            copy = json.dumps(row | {self.key: 2_000_000_000 if isinstance(key, int) else str(key)})
            if _outcome(viewer, statement, copy) is not None:
                fits.append(key)
        return fits

    def _owning(self) -> list[str]:
        return [c for c in next(iter(self.rows.values()), {}) if c.endswith("_id") or c in OWNING]

    def _values(self, column: str) -> list[Any]:
        return sorted({row[column] for row in self.rows.values() if row[column] is not None}, key=_in_order)

    def blindly(self, viewer: Viewer) -> list[str]:
        """How many rows somebody changes or removes without looking at any: there no policy of sight is asked."""
        done: list[str] = []
        for column in self._owning():
            for place, value in enumerate(self._values(column)[:BLIND], start=1):
                changed = _outcome(viewer, f'UPDATE "{self.name}" SET "{column}" = %s', value)
                if changed != [0]:
                    done.append(f"{column} {place}: {'refused' if changed is None else changed[0]}")
        removed = _outcome(viewer, f'DELETE FROM "{self.name}"')
        return [*done, f"removed: {removed[0]}"] if removed and removed != [0] else done

    def moved(self, viewer: Viewer) -> list[str]:
        """What somebody may make of a row: a column and which of its values, where that is not what it was."""
        done: list[str] = []
        columns = self._owning()
        for key in sorted(self.locked(viewer)):
            for column in columns:
                values = self._values(column)
                others = [v for v in values if v != self.rows[key][column]][:VALUES]
                named = [*((str(place), value) for place, value in enumerate(others, start=1)), ("nothing", None)]
                for word, value in named:
                    if value == self.rows[key][column]:
                        continue
                    statement = f'UPDATE "{self.name}" SET "{column}" = %s WHERE "{self.key}" = %s'
                    if _outcome(viewer, statement, value, key) not in (None, [0]):
                        done.append(f"{self.label[key]}: {column} {word}")
        return done


def rights(name: str, cast: SimpleNamespace) -> Rights:
    """Command → who → the rows, of one table; who may nothing is left out."""
    table = Table(name)
    found: Rights = {command: {} for command in ("select", "insert", "lock", "update", "delete", "moves", "blindly")}
    for who, viewer in viewers(cast).items():
        found["select"][who] = table.names(table.seen(viewer))
        found["insert"][who] = table.names(table.added(viewer))
        found["lock"][who] = table.names(table.locked(viewer))
        found["update"][who] = table.names(table.changed(viewer))
        found["delete"][who] = table.names(table.removed(viewer))
        found["moves"][who] = table.moved(viewer)
        found["blindly"][who] = table.blindly(viewer)
    return {command: {who: rows for who, rows in by.items() if rows} for command, by in found.items()}


def kept() -> dict[str, Rights]:
    """What was read and kept."""
    return json.loads(KEPT.read_text()) if KEPT.exists() else {}
