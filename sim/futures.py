"""The futures of one scenario as bare arrays: what is computed, kept and cut, without pandas."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.log import ENTRY, Entries
from sim.outcomes import SERIES
from sim.replicate import Future

Floats = npt.NDArray[np.float64]
NO_ENTRIES: Entries = np.zeros(0, dtype=ENTRY)


@dataclass(frozen=True, eq=False)
class Futures:
    """Values, shape (replicates, series, months), read-only, and one log a future."""

    values: Floats
    logs: tuple[Entries, ...]

    def __post_init__(self) -> None:
        shown = self.values.view()
        shown.flags.writeable = False
        object.__setattr__(self, "values", shown)

    @property
    def replicates(self) -> int:
        """Number of futures."""
        return len(self.values)

    @property
    def n_bytes(self) -> int:
        """Memory that is held for these futures."""
        return self.values.nbytes + sum(log.nbytes for log in self.logs)

    def first(self, replicates: int) -> Futures:
        """Return the first futures, sharing memory with these."""
        return Futures(self.values[:replicates], self.logs[:replicates])

    def detached(self) -> Futures:
        """Return the same futures, none of which keeps a longer run in memory."""
        base = self.values.base
        whole = not isinstance(base, np.ndarray) or base.nbytes == self.values.nbytes
        return self if whole else Futures(self.values.copy(), self.logs)


class Growing:
    """A run under way: futures arrive in any order and are shown in theirs."""

    def __init__(self, replicates: int, months: int, known: Futures | None = None) -> None:
        self.ready = known.replicates if known else 0  # futures without a gap, from the first
        self._logs: list[Entries] = [*(known.logs if known else ()), *[NO_ENTRIES] * replicates]
        self._is_there = np.arange(replicates) < self.ready
        if known and self.ready == replicates:
            self._values = known.values  # nothing will be added
            return
        self._values = np.empty((replicates, len(SERIES), months))
        if known:
            self._values[: self.ready] = known.values

    @property
    def count(self) -> int:
        """Number of futures that have arrived."""
        return int(self._is_there.sum())

    def add(self, replicate: int, future: Future) -> None:
        """Put a future in its place."""
        self._values[replicate], self._logs[replicate] = future.values, future.log
        self._is_there[replicate] = True
        while self.ready < len(self._is_there) and self._is_there[self.ready]:
            self.ready += 1

    def first(self, replicates: int) -> Futures:
        """Return the first futures; they are `ready`, so they will not change."""
        return Futures(self._values[:replicates], tuple(self._logs[:replicates]))
