"""Decides in which order a month happens, and what all streams share of it.

ODD.md 3, 7.1 and 7.13: the record brings models to market, streams choose at the same moment, then
all meet their peers, and what is built on open models grows with use.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import mesa

from benchmarks.mesa_twin.fixed import DERIVATIVES_FADE, DERIVATIVES_PER_SHARE
from benchmarks.mesa_twin.founding import settle
from benchmarks.mesa_twin.market import Market
from benchmarks.mesa_twin.menus import Menus
from benchmarks.mesa_twin.record import MONTHS, record
from benchmarks.mesa_twin.streams import Stream
from benchmarks.mesa_twin.tally import Tally
from sim.levers import LEVERS
from sim.parameters import build_parameters


class Change:
    """A lever moved by a scenario: to `value`, from the month `start` on, over `phase` months."""

    def __init__(self, value: float, start: int, phase: int = 0) -> None:
        self.value, self.start, self.phase = value, start, phase


class Economy(mesa.Model):
    """The world of the twin: one future of the demand side under observed supply."""

    kind_of_stream: type[Stream] = Stream
    kind_of_market: type[Market] = Market

    def __init__(self, *, seed: int, streams: int, changes: Mapping[str, Change]) -> None:
        super().__init__(seed=seed)
        self.parameters = build_parameters({})
        self.record = record()
        self.paths = lever_paths(changes)
        self.month = -1
        self.derivatives: dict[str, float] = {}  # R18: none at the start
        self.people = settle(self, streams)
        self.tally = Tally(self)

    def step(self) -> None:
        """Let one month happen."""
        self.month += 1
        self.policy = {name: path[self.month] for name, path in self.paths.items()}
        shut = self.random.random() < self.policy["us_frontier_gate"] / 12.0
        on_sale = self.record.on_sale(self.month)
        self.market = self.kind_of_market(
            self.month, on_sale, self.policy, self.parameters, gate_is_shut=shut
        )
        self.menus = Menus(self.market, self.derivatives, self.parameters)
        self.agents.do("decide")
        self.tally.count()
        self.agents.do("look_at_peers")
        self.agents.do("take_it_in")
        self._build_on_open_models()
        self.tally.write_down()

    def _build_on_open_models(self) -> None:
        tokens = self.tally.tokens_on_open_models()
        world = self.tally.world_tokens()
        for lab in {release.lab for release in self.record.releases}:
            share = tokens.get(lab, 0.0) / world if world else 0.0
            kept = self.derivatives.get(lab, 0.0) * (1.0 - DERIVATIVES_FADE)
            self.derivatives[lab] = kept + DERIVATIVES_PER_SHARE * share

    def nearness(self) -> float:
        """Return how near Chinese open models stand to the frontier, 1 at or before it."""
        best_chinese = self.record.best_chinese_open[self.month]
        if best_chinese == -math.inf:
            return 0.0  # R19: nothing to clear yet
        gap = self.record.best_so_far[self.month] - best_chinese
        return math.exp(-max(0.0, gap) / self.parameters.trust.clearance_efold_eci)


def lever_paths(changes: Mapping[str, Change]) -> dict[str, list[float]]:
    """Return every lever month by month: its history, and from its start what a scenario sets."""
    paths = {}
    for lever in LEVERS:
        path = [float(value) for value in lever.status_quo(MONTHS)]
        change = changes.get(lever.id)
        if change is not None:
            before = path[max(0, change.start - 1)]
            for month in range(change.start, MONTHS):
                done = min(1.0, (month - change.start + 1) / (change.phase + 1))
                path[month] = before + (change.value - before) * done
        paths[lever.id] = path
    return paths
