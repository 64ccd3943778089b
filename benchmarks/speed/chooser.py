"""How one agent of a peer framework chooses: the same work in plain Python, without the framework.

Both peers share this, so what differs between them is what they do with agents. Empty slots are
left out, which favours the peers.
"""

from __future__ import annotations

import math
from typing import NamedTuple, Protocol

from benchmarks.speed.work import Work
from sim.choice import CHINESE, GATED, LARGEST_LOSS, PENALTIES
from sim.offers import CN_SELF, OPEN_SELF
from sim.shortlist import SLOT_STARTS, SLOTS

OWN = (OPEN_SELF, CN_SELF)
CLASS_OF = tuple(
    next(k for k in range(len(SLOT_STARTS)) if SLOT_STARTS[k + 1] > slot) for slot in range(SLOTS)
)


class Option(NamedTuple):
    """One offer on a shortlist."""

    row: int
    base: float
    log_price: float
    lab: int
    penalty: int  # place among a stream's penalties; -1 for none
    own: tuple[float, ...]  # ln price by scale of a self-hoster; empty for others
    gate: float
    stop: float
    gated: bool
    chinese: bool


class Draws(Protocol):
    """Where an agent's uniforms come from."""

    def random(self) -> float:
        """Return a number in [0, 1)."""
        ...


class Traits(NamedTuple):
    """What distinguishes one stream."""

    options: list[Option]
    alpha: float
    penalties: list[float]
    family: int
    loyalty: float
    scale: int


def options_by_cell(work: Work) -> list[list[Option]]:
    """Return every cell's shortlist."""
    lists = work.lists
    found = []
    for cell in range(lists.row.shape[0]):
        options = []
        for slot in range(SLOTS):
            row = int(lists.row[cell, slot])
            if row < 0:
                continue
            kind = CLASS_OF[slot]
            options.append(
                Option(
                    row,
                    float(lists.base[cell, slot]),
                    float(lists.price[cell, slot]),
                    int(lists.lab[cell, slot]),
                    PENALTIES.index(kind) if kind in PENALTIES else -1,
                    tuple(lists.own_price[row].tolist()) if kind in OWN else (),
                    float(lists.gate[cell, slot]),
                    float(lists.stop[cell, slot]),
                    GATED.start <= slot < GATED.stop,
                    slot >= CHINESE.start,
                )
            )
        found.append(options)
    return found


def traits(work: Work) -> list[Traits]:
    """Return what distinguishes each stream."""
    cells, who = options_by_cell(work), work.who
    return [
        Traits(
            cells[int(who.cell[i])],
            float(who.alpha[i]),
            who.penalty[:, i].tolist(),
            int(who.family[i]),
            float(who.loyalty[i]),
            int(who.scale[i]),
        )
        for i in range(work.size)
    ]


class Chooser:
    """An agent that chooses; a framework's agent class adds the rest."""

    row = second = -1
    log_sum = math.nan
    ban = stop = gate = 0.0

    def take(self, one: Traits) -> None:
        """Become this stream."""
        self.options, self.alpha, self.penalties = one.options, one.alpha, one.penalties
        self.family, self.loyalty, self.scale = one.family, one.loyalty, one.scale

    def decide(self, draws: Draws) -> None:
        """Choose a first and a second model."""
        weights = [math.exp(max(-700.0, self.utility(option))) for option in self.options]
        total = sum(weights)
        if total <= 0.0:
            self.row = self.second = -1
            return
        self.row = self.picked(weights, draws.random() * total)
        self.second = self.picked(weights, draws.random() * total)
        self.log_sum = math.log(total)
        elsewhere = stopped = shut = 0.0
        for option, weight in zip(self.options, weights, strict=True):
            if option.chinese:
                stopped += option.stop * weight
            else:
                elsewhere += weight
            shut += option.gate * weight if option.gated else weight
        self.ban = self.loss(elsewhere / total)
        self.stop = self.loss((elsewhere + stopped) / total)
        self.gate = self.loss(shut / total)

    def utility(self, option: Option) -> float:
        """Return what an option is worth."""
        price = option.own[self.scale] if option.own else option.log_price
        value = option.base - self.alpha * price
        if option.penalty >= 0:
            value -= self.penalties[option.penalty]
        if option.lab == self.family:
            value += self.loyalty
        return value

    def picked(self, weights: list[float], target: float) -> int:
        """Return the row at which the running sum of weights reaches the target."""
        reached = 0.0
        for option, weight in zip(self.options, weights, strict=True):
            reached += weight
            if reached >= target:
                return option.row
        return self.options[-1].row

    @staticmethod
    def loss(left: float) -> float:
        """Return the loss of log-sum when this share of the weight is left."""
        return min(LARGEST_LOSS, -math.log(left)) if left > 0.0 else LARGEST_LOSS
