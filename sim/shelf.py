"""What makers have on sale once supply is simulated: product lines, renewed one generation at a time.

A product is one step of a lab's line, a fixed distance behind its flagship. It has two versions at
most: one sold only through the maker's interface (closed) and one whose weights are out (open).
A new generation that is closed leaves the older open weights where they are, since they cannot be
recalled; one that is open replaces both. Weights may follow the interface later. Version 2k is the
closed one of product k and 2k + 1 its open one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.supply import MAX_AGE_MONTHS, MAX_LAG_ECI

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
NOT_DUE = 10**6


@dataclass
class Line:
    """All products, arrays of shape (n,), by lab and best first; fixed but for the last four.

    `behind` is ECI behind the lab's level; `launch_cost` the serving cost at release, $ per Mtok;
    `flagship` marks a lab's best product; `weight` is its part in what concerns the lab as a
    whole; `anchor` are the log-odds of opening it at the start and `base` its gain from opening
    over its noise then (NaN: not yet known). `opened` says whether the last generation was open;
    `weights_due` is the month in which weights of the closed generation follow; `predecessor_eci`
    and `predecessor_cost` are of the closed generation before the current one (NaN: none).
    """

    lab: Ints
    origin: Ints
    behind: Floats
    launch_cost: Floats
    flagship: Bools
    weight: Floats
    anchor: Floats
    base: Floats
    licence: Bools
    opened: Bools
    weights_due: Floats
    predecessor_eci: Floats
    predecessor_cost: Floats
    key: npt.NDArray[np.uint64]


@dataclass
class Shelf:
    """What is on sale, arrays over versions of shape (2n,).

    `price` is the maker's list price, `launch` what it was at release and `cost` the cost of
    serving, $ per Mtok; `chips` is what the chips for a Mtok cost; `terms` the share of hosts' price a licence takes; `withheld` marks
    weights that may not leave China.
    """

    line: Line
    lab: Ints
    origin: Ints
    open: Bools
    on_sale: Bools
    eci: Floats
    released: Floats
    price: Floats
    launch: Floats
    cost: Floats
    chips: Floats
    restrictive: Bools
    noncommercial: Bools
    terms: Floats
    withheld: Bools

    @property
    def products(self) -> int:
        """Number of products."""
        return int(self.line.lab.size)

    @property
    def frontier(self) -> float:
        """Best ECI on sale, -inf if nothing is."""
        return float(self.eci[self.on_sale].max(initial=-np.inf))


def empty_shelf(line: Line) -> Shelf:
    """Return a shelf with nothing on sale yet."""
    lab, n = np.repeat(line.lab, 2), 2 * line.lab.size
    return Shelf(
        line=line,
        lab=lab,
        origin=np.repeat(line.origin, 2),
        open=np.arange(n) % 2 == 1,
        on_sale=np.zeros(n, dtype=np.bool_),
        eci=np.full(n, -np.inf),
        released=np.zeros(n),
        price=np.ones(n),
        launch=np.ones(n),
        cost=np.ones(n),
        chips=np.ones(n),
        restrictive=np.zeros(n, dtype=np.bool_),
        noncommercial=np.zeros(n, dtype=np.bool_),
        terms=np.zeros(n),
        withheld=np.zeros(n, dtype=np.bool_),
    )


@dataclass(frozen=True)
class Generation:
    """New models of some products, arrays of shape (new,)."""

    product: Ints
    is_open: Bools
    eci: Floats
    price: Floats
    cost: Floats
    chips: Floats
    restrictive: Bools
    terms: Floats
    withheld: Bools


def put_on_sale(shelf: Shelf, new: Generation, month: int) -> None:
    """Put a generation on sale; what it replaces leaves, weights that are out stay."""
    line, closed = shelf.line, 2 * new.product
    was_closed = shelf.on_sale[closed] & ~line.opened[new.product]
    line.predecessor_eci[new.product] = np.where(was_closed, shelf.eci[closed], np.nan)
    line.predecessor_cost[new.product] = np.where(was_closed, shelf.cost[closed], np.nan)
    version = closed + new.is_open
    shelf.on_sale[closed] = ~new.is_open
    shelf.on_sale[version] = True
    shelf.eci[version], shelf.released[version] = new.eci, month
    shelf.price[version] = shelf.launch[version] = new.price
    shelf.cost[version], shelf.chips[version] = new.cost, new.chips
    shelf.restrictive[version] = new.restrictive & new.is_open
    shelf.terms[version] = new.terms * new.is_open
    shelf.withheld[version] = new.withheld & new.is_open
    shelf.noncommercial[version] = False
    line.opened[new.product] = new.is_open
    line.weights_due[new.product] = NOT_DUE


def release_weights(
    shelf: Shelf, product: Ints, restrictive: Bools, terms: Floats, withheld: Bools, ratio: float
) -> None:
    """Release the weights of what these products sell through the interface; `ratio` is the new
    list price over cost."""
    closed, version = 2 * product, 2 * product + 1
    for part in (shelf.eci, shelf.released, shelf.cost, shelf.chips):
        part[version] = part[closed]
    shelf.price[version] = shelf.launch[version] = shelf.cost[closed] * ratio
    shelf.on_sale[version], shelf.on_sale[closed] = True, False
    shelf.restrictive[version], shelf.terms[version] = restrictive, terms
    shelf.withheld[version], shelf.noncommercial[version] = withheld, False
    shelf.line.opened[product] = True
    shelf.line.weights_due[product] = NOT_DUE


def release_predecessors(shelf: Shelf, product: Ints, month: int, ratio: float) -> None:
    """Release the weights of the flagships that these products' current ones replaced."""
    line, version = shelf.line, 2 * product + 1
    shelf.eci[version], shelf.cost[version] = (
        line.predecessor_eci[product],
        line.predecessor_cost[product],
    )
    shelf.chips[version], shelf.released[version] = shelf.chips[2 * product], month
    shelf.price[version] = shelf.launch[version] = shelf.cost[version] * ratio
    shelf.on_sale[version] = True
    shelf.restrictive[version] = shelf.noncommercial[version] = shelf.withheld[version] = False
    shelf.terms[version] = 0.0


def clear_out(shelf: Shelf, month: int) -> None:
    """Take off sale what is older than two years or more than 35 ECI behind the best on sale."""
    current = (shelf.released > month - MAX_AGE_MONTHS) & (
        shelf.eci > shelf.frontier - MAX_LAG_ECI
    )
    shelf.on_sale &= current


def followers(shelf: Shelf) -> tuple[Ints, Ints]:
    """Return where users of each version go on: of the maker's interface, and of anyone else's.

    Shape (2n + 1,) each, -1 where they must choose again; the last place stands for no version.
    A maker's interface always serves its newest version of a product.
    """
    every = np.arange(shelf.lab.size)
    stays = np.where(shelf.on_sale, every, -1)
    other = every ^ 1
    newer = shelf.on_sale[other] & ((shelf.released[other] > shelf.released) | ~shelf.on_sale)
    first = np.where(newer, other, stays)
    return np.append(first, -1), np.append(stays, -1)
