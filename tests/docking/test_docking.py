"""Engine and twin are laid beside each other by tests that see a mistake planted in the twin."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from benchmarks.docking.agreement import DIFFERS, EQUAL, OPEN, Row, compared, judge
from benchmarks.docking.cases import CASES, MONTHS, SERIES
from benchmarks.docking.futures import Sample, Size, Task, run_future

Floats = npt.NDArray[np.float64]
LEVERS_IN_2024 = 1  # the case in which every rule has work to do
SMALL = Size(replicates=4, streams=200)
TRUST = ("cleared_share", "aversion_left")  # every stream counts, so few futures tell enough
LIKELY, SURE = 1e-5, 1e-7  # chance of a row, of which there are thirty-two


def drawn(seed: int, futures: int, shift: float = 0.0) -> Floats:
    """Return futures whose every series lies around a half by luck alone, moved by `shift`."""
    luck = np.random.default_rng(seed).standard_normal((futures, len(SERIES), len(MONTHS)))
    return 0.5 + shift + 0.01 * luck


def samples(futures: int, shift: float = 0.0) -> list[Sample]:
    return [
        Sample(drawn(case, 5 * futures), drawn(10 + case, futures, shift))
        for case in range(len(CASES))
    ]


def test_two_samples_of_one_world_agree() -> None:
    assert judge(samples(60)).agrees


def test_a_shift_of_two_margins_is_seen_in_every_share() -> None:
    found = judge(samples(60, shift=0.06))
    assert not found.agrees
    shares = [row for row in found.rows if "share" in row.outcome]
    assert {row.verdict for row in shares} == {DIFFERS}
    assert min(row.power for row in shares if row.group == "world") > 0.99


def test_a_quantity_that_some_futures_lack_is_compared_where_it_exists() -> None:
    rng = np.linspace(0.2, 0.4, 40)
    some, most, none = rng.copy(), rng.copy(), np.full(40, np.nan)
    some[:4], most[:30] = np.nan, np.nan
    asked = ("a case", "open_share_tokens", "EU", 3)
    assert compared(*asked, some, rng).p_distribution > 0.05
    assert compared(*asked, most, rng).p_distribution < 1e-9
    assert compared(*asked, none, rng).p_distribution < 1e-9
    both = compared(*asked, none, none)
    assert (both.p_difference, both.p_equivalence, both.p_distribution) == (1.0, 0.0, 1.0)


def test_too_few_futures_show_nothing_and_are_no_agreement() -> None:
    found = judge([Sample(10.0 * one.engine, 10.0 * one.twin) for one in samples(2)])
    assert {row.verdict for row in found.rows} <= {EQUAL, OPEN}
    assert not found.agrees


def test_both_are_run_in_the_same_world() -> None:
    assert {case.for_engine().worlds for case in CASES} == {"central"}


@pytest.fixture(scope="module")
def engine() -> Floats:
    return futures(10, of_twin=False)


def futures(count: int, *, of_twin: bool, plant: str | None = None) -> Floats:
    size = replace(SMALL, plant=plant)
    told = [run_future(Task(LEVERS_IN_2024, k, size, of_twin)) for k in range(count)]
    return np.stack(told)


def on_trust(engine: Floats, twin: Floats) -> list[Row]:
    """Return the rows on clearance and aversion, in which the two have a difference to show."""
    return [
        compared("", *name, month, engine[:, place, at], twin[:, place, at])
        for place, name in enumerate(SERIES)
        for at, month in enumerate(MONTHS)
        if name[0] in TRUST
    ]


def test_the_twin_tells_of_trust_what_the_engine_tells(engine: Floats) -> None:
    rows = on_trust(engine, futures(SMALL.replicates, of_twin=True))
    assert min(row.p_difference for row in rows) > LIKELY


def test_a_planted_mistake_is_seen(engine: Floats) -> None:
    plant = "clearance_without_gap"
    rows = on_trust(engine, futures(SMALL.replicates, of_twin=True, plant=plant))
    assert min(row.p_difference for row in rows) < SURE
