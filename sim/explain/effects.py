"""What a statement counts, future by future: weights opened, rules added, use of Chinese models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from sim.catalogue import load_labs
from sim.compare import paired_difference
from sim.explain.releases import tally
from sim.levers import LEVERS
from sim.result import Result

Floats = npt.NDArray[np.float64]
Kind = Literal["labs", "governments", "developers"]
OUTCOMES: dict[str, str] = {
    "governments": "rule_stringency",
    "developers": "cn_open_share_tokens",
}


@dataclass(frozen=True)
class Effect:
    """Whose conduct is compared: labs of an origin, a region's government or its developers."""

    kind: Kind
    who: str

    def measure(self, base: Result, result: Result, start: int) -> Floats:
        """Return the second run less the first in each future.

        Labs: releases whose weights they open from month `start` on. Governments: the index of
        rules their reviews end at. Developers: the share of tokens on Chinese open models in the
        last month. A government whose reviews bind nothing adds no rules.
        """
        if self.kind == "labs":
            labs = lab_numbers(self.who)
            opened = tally(result, start).opened - tally(base, start).opened
            summed: Floats = opened[:, labs].sum(axis=1)
            return summed
        return paired_difference(self._last(result), self._last(base))

    def _last(self, run: Result) -> Floats:
        values = run.series(OUTCOMES[self.kind], self.who)[:, -1]
        silent = self.kind == "governments" and "fear_rules" in run.scenario.off
        return np.zeros_like(values) if silent else values


@dataclass(frozen=True)
class Count:
    """In how many futures an effect has a sign, and its median over all of them."""

    count: int
    of: int
    median: float


def counted(values: Floats, sign: int) -> Count:
    """Return how often and how far an effect goes the way of `sign`; NaN counts for nothing."""
    known = values[~np.isnan(values)]
    median = float(np.median(known)) if known.size else 0.0
    return Count(int((known * sign > 0).sum()), len(values), median)


def lab_numbers(origin: str) -> npt.NDArray[np.int64]:
    """Return the numbers, in the log, of the labs of one origin."""
    found = [number for number, lab in enumerate(load_labs()) if lab.origin == origin]
    return np.array(found, dtype=np.int64)


def first_difference(base: Result, result: Result) -> int:
    """Return the first month in which any lever stands elsewhere in one run than in the other."""
    apart = [
        np.flatnonzero(base.scenario.path(lever.id) != result.scenario.path(lever.id))
        for lever in LEVERS
    ]
    return min((int(months[0]) for months in apart if months.size), default=0)
