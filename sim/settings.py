"""How large a run may be: futures, streams, seed and processes, with defaults and limits."""

from __future__ import annotations

import operator
import os
from collections.abc import Callable
from typing import SupportsIndex

from sim.declare import InputError, printable

Progress = Callable[[int, int], None]
REPLICATES, SEED, STREAMS = 64, 1, 4000
MOST = 1024  # futures at which a run to a stated precision gives up, unless told otherwise
LIMITS = {
    "replicates": (1, 10_000),
    "seed": (0, 2**31 - 1),
    "streams": (200, 1_000_000),
    "max-replicates": (1, 10_000),
    "workers": (1, 256),
}


def check_count(name: str, value: object) -> int:
    """Return `value` as a whole number within LIMITS, or raise InputError with one line."""
    low, high = LIMITS[name]
    if isinstance(value, bool) or not isinstance(value, SupportsIndex):
        raise InputError(f"{name}: {printable(repr(value))}; allowed whole numbers {low} to {high}")
    number = operator.index(value)
    if not low <= number <= high:
        shown = str(number) if abs(number) < 10**15 else "more than 15 digits"
        raise InputError(f"{name}: {shown}; allowed {low} to {high}")
    return number


def check_workers(workers: int | None) -> int:
    """Return how many processes to use; None is one for each processor."""
    if workers is None:
        return min(os.cpu_count() or 1, LIMITS["workers"][1])
    return check_count("workers", workers)
