"""The log keeps every decision with its chance, its draw and its terms, in the order made."""

from __future__ import annotations

import numpy as np

from sim.log import COLUMNS, ENTRY, NOTHING, NUMBERS, TERM_NAMES, Event, Log, write_row
from sim.openness import TERMS


def test_an_entry_is_kept_as_it_was_told() -> None:
    log = Log()
    terms = tuple(float(k) for k in range(len(TERM_NAMES)))
    log.add(7, Event.RELEASE, 3, product=5, value=1.0, chance=0.25, draw=0.125, terms=terms)
    (entry,) = log.entries()
    assert entry["month"] == 7
    assert Event(int(entry["event"])) is Event.RELEASE
    assert (entry["actor"], entry["product"]) == (3, 5)
    assert (entry["value"], entry["chance"], entry["draw"]) == (1.0, 0.25, 0.125)
    assert entry["terms"].tolist() == list(terms)


def test_what_is_not_told_is_nothing() -> None:
    log = Log()
    log.add(0, Event.GATE, 0)
    (entry,) = log.entries()
    assert (entry["product"], entry["value"], entry["chance"], entry["draw"]) == (-1, 0, 1, 0)
    assert entry["terms"].tolist() == list(NOTHING)


def test_entries_keep_their_order() -> None:
    log = Log()
    for month in (5, 3, 9):
        log.add(month, Event.EXIT, month)
    assert log.entries()["month"].tolist() == [5, 3, 9]


def test_an_empty_log_is_a_table_without_rows() -> None:
    entries = Log().entries()
    assert entries.shape == (0,)
    assert entries.dtype == ENTRY


def test_every_term_of_a_decision_has_a_name_and_events_have_numbers_of_their_own() -> None:
    assert TERM_NAMES[: len(TERMS)] == TERMS
    assert ENTRY["terms"].shape == (len(TERM_NAMES),)
    assert len(Event) == len(Event.__members__)
    assert max(Event) < np.iinfo(ENTRY["event"].base).max


def test_rows_of_decisions_stand_between_what_was_told_before_and_after() -> None:
    log, rows = Log(), np.zeros((2, COLUMNS))
    rows[:, 0], rows[:, 2] = 4, [8, 9]
    log.add(3, Event.EXIT, 7)
    log.add_rows(rows)
    log.add(5, Event.EXIT, 10)
    assert log.entries()["actor"].tolist() == [7, 8, 9, 10]
    assert log.entries()["actor"].tolist() == [7, 8, 9, 10]  # asking changes nothing


def test_a_row_holds_the_bytes_that_a_single_entry_holds() -> None:
    one, other = Log(), Log()
    terms = tuple(k / 3.0 for k in range(len(TERM_NAMES)))
    one.add(7, Event.RELEASE, 3, product=5, value=1.0, chance=0.1, draw=0.7, terms=terms)
    other.add_rows(np.array([[7, Event.RELEASE, 3, 5, 1.0, 0.1, 0.7, *terms]]))
    assert one.entries().tobytes() == other.entries().tobytes()


def test_a_row_written_among_others_holds_the_bytes_of_a_single_entry() -> None:
    one, other, rows = Log(), Log(), np.full((3, COLUMNS), np.nan)
    assert write_row(rows, 1, 7, Event.WEIGHTS, 3, 5, 150.0, 0.1, 0.7) == 2
    assert np.isnan(rows[[0, 2]]).all()
    one.add(7, Event.WEIGHTS, 3, product=5, value=150.0, chance=0.1, draw=0.7)
    other.add_rows(rows[1:2])
    assert one.entries().tobytes() == other.entries().tobytes()


def test_a_log_has_room_for_any_number_of_entries() -> None:
    log = Log()
    for month in range(3000):
        log.add(month, Event.EXIT, 1)
    log.add_rows(np.full((5000, COLUMNS), 9.0))
    assert log.entries()["month"].tolist() == [*range(3000), *[9] * 5000]


def test_the_numbers_of_a_row_are_those_of_an_entry() -> None:
    assert ENTRY.names == (*NUMBERS, "terms")
