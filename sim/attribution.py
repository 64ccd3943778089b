"""Which lever did how much of what two scenarios differ by, future by future.

Every coalition of levers meets the same futures, so that a share is policy and not chance. All
outcomes, groups and months come from the same runs. Shares are exact where all coalitions are run,
which is allowed up to MOST_EXACT levers. Else they follow one or a few orders in which levers join,
drawn anew for each future; their standard error then holds the chance of the orders as well as that
of the futures. In both cases the shares of a future add up to its paired difference.

Runs are dear: all coalitions of six levers on 64 futures are 4,096 of them, one order a future 320.
Futures differ by more than orders do, so unless told otherwise few levers are shared out exactly
and more by one order a future, on all futures.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TypedDict, Unpack

import numpy as np
import numpy.typing as npt

from sim.backend import Backend
from sim.coalitions import between, members, players_of, sampled_orders
from sim.compare import paired_difference
from sim.declare import InputError
from sim.ensemble import count_workers, opened_pool, schedule
from sim.outcomes import ROW, SERIES
from sim.replicate import Future, simulate
from sim.result import Result
from sim.run_cache import RunCache
from sim.scenario import Scenario
from sim.settings import Progress
from sim.shapley import Game, along, exact_pairs, exact_shares, pairs_of, sampled_shares
from sim.task import Task

MOST_EXACT = 8  # levers: 256 coalitions a future
MOST_PLAYERS, MOST_ORDERS = 32, 64
USUAL_RUNS, FEWEST = 1024, 4
Floats = npt.NDArray[np.float64]
Item = tuple[int, int]  # replicate, coalition


@dataclass(frozen=True)
class Plan:
    """Which runs an attribution takes. `orders` 0 means all coalitions."""

    first: Scenario
    second: Scenario
    players: tuple[str, ...]
    seed: int
    streams: int
    replicates: int
    orders: int

    def orders_of(self, replicate: int) -> list[list[int]]:
        """Return the orders of one future."""
        size = len(self.players)
        return sampled_orders(size, self.orders, seed=self.seed, replicate=replicate)

    def coalitions_of(self, replicate: int) -> list[int]:
        """Return the coalitions one future needs, none and all among them."""
        if not self.orders:
            return list(range(1 << len(self.players)))
        return sorted({met for order in self.orders_of(replicate) for met in along(order)})

    @property
    def runs(self) -> int:
        """Number of runs, those of the two scenarios themselves left out."""
        return sum(len(self.coalitions_of(r)) - 2 for r in range(self.replicates))


@dataclass(frozen=True, eq=False)
class Attribution:
    """Shares of an effect, (players, replicates, series, months).

    `pair_mean` and `pair_error` are the interaction of every two players, mean over futures and
    its standard error, (pairs, series, months); empty if orders were sampled.
    """

    plan: Plan
    shares: Floats
    effect: Floats
    base: Floats
    pair_mean: Floats
    pair_error: Floats

    @property
    def replicates(self) -> int:
        """Number of futures these shares come from."""
        return int(self.shares.shape[1])

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Every two players, in the order of `pair_mean`."""
        if not len(self.pair_mean):
            return []
        names = self.plan.players
        return [(names[one], names[other]) for one, other in pairs_of(len(names))]

    def of(self, outcome: str, group: str) -> Floats:
        """Return the shares of one series, (players, replicates, months)."""
        return self.shares[:, :, ROW[outcome, group]]

    def effect_of(self, outcome: str, group: str) -> Floats:
        """Return the paired difference of one series, (replicates, months)."""
        return self.effect[:, ROW[outcome, group]]

    def base_of(self, outcome: str, group: str) -> Floats:
        """Return the level of one series in the first scenario, (replicates, months)."""
        return self.base[:, ROW[outcome, group]]

    def interactions(self, outcome: str, group: str) -> tuple[Floats, Floats]:
        """Return mean and standard error of every pair's interaction, (pairs, months) each."""
        row = ROW[outcome, group]
        return self.pair_mean[:, row], self.pair_error[:, row]


def usual_orders(players: int, replicates: int) -> int:
    """Return how shares are found if nobody says: exactly (0) if that takes few runs, or else by
    one order a future (1)."""
    few = players <= MOST_EXACT and replicates << players <= USUAL_RUNS
    return 0 if few else 1


def usual_futures(players: int, replicates: int, orders: int) -> int:
    """Return how many futures are used if nobody says: 1, 2, 4, ... while runs stay few, or all."""
    each = players * orders if orders else 1 << players
    room = max(FEWEST, USUAL_RUNS // each)
    return replicates if replicates <= room else 1 << room.bit_length() - 1


def plan_for(
    first: Result, second: Result, *, futures: int | None = None, orders: int | None = None
) -> Plan:
    """Return which runs to make for two results on the same futures.

    `futures` None is `usual_futures` and `orders` None is `usual_orders`; `orders` 0 is all
    coalitions. Raises InputError if the scenarios do not differ, or differ too much.
    """
    players = players_of(first.scenario, second.scenario)
    if len(players) > MOST_PLAYERS:
        raise InputError(f"attribute: {len(players)} levers differ; allowed {MOST_PLAYERS}")
    most = min(first.replicates, second.replicates)
    if orders is None:
        orders = usual_orders(len(players), most)
    if orders != 1 and (orders % 2 or not 0 <= orders <= MOST_ORDERS):
        raise InputError(f"orders: {orders}; allowed 0, 1 and even numbers to {MOST_ORDERS}")
    if orders == 0 and len(players) > MOST_EXACT:
        raise InputError(f"orders: 0; allowed up to {MOST_EXACT} levers, here {len(players)}")
    if futures is not None and not 1 <= futures <= most:
        raise InputError(f"attribute-futures: {futures}; allowed 1 to {most}, those that were run")
    return Plan(
        first.scenario,
        second.scenario,
        players,
        first.seed,
        first.streams,
        futures or usual_futures(len(players), most, orders),
        orders,
    )


class AttributionOptions(TypedDict, total=False):
    """What `iter_attribution` may be told beside two results and a plan."""

    workers: int | None
    pool: Backend | None
    progress: Progress | None
    cache: RunCache | None


def attribute(
    first: Result, second: Result, plan: Plan, **options: Unpack[AttributionOptions]
) -> Attribution:
    """Return the shares of all futures of a plan. The options are those of `iter_attribution`."""
    *_, last = iter_attribution(first, second, plan, **options)
    return last


def iter_attribution(
    first: Result,
    second: Result,
    plan: Plan,
    *,
    workers: int | None = None,
    pool: Backend | None = None,
    progress: Progress | None = None,
    cache: RunCache | None = None,
) -> Generator[Attribution, None, None]:
    """Yield growing attributions: of the first 2, 4, 8, ... futures and at last all.

    Each yield is exactly that of a plan for so many futures. `progress` is called with (done,
    total) runs. Runs that `cache` knows are not made again. Closing the iterator ends the work.
    """
    growing = _Growing(plan, _known(first, second, plan, cache))
    items = growing.missing()
    if pool is None:
        workers = count_workers(
            [plan.first], replicates=len(items), streams=plan.streams, workers=workers
        )
    told = {"first": plan.first, "second": plan.second, "players": plan.players}
    task = Task("sim.attribution:future_of", told | {"seed": plan.seed, "streams": plan.streams})
    homes = [replicate for replicate, _ in items]
    with (
        opened_pool(workers, pool, len(items)) as backend,
        closing(backend.map(task, items, progress=progress, homes=homes)) as found,
    ):
        for step in schedule(plan.replicates):
            while not growing.has(step):
                item, future = next(found)
                growing.add(item, future.values)
            yield growing.first(step)
        for _ in found:  # nothing is left; lets the last progress be told
            pass


def future_of(
    item: Item,
    *,
    first: Scenario,
    second: Scenario,
    players: Sequence[str],
    seed: int,
    streams: int,
) -> Future:
    """Return one future of one coalition, without its log."""
    replicate, coalition = item
    scenario = between(first, second, members(coalition, players))
    made = simulate(scenario, seed=seed, replicate=replicate, streams=streams)
    return replace(made, log=made.log[:0])


def _known(
    first: Result, second: Result, plan: Plan, cache: RunCache | None
) -> Mapping[int, Floats]:
    """Return what is there already: coalition -> values of its first futures."""
    known = {0: first.values, (1 << len(plan.players)) - 1: second.values}
    if cache is not None and not plan.orders:
        for coalition in plan.coalitions_of(0)[1:-1]:
            scenario = between(plan.first, plan.second, members(coalition, plan.players))
            kept = cache.get(
                scenario, seed=plan.seed, streams=plan.streams, replicates=plan.replicates
            )
            if kept is not None:
                known[coalition] = kept.values
    return known


class _Growing:
    """An attribution under way: runs arrive in any order; a future is shared out when complete."""

    def __init__(self, plan: Plan, known: Mapping[int, Floats]) -> None:
        shape = plan.replicates, len(SERIES), known[0].shape[2]
        n_pairs = 0 if plan.orders else len(pairs_of(len(plan.players)))
        self._plan, self._known, self._ready = plan, known, 0
        self._waiting: dict[int, dict[int, Floats]] = {}  # replicate -> coalition -> values
        self._shares = np.empty((len(plan.players), *shape))
        # of the pairs: how many futures have a value, their sum, and the sum of their squares
        self._count, self._sum, self._squares = np.zeros((3, n_pairs, *shape[1:]))
        last = (1 << len(plan.players)) - 1
        self._base = known[0][: plan.replicates]
        self._effect = paired_difference(known[last][: plan.replicates], self._base)

    def missing(self) -> list[Item]:
        """Return the runs to make, future by future."""
        return [
            (replicate, coalition)
            for replicate in range(self._plan.replicates)
            for coalition in self._plan.coalitions_of(replicate)
            if not self._is_known(replicate, coalition)
        ]

    def add(self, item: Item, values: Floats) -> None:
        """Take in one run."""
        replicate, coalition = item
        self._waiting.setdefault(replicate, {})[coalition] = values

    def has(self, replicates: int) -> bool:
        """Share out what is complete of the first futures, in their order; is it all of them?"""
        while self._ready < replicates:
            needed = self._plan.coalitions_of(self._ready)
            found = self._waiting.get(self._ready, {})
            if any(c not in found and not self._is_known(self._ready, c) for c in needed):
                return False
            game = {c: found[c] if c in found else self._known[c][self._ready] for c in needed}
            self._share_out(game)
            self._waiting.pop(self._ready, None)
            self._ready += 1
        return True

    def first(self, replicates: int) -> Attribution:
        """Return the shares of the first futures, after `has` has said that they are there."""
        mean = self._sum / np.where(self._count > 0, self._count, np.nan)
        variance = np.maximum(self._squares - self._count * mean**2, 0.0)
        freedom = np.where(self._count > 1, (self._count - 1.0) * self._count, np.nan)
        return Attribution(
            replace(self._plan, replicates=replicates),
            self._shares[:, :replicates].copy(),
            self._effect[:replicates],
            self._base[:replicates],
            mean,
            np.sqrt(variance / freedom),
        )

    def _is_known(self, replicate: int, coalition: int) -> bool:
        return coalition in self._known and replicate < len(self._known[coalition])

    def _share_out(self, game: Game) -> None:
        size = len(self._plan.players)
        if self._plan.orders:
            shares = sampled_shares(game, self._plan.orders_of(self._ready))
        else:
            shares = exact_shares(game, size)
            pairs = exact_pairs(game, size)
            exists = ~np.isnan(pairs)
            told = np.where(exists, pairs, 0.0)
            self._count += exists
            self._sum += told
            self._squares += told**2
        self._shares[:, self._ready] = shares
