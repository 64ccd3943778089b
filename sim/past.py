"""The state a replicate has reached at the end of the record, kept for the next scenario.

Scenarios that differ only after today share what came before, to the bit: every draw is keyed to
what it decides and labs decide nothing yet. So a process that has run one of them starts the next
one there. What is kept is bounded in bytes; the longest unused goes first.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim import twins
from sim.calendar import LAST_OBSERVED_MONTH
from sim.ledger import Ledger
from sim.population import Population
from sim.scenario import Scenario
from sim.world import World

END = LAST_OBSERVED_MONTH + 1
MOST_BYTES = 200_000_000
# What a month leaves to the next. All else is made anew for each scenario, or by the next month.
CARRIED = (
    "trust",
    "use",
    "governments",
    "labs",
    "derivatives",
    "log",
    "best",
    "newcomer",
    "needed_chips",
    "derived",
    "used_eci",
    "peers_start",
    "sales",
    "bought",
    "prices",
    "frontier_today",
    "due",
    "incidents",
)
BY_MONTH = {"frontiers": 0, "releases": 1, "benchmarked": 1}  # and their axis of months
REMADE = (
    "scenario",
    "p",
    "numbers",
    "on",
    "dice",
    "who",
    "crowd",  # its trust is that of `trust`
    "rules",
    "office",  # nobody applies before today: only who is employed there is carried
    "shocks",
    "fixed_costs",
    "ledger",  # by month, too
    "turns",
    "queue_rank",
    "exposure_scale",
    "levers",
    "policy",
    "line",
    "shelf",
    "acting",
    "terms",
    "menu",
    "month",
    "state",
    "stand",
)


@dataclass(frozen=True, eq=False)
class Past:
    """One state at the end of the record."""

    who: Population  # nothing changes it: not a copy
    carried: dict[str, Any]
    ledger: Ledger
    by_month: dict[str, Any]
    reviewers: int
    n_bytes: int

    @classmethod
    def of(cls, world: World) -> Past:
        """Return a copy of what a world carries over the end of the record."""
        carried = deepcopy({name: getattr(world, name) for name in CARRIED})
        ledger = Ledger._make(lines[:END].copy() for lines in world.ledger)
        by_month = {
            name: np.take(getattr(world, name), np.arange(END), axis=axis)
            for name, axis in BY_MONTH.items()
        }
        arrays = [*_arrays(world.who), *_arrays(carried), *ledger, *by_month.values()]
        n_bytes = sum(array.nbytes for array in arrays)
        return cls(world.who, carried, ledger, by_month, world.office.employed, n_bytes)

    def resume(self, world: World) -> None:
        """Bring a world that has just begun to the end of the record."""
        for name, value in deepcopy(self.carried).items():
            setattr(world, name, value)
        trust = world.trust
        world.crowd = world.crowd._replace(
            maker=trust.maker, host=trust.host, cleared=trust.cleared
        )
        for name, lines in self.ledger._asdict().items():
            getattr(world.ledger, name)[:END] = lines
        for name, axis in BY_MONTH.items():
            whole = np.moveaxis(getattr(world, name), axis, 0)
            whole[:END] = np.moveaxis(self.by_month[name], axis, 0)
        world.office.staff(self.reviewers)


class Pasts:
    """States at the end of the record, of this process."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes, self._n_bytes = most_bytes, 0
        self._kept: OrderedDict[Hashable, Past] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Past | None:
        """Return a state, None if it is not known."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: Hashable, past: Past) -> None:
        """Keep a state, and forget those unused for longest that are too many."""
        with self._lock:
            replaced = self._kept.pop(key, None)
            self._kept[key] = past
            self._n_bytes += past.n_bytes - (replaced.n_bytes if replaced else 0)
            while self._n_bytes > self._most_bytes:
                self._n_bytes -= self._kept.popitem(last=False)[1].n_bytes

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._kept.clear()
            self._n_bytes = 0

    def __len__(self) -> int:
        return len(self._kept)


def key_of(scenario: Scenario, *, seed: int, replicate: int, streams: int) -> Hashable | None:
    """Return what the state at the end of the record depends on; None if a scenario has no such
    state: its supply is simulated from the beginning, or it ends with the record."""
    if scenario.supply != "observed" or scenario.n_months <= END:
        return None
    return (
        *(seed, replicate, streams, scenario.worlds),
        twins.is_installed(),  # both forms give the same bits, which tests would else not see
        frozenset(scenario.off),
        frozenset(scenario.assumptions.items()),
        frozenset(item for item in scenario.levers.items() if item[1].start < END),
        tuple(shock for shock in scenario.shocks if shock.month < END),
    )


def _arrays(value: object) -> list[np.ndarray[Any, Any]]:
    """Return all arrays in records, tuples and lists."""
    if isinstance(value, np.ndarray):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, tuple | list):
        return [array for part in value for array in _arrays(part)]
    return _arrays(vars(value)) if hasattr(value, "__dict__") else []
