"""What comes with weights that are released: terms for hosts, and whether they may leave China."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.arithmetic import logistic_one
from sim.assumptions.release import ReleaseParameters
from sim.labs import CN
from sim.levers import Policy
from sim.mechanisms import On
from sim.shelf import Line, Shelf, release_weights
from sim.twins import kernel

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

TERMS_SPREAD = 0.05  # of leadership, over which asking for terms becomes likely


class Luck(NamedTuple):
    """The draws of a month's releases: by product whether it opens, its weights' delay, whether
    it comes with terms, whether its predecessor is opened, shape (n,); by lab the luck in
    capability (standard normal) and whether its weights are kept in China, shape (labs,); by
    product how large the generation is (standard normal)."""

    opens: Floats
    delay: Floats
    terms: Floats
    predecessor: Floats
    capability: Floats
    kept: Floats
    size: Floats


class Renewal(NamedTuple):
    """What was decided of each product renewed, shape (n,): its chance to come with terms; the
    chance that its predecessor is opened (NaN: not considered), and flags."""

    opens: Bools
    licensed: Bools
    terms_chance: Floats
    asks: Bools
    predecessor_chance: Floats
    predecessor: Bools


@kernel
def weights_ready(line: Line, shelf: Shelf, month: int, granted: Ints, generations: Ints) -> Ints:
    """Return the products whose weights are released now, in their order: those due, and those
    whose licence for the generation on sale has come."""
    ready = line.weights_due <= month
    for k in range(granted.size):
        closed = 2 * granted[k]
        if shelf.released[closed] == generations[k] and shelf.on_sale[closed]:
            ready[granted[k]] = True
    return np.flatnonzero(ready)


@kernel
def release_ready(
    line: Line,
    shelf: Shelf,
    products: Ints,
    lead: Floats,
    luck: Luck,
    policy: Policy,
    p: ReleaseParameters,
    ratio: float,
    best: Floats,
    on: On,
) -> tuple[Floats, Bools]:
    """Release the weights of `products` and raise `best` (origins, 2); return the chance that each
    came with terms, and whether it did. `ratio` is the list price of open models over cost."""
    chances, asks = np.zeros(products.size), np.zeros(products.size, dtype=np.bool_)
    for k in range(products.size):
        product = products[k]
        restrictive, terms, withheld, chances[k] = licence_of(
            line, product, lead, luck, policy, p, on
        )
        release_weights(line, shelf, product, ratio, restrictive, terms, withheld)
        asks[k] = terms > 0.0
        origin = line.origin[product]
        best[origin, 1] = max(best[origin, 1], shelf.eci[2 * product + 1])
    return chances, asks


@kernel
def licence_of(
    line: Line,
    product: int,
    lead: Floats,
    luck: Luck,
    policy: Policy,
    p: ReleaseParameters,
    on: On,
) -> tuple[bool, float, bool, float]:
    """Return, of weights released now, whether the licence restricts users, what it takes of hosts'
    price, whether weights stay in China, and the chance that terms were attached."""
    restrictive, terms, chance = False, 0.0, 0.0
    lab = line.lab[product]
    if on.retained_control:
        chance = logistic_one((lead[lab] - p.terms_from_share) / TERMS_SPREAD)
        asks = luck.terms[product] < chance
        restrictive = line.licence[product] or asks
        terms = p.terms_revenue_share if asks else 0.0
    kept = line.origin[product] == CN and luck.kept[lab] < policy.cn_weight_export_limits
    return restrictive, terms, kept, chance
