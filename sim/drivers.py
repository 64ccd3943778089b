"""Which assumptions drive a result: what its futures differ in, ranked.

Each future has a world of its own. The rank correlation between an assumption and an outcome, over
futures, says how much of their spread goes with it. With few futures, chance correlates too: what
chance alone would reach in one of twenty results, over all assumptions, is the threshold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.parameters import ASSUMPTIONS
from sim.result import Result
from sim.worlds import VARIED, world_of

Floats = npt.NDArray[np.float64]

SHUFFLES = 200


@dataclass(frozen=True)
class Driver:
    """One assumption: its rank correlation with the outcome, from -1 to 1, and its evidence."""

    assumption: str
    correlation: float
    confidence: str


def drivers(result: Result, outcome: str, group: str, month: int) -> tuple[Driver, ...]:
    """Return the assumptions that go with an outcome in a month beyond chance, strongest first.

    None if all futures share one world or the outcome does not exist in half of them.
    """
    values = result.series(outcome, group)[:, month]
    known = np.flatnonzero(~np.isnan(values))
    if len(known) < max(8, result.replicates // 2):
        return ()
    worlds = [world_of(result.scenario.worlds, result.seed, int(r)) for r in known]
    default = {name: ASSUMPTIONS[name].default for name in VARIED}
    table = np.array([[{**default, **world}[name] for name in VARIED] for world in worlds])
    free = np.flatnonzero(np.ptp(table, axis=0) > 0.0)
    free = free[[VARIED[k] not in result.scenario.assumptions for k in free]]
    if not len(free) or np.ptp(values[known]) == 0.0:
        return ()
    columns, told = _ranks(table[:, free]), _ranks(values[known][:, None])[:, 0]
    found = _correlations(columns, told)
    # the order of futures is shuffled by fixed strides, so that the same result says the same
    strides = np.arange(1, SHUFFLES + 1)
    chance = [np.abs(_correlations(columns, told[_shuffled(len(told), int(s))])) for s in strides]
    threshold = float(np.quantile(np.max(chance, axis=1), 0.95))
    order = np.argsort(-np.abs(found), kind="stable")
    return tuple(
        Driver(VARIED[free[k]], float(found[k]), ASSUMPTIONS[VARIED[free[k]]].confidence)
        for k in order
        if abs(found[k]) > threshold
    )


def _ranks(columns: Floats) -> Floats:
    """Return the ranks of each column, centred and of unit length."""
    order = np.argsort(np.argsort(columns, axis=0, kind="stable"), axis=0).astype(float)
    centred = order - order.mean(axis=0)
    unit: Floats = centred / np.sqrt((centred**2).sum(axis=0))
    return unit


def _correlations(columns: Floats, told: Floats) -> Floats:
    found: Floats = columns.T @ told
    return found


def _shuffled(count: int, stride: int) -> npt.NDArray[np.int64]:
    """Return an order of `count` items, by a hash of their numbers and the stride."""
    numbers = np.arange(count, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (numbers ^ np.uint64(stride)) * np.uint64(0xBF58476D1CE4E5B9)
    return np.argsort(mixed ^ (mixed >> np.uint64(29)), kind="stable").astype(np.int64)
