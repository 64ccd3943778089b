"""What makers have on sale once supply is simulated: product lines, renewed by generations.

A product is one step of a lab's line, a fixed distance behind its flagship. It has two versions at
most: one sold only through the maker's interface (closed) and one whose weights are out (open).
A new generation that is closed leaves the older open weights where they are, since they cannot be
recalled; one that is open replaces both. Weights may follow the interface later. Version 2k is the
closed one of product k and 2k + 1 its open one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.supply import MAX_AGE_MONTHS, MAX_LAG_ECI
from sim.twins import kernel

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
NOT_DUE = 1e6


class Line(NamedTuple):
    """All products, arrays of shape (n,), by lab and best first; changed in place.

    `behind` is ECI behind the lab's level; `launch_cost` the serving cost at release, $ per Mtok;
    `flagship` marks a lab's best product; `weight` is its part in what concerns the lab as a
    whole; `anchor` are the log-odds of opening it at the start and `base` its gain from opening
    over its noise then (NaN: not yet known). `licence` says whether its weights come with terms
    since the start, `opened` whether the last generation was open; `weights_due` is the month in
    which weights of the closed generation follow; `predecessor_eci` and `predecessor_cost` are of
    the closed generation before the current one (NaN: none). `key` numbers its draws.
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


class Shelf(NamedTuple):
    """What is on sale, arrays over versions of shape (2n,), changed in place.

    `price` is the maker's list price, `launch` what it was at release and `cost` the cost of
    serving, $ per Mtok; `chips` is what the chips for a Mtok cost; `terms` the share of hosts'
    price a licence takes; `withheld` marks weights that may not leave China.
    """

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


def empty_shelf(line: Line) -> Shelf:
    """Return a shelf with nothing on sale yet."""
    n = 2 * line.lab.size
    return Shelf(
        lab=np.repeat(line.lab, 2),
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


@kernel
def frontier_of(shelf: Shelf) -> float:
    """Return the best ECI on sale, -inf if nothing is."""
    best = -np.inf
    for v in range(shelf.eci.size):
        if shelf.on_sale[v]:
            best = max(best, shelf.eci[v])
    return best


@kernel
def best_weights(shelf: Shelf) -> int:
    """Return the open version on sale with the best ECI, the first of equals, -1 for none."""
    found, best = -1, -np.inf
    for v in range(shelf.eci.size):
        if shelf.on_sale[v] and shelf.open[v] and shelf.eci[v] > best:
            found, best = v, shelf.eci[v]
    return found


@kernel
def put_on_sale(
    line: Line,
    shelf: Shelf,
    product: int,
    is_open: bool,
    eci: float,
    price: float,
    cost: float,
    chips: float,
    restrictive: bool,
    terms: float,
    withheld: bool,
    month: int,
) -> None:
    """Put a generation on sale; what it replaces leaves, weights that are out stay."""
    closed = 2 * product
    replaced = shelf.on_sale[closed] and not line.opened[product]
    line.predecessor_eci[product] = shelf.eci[closed] if replaced else np.nan
    line.predecessor_cost[product] = shelf.cost[closed] if replaced else np.nan
    version = closed + 1 if is_open else closed
    shelf.on_sale[closed] = not is_open
    shelf.on_sale[version] = True
    shelf.eci[version], shelf.released[version] = eci, month
    shelf.price[version], shelf.launch[version] = price, price
    shelf.cost[version], shelf.chips[version] = cost, chips
    shelf.restrictive[version] = restrictive and is_open
    shelf.terms[version] = terms if is_open else 0.0
    shelf.withheld[version] = withheld and is_open
    shelf.noncommercial[version] = False
    line.opened[product] = is_open
    line.weights_due[product] = NOT_DUE


@kernel
def release_weights(
    line: Line,
    shelf: Shelf,
    product: int,
    ratio: float,
    restrictive: bool,
    terms: float,
    withheld: bool,
) -> None:
    """Release the weights of what a product sells through the interface; `ratio` is the new list
    price over cost."""
    closed, version = 2 * product, 2 * product + 1
    shelf.eci[version], shelf.released[version] = shelf.eci[closed], shelf.released[closed]
    shelf.cost[version], shelf.chips[version] = shelf.cost[closed], shelf.chips[closed]
    shelf.price[version] = shelf.launch[version] = shelf.cost[closed] * ratio
    shelf.on_sale[version], shelf.on_sale[closed] = True, False
    shelf.restrictive[version], shelf.terms[version] = restrictive, terms
    shelf.withheld[version], shelf.noncommercial[version] = withheld, False
    line.opened[product] = True
    line.weights_due[product] = NOT_DUE


@kernel
def release_predecessor(line: Line, shelf: Shelf, product: int, ratio: float, month: int) -> None:
    """Release the weights of the generation that a product's current one replaced."""
    version = 2 * product + 1
    shelf.eci[version] = line.predecessor_eci[product]
    shelf.cost[version] = line.predecessor_cost[product]
    shelf.chips[version], shelf.released[version] = shelf.chips[2 * product], month
    shelf.price[version] = shelf.launch[version] = shelf.cost[version] * ratio
    shelf.on_sale[version] = True
    shelf.restrictive[version], shelf.terms[version] = False, 0.0
    shelf.withheld[version], shelf.noncommercial[version] = False, False


@kernel
def clear_out(shelf: Shelf, month: int) -> float:
    """Take off sale what is older than two years or more than 35 ECI behind the best on sale;
    return the best on sale."""
    frontier = frontier_of(shelf)
    for v in range(shelf.eci.size):
        old = shelf.released[v] <= month - MAX_AGE_MONTHS
        if old or shelf.eci[v] <= frontier - MAX_LAG_ECI:
            shelf.on_sale[v] = False
    return frontier_of(shelf)


@kernel
def withdraw(shelf: Shelf, gone: Bools) -> None:
    """Take the closed models of labs that are gone off sale."""
    for v in range(shelf.lab.size):
        if gone[shelf.lab[v]] and not shelf.open[v]:
            shelf.on_sale[v] = False


@kernel
def superseded(shelf: Shelf) -> Bools:
    """Return which versions the maker's interface no longer serves, shape (2n,): it always serves
    a product's newest version only."""
    older = np.zeros(shelf.eci.size, dtype=np.bool_)
    for v in range(shelf.eci.size):
        other = v ^ 1
        older[v] = shelf.on_sale[other] and (
            shelf.released[other] > shelf.released[v] or not shelf.on_sale[v]
        )
    return older


@kernel
def followers(shelf: Shelf) -> Ints:
    """Return where users of each version go on: of the maker's interface, and of anyone else's.

    Shape (2, 2n + 1), -1 where they must choose again; the last place stands for no version.
    """
    n = shelf.eci.size
    heirs = np.full((2, n + 1), -1, dtype=np.int64)
    older = superseded(shelf)
    for v in range(n):
        if shelf.on_sale[v]:
            heirs[0, v] = v
            heirs[1, v] = v
        if older[v]:
            heirs[0, v] = v ^ 1
    return heirs
