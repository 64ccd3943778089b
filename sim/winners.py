"""Who gains and who loses by a policy: the same paired futures, seen from each party's side.

A stake is one outcome that a party would rather have higher, or lower. What counts is in how many
futures the second scenario is better for the party than the first, and in how many worse. Weights
are the reader's: they decide the order of the list and nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from sim.compare import paired_difference
from sim.lab_names import LAB_LABELS
from sim.outcomes import ORIGINS, REGIONS, TASK_IDS
from sim.place_names import REGION_LABELS
from sim.result import Result

Floats = npt.NDArray[np.float64]
Kind = Literal["labs", "developers", "governments", "regions"]
KINDS: dict[Kind, str] = {
    "labs": "Labs",
    "developers": "Developers by task",
    "governments": "Governments",
    "regions": "Regions",
}
_BLOCS = {"US": "US labs", "CN": "Chinese labs", "EU": "EU labs", "OTHER": "Labs elsewhere"}
_TASKS = {
    "coding_agent": "Coding agents",
    "hard_reasoning": "Hard reasoning",
    "general_enterprise": "General enterprise work",
    "bulk": "Bulk processing",
    "chat": "Chat",
    "edge": "On devices",
}


@dataclass(frozen=True)
class Stake:
    """One outcome a party cares about; `sign` is +1 if more is better for it, else -1."""

    kind: Kind
    party: str
    outcome: str
    group: str
    sign: int


@dataclass(frozen=True)
class Better:
    """In what share of futures something is better, worse or the same; `n` have the number.

    `error` is the simulation error of the share that is better: its standard error over n futures,
    with one future added to each side so that none and all are not taken for certain.
    """

    better: float
    worse: float
    same: float
    n: int

    @property
    def error(self) -> float:
        """Standard error of `better`."""
        if not self.n:
            return math.nan
        p = (self.better * self.n + 1.0) / (self.n + 2.0)
        return math.sqrt(p * (1.0 - p) / (self.n + 2.0))


@dataclass(frozen=True)
class Standing:
    """What a stake comes to: paired differences of one month, (replicates,), and how often."""

    stake: Stake
    differences: Floats
    better: Better

    @property
    def net(self) -> float:
        """Share of futures in which it is better less that in which it is worse."""
        return self.better.better - self.better.worse


def _stakes() -> tuple[Stake, ...]:
    blocs = [Stake("labs", _BLOCS[o], "lab_profit_musd_per_month", o, 1) for o in ORIGINS]
    labs = [
        Stake("labs", words, "lab_income_musd_per_month", lab, 1)
        for lab, words in LAB_LABELS.items()
        if not lab.startswith("other_")  # a fringe of many makers has no stake of its own
    ]
    tasks = [Stake("developers", _TASKS[t], "diffusion_lag_months", t, -1) for t in TASK_IDS]
    power = [
        Stake("governments", REGION_LABELS[place], "leverage", place, 1) for place in ("US", "CN")
    ]
    exposed = [
        Stake("governments", REGION_LABELS[place], harm, place, -1)
        for harm, places in (
            ("harm_ban", ("EU", "ALIGNED", "NONALIGNED")),
            ("harm_gate", ("EU", "ALIGNED", "NONALIGNED")),
        )
        for place in places
    ]
    regions = [Stake("regions", REGION_LABELS[r], "surplus_util", r, 1) for r in REGIONS]
    return (*blocs, *labs, *tasks, *power, *exposed, *regions)


STAKES = _stakes()


def how_often(differences: Floats, sign: int) -> Better:
    """Return in what share of futures differences have the sign; NaN are left out."""
    known = differences[~np.isnan(differences)]
    if not known.size:
        return Better(math.nan, math.nan, math.nan, 0)
    better, worse = (float(np.mean(known * side > 0)) for side in (sign, -sign))
    return Better(better, worse, 1.0 - better - worse, known.size)


def regrets(values: Floats, sign: int) -> Floats:
    """Return by how much the best of several scenarios beats each, shape of `values`: (scenarios,
    futures), NaN in futures in which a number is missing.

    This is the regret of a choice made before the world is known (Savage 1951,
    https://doi.org/10.2307/2280094); `sign` is 1 where more is better and -1 where less is.
    """
    worth = sign * values
    found: Floats = worth.max(axis=0) - worth
    return found


def standings(first: Result, second: Result, month: int) -> list[Standing]:
    """Return every stake's standing in one month, the second scenario against the first."""
    return [_standing(stake, first, second, month) for stake in STAKES]


def ranked(told: Sequence[Standing], weights: Mapping[Kind, float]) -> list[Standing]:
    """Return the standings from who gains most to who loses most by the reader's weights.

    The order is that of weight times `net`; a weight of 0 leaves a kind out. No number changes.
    """
    counted = [each for each in told if weights.get(each.stake.kind, 1.0) > 0.0]
    return sorted(
        counted,
        key=lambda each: -_score(each, weights.get(each.stake.kind, 1.0)),
    )


def _score(each: Standing, weight: float) -> float:
    return 0.0 if math.isnan(each.net) else weight * each.net


def _standing(stake: Stake, first: Result, second: Result, month: int) -> Standing:
    values, base = (run.series(stake.outcome, stake.group)[:, month] for run in (second, first))
    differences = paired_difference(values, base)
    return Standing(stake, differences, how_often(differences, stake.sign))
