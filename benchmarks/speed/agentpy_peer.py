"""The work on AgentPy: an agent a stream, called through an agent list."""

from __future__ import annotations

import agentpy

from benchmarks.speed.chooser import Chooser, traits
from benchmarks.speed.work import Work


class Stream(Chooser, agentpy.Agent):
    """One stream of demand."""

    def choose(self) -> None:
        """Choose this month's models."""
        self.decide(self.model.random)


class Market(agentpy.Model):
    """All streams."""

    def __init__(self, work: Work) -> None:
        super().__init__({"seed": 1})
        self.sim_setup()
        self.streams = agentpy.AgentList(self, work.size, Stream)
        for stream, one in zip(self.streams, traits(work), strict=True):
            stream.take(one)

    def step(self) -> None:
        """Let every stream choose once."""
        self.streams.choose()

    def chosen(self) -> list[tuple[int, int]]:
        """Return each stream's first and second model."""
        return [(stream.row, stream.second) for stream in self.streams]
