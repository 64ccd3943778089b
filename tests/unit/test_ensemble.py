"""Futures are the same however they are computed, and scenarios meet the same ones."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections.abc import Generator, Sequence
from typing import Any

import numpy as np
import pytest

from sim import InputError, LeverSetting, Result, Scenario
from sim.backend import Here
from sim.calendar import month_index
from sim.ensemble import PREVIEW, is_small, iter_run, iter_runs, run, run_all, schedule
from sim.run_id import run_id
from sim.shocks import Shock
from sim.task import Task

WORLD = Scenario("world", "World", horizon=month_index("2024-06"))
BAN = Scenario(
    "ban",
    "Ban",
    levers={"us_foreign_model_ban": LeverSetting(0.9, start=6)},
    horizon=WORLD.horizon,
)
SMALL: dict[str, Any] = {"replicates": 5, "streams": 200}


@pytest.fixture(scope="module")
def result() -> Result:
    return run(WORLD, **SMALL, workers=1)


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


def test_progress_counts_every_future() -> None:
    seen: list[tuple[int, int]] = []
    run(WORLD, replicates=3, streams=200, workers=1, progress=lambda *count: seen.append(count))
    assert seen == [(1, 3), (2, 3), (3, 3)]


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
    assert is_small(120, 2, 4000)
    assert not is_small(120, 64, 4000)


def test_scenarios_are_run_together_on_the_same_futures(result: Result) -> None:
    steps = list(iter_runs([WORLD, BAN, WORLD], **SMALL, workers=1))
    assert [[run.replicates for run in step] for step in steps] == [[2] * 3, [4] * 3, [5] * 3]
    world, ban, again = steps[-1]
    assert world.values.tobytes() == again.values.tobytes() == result.values.tobytes()
    assert ban.values.tobytes() == run(BAN, **SMALL, workers=1).values.tobytes()
    assert [log.tobytes() for log in world.logs] == [log.tobytes() for log in result.logs]


def test_scenarios_take_turns_and_what_is_the_same_run_is_run_once() -> None:
    renamed = dataclasses.replace(WORLD, name="again", title="Again")
    here = Recorder()
    told = run_all([WORLD, BAN, renamed], replicates=2, streams=200, pool=here)
    assert here.items == [(0, 0), (1, 0), (0, 1), (1, 1)]
    assert [result.scenario.name for result in told] == ["world", "ban", "again"]


def test_progress_counts_the_futures_of_all_scenarios() -> None:
    seen: list[tuple[int, int]] = []
    run_all(
        [WORLD, BAN, WORLD],
        replicates=2,
        streams=200,
        workers=1,
        progress=lambda *count: seen.append(count),
    )
    assert seen == [(2, 6), (3, 6), (5, 6), (6, 6)]


def test_only_the_first_futures_of_a_run_are_its_preview() -> None:
    here = Recorder()
    run_all([WORLD, BAN], replicates=6, streams=200, pool=here)
    assert here.preview == 2 * PREVIEW


class Recorder(Here):
    """This process, and a record of what it was asked to do."""

    def __init__(self) -> None:
        self.items: list[Any] = []
        self.preview = 0

    def map(
        self, task: Task, items: Sequence[Any], *, preview: int = 0, **options: Any
    ) -> Generator[tuple[Any, Any], None, None]:
        """Yield (item, result), and remember the items."""
        self.items, self.preview = list(items), preview
        return super().map(task, items, **options)


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


def test_importing_the_package_loads_neither_pandas_nor_the_engine() -> None:
    code = "import sim, sys; assert not {'pandas', 'sim.replicate'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_words_of_the_command_line_are_functions_of_the_package() -> None:
    code = "import sim.compare, sim.run_id; from sim import compare, run; assert callable(compare)"
    subprocess.run([sys.executable, "-c", code], check=True)
