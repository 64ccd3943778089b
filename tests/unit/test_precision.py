"""Futures are added until chance moves a number by less than was asked, and not one batch more."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim import LeverSetting, Scenario, run
from sim.backend import Here
from sim.calendar import month_index
from sim.cli import main
from sim.futures import NO_ENTRIES
from sim.outcomes import ROW, SERIES
from sim.precision import (
    BATCH,
    FIRST_LOOK,
    Precise,
    Target,
    next_size,
    parse_target,
    run_until,
    simulation_error,
    standard_error,
)
from sim.replicate import Future
from sim.run_cache import RunCache
from sim.task import Task

WORLD = Scenario("world", "World", horizon=month_index("2023-12"))
BAN = dataclasses.replace(
    WORLD, name="ban", levers={"us_foreign_model_ban": LeverSetting(0.9, start=2)}
)
SHARE, LAG = "cn_open_share_tokens", "open_closed_lag_months"
QUICK = ["--streams", "200", "--until", "2023-12", "--no-cache", "--workers", "1"]
Captured = pytest.CaptureFixture[str]


def spread(replicate: int) -> float:
    """Return a number between -1 and 1 that jumps about, with standard deviation 1 / sqrt(2)."""
    return math.sin(12.9898 * (replicate + 1) ** 2)


class Spread(Here):
    """A place whose futures differ by a known amount, 0.1 in A; B is A, a bit more spread."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def map(
        self, task: Task, items: Sequence[Any], **_: Any
    ) -> Generator[tuple[Any, Any], None, None]:
        """Yield (item, made-up future)."""
        self.asked += items
        for at, replicate in items:
            values = np.zeros((len(SERIES), WORLD.n_months))
            values[ROW[SHARE, "US"]] = (0.1 + 0.01 * at) * spread(replicate)
            values[ROW[LAG, "world"]] = np.nan
            yield (at, replicate), Future(values, NO_ENTRIES)


def asked(error: float, name: str = SHARE, group: str = "US") -> Target:
    """Return a target for the last month."""
    return parse_target(
        f"{100 * error:.6f}pt" if name == SHARE else str(error), name, group, None, WORLD.horizon
    )


def test_futures_are_added_until_the_error_is_as_small_as_was_asked() -> None:
    precise = run_until([WORLD], asked(0.005), most=5000, replicates=16, pool=Spread())
    (result,) = precise.results
    assert precise.is_met
    assert precise.error <= 0.005
    assert result.replicates == pytest.approx((0.0707 / 0.005) ** 2, rel=0.25)
    values = result.series(SHARE, "US")[:, -1]
    assert precise.error == pytest.approx(values.std(ddof=1) / math.sqrt(len(values)))


def test_no_future_is_run_twice_on_the_way() -> None:
    place = Spread()
    precise = run_until([WORLD, BAN], asked(0.0005), most=5000, replicates=16, pool=place)
    assert precise.is_met
    assert precise.results[0].replicates > FIRST_LOOK
    assert len(place.asked) == len(set(place.asked)) == 2 * precise.results[0].replicates


def test_a_comparison_is_as_precise_as_its_difference_and_not_its_levels() -> None:
    level = run_until([WORLD], asked(0.001), most=320, replicates=16, pool=Spread())
    difference = run_until([WORLD, BAN], asked(0.001), most=320, replicates=16, pool=Spread())
    assert not level.is_met
    assert difference.is_met
    assert difference.results[0].replicates < level.results[0].replicates == 320


def test_the_worst_of_several_differences_counts() -> None:
    bolder = dataclasses.replace(
        BAN, name="bolder", levers={"us_foreign_model_ban": LeverSetting(0.95, start=2)}
    )
    place, target = Spread(), asked(0.001)
    results = run_until([WORLD, BAN, bolder], target, most=64, replicates=64, pool=place).results
    errors = [simulation_error((results[0], other), target) for other in results[1:]]
    assert errors[1] > errors[0]
    assert simulation_error(results, target) == errors[1]


def test_there_is_an_end_to_adding_futures() -> None:
    precise = run_until([WORLD], asked(0.0001), most=100, replicates=16, pool=Spread())
    assert not precise.is_met
    assert precise.results[0].replicates == 100
    assert "not reached (--max-replicates 100)" in precise.text


def test_a_number_that_does_not_exist_has_no_error_that_could_be_small() -> None:
    target = asked(1.0, LAG, "world")
    precise = run_until([WORLD], target, most=32, replicates=16, pool=Spread())
    assert math.isinf(precise.error)
    assert not precise.is_met
    assert "unknown" in precise.text


def test_the_result_is_the_plain_run_of_as_many_futures() -> None:
    target = parse_target("3pt", SHARE, "US", "2023-10", WORLD.horizon)
    precise = run_until([WORLD], target, most=64, replicates=2, streams=200, workers=1)
    (result,) = precise.results
    plain = run(WORLD, replicates=result.replicates, streams=200, workers=1)
    assert result.run_id == plain.run_id
    assert result.values.tobytes() == plain.values.tobytes()


def test_what_is_kept_changes_neither_the_numbers_nor_where_it_stops() -> None:
    cache, place = RunCache(), Spread()
    run(WORLD, replicates=1000, pool=place, cache=cache)
    fresh = run_until([WORLD], asked(0.005), most=5000, replicates=16, pool=Spread())
    cached = run_until([WORLD], asked(0.005), most=5000, replicates=16, pool=place, cache=cache)
    assert len(place.asked) == 1000
    assert cached.results[0].replicates == fresh.results[0].replicates
    assert cached.error == fresh.error


def test_a_first_look_needs_enough_futures_to_see_a_spread() -> None:
    precise = run_until([WORLD], asked(0.9), most=5000, replicates=1, pool=Spread())
    assert precise.results[0].replicates == FIRST_LOOK


@pytest.mark.parametrize(
    ("replicates", "error", "wanted", "most", "size"),
    [
        (64, 0.011, 0.01, 1000, 96),  # 1.1 x 1.21 x 64 = 85, in whole batches
        (64, 0.0101, 0.01, 1000, 80),  # never less than a batch
        (64, 1.0, 0.01, 1000, 128),  # never more than twice as many
        (64, math.inf, 0.01, 1000, 128),
        (64, 1.0, 0.01, 100, 100),
    ],
)
def test_the_next_batch_is_what_the_error_calls_for(
    replicates: int, error: float, wanted: float, most: int, size: int
) -> None:
    assert next_size(replicates, error, wanted, most) == size
    assert BATCH == 16


def test_the_standard_error_is_that_of_the_futures_in_which_a_value_exists() -> None:
    assert standard_error(np.array([1.0, 3.0, np.nan])) == pytest.approx(1.0)
    assert math.isinf(standard_error(np.array([1.0, np.nan])))


@pytest.mark.parametrize(
    ("amount", "name", "group", "error"),
    [
        ("0.5pt", SHARE, "US", 0.005),
        (" .5pt ", SHARE, "world", 0.005),
        ("2e-1pt", SHARE, "world", 0.002),
        ("0.25", LAG, "world", 0.25),
        ("3", "spend_musd_per_month", "world", 3.0),
    ],
)
def test_an_amount_is_in_points_for_shares_and_in_units_otherwise(
    amount: str, name: str, group: str, error: float
) -> None:
    target = parse_target(amount, name, group, "2023-04", WORLD.horizon)
    assert target.error == pytest.approx(error, rel=1e-12)
    assert (target.outcome.id, target.group, target.month) == (name, group, 3)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--precision", "0.5"], "precision: '0.5'; allowed a number above 0 (percentage points"),
        (["--precision", "0pt"], "precision: '0pt'"),
        (["--precision", "-1pt"], "expected one argument"),
        (["--precision", "1e99pt"], "precision: '1e99pt'"),
        (["--precision", "٣pt"], "precision: '٣pt'"),
        (["--precision", "nanpt"], "precision: 'nanpt'"),
        (
            ["--precision", "1pt", "--outcome", LAG],
            "precision: '1pt'; allowed a number above 0 (mo",
        ),
        (["--precision", "1pt", "--outcome", "cn_open_share"], "did you mean"),
        (["--precision", "1pt", "--group", "Mars"], "unknown group of cn_open_share_tokens 'Mars'"),
        (["--precision", "1pt", "--at", "2024-01"], "at: '2024-01' is not a month"),
        (["--precision", "1pt", "--max-replicates", "0"], "max-replicates: 0; allowed 1 to"),
        (["--group", "US"], "--group: needs --precision"),
        (["--max-replicates", "5"], "--max-replicates: needs --precision"),
    ],
)
def test_bad_precision_is_named_in_one_line(
    capsys: Captured, options: list[str], told: str
) -> None:
    assert main(["run", "status_quo", *QUICK, *options]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert told in printed.err
    assert len(printed.err.splitlines()) == 1


def test_the_command_line_says_what_was_reached(capsys: Captured) -> None:
    options = ["--precision", "9pt", "--group", "US", "--at", "2023-06", "--replicates", "2"]
    assert main(["run", "status_quo", *QUICK, *options]) == 0
    printed = capsys.readouterr().out
    assert "16 futures, 200 streams" in printed
    last = printed.splitlines()[-1]
    assert last.startswith("Simulation error of Chinese open models, token share, US, 2023-06: ")
    assert last.endswith("after 16 futures; 9 pt was asked.")


def test_the_command_line_says_what_was_not_reached(capsys: Captured) -> None:
    options = ["--precision", "1e-9pt", "--max-replicates", "17", "--replicates", "2", "--json"]
    assert main(["compare", "status_quo", "fear_lockdown", *QUICK, *options]) == 0
    told = json.loads(capsys.readouterr().out)["precision"]
    assert told["outcome"] == SHARE
    assert told["is_met"] == (told["simulation_error"] <= 1e-11)
    assert told["replicates"] == (16 if told["is_met"] else 17)
    assert told["most"] == 17


def test_a_precise_run_writes_the_table_of_its_futures(tmp_path: Path) -> None:
    precise, plain = str(tmp_path / "precise.csv"), str(tmp_path / "plain.csv")
    options = ["--precision", "90pt", "--replicates", "2", "--quiet", "--out", precise]
    assert main(["run", "status_quo", *QUICK, *options]) == 0
    assert main(["run", "status_quo", *QUICK, "--replicates", "16", "--quiet", "--out", plain]) == 0
    assert Path(precise).read_bytes() == Path(plain).read_bytes()


def test_an_unbounded_error_is_null_in_json() -> None:
    precise = Precise((run(WORLD, replicates=16, pool=Spread()),), asked(0.1), math.inf, 16)
    from sim.documents import to_json

    assert json.loads(to_json(precise.document))["simulation_error"] is None
