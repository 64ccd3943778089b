"""What moved between an older run and today's is told outcome by outcome, furthest first."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from sim.kept import Numbers
from sim.moved import moves, moves_text, where
from sim.outcomes import SERIES

SHARE = SERIES.index(("open_share_tokens", "world"))
PRICE = SERIES.index(("price_paid_usd_per_mtok", "open"))


@pytest.fixture
def before() -> Numbers:
    futures = np.linspace(0.1, 0.3, 5)[:, None, None]
    values = np.broadcast_to(futures, (5, len(SERIES), 24)).copy()
    return Numbers(SERIES, values)


def changed(before: Numbers, row: int, months: slice, by: float) -> Numbers:
    values = before.values.copy()
    values[:, row, months] += by
    return Numbers(before.series, values)


def test_a_run_has_not_moved_from_itself(before: Numbers) -> None:
    told = moves(before, before)
    assert (told.moved, told.compared, told.gone, told.new) == ((), len(SERIES), (), ())
    assert moves_text(told) == []


def test_a_move_says_since_when_and_where_it_is_largest(before: Numbers) -> None:
    after = changed(before, SHARE, slice(6, None), 0.05)
    after = changed(after, SHARE, slice(18, 19), 0.05)
    (move,) = moves(before, after).moved
    assert (move.outcome, move.group) == ("open_share_tokens", "world")
    assert (move.first_month, move.month) == ("2023-07", "2024-07")
    assert (move.before, move.after) == pytest.approx((0.2, 0.3))
    assert move.share == pytest.approx(0.5)
    assert where(move) == "Open models, token share, World"
    line = moves_text(moves(before, after))[1]
    assert line.split()[-5:] == ["20.0", "%", "30.0", "%", "+10.0"] or "+10.0 pt" in line


def test_the_furthest_move_comes_first(before: Numbers) -> None:
    after = changed(changed(before, SHARE, slice(3, 4), 0.01), PRICE, slice(3, 4), 0.1)
    outcomes = [move.outcome for move in moves(before, after).moved]
    assert outcomes == ["price_paid_usd_per_mtok", "open_share_tokens"]


def test_a_single_bit_in_a_single_future_is_a_move(before: Numbers) -> None:
    values = before.values.copy()
    values[0, SHARE, 3] = np.nextafter(values[0, SHARE, 3], 1.0)
    (move,) = moves(before, Numbers(SERIES, values)).moved
    assert move.first_month == "2023-04"
    assert move.before == move.after


def test_a_value_that_came_to_exist_has_moved_by_the_whole_range(before: Numbers) -> None:
    values = before.values.copy()
    values[:, SHARE, :] = np.nan
    (move,) = moves(Numbers(SERIES, values), before).moved
    assert move.share == 1.0
    assert np.isnan(move.before)
    assert "none" in moves_text(moves(Numbers(SERIES, values), before))[1]


def test_outcomes_only_one_model_reports_are_named(before: Numbers) -> None:
    old = dataclasses.replace(before, series=(("gone", "world"), *SERIES[1:]))
    told = moves(old, before)
    assert (told.gone, told.new, told.compared) == (
        (("gone", "world"),),
        (SERIES[0],),
        len(SERIES) - 1,
    )
    assert moves_text(told) == ["no longer reported: gone", f"new: {SERIES[0][0]}"]


def test_runs_of_another_size_or_length_are_compared_by_their_medians(before: Numbers) -> None:
    shorter = Numbers(SERIES, before.values[1:4, :, :12])
    assert moves(before, shorter).moved == ()
    after = changed(shorter, SHARE, slice(None), 0.1)
    (move,) = moves(before, after).moved
    assert move.after - move.before == pytest.approx(0.1)


def test_a_long_list_is_cut_and_says_so(before: Numbers) -> None:
    after = Numbers(SERIES, before.values + 0.1)
    told = moves_text(moves(before, after))
    assert len(told) == 17
    assert told[-1] == f"and {len(SERIES) - 15} more; --json lists them all"
