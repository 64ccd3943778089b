"""The work on Mesa: an agent a stream, activated through the model's agent set."""

from __future__ import annotations

import mesa

from benchmarks.speed.chooser import Chooser, Traits, traits
from benchmarks.speed.work import Work


class Stream(Chooser, mesa.Agent):
    """One stream of demand."""

    model: Market

    def __init__(self, model: Market, one: Traits) -> None:
        mesa.Agent.__init__(self, model)
        self.take(one)

    def choose(self) -> None:
        """Choose this month's models."""
        self.decide(self.model.random)


class Market(mesa.Model):
    """All streams."""

    def __init__(self, work: Work) -> None:
        super().__init__(seed=1)
        for one in traits(work):
            Stream(self, one)

    def step(self) -> None:
        """Let every stream choose once."""
        self.agents.do("choose")

    def chosen(self) -> list[tuple[int, int]]:
        """Return each stream's first and second model."""
        return [(stream.row, stream.second) for stream in self.agents]
