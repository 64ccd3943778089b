"""The office that licenses releases of weights: a queue with a few reviewers.

A release above the threshold asks for a licence in the month the lab decides on it; the model is
sold through the maker's interface meanwhile. Each review takes one reviewer an exponentially
distributed time; releases wait their turn, first come first served. Reviewers are the tokens of a
SimPy container, so that their number can change while releases wait.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import simpy

from sim.arithmetic import log_one

Ints = npt.NDArray[np.int64]
MOST_REVIEWERS = 50


@dataclass
class Office:
    """The licensing office: reviewers who are free, those employed, and what is in its hands.

    `leaving` reviewers go when they finish what they have; `granted` are products whose licence
    came this month; `waits` are (month granted, months waited) of all licences so far; `pending`
    counts releases without a licence yet.
    """

    clock: simpy.Environment
    free: simpy.Container = field(init=False)
    employed: int = 0
    leaving: int = 0
    pending: int = 0
    granted: list[tuple[int, int]] = field(default_factory=list)
    waits: list[tuple[float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.free = simpy.Container(self.clock, capacity=10 * MOST_REVIEWERS)

    def staff(self, reviewers: int) -> None:
        """Employ this many reviewers: new ones are free at once, others leave as they finish."""
        change = reviewers - self.employed
        self.employed = reviewers
        recalled = min(max(change, 0), self.leaving)
        idle = min(max(-change, 0), int(self.free.level))
        self.leaving += max(-change, 0) - idle - recalled
        if change > recalled:
            self.free.put(change - recalled)
        if idle:
            self.free.get(idle)

    def apply(self, product: int, generation: int, uniform: float, mean_months: float) -> None:
        """Take in one release; `generation` is the month its model was put on sale."""
        self.pending += 1
        length = -mean_months * log_one(1.0 - uniform)
        self.clock.process(self._review(product, generation, length))

    def _review(
        self, product: int, generation: int, length: float
    ) -> Generator[simpy.Event, None, None]:
        asked = self.clock.now
        yield self.free.get(1)
        yield self.clock.timeout(length)
        if self.leaving:
            self.leaving -= 1
        else:
            yield self.free.put(1)
        self.pending -= 1
        self.granted.append((product, generation))
        self.waits.append((self.clock.now, self.clock.now - asked))

    def in_hand(self) -> tuple[Ints, Ints]:
        """Return products whose licence came this month, and for which generation of each."""
        granted = np.array(self.granted, dtype=np.int64).reshape(-1, 2)
        return granted[:, 0].copy(), granted[:, 1].copy()

    def mean_wait(self, month: int) -> float:
        """Return the mean wait of licences granted in the twelve months to `month`, NaN if none."""
        recent = [waited for granted, waited in self.waits if month - 11 < granted <= month + 1]
        return sum(recent) / len(recent) if recent else float("nan")
