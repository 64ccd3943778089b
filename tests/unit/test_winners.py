"""Who gains and who loses, and that weights are an opinion and move no outcome."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import LeverSetting, Scenario
from sim.calendar import month_index
from sim.ensemble import run_all
from sim.outcomes import ROW
from sim.winners import KINDS, STAKES, Kind, Standing, how_often, ranked, regrets, standings

BASE = Scenario("base", "Base", horizon=month_index("2024-06"))
BAN = dataclasses.replace(
    BASE, name="ban", levers={"us_foreign_model_ban": LeverSetting(0.9, start=6)}
)
SIZE: dict[str, Any] = {"replicates": 4, "streams": 200, "workers": 1}


@pytest.fixture(scope="module")
def told() -> list[Standing]:
    return standings(*run_all([BASE, BAN], **SIZE), month=17)


def test_every_stake_is_an_outcome_the_model_reports() -> None:
    assert all((stake.outcome, stake.group) in ROW for stake in STAKES)
    assert {stake.kind for stake in STAKES} == set(KINDS)


def test_a_lower_lag_is_better_and_a_lower_profit_is_worse() -> None:
    lower = np.array([-1.0, -2.0, 0.0, 3.0])
    assert how_often(lower, -1).better == 0.5
    assert how_often(lower, +1).better == 0.25
    assert how_often(lower, +1).worse == 0.5
    assert how_often(lower, +1).same == 0.25


def test_regret_is_what_the_best_of_them_would_have_been_better_by_in_each_future() -> None:
    values = np.array([[1.0, 5.0, 2.0], [3.0, 4.0, np.nan]])
    more, less = regrets(values, 1), regrets(values, -1)
    assert more[:, :2].tolist() == [[2.0, 0.0], [0.0, 1.0]]
    assert less[:, :2].tolist() == [[0.0, 1.0], [2.0, 0.0]]
    assert np.isnan(more[:, 2]).all()
    assert (more[:, :2].min(axis=0) == 0.0).all()


def test_futures_without_a_number_do_not_count() -> None:
    told = how_often(np.array([np.nan, 1.0, np.nan, -1.0, 1.0]), 1)
    assert (told.n, told.better) == (3, pytest.approx(2 / 3))
    assert how_often(np.array([np.nan]), 1).n == 0


def test_all_of_few_futures_is_not_certain_and_more_futures_are_surer() -> None:
    few, many = (how_often(np.ones(n), 1) for n in (4, 64))
    assert few.better == many.better == 1.0
    assert few.error > many.error > 0.0
    assert how_often(np.array([1.0, -1.0] * 32), 1).error == pytest.approx(0.5 / 66**0.5)


def test_a_scenario_against_itself_has_neither_winners_nor_losers() -> None:
    same = standings(*run_all([BASE, BASE], **SIZE), month=17)
    assert {each.better.better for each in same if each.better.n} == {0.0}
    assert {each.net for each in same if each.better.n} == {0.0}


@given(st.fixed_dictionaries({kind: st.floats(0, 5) for kind in KINDS}))
def test_weights_reorder_and_never_alter_an_outcome(
    told: list[Standing], weights: dict[Kind, float]
) -> None:
    before = {each.stake: (each.differences.tobytes(), each.better) for each in told}
    found = ranked(told, weights)
    assert {each.stake for each in found} == {stake for stake in before if weights[stake.kind] > 0}
    for each in found:
        assert (each.differences.tobytes(), each.better) == before[each.stake]
    scores = [weights[each.stake.kind] * (each.net if each.better.n else 0.0) for each in found]
    assert scores == sorted(scores, reverse=True)


def test_weights_do_reorder(told: list[Standing]) -> None:
    even = ranked(told, {})
    assert any(
        [each.stake for each in ranked(told, {kind: 5.0})] != [each.stake for each in even]
        for kind in KINDS
    )
