"""Which runs need not be run again: kept by run id, never by session, in memory and on disk.

A run is kept under its family, the id it would have with one replicate: all lengths of a run share
it, since the first futures of a longer run are the futures of a shorter one, byte for byte. What
was not used for longest is forgotten first. Safe to share between threads; the files, between
processes.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

from sim.futures import Futures
from sim.run_files import RunFiles
from sim.run_id import run_id
from sim.scenario import Scenario

MOST_RUNS, MOST_BYTES = 64, 512_000_000  # 64 futures to 2032 take about 20 MB


class RunCache:
    """Runs kept in memory, and on disk if `files` are given."""

    def __init__(
        self,
        *,
        most_runs: int = MOST_RUNS,
        most_bytes: int = MOST_BYTES,
        files: RunFiles | None = None,
    ) -> None:
        self._most_runs, self._most_bytes, self._files = most_runs, most_bytes, files
        self._runs: OrderedDict[str, Futures] = OrderedDict()
        self._n_bytes = 0
        self._lock = threading.Lock()

    @property
    def n_bytes(self) -> int:
        """Memory in use."""
        return self._n_bytes

    def get(
        self, scenario: Scenario, *, seed: int, streams: int, replicates: int
    ) -> Futures | None:
        """Return the first futures of a run as far as they are known, `replicates` at most."""
        key = family(scenario, seed=seed, streams=streams)
        with self._lock:
            kept = self._runs.get(key)
            if kept is not None:
                self._runs.move_to_end(key)
        if self._files is not None and (kept is None or kept.replicates < replicates):
            filed = self._files.get(key, replicates)
            if filed is not None and (kept is None or filed.replicates > kept.replicates):
                self._keep(key, filed)
                kept = filed
        return None if kept is None else kept.first(replicates)

    def put(
        self, scenario: Scenario, futures: Futures, *, seed: int, streams: int, lasting: bool
    ) -> None:
        """Keep a run unless a longer one is there; `lasting` also on disk."""
        key = family(scenario, seed=seed, streams=streams)
        kept = self._runs.get(key)
        if kept is None or kept.replicates < futures.replicates:
            self._keep(key, futures.detached())
        if lasting and self._files is not None:
            self._files.put(key, futures)

    def _keep(self, key: str, futures: Futures) -> None:
        with self._lock:
            kept = self._runs.pop(key, None)
            longer = max(filter(None, (kept, futures)), key=lambda run: run.replicates)
            self._runs[key] = longer
            self._n_bytes += longer.n_bytes - (kept.n_bytes if kept else 0)
            while len(self._runs) > self._most_runs or self._n_bytes > self._most_bytes:
                _, forgotten = self._runs.popitem(last=False)
                self._n_bytes -= forgotten.n_bytes


def family(scenario: Scenario, *, seed: int, streams: int) -> str:
    """Return what all lengths of a run have in common: its id with one replicate."""
    return run_id(scenario, seed=seed, replicates=1, streams=streams)
