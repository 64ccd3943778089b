"""When there are enough futures: when chance moves one number by less than the reader asked for.

The number is the mean over futures of an outcome in one month, or of its difference from the first
scenario, future by future. Its simulation error is its standard error, s / sqrt(n) with s the
standard deviation over n futures. Futures are added in batches until that is at most the target, or
until there are as many as allowed. The result is exactly the run of that many futures.

A rule that looks at the data stops a little early on average. A first look at no fewer than 16
futures, and batches of 16 and more, keep that small; it is not corrected for.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
import numpy.typing as npt

from sim.calendar import month_label
from sim.compare import paired_difference
from sim.declare import InputError, printable, unknown
from sim.ensemble import RunOptions, count_workers, opened_pool, run_all
from sim.outcomes import Outcome, outcome
from sim.run_cache import RunCache
from sim.scenario import Scenario, check_month
from sim.settings import REPLICATES, STREAMS

if TYPE_CHECKING:
    from sim.result import Result

FIRST_LOOK = 16  # futures below which a standard deviation says too little
BATCH = 16  # futures are added in multiples of this
MARGIN = 1.1  # more futures than the estimate calls for, so that one more batch is rarely needed
_AMOUNT = re.compile(r"(?P<number>(\d+\.?\d*|\.\d+)(e-?\d{1,2})?)(?P<pt>pt)?", re.ASCII)
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Target:
    """How small the simulation error of one number is to be, in the unit of its outcome."""

    error: float
    outcome: Outcome
    group: str
    month: int


@dataclass(frozen=True, eq=False)
class Precise:
    """Results, and the error they have; infinite where the number does not exist."""

    results: tuple[Result, ...]
    target: Target
    error: float
    most: int

    @property
    def is_met(self) -> bool:
        """Whether the error is as small as was asked."""
        return self.error <= self.target.error

    @property
    def text(self) -> str:
        """One line: the error of which number, after how many futures, and what was asked."""
        asked = self.target
        said = (
            f"Simulation error of {asked.outcome.label}, {asked.group}, "
            f"{month_label(asked.month)}: {self._amount(self.error)} "
            f"after {self.results[0].replicates:,} futures; {self._amount(asked.error)} was asked"
        )
        return (
            f"{said}." if self.is_met else f"{said} and not reached (--max-replicates {self.most})."
        )

    @property
    def document(self) -> dict[str, Any]:
        """The same as plain values."""
        return {
            "outcome": self.target.outcome.id,
            "group": self.target.group,
            "month": month_label(self.target.month),
            "unit": self.target.outcome.unit,
            "asked": self.target.error,
            "simulation_error": self.error,
            "is_met": self.is_met,
            "replicates": self.results[0].replicates,
            "most": self.most,
        }

    def _amount(self, error: float) -> str:
        if math.isinf(error):
            return "unknown"
        share = is_share(self.target.outcome)
        return f"{100.0 * error:.2g} pt" if share else f"{error:.2g} {self.target.outcome.unit}"


def is_share(known: Outcome) -> bool:
    """Return whether the outcome is a share, whose errors are told in percentage points."""
    return known.unit.startswith("share")


def parse_target(amount: str, name: str, group: str, at: str | None, horizon: int) -> Target:
    """Return the target meant by untrusted text; `at` None is the last month.

    The amount of a share is in percentage points, "0.5pt"; any other is in the outcome's unit.
    """
    known = outcome(name)
    if group not in known.groups:
        raise unknown(f"group of {name}", group, known.groups)
    found = _AMOUNT.fullmatch(amount.strip())
    points = found is not None and found["pt"] is not None
    error = 0.0 if found is None else float(found["number"]) * (0.01 if points else 1.0)
    largest = 1.0 if is_share(known) else 1e12
    if not 0.0 < error <= largest or points != is_share(known):
        kind = "percentage points up to 100, as in 0.5pt" if is_share(known) else known.unit
        rule = f"allowed a number above 0 ({kind})"
        raise InputError(f"precision: {printable(amount)!r}; {rule}")
    month = horizon if at is None else check_month("at", at, horizon)
    return Target(error, known, group, month)


def run_until(
    scenarios: Sequence[Scenario], target: Target, *, most: int, **options: Unpack[RunOptions]
) -> Precise:
    """Return the same futures of all scenarios, as many as the target needs, `most` at most.

    `replicates` is how many to begin with. The other options are those of `ensemble.iter_runs`.
    """
    first = min(most, max(FIRST_LOOK, options.get("replicates", REPLICATES)))
    workers = options.get("workers")
    if options.get("pool") is None:
        streams = options.get("streams", STREAMS)
        workers = count_workers(scenarios, replicates=most, streams=streams, workers=workers)
    cache = options.get("cache") or RunCache(most_runs=len(scenarios), most_bytes=2**62)
    with opened_pool(workers, options.get("pool"), first * len(scenarios)) as pool:
        replicates = first
        while True:
            chosen = options | {"replicates": replicates, "pool": pool, "cache": cache}
            results = run_all(scenarios, **chosen)
            error = simulation_error(results, target)
            if error <= target.error or replicates >= most:
                return Precise(results, target, error, most)
            replicates = next_size(replicates, error, target.error, most)


def simulation_error(results: Sequence[Result], target: Target) -> float:
    """Return the standard error of the mean, of the difference if there are several scenarios.

    Of several differences, the largest. Infinite if fewer than two futures have the number.
    """
    base, *others = (
        result.series(target.outcome.id, target.group)[:, target.month] for result in results
    )
    if not others:
        return standard_error(base)
    return max(standard_error(paired_difference(other, base)) for other in others)


def standard_error(values: Floats) -> float:
    """Return s / sqrt(n) of the values that exist; infinite if fewer than two do."""
    known = values[~np.isnan(values)]
    return float(known.std(ddof=1) / math.sqrt(known.size)) if known.size > 1 else math.inf


def next_size(replicates: int, error: float, wanted: float, most: int) -> int:
    """Return how many futures to have next: what the error calls for, at most twice as many."""
    needed = 2.0 * replicates
    if math.isfinite(error):
        needed = min(needed, MARGIN * replicates * (error / wanted) ** 2)
    batches = math.ceil((needed - replicates) / BATCH)
    return min(most, replicates + BATCH * max(1, batches))
