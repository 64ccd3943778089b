"""Which models exist, who made them, and which of them a maker still has on the market.

The shelf is a struct of arrays over models, observed ones first. A maker lists, for open and
closed models apart, those no other of its own beats on both capability and price: at most three
open and six closed ones, the best, the cheapest and some between, none older than two years or
more than 35 ECI behind the frontier. Models with limited access are never listed.
A model that leaves the list has a successor in the same family, to which its users move without
noticing; where the maker has none left, they must choose again.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.calendar import LAST_OBSERVED_MONTH
from sim.catalogue import load_labs, load_models, load_price_spells, monthly_list_prices
from sim.outcomes import ORIGINS

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

ROOM_FOR_NEW = 12000
LISTED_CLOSED, LISTED_OPEN = 6, 3
MAX_AGE_MONTHS = 24
MAX_LAG_ECI = 35.0
_FAR = 1e6  # beyond any price and any capability


@dataclass
class Shelf:
    """Models, arrays of shape (capacity,), of which the first `count` are in use.

    `price` is the maker's list price in $ per Mtok blended 3:1; `withheld` marks weights that may
    not leave China; `successor` points to the listed model that serves a model's users (itself if
    listed, -1 before release or when the maker has nothing of that kind left); `frontier` is the
    best capability on sale, ECI.
    """

    count: int
    lab: Ints
    origin: Ints
    open: Bools
    noncommercial: Bools
    restrictive: Bools
    eci: Floats
    released: Ints
    price: Floats
    launch_price: Floats
    withheld: Bools
    limited: Bools
    successor: Ints
    frontier: float = -np.inf

    def add(
        self,
        *,
        lab: Ints,
        origin: Ints,
        is_open: Bools,
        restrictive: Bools,
        eci: Floats,
        month: int,
        price: Floats,
        withheld: Bools,
    ) -> None:
        """Put new models on the shelf, arrays of shape (new,), and list their makers' again."""
        fresh = slice(self.count, self.count + eci.size)
        if fresh.stop >= self.lab.size:  # the last place stands for no model
            raise RuntimeError(f"shelf full at {self.lab.size} models; raise ROOM_FOR_NEW")
        self.lab[fresh], self.origin[fresh], self.released[fresh] = lab, origin, month
        self.open[fresh], self.eci[fresh], self.withheld[fresh] = is_open, eci, withheld
        self.restrictive[fresh] = restrictive & is_open
        self.price[fresh] = self.launch_price[fresh] = price
        self.count = fresh.stop
        self.frontier = max(self.frontier, float(eci.max(initial=-np.inf)))
        self.relist(lab, month)

    def relist(self, labs: Ints, month: int) -> None:
        """Decide again which models of these makers are listed in `month`.

        Models released more than MAX_AGE_MONTHS + 12 months ago are not looked at again.
        """
        first = int(np.searchsorted(self.released[: self.count], month - MAX_AGE_MONTHS - 12))
        concerned = np.zeros(int(self.lab.max()) + 1, dtype=np.bool_)
        concerned[labs] = True
        known = concerned[self.lab[first : self.count]]
        known &= np.isfinite(self.price[first : self.count])
        models = first + np.flatnonzero(known)
        fit = (
            (self.released[models] > month - MAX_AGE_MONTHS)
            & (self.eci[models] > self.frontier - MAX_LAG_ECI)
            & ~self.limited[models]
        )
        ladder = _ladders(self, models[fit])
        self.successor[models] = _heirs(self, models, ladder)

    def listed(self) -> Ints:
        """Return the numbers of the models on the market."""
        used = self.successor[: self.count]
        return np.flatnonzero(used == np.arange(self.count))


def _group(shelf: Shelf, models: Ints) -> Ints:
    """Return a number for the maker and kind of each model."""
    return shelf.lab[models] * 2 + shelf.open[models]


def _ladders(shelf: Shelf, models: Ints) -> Ints:
    """Return the listed ones of `models`, by maker and kind and from weakest to best."""
    group, eci, price = _group(shelf, models), shelf.eci[models], shelf.price[models]
    order = np.lexsort((price, -eci, group))
    # A running minimum within each group: each group is moved below all earlier ones.
    sunk = price[order] - _FAR * group[order]
    lowest = np.minimum.accumulate(sunk)
    starts = np.diff(group[order], prepend=-1) > 0
    front = order[starts | (sunk < np.concatenate([[np.inf], lowest[:-1]]))]
    kept = _thinned(shelf, models[front], group[front])
    return kept[np.lexsort((shelf.eci[kept], _group(shelf, kept)))]


def _thinned(shelf: Shelf, front: Ints, group: Ints) -> Ints:
    """Return `front`, sorted by group and from best to weakest, cut to the room of each group."""
    names, counts = np.unique(group, return_counts=True)
    room = np.where(names % 2 == 1, LISTED_OPEN, LISTED_CLOSED)
    keep = np.ones(front.size, dtype=np.bool_)
    for k in np.flatnonzero(counts > room):
        members = np.flatnonzero(group == names[k])
        keep[members] = False
        keep[members[np.linspace(0, counts[k] - 1, room[k]).round().astype(np.int64)]] = True
    return front[keep]


def _heirs(shelf: Shelf, models: Ints, ladder: Ints) -> Ints:
    """Return for each model the weakest of its maker and kind that equals it, else the best."""
    if not ladder.size:
        return np.full(models.size, -1, dtype=np.int64)
    group, own = _group(shelf, ladder), _group(shelf, models)
    step = np.searchsorted(group * _FAR + shelf.eci[ladder], own * _FAR + shelf.eci[models])
    last = np.searchsorted(group, own, side="right") - 1
    heir = ladder[np.maximum(np.minimum(step, last), 0)]
    return np.where((last >= 0) & (_group(shelf, heir) == own), heir, -1)


@dataclass(frozen=True)
class Record:
    """The observed supply: the shelf as of each month from 2023-01 to today.

    `prices` and `successors` have shape (months, models).
    """

    shelf: Shelf
    prices: Floats
    successors: Ints


@lru_cache(maxsize=1)
def observed() -> Record:
    """Return the observed supply; models without capability or price never enter the market."""
    labs = [lab.id for lab in load_labs()]
    models = load_models()
    months = LAST_OBSERVED_MONTH + 1
    prices = monthly_list_prices(models, load_price_spells(), 0, months)
    keep = [
        k
        for k, m in enumerate(models)
        if m.release_month is not None and m.eci is not None and np.isfinite(prices[k]).any()
    ]
    keep.sort(key=lambda k: (models[k].release_month, models[k].id))
    chosen, price = [models[k] for k in keep], prices[keep].T
    n, room = len(chosen), len(chosen) + ROOM_FOR_NEW
    shelf = Shelf(
        count=n,
        lab=_padded([labs.index(m.lab) for m in chosen], room, np.int64),
        origin=_padded([ORIGINS.index(m.origin) for m in chosen], room, np.int64),
        open=_padded([m.openness != "closed_api" for m in chosen], room, np.bool_),
        noncommercial=_padded([m.licence_class == "noncommercial" for m in chosen], room, np.bool_),
        restrictive=_padded([m.licence_class == "community" for m in chosen], room, np.bool_),
        eci=_padded([m.eci for m in chosen], room, np.float64),
        released=_padded([m.release_month for m in chosen], room, np.int64),
        price=np.full(room, np.nan),
        launch_price=_padded(
            [column[np.isfinite(column)][0] for column in price.T], room, np.float64
        ),
        withheld=np.zeros(room, dtype=np.bool_),
        limited=_padded([m.access == "limited" for m in chosen], room, np.bool_),
        successor=np.full(room, -1, dtype=np.int64),
    )
    successors = np.full((months, n), -1, dtype=np.int64)
    for month in range(months):
        shelf.price[:n] = price[month]
        shelf.frontier = float(shelf.eci[:n][np.isfinite(price[month])].max(initial=-np.inf))
        shelf.relist(np.arange(len(labs)), month)
        successors[month] = shelf.successor[:n]
    return Record(shelf, price, successors)


def _padded(values: list[Any], room: int, kind: type) -> npt.NDArray[Any]:
    array: npt.NDArray[Any] = np.zeros(room, dtype=kind)
    array[: len(values)] = values
    return array


def fresh_shelf() -> Shelf:
    """Return a shelf of the observed models with nothing listed yet, free to be changed."""
    shelf = observed().shelf
    copies = {
        f.name: getattr(shelf, f.name).copy()
        for f in dataclasses.fields(Shelf)
        if f.name not in ("count", "frontier")
    }
    copies["successor"][:] = -1
    copies["price"][:] = np.nan
    return Shelf(count=shelf.count, **copies)


def stock_observed(shelf: Shelf, month: int) -> None:
    """Set list prices and listings to what was observed in `month`."""
    record = observed()
    n = record.prices.shape[1]
    shelf.price[:n] = record.prices[month]
    shelf.successor[:n] = record.successors[month]
    on_sale = np.isfinite(record.prices[month])
    shelf.frontier = float(shelf.eci[:n][on_sale].max(initial=-np.inf))
