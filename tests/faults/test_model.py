"""Who checks the checker: each violation, made on purpose in a small past, is noticed, and as what it is."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.faults.model import KINDS, Log, Out, Past, Row, Seat, Written, check

#: Conversation 7 of persons 1 and 2, five messages; person 3 was never in it.
ROWS = [Row(7, seq, 1 + seq % 2, f"id{seq}", seq * 11) for seq in range(1, 6)]


def past() -> Past:
    """Nothing is wrong in it."""
    written = [Written(row.id, row.sender, 7, turn=row.seq, text=row.text, seqs=[row.seq]) for row in ROWS]
    logs = [
        Log(f"{person}.0", person, 7, True, [(row.seq, row.id, row.text, float(row.seq)) for row in ROWS], [])
        for person in (1, 2)
    ]
    return Past(written, list(ROWS), {7: 5}, [Seat(1, 7, 0), Seat(2, 7, 0)], [], logs)


def loses_a_row(story: Past) -> None:
    story.rows.pop()
    story.heads[7] = 4
    for log in story.logs:
        log.shown.pop()


def shows_somebody_not_the_last(story: Past) -> None:
    story.logs[0].shown.pop()


def shows_somebody_nothing(story: Past) -> None:
    story.logs[1].shown.clear()


def acknowledges_under_a_number_of_another(story: Past) -> None:
    story.written[0].seqs = [2]


def stores_twice(story: Past) -> None:
    story.rows.append(Row(7, 6, story.rows[0].sender, "id1", 11))
    story.heads[7] = 6
    for log in story.logs:
        log.shown.append((6, "id6", 11, 9.0))


def stores_in_two_conversations(story: Past) -> None:
    story.rows.append(Row(8, 1, story.rows[0].sender, "id1", 11))


def gives_a_number_twice(story: Past) -> None:
    story.rows.append(Row(7, 5, 1, "id6", 66))
    story.written.append(Written("id6", 1, 7, turn=6, text=66, seqs=[5]))


def acknowledges_under_two_numbers(story: Past) -> None:
    story.written[0].seqs = [1, 2]


def shows_twice(story: Past) -> None:
    story.logs[0].shown.insert(2, story.logs[0].shown[1])


def shows_backwards(story: Past) -> None:
    shown = story.logs[0].shown
    shown[1], shown[2] = shown[2], shown[1]


def stores_backwards(story: Past) -> None:
    story.written[0].turn, story.written[2].turn = 3, 1


def leaves_one_out(story: Past) -> None:
    del story.logs[0].shown[2]


def leaves_a_number_out(story: Past) -> None:
    del story.rows[2], story.written[2]
    for log in story.logs:
        del log.shown[2]


def says_a_head_that_is_not_there(story: Past) -> None:
    story.heads[7] = 6


def shows_a_stranger(story: Past) -> None:
    story.logs.append(Log("3.0", 3, 7, False, [], [(4, 4.0)]))


def shows_of_before(story: Past) -> None:
    story.seats[0] = Seat(1, 7, 2)


def shows_after_leaving(story: Past) -> None:
    story.seats[0] = Seat(1, 7, 0, inside=False)
    story.outs.append(Out(1, 7, above=3))


def shows_before_coming_back(story: Past) -> None:
    story.outs.append(Out(1, 7, above=3, again=4.5))


def stores_something_else(story: Past) -> None:
    story.rows[0] = Row(7, 1, story.rows[0].sender, "id1", 12)


def shows_something_else(story: Past) -> None:
    story.logs[0].shown[0] = (1, "id1", 12, 1.0)


def never_answers(story: Past) -> None:
    story.written[0].seqs = []


def refuses_for_nothing(story: Past) -> None:
    story.written[0] = Written("id9", 1, 7, turn=9, text=9, refused="denied")
    story.rows[0] = Row(7, 1, 2, "id1", 11, said=False)


def shows_what_is_not_there(story: Past) -> None:
    story.logs[0].shown.append((6, "id6", 66, 6.0))


def stores_what_nobody_wrote(story: Past) -> None:
    del story.written[3]


WRONG: list[tuple[Callable[[Past], None], str]] = [
    (loses_a_row, "lost"),
    (shows_somebody_not_the_last, "lost"),
    (shows_somebody_nothing, "lost"),
    (acknowledges_under_a_number_of_another, "lost"),
    (stores_twice, "doubled"),
    (stores_in_two_conversations, "doubled"),
    (gives_a_number_twice, "doubled"),
    (acknowledges_under_two_numbers, "doubled"),
    (shows_twice, "doubled"),
    (shows_backwards, "disordered"),
    (stores_backwards, "disordered"),
    (leaves_one_out, "holes"),
    (leaves_a_number_out, "holes"),
    (says_a_head_that_is_not_there, "holes"),
    (shows_a_stranger, "leaked"),
    (shows_of_before, "leaked"),
    (shows_after_leaving, "leaked"),
    (shows_before_coming_back, "leaked"),
    (stores_something_else, "changed"),
    (shows_something_else, "changed"),
    (never_answers, "unanswered"),
    (refuses_for_nothing, "refused"),
    (shows_what_is_not_there, "invented"),
    (stores_what_nobody_wrote, "invented"),
]


def test_a_past_without_fault_is_without_fault():
    assert check(past()).violations == {}


@pytest.mark.parametrize(("wrong", "kind"), WRONG, ids=[wrong.__name__ for wrong, _kind in WRONG])
def test_each_violation_is_noticed_as_what_it_is(wrong: Callable[[Past], None], kind: str):
    story = past()
    wrong(story)
    assert check(story).counts[kind] > 0


def test_every_kind_of_violation_is_tried():
    assert {kind for _wrong, kind in WRONG} == set(KINDS)


def test_who_left_lacks_nothing_by_lacking_what_came_later():
    story = past()
    story.seats[0] = Seat(1, 7, 0, inside=False)
    story.outs.append(Out(1, 7, above=3))
    del story.logs[0].shown[3:]
    assert check(story).violations == {}


def test_who_came_later_lacks_nothing_by_lacking_what_was_before():
    story = past()
    story.seats[0] = Seat(1, 7, 2)
    del story.logs[0].shown[:2]
    assert check(story).violations == {}


def test_of_what_was_sent_to_two_conversations_one_may_be_refused():
    story = past()
    story.written[0].twin = True
    story.written.append(Written("id1", story.written[0].person, 8, turn=9, text=11, twin=True, refused="conflict"))
    assert check(story).violations == {}


def test_who_was_taken_out_may_be_refused():
    story = past()
    story.outs.append(Out(1, 7, above=5))
    story.written.append(Written("id9", 1, 7, turn=9, text=9, refused="unknown"))
    assert check(story).violations == {}


@given(st.lists(st.integers(1, 5), max_size=8))
def test_whatever_is_shown_but_all_once_and_in_order_is_a_violation(numbers: list[int]):
    story = past()
    by_number = {seq: (seq, name, text, at) for seq, name, text, at in story.logs[0].shown}
    story.logs[0].shown = [by_number[number] for number in numbers]
    before = copy.deepcopy(story)
    assert bool(check(story).violations) == (numbers != [1, 2, 3, 4, 5])
    assert story == before
