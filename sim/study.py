"""Which futures a run consists of, how far each scenario has come, and where that is kept.

Scenarios that are the same run but for their names are run once.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.futures import Futures, Growing
from sim.replicate import Future, simulate
from sim.result import Result
from sim.run_cache import RunCache, family
from sim.run_id import run_id
from sim.scenario import Scenario
from sim.task import Task

LASTING = 64  # futures from which a run is kept on disk while it still grows
Item = tuple[int, int]  # number of the scenario, replicate


class Study:
    """Scenarios on the same futures."""

    def __init__(
        self,
        scenarios: Sequence[Scenario],
        replicates: int,
        seed: int,
        streams: int,
        cache: RunCache | None = None,
    ) -> None:
        self._scenarios, self._seed, self._streams = tuple(scenarios), seed, streams
        self.replicates, self._cache = replicates, cache
        keys = [family(each, seed=seed, streams=streams) for each in scenarios]
        self._first = [keys.index(key) for key in keys]
        self._runs = {at: self._begun(self._scenarios[at]) for at in dict.fromkeys(self._first)}

    @property
    def ready(self) -> int:
        """Number of futures that every scenario has, without a gap."""
        return min(run.ready for run in self._runs.values())

    @property
    def done(self) -> int:
        """Number of futures of all scenarios together that are known."""
        return sum(self._runs[first].count for first in self._first)

    @property
    def total(self) -> int:
        """Number of futures of all scenarios together."""
        return self.replicates * len(self._scenarios)

    @property
    def task(self) -> Task:
        """How one future is found."""
        told = {"scenarios": self._scenarios, "seed": self._seed, "streams": self._streams}
        return Task("sim.study:future_of", told)

    def missing(self) -> list[Item]:
        """Return what has to be run, replicate by replicate."""
        return [
            (at, replicate)
            for replicate in range(self.replicates)
            for at, run in self._runs.items()
            if replicate >= run.ready
        ]

    def add(self, item: Item, future: Future) -> None:
        """Take in one future."""
        at, replicate = item
        self._runs[at].add(replicate, future)

    def results(self, replicates: int) -> tuple[Result, ...]:
        """Return every scenario's first futures."""
        return tuple(
            self._result(scenario, self._runs[first].first(replicates))
            for scenario, first in zip(self._scenarios, self._first, strict=True)
        )

    def keep(self) -> None:
        """Put every run into the cache, as far as it has come."""
        for at, run in self._runs.items():
            if self._cache is not None and run.ready:
                self._cache.put(
                    self._scenarios[at],
                    run.first(run.ready),
                    seed=self._seed,
                    streams=self._streams,
                    lasting=run.ready >= min(self.replicates, LASTING),
                )

    def _begun(self, scenario: Scenario) -> Growing:
        known = None
        if self._cache is not None:
            known = self._cache.get(
                scenario, seed=self._seed, streams=self._streams, replicates=self.replicates
            )
        return Growing(self.replicates, scenario.n_months, known)

    def _result(self, scenario: Scenario, futures: Futures) -> Result:
        size = {"seed": self._seed, "streams": self._streams}
        name = run_id(scenario, replicates=futures.replicates, **size)
        return Result(scenario, **size, run_id=name, values=futures.values, logs=futures.logs)


def future_of(item: Item, *, scenarios: Sequence[Scenario], seed: int, streams: int) -> Future:
    """Return one future of one of the scenarios."""
    at, replicate = item
    return simulate(scenarios[at], seed=seed, replicate=replicate, streams=streams)
