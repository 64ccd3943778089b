"""How time is taken: processor time of this process, best of several, what is compared in turn.

On a machine that others use, the time on the clock measures the others. Processor time does so
less, and the best of several less again. What is compared is timed in turn, round after round, so
that a machine which slows down slows both. The probe is a fixed piece of work, timed before and
after everything: where the two differ much, the figures between them are worth little.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np

Action = Callable[[], object]
PROBE_ROUNDS = 7


def interleaved(actions: Mapping[str, Action], rounds: int) -> dict[str, float]:
    """Return the least processor time of each action, seconds; each is run once before, untimed."""
    for action in actions.values():
        action()
    best = dict.fromkeys(actions, math.inf)
    for _ in range(rounds):
        for name, action in actions.items():
            best[name] = min(best[name], _spent(action, time.process_time))
    return best


def on_the_clock(action: Action) -> float:
    """Return the seconds an action takes on the clock, for what several processes do together."""
    return _spent(action, time.perf_counter)


def _spent(action: Action, clock: Callable[[], float]) -> float:
    began = clock()
    action()
    return clock() - began


def probe_ms() -> float:
    """Return the processor time of a fixed piece of work, in Python and in numpy, milliseconds."""
    return interleaved({"probe": _fixed_work}, PROBE_ROUNDS)["probe"] * 1e3


def _fixed_work() -> float:
    total = sum(k * k % 7 for k in range(100_000))
    numbers = np.arange(200_000, dtype=np.float64)
    return total + float(np.sqrt(np.sort(numbers[::-1])).sum())


def exponent(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """Return b of cost = a size^b, fitted by least squares to logarithms."""
    slope: float = np.polyfit(np.log(sizes), np.log(costs), 1)[0]
    return float(slope)
