"""Decides whether two samples of futures tell of the same world.

Three tests on every row, which is one series in one month of one case:

difference    Student's t on the means: under the claim that the twin is the engine's equal the
              two samples have one distribution, so their variance is pooled
equivalence   two one-sided t tests (Schuirmann 1987, https://doi.org/10.1007/BF01068419): whether
              the means differ by less than the row's margin
distribution  Kolmogorov-Smirnov on the two samples; where a quantity does not exist in some
              futures, Fisher's exact test on how often, too

A row differs when the first or the third rejects with a false discovery rate of LEVEL over all
rows of the run (Benjamini and Hochberg 1995); else it is equal when the second passes at
EQUIVALENCE_LEVEL, and open when the run is too small to say. The two agree when no row differs,
every row of the world is equal, and at least LEAST_EQUAL of all rows are.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from benchmarks.docking.cases import CASES, ECI_USED, MONTHS, SERIES
from benchmarks.docking.futures import Sample

Floats = npt.NDArray[np.float64]
LEVEL = 0.01
EQUIVALENCE_LEVEL = 0.05
LEAST_EQUAL = 0.9
# Margins: about what one future of the default size (4,000 streams) is off by luck alone, so a
# difference within them cannot be seen in any single future.
WORLD_SHARE_MARGIN = 0.01
PART_SHARE_MARGIN = 0.03  # of regions and views, in which fewer streams are counted
ECI_MARGIN = 0.5  # two weeks of the frontier's growth
AVERSION_MARGIN = 0.05  # util; a conditional user begins with 1
RELATIVE_MARGIN = 0.05  # of the engine's mean, for money and volume
EQUAL, DIFFERS, OPEN = "equal", "differs", "open"
SAME = 1e-9
FEWEST = 4  # futures in which a quantity must exist for its values to be compared


@dataclass(frozen=True)
class Row:
    """One series in one month of one case: means, and what the tests say.

    `power` is the chance that the test of the difference would see one of the margin's size at
    LEVEL in this row alone.
    """

    case: str
    outcome: str
    group: str
    month: int
    engine: float
    twin: float
    margin: float
    p_difference: float
    p_equivalence: float
    p_distribution: float
    power: float
    verdict: str = OPEN

    @property
    def difference(self) -> float:
        """Twin minus engine."""
        return self.twin - self.engine


@dataclass(frozen=True)
class Agreement:
    """All rows, and whether they amount to agreement."""

    rows: tuple[Row, ...]

    def having(self, verdict: str) -> list[Row]:
        """Return the rows of one verdict."""
        return [row for row in self.rows if row.verdict == verdict]

    @property
    def agrees(self) -> bool:
        """Whether no row differs and enough are shown to be equal."""
        equal = self.having(EQUAL)
        worlds = [row for row in self.rows if row.group == "world"]
        shown = all(row.verdict == EQUAL for row in worlds)
        return shown and not self.having(DIFFERS) and len(equal) >= LEAST_EQUAL * len(self.rows)


def judge(samples: list[Sample]) -> Agreement:
    """Return the verdict on the futures of all cases, in the order of CASES."""
    rows = [
        row for case, sample in zip(CASES, samples, strict=True) for row in _rows(case.name, sample)
    ]
    means = stats.false_discovery_control([row.p_difference for row in rows])
    shapes = stats.false_discovery_control([row.p_distribution for row in rows])
    return Agreement(
        tuple(
            dataclasses.replace(row, verdict=_verdict(row, float(min(mean, shape))))
            for row, mean, shape in zip(rows, means, shapes, strict=True)
        )
    )


def _verdict(row: Row, adjusted: float) -> str:
    if adjusted < LEVEL:
        return DIFFERS
    return EQUAL if row.p_equivalence < EQUIVALENCE_LEVEL else OPEN


def _rows(case: str, sample: Sample) -> Iterator[Row]:
    for place, (outcome, group) in enumerate(SERIES):
        for at, month in enumerate(MONTHS):
            engine, twin = sample.engine[:, place, at], sample.twin[:, place, at]
            yield compared(case, outcome, group, month, engine, twin)


def compared(case: str, outcome: str, group: str, month: int, engine: Floats, twin: Floats) -> Row:
    """Return the row of two samples of one quantity, NaN in futures in which it does not exist.

    What exists is compared; that it exists in other shares of futures is a difference, too.
    """
    exists = _existence(engine, twin)
    engine, twin = engine[~np.isnan(engine)], twin[~np.isnan(twin)]
    if min(engine.size, twin.size) < FEWEST:
        nothing, neither = float("nan"), not engine.size and not twin.size
        tests = (1.0, float(not neither), exists, 0.0)
        return Row(case, outcome, group, month, nothing, nothing, nothing, *tests)
    margin = margin_of(outcome, group, float(engine.mean()))
    freedom = engine.size + twin.size - 2
    error = pooled_error(engine, twin)
    difference = float(twin.mean() - engine.mean())
    if error < SAME:  # no luck in it: only sameness is equal
        same = abs(difference) < SAME
        tests = (float(same), float(not same), min(exists, float(same)), 1.0)
    else:
        t = abs(difference) / error
        tests = (
            2.0 * float(stats.t.sf(t, freedom)),
            float(stats.t.cdf((abs(difference) - margin) / error, freedom)),
            min(exists, float(stats.ks_2samp(engine, twin).pvalue)),
            power(margin / error, freedom),
        )
    return Row(
        case, outcome, group, month, float(engine.mean()), float(twin.mean()), margin, *tests
    )


def _existence(engine: Floats, twin: Floats) -> float:
    """Return the p-value of Fisher's exact test that the quantity exists equally often in both."""
    missing = int(np.isnan(engine).sum()), int(np.isnan(twin).sum())
    if not any(missing):
        return 1.0
    table = [[engine.size - missing[0], missing[0]], [twin.size - missing[1], missing[1]]]
    return float(stats.fisher_exact(table)[1])


def pooled_error(one: Floats, other: Floats) -> float:
    """Return the standard error of the difference of two means of one variance."""
    squares = one.var() * one.size + other.var() * other.size
    variance = squares / (one.size + other.size - 2)
    return math.sqrt(variance * (1.0 / one.size + 1.0 / other.size))


def power(effect: float, freedom: int) -> float:
    """Return the chance to see a difference of `effect` standard errors, two-sided, at LEVEL."""
    critical = float(stats.t.isf(LEVEL / 2.0, freedom))
    return float(stats.t.sf(critical - effect, freedom) + stats.t.cdf(-critical - effect, freedom))


def margin_of(outcome: str, group: str, level: float) -> float:
    """Return the difference of means that would matter, in the outcome's unit."""
    if outcome == ECI_USED:
        return ECI_MARGIN
    if outcome == "aversion_left":
        return AVERSION_MARGIN
    if "share" in outcome:
        return WORLD_SHARE_MARGIN if group in ("world", "SELF") else PART_SHARE_MARGIN
    return RELATIVE_MARGIN * abs(level)
