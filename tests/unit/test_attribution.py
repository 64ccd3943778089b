"""Which lever did how much: on real futures, small ones."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from sim import InputError, LeverSetting, Result, Scenario, run
from sim.attribution import (
    Attribution,
    attribute,
    iter_attribution,
    plan_for,
    usual_futures,
    usual_orders,
)
from sim.calendar import month_index
from sim.coalitions import WORLD, between, members, players_of, sampled_orders
from sim.compare import paired_difference
from sim.ensemble import run_all
from sim.run_cache import RunCache

SIZE: dict[str, Any] = {"replicates": 3, "streams": 200, "workers": 1}
BASE = Scenario("base", "Base", horizon=month_index("2024-06"))
PACKAGE = dataclasses.replace(
    BASE,
    name="package",
    levers={
        "us_foreign_model_ban": LeverSetting(0.9, start=6),
        "closed_price_levy": LeverSetting(0.3, start=6),
        "cn_weight_export_limits": LeverSetting(1.0, start=6),  # supply is on record until 2026
    },
)
SHARE = "cn_open_share_tokens", "world"


@pytest.fixture(scope="module")
def ends() -> tuple[Result, ...]:
    return run_all([BASE, PACKAGE], **SIZE)


@pytest.fixture(scope="module")
def told(ends: tuple[Result, ...]) -> Attribution:
    return attribute(*ends, plan_for(*ends), workers=1)


def test_shares_add_up_to_the_paired_difference_of_every_future(
    told: Attribution, ends: tuple[Result, ...]
) -> None:
    paired = paired_difference(ends[1].values, ends[0].values)
    assert np.nanmax(np.abs(paired)) > 0.01
    np.testing.assert_allclose(told.shares.sum(axis=0), paired, atol=1e-9, rtol=0)
    np.testing.assert_array_equal(told.effect, paired)


def test_a_single_lever_gets_the_whole_effect(ends: tuple[Result, ...]) -> None:
    alone = run(between(BASE, PACKAGE, ["us_foreign_model_ban"]), **SIZE)
    told = attribute(ends[0], alone, plan_for(ends[0], alone), workers=1)
    assert told.plan.runs == 0
    np.testing.assert_array_equal(told.shares[0], paired_difference(alone.values, ends[0].values))
    assert told.pairs == []


def test_nothing_is_shared_out_before_the_levers_move(told: Attribution) -> None:
    assert not told.shares[:, :, :, :6].any()
    assert told.of(*SHARE)[:, :, 17].any()


def test_a_lever_whose_runs_equal_those_without_it_gets_exactly_nought(
    told: Attribution, ends: tuple[Result, ...]
) -> None:
    at = told.plan.players.index("cn_weight_export_limits")
    with_it = run(between(BASE, PACKAGE, ["cn_weight_export_limits"]), **SIZE)
    np.testing.assert_array_equal(with_it.values, run(BASE, **SIZE).values)
    assert not told.shares[at].any()
    sampled = attribute(*ends, plan_for(*ends, orders=2), workers=1)
    assert not sampled.shares[at].any()


def test_sampled_shares_add_up_and_are_near_the_exact_ones(
    told: Attribution, ends: tuple[Result, ...]
) -> None:
    one = attribute(*ends, plan_for(*ends, orders=1), workers=1)
    assert one.plan.runs == 3 * 2
    np.testing.assert_allclose(one.shares.sum(axis=0), told.effect, atol=1e-9, rtol=0)
    sampled = attribute(*ends, plan_for(*ends, orders=6), workers=1)
    np.testing.assert_allclose(sampled.shares.sum(axis=0), told.effect, atol=1e-9, rtol=0)
    exact, near = (found.of(*SHARE)[:, :, -1].mean(axis=1) for found in (told, sampled))
    assert near == pytest.approx(exact, abs=0.1 * np.abs(exact).max())
    assert sampled.pairs == []


def test_each_step_is_what_a_plan_for_so_many_futures_gives(ends: tuple[Result, ...]) -> None:
    steps = list(iter_attribution(*ends, plan_for(*ends), workers=1))
    assert [step.replicates for step in steps] == [2, 3]
    two = attribute(*ends, plan_for(*ends, futures=2), workers=1)
    np.testing.assert_array_equal(steps[0].shares, two.shares)
    np.testing.assert_array_equal(steps[0].pair_mean, two.pair_mean)
    np.testing.assert_array_equal(steps[0].pair_error, two.pair_error)


def test_workers_change_nothing(told: Attribution, ends: tuple[Result, ...]) -> None:
    two = attribute(*ends, plan_for(*ends), workers=2)
    np.testing.assert_array_equal(told.shares, two.shares)
    np.testing.assert_array_equal(told.pair_error, two.pair_error)


def test_runs_that_are_kept_are_not_made_again(told: Attribution, ends: tuple[Result, ...]) -> None:
    cache, counted = RunCache(), []
    middle = [between(BASE, PACKAGE, members(c, told.plan.players)) for c in range(1, 7)]
    run_all(middle, **SIZE, cache=cache)

    def count(done: int, total: int) -> None:
        counted.append(total)

    again = attribute(*ends, plan_for(*ends), workers=1, cache=cache, progress=count)
    assert counted == []
    np.testing.assert_array_equal(again.shares, told.shares)


def test_progress_counts_the_runs(ends: tuple[Result, ...]) -> None:
    counted = []
    plan = plan_for(*ends, futures=2)
    attribute(*ends, plan, workers=1, progress=lambda *c: counted.append(c))
    assert plan.runs == 2 * 6
    assert counted[-1] == (12, 12)


def test_another_world_counts_as_one_more_lever(ends: tuple[Result, ...]) -> None:
    other = dataclasses.replace(PACKAGE, assumptions={"quality_weight": 7.0})
    assert players_of(BASE, other)[-1] == WORLD
    assert between(BASE, other, [WORLD]).assumptions == {"quality_weight": 7.0}
    assert between(BASE, other, [WORLD]).levers == BASE.levers
    whole = between(BASE, other, players_of(BASE, other))
    assert (whole.levers, whole.assumptions) == (other.levers, other.assumptions)


def test_a_lever_that_the_second_leaves_alone_is_taken_back() -> None:
    assert between(PACKAGE, BASE, ["closed_price_levy"]).levers.keys() == {
        "us_foreign_model_ban",
        "cn_weight_export_limits",
    }


def test_orders_differ_from_future_to_future_and_each_has_its_reverse() -> None:
    orders = [sampled_orders(6, 4, seed=1, replicate=r) for r in range(20)]
    assert len({str(order) for order in orders}) == 20
    assert orders == [sampled_orders(6, 4, seed=1, replicate=r) for r in range(20)]
    for found in orders:
        assert found[1] == found[0][::-1]
        assert sorted(found[2]) == list(range(6))
    firsts = [found[0][0] for found in orders]
    assert len(set(firsts)) > 3


def test_what_cannot_be_shared_out_is_refused_in_one_line(ends: tuple[Result, ...]) -> None:
    with pytest.raises(InputError, match="differ in no lever"):
        plan_for(ends[0], ends[0])
    with pytest.raises(InputError, match="orders: 3; allowed 0, 1 and even numbers"):
        plan_for(*ends, orders=3)
    with pytest.raises(InputError, match="attribute-futures: 9; allowed 1 to 3"):
        plan_for(*ends, futures=9)
    late = dataclasses.replace(PACKAGE, horizon=month_index("2024-07"))
    with pytest.raises(InputError, match="one horizon"):
        players_of(BASE, late)


def test_one_order_a_future_is_undone_in_the_next_and_runs_each_lever_once() -> None:
    orders = [sampled_orders(6, 1, seed=1, replicate=r)[0] for r in range(20)]
    assert all(orders[r + 1] == orders[r][::-1] for r in range(0, 20, 2))
    assert len({str(order) for order in orders}) > 15


def test_few_levers_are_shared_out_exactly_and_more_by_one_order_a_future() -> None:
    assert [usual_orders(players, 64) for players in (2, 4, 5, 6, 8, 12)] == [0, 0, 1, 1, 1, 1]
    assert usual_orders(8, 4) == 0
    assert usual_futures(6, 64, 1) == 64
    assert usual_futures(6, 60, 1) == 60


def test_fewer_futures_are_used_where_each_takes_more_runs() -> None:
    assert usual_futures(3, 64, 0) == 64
    assert usual_futures(6, 64, 0) == 16
    assert usual_futures(8, 64, 0) == 4
    assert usual_futures(6, 64, 2) == 64
    assert usual_futures(8, 3, 0) == 3
