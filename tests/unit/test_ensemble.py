"""Futures are the same however they are computed, and scenarios meet the same ones."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim import InputError, LeverSetting, Result, Scenario, compare, compare_scenarios
from sim.calendar import month_index
from sim.compare import difference_bands, paired_difference, quantiles
from sim.ensemble import is_small, iter_run, run, schedule
from sim.outcomes import SERIES
from sim.pool import Pool
from sim.run_id import run_id
from sim.shocks import Shock

WORLD = Scenario("world", "World", horizon=month_index("2024-06"))
BAN = Scenario(
    "ban",
    "Ban",
    levers={"us_foreign_model_ban": LeverSetting(0.9, start=6)},
    horizon=WORLD.horizon,
)
SMALL: dict[str, Any] = {"replicates": 5, "streams": 200}


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(2) as two:
        yield two


@pytest.fixture(scope="module")
def result() -> Result:
    return run(WORLD, **SMALL, workers=1)


def made(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Result:
    """Return a result with given values in every series, shape (replicates,)."""
    shape = (len(values), len(SERIES), WORLD.n_months)
    return Result(WORLD, 1, 200, "fc-made", np.broadcast_to(values[:, None, None], shape))


def test_any_number_of_workers_gives_the_same_bytes(result: Result, pool: Pool) -> None:
    shared = run(WORLD, **SMALL, pool=pool)
    assert shared.values.tobytes() == result.values.tobytes()
    assert [log.tobytes() for log in shared.logs] == [log.tobytes() for log in result.logs]
    assert shared.run_id == result.run_id


def test_more_futures_do_not_change_the_first_ones(result: Result) -> None:
    fewer = run(WORLD, replicates=2, streams=200, workers=1)
    assert fewer.values.tobytes() == result.values[:2].tobytes()


def test_another_seed_gives_other_futures_and_seed_zero_is_a_seed(result: Result) -> None:
    zero = run(WORLD, replicates=2, streams=200, seed=0, workers=1)
    assert zero.seed == 0
    assert not np.array_equal(zero.values, result.values[:2], equal_nan=True)


def test_results_cannot_be_written_over(result: Result) -> None:
    with pytest.raises(ValueError, match="read-only"):
        result.values[0, 0, 0] = 1.0


def test_a_run_is_refined_by_doubling_and_each_step_is_a_run_of_its_own(result: Result) -> None:
    steps = list(iter_run(WORLD, **SMALL, workers=1))
    assert [step.replicates for step in steps] == [2, 4, 5]
    for step in steps:
        assert step.values.tobytes() == result.values[: step.replicates].tobytes()
        assert step.run_id == run_id(WORLD, seed=1, replicates=step.replicates, streams=200)


@pytest.mark.parametrize(
    ("replicates", "steps"), [(1, [1]), (2, [2]), (3, [2, 3]), (8, [2, 4, 8]), (9, [2, 4, 8, 9])]
)
def test_the_schedule_ends_with_all_futures(replicates: int, steps: list[int]) -> None:
    assert schedule(replicates) == steps


def test_leaving_a_run_early_frees_the_workers(pool: Pool) -> None:
    steps = iter_run(WORLD, replicates=1000, streams=200, pool=pool)
    next(steps)
    steps.close()
    assert run(WORLD, **SMALL, pool=pool).replicates == 5  # would wait for the 1000 otherwise


def test_a_caller_can_interrupt_a_run_from_its_progress(pool: Pool) -> None:
    def stop(done: int, total: int) -> None:
        if done == 3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        run(WORLD, replicates=1000, streams=200, pool=pool, progress=stop)


def test_progress_counts_every_future() -> None:
    seen: list[tuple[int, int]] = []
    run(WORLD, replicates=3, streams=200, workers=1, progress=lambda *count: seen.append(count))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_a_dead_worker_is_replaced_and_its_work_redone(result: Result) -> None:
    with Pool(2) as pool:
        before = {child.pid for child in multiprocessing.active_children()}
        futures = pool.map_replicates(WORLD, 1, 200, range(5))
        done = dict([next(futures)])
        victim = next(pid for pid in before if pid is not None and pid in _workers(pool))
        os.kill(victim, signal.SIGKILL)
        done |= dict(futures)
    values = np.stack([done[replicate].values for replicate in range(5)])
    assert values.tobytes() == result.values.tobytes()


def _workers(pool: Pool) -> set[int]:
    return {pid for pid, process in pool._executor._processes.items() if process.is_alive()}


def test_a_script_without_a_main_guard_is_not_run_again_by_the_workers(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    script = tmp_path_factory.mktemp("script") / "unguarded.py"
    script.write_text(
        "from sim import Scenario, run\n"
        "print('once', run(Scenario('a', 'A', horizon=5), replicates=2, streams=200, workers=2)"
        ".replicates)\n"
    )
    environment = os.environ | {"PYTHONPATH": str(Path.cwd())}
    done = subprocess.run(
        [sys.executable, str(script)], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "once 2\n"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("replicates", 0),
        ("replicates", 10_001),
        ("streams", 199),
        ("streams", 1_000_001),
        ("seed", -1),
        ("seed", 2**31),
        pytest.param("seed", 10**5000, id="seed-huge"),
        ("seed", True),
        ("seed", 1.0),
        ("seed", None),
        ("workers", 0),
        ("workers", 257),
    ],
)
def test_a_size_that_is_not_allowed_is_named_with_what_is(name: str, value: object) -> None:
    sizes: dict[str, Any] = {"replicates": 2, "streams": 200, "workers": 1} | {name: value}
    with pytest.raises(InputError, match=rf"^{name}: .*; allowed .* to \d+$"):
        iter_run(WORLD, **sizes)


def test_little_work_stays_in_this_process() -> None:
    assert is_small(120, 8, 4000)
    assert not is_small(120, 64, 4000)


def test_names_titles_and_stories_do_not_make_another_run() -> None:
    renamed = Scenario("other", "Other", story="Told anew.", horizon=WORLD.horizon)
    assert _id(renamed) == _id(WORLD)


def test_a_lever_left_at_its_status_quo_does_not_make_another_run() -> None:
    same = Scenario("a", "A", levers={"us_foreign_model_ban": LeverSetting(0.05, 48)}, horizon=119)
    late = Scenario("a", "A", levers={"us_foreign_model_ban": LeverSetting(0.9, 200)}, horizon=119)
    assert _id(same) == _id(late) == _id(Scenario("b", "B", horizon=119))


@pytest.mark.parametrize(
    "other",
    [
        Scenario("w", "W", horizon=WORLD.horizon + 1),
        Scenario("w", "W", horizon=WORLD.horizon, off=("ecosystem",)),
        Scenario("w", "W", horizon=WORLD.horizon, assumptions={"quality_weight": 7.0}),
        Scenario("w", "W", horizon=WORLD.horizon, supply="simulated"),
        Scenario("w", "W", horizon=WORLD.horizon, worlds="prior"),
        Scenario("w", "W", horizon=WORLD.horizon, shocks=(Shock("access_gate", 3, 2, 1.0),)),
        BAN,
    ],
)
def test_whatever_moves_numbers_makes_another_run(other: Scenario) -> None:
    assert _id(other) != _id(WORLD)


def test_seed_replicates_and_streams_make_another_run() -> None:
    ids = {
        run_id(WORLD, seed=1, replicates=2, streams=200),
        run_id(WORLD, seed=0, replicates=2, streams=200),
        run_id(WORLD, seed=1, replicates=3, streams=200),
        run_id(WORLD, seed=1, replicates=2, streams=201),
    }
    assert len(ids) == 4


def _id(scenario: Scenario) -> str:
    return run_id(scenario, seed=1, replicates=2, streams=200)


def test_the_order_in_which_shocks_are_written_does_not_make_another_run() -> None:
    two = Shock("access_gate", 3, 2, 1.0), Shock("incident", 9, 1, 2.0)
    ids = {
        _id(Scenario("w", "W", horizon=WORLD.horizon, shocks=order)) for order in (two, two[::-1])
    }
    assert len(ids) == 1


def test_a_scenario_does_not_differ_from_itself(result: Result) -> None:
    told = compare(result, result)
    assert not told.differences[1].any()
    summary = told.summary()
    exact = summary[["difference", "difference_low90", "difference_high90", "difference_mean"]]
    assert (exact == 0.0).all(axis=None)
    assert (summary["share_positive"] == 0.0).all()


def test_policy_moves_nothing_before_it_starts() -> None:
    told = compare_scenarios([WORLD, BAN], replicates=3, streams=200, workers=1)
    assert not told.differences[1][:, :, :6].any()
    assert np.nanmax(np.abs(told.differences[1][:, :, 6:])) > 0.0


def test_only_the_levers_that_differ_are_listed() -> None:
    told = compare_scenarios([WORLD, BAN], replicates=1, streams=200, workers=1)
    levers = told.lever_differences()
    assert levers["lever"].tolist() == ["us_foreign_model_ban"] * 2
    assert levers["scenario"].tolist() == ["world", "ban"]
    assert levers["start"].tolist() == [None, "2023-07"]
    assert levers["value"].tolist() == [0.0, 0.9]


def test_a_difference_counts_the_futures_in_which_it_is_positive() -> None:
    base, other = made(np.array([1.0, 1.0, 1.0, 1.0])), made(np.array([3.0, 2.0, 0.5, 1.0]))
    row = compare(base, other).summary(months=["2024-01"], outcomes=["hhi"]).iloc[-1]
    assert (row["share_positive"], row["share_negative"], row["n"]) == (0.5, 0.25, 4)
    assert row["difference"] == 0.5
    assert row["difference_mean"] == 0.625
    assert row["standard_error"] == pytest.approx(np.std([2, 1, -0.5, 0], ddof=1) / 2)


def test_what_exists_in_neither_scenario_does_not_differ() -> None:
    base, other = np.array([np.nan, np.nan, 1.0]), np.array([np.nan, 2.0, 4.0])
    difference = paired_difference(other, base)
    assert difference[[0, 2]].tolist() == [0.0, 3.0]
    assert np.isnan(difference[1])
    assert difference_bands(difference[:, None])["n"].tolist() == [2]


def test_bands_are_those_of_the_futures_in_which_a_value_exists() -> None:
    values = np.array([[1.0, np.nan, 5.0], [2.0, np.nan, np.nan], [4.0, np.nan, 7.0]])
    (median,) = quantiles(values, [0.5])
    np.testing.assert_array_equal(median, [2.0, np.nan, 6.0])


def test_bands_of_whole_futures_are_those_numpy_gives(result: Result) -> None:
    whole = result.series("open_share_tokens", "world")
    expected = np.quantile(whole, [0.05, 0.25, 0.5, 0.95], axis=0)
    np.testing.assert_array_equal(quantiles(whole, [0.05, 0.25, 0.5, 0.95]), expected)


def test_scenarios_of_one_name_are_told_apart(result: Result) -> None:
    assert compare(result, result, result).labels == ["world", "world (2)", "world (3)"]


def test_runs_on_other_futures_are_not_compared(result: Result) -> None:
    with pytest.raises(InputError, match="replicates is 5 in 'world' but 1"):
        compare(result, run(WORLD, replicates=1, streams=200, workers=1))
    with pytest.raises(InputError, match="needs two or more"):
        compare(result)


def test_importing_the_package_loads_neither_pandas_nor_the_engine() -> None:
    code = "import sim, sys; assert not {'pandas', 'sim.replicate'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_words_of_the_command_line_are_functions_of_the_package() -> None:
    code = "import sim.compare, sim.run_id; from sim import compare, run; assert callable(compare)"
    subprocess.run([sys.executable, "-c", code], check=True)
