"""Which real models were on the market in each month to today: the record, alike in every future.

A maker lists, for open and closed models apart, those no other of its own beats on both capability
and price: at most three open and six closed ones, the best, the cheapest and some between, none
older than two years or more than 35 ECI behind the frontier. Models with limited access are never
listed. A model that leaves the list has an heir of the same maker and kind, to which its users move
without noticing; where the maker has none left, they must choose again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sim.calendar import LAST_OBSERVED_MONTH
from sim.catalogue import Model, load_labs, load_models, load_price_spells, monthly_list_prices
from sim.outcomes import ORIGINS

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

LISTED_CLOSED, LISTED_OPEN = 6, 3
MAX_AGE_MONTHS = 24
MAX_LAG_ECI = 35.0
_FAR = 1e6  # beyond any price and any capability


@dataclass(frozen=True)
class Record:
    """The observed supply. Arrays over models have shape (P,), monthly ones (months, P).

    `prices` are list prices, $ per Mtok blended 3:1, NaN before release; `heirs` point to the
    listed model that serves a model's users (itself if listed, -1 if none); `frontier` is the best
    ECI on sale by month. `best` has shape (months, origins, closed and open) and `lab_best`
    (months, labs): the best ECI released so far, -inf for none. `releases` counts releases by
    (origins, months, closed and open), `benchmarked` those whose capability was measured.
    """

    lab: Ints
    origin: Ints
    open: Bools
    noncommercial: Bools
    restrictive: Bools
    source: Bools
    eci: Floats
    released: Ints
    limited: Bools
    launch_price: Floats
    prices: Floats
    heirs: Ints
    frontier: Floats
    best: Floats
    lab_best: Floats
    releases: Floats
    benchmarked: Floats

    def listed(self, month: int) -> Ints:
        """Return the numbers of the models on sale in `month`."""
        heirs = self.heirs[month]
        return np.flatnonzero(heirs == np.arange(heirs.size))


@lru_cache(maxsize=1)
def observed() -> Record:
    """Return the observed supply; models without capability or price never enter the market."""
    labs = [lab.id for lab in load_labs()]
    models, prices = _sold()
    months = LAST_OBSERVED_MONTH + 1
    lab = np.array([labs.index(m.lab) for m in models], dtype=np.int64)
    origin = np.array([ORIGINS.index(m.origin) for m in models], dtype=np.int64)
    is_open = np.array([m.openness != "closed_api" for m in models])
    eci = np.array([m.eci for m in models], dtype=np.float64)
    released = np.array([m.release_month for m in models], dtype=np.int64)
    limited = np.array([m.access == "limited" for m in models])
    on_sale = np.isfinite(prices)
    frontier = np.where(on_sale, eci, -np.inf).max(axis=1)
    heirs = np.stack(
        [
            _heirs_in(month, lab, is_open, eci, prices[month], released, limited, frontier[month])
            for month in range(months)
        ]
    )
    best = np.full((months, len(ORIGINS), 2), -np.inf)
    lab_best = np.full((months, len(labs)), -np.inf)
    releases = np.zeros((len(ORIGINS), months, 2))
    np.maximum.at(best, (released, origin, is_open.astype(np.int64)), eci)
    np.maximum.at(lab_best, (released, lab), eci)
    benchmarked = np.zeros_like(releases)
    measured = np.array([m.eci_basis == "measured" for m in models], dtype=np.float64)
    np.add.at(releases, (origin, released, is_open.astype(np.int64)), 1.0)
    np.add.at(benchmarked, (origin, released, is_open.astype(np.int64)), measured)
    return Record(
        lab=lab,
        origin=origin,
        open=is_open,
        noncommercial=np.array([m.licence_class == "noncommercial" for m in models]),
        restrictive=np.array([m.licence_class == "community" for m in models]),
        source=np.array([m.openness == "open_source" for m in models]),
        eci=eci,
        released=released,
        limited=limited,
        launch_price=np.array([column[np.isfinite(column)][0] for column in prices.T]),
        prices=prices,
        heirs=heirs,
        frontier=frontier,
        best=np.maximum.accumulate(best),
        lab_best=np.maximum.accumulate(lab_best),
        releases=releases,
        benchmarked=benchmarked,
    )


def _sold() -> tuple[list[Model], Floats]:
    """Return the models that were ever sold, by release, and their prices (months, P)."""
    models = load_models()
    prices = monthly_list_prices(models, load_price_spells(), 0, LAST_OBSERVED_MONTH + 1)
    keep = [
        k
        for k, m in enumerate(models)
        if m.release_month is not None and m.eci is not None and np.isfinite(prices[k]).any()
    ]
    keep.sort(key=lambda k: (models[k].release_month, models[k].id))
    return [models[k] for k in keep], np.ascontiguousarray(prices[keep].T)


def _heirs_in(
    month: int,
    lab: Ints,
    is_open: Bools,
    eci: Floats,
    price: Floats,
    released: Ints,
    limited: Bools,
    frontier: float,
) -> Ints:
    """Return who serves each model's users in `month`, shape (P,)."""
    heirs = np.full(lab.size, -1, dtype=np.int64)
    known = np.flatnonzero(np.isfinite(price) & (released > month - MAX_AGE_MONTHS - 12))
    fit = (released > month - MAX_AGE_MONTHS) & (eci > frontier - MAX_LAG_ECI) & ~limited
    group = lab * 2 + is_open
    ladder = ladders(group, eci, price, known[fit[known]])
    heirs[known] = _heirs(group, eci, known, ladder)
    return heirs


def ladders(group: Ints, eci: Floats, price: Floats, models: Ints) -> Ints:
    """Return the listed ones of `models`, by group (maker and kind) and from weakest to best."""
    order = np.lexsort((price[models], -eci[models], group[models]))
    models = models[order]
    # A running minimum within each group: each group is moved below all earlier ones.
    sunk = price[models] - _FAR * group[models]
    lowest = np.minimum.accumulate(sunk)
    starts = np.diff(group[models], prepend=-1) > 0
    front = models[starts | (sunk < np.concatenate([[np.inf], lowest[:-1]]))]
    kept = _thinned(group, front)
    return kept[np.lexsort((eci[kept], group[kept]))]


def _thinned(group: Ints, front: Ints) -> Ints:
    """Return `front`, sorted by group and from best to weakest, cut to the room of each group."""
    names, counts = np.unique(group[front], return_counts=True)
    room = np.where(names % 2 == 1, LISTED_OPEN, LISTED_CLOSED)
    keep = np.ones(front.size, dtype=np.bool_)
    for k in np.flatnonzero(counts > room):
        members = np.flatnonzero(group[front] == names[k])
        keep[members] = False
        keep[members[np.linspace(0, counts[k] - 1, room[k]).round().astype(np.int64)]] = True
    return front[keep]


def _heirs(group: Ints, eci: Floats, models: Ints, ladder: Ints) -> Ints:
    """Return for each model the weakest of its group on the ladder to equal it, else the best."""
    if not ladder.size:
        return np.full(models.size, -1, dtype=np.int64)
    own = group[models]
    step = np.searchsorted(group[ladder] * _FAR + eci[ladder], own * _FAR + eci[models])
    last = np.searchsorted(group[ladder], own, side="right") - 1
    heir = ladder[np.maximum(np.minimum(step, last), 0)]
    return np.where((last >= 0) & (group[heir] == own), heir, -1)
