"""What a policy lever is: a declared number with landmarks, and what it has been so far.

A lever is a decision some government can take. Its `history` is the status quo as judged from the
policy timeline (sim/data/policy_timeline.csv): (month, value) steps from 2023-01 to today, after
which the default holds. A scenario replaces that path from its own start month on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.calendar import month_index
from sim.declare import Quantity

DEFAULT_START = month_index("2027-01")


@dataclass(frozen=True, kw_only=True)
class Lever(Quantity):
    """A policy lever. `landmarks` are (value, words) for low, medium and high use.

    `evidence` is the part of the range that some real policy has come near; beyond it the model
    extrapolates. `acts_on` says where in the model the lever enters.
    """

    acts_on: str
    landmarks: tuple[tuple[float, str], tuple[float, str], tuple[float, str]]
    evidence: tuple[float, float]
    step: float
    first: bool = True
    history: tuple[tuple[str, float], ...] = ()

    def status_quo(self, n_months: int) -> npt.NDArray[np.float64]:
        """Return the path of the lever if nobody changes it, shape (n_months,)."""
        path = np.full(n_months, self.default)
        for month, value in sorted(self.history):
            path[month_index(month) :] = value
        return path
