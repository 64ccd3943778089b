"""Compiled purchases: see bookkeeping.py.

Tokens of every stream's two orders are worked out first and added up afterwards, neither with a
branch a processor cannot guess: an order that does not exist has no tokens.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.bookkeeping import Buyers
from sim.compiled.jit import compiled
from sim.crowd import Rows
from sim.ledger import PLACES_SOLD
from sim.outcomes import REGIONS, TASK_IDS, WEIGHTINGS
from sim.population import Codes

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

R = len(REGIONS)


@compiled
def weigh(
    streams: Ints,
    row: Rows,
    second_row: Rows,
    volume: Floats,
    region: Codes,
    scale: Codes,
    own: Bools,
    shrink: Floats,
    demand: float,
    second_share: float,
    tokens: Floats,
) -> None:
    """Write the tokens of the orders of some streams, shape (first and second, N); 0 where there is
    none."""
    for i in streams:
        first, second = max(row[i], 0), max(second_row[i], 0)
        served = row[i] >= 0
        several = served & (second_row[i] >= 0) & (second != first)
        here, mine = np.int64(region[i]), np.int64(R + scale[i])
        part = 1.0 - second_share if several else 1.0
        one = volume[i] * part * demand * shrink[first, mine if own[first] else here]
        two = second_share * volume[i] * demand * shrink[second, mine if own[second] else here]
        tokens[0, i] = one if served else 0.0
        tokens[1, i] = two if several else 0.0


@compiled
def sum_tokens(row: Rows, second_row: Rows, place: Codes, tokens: Floats, bought: Floats) -> None:
    """Add up tokens by offer and place, shape (J, places), first orders of all streams first."""
    for i in range(row.size):
        bought[max(row[i], 0), place[i]] += tokens[0, i]
    for i in range(row.size):
        bought[max(second_row[i], 0), place[i]] += tokens[1, i]


@compiled
def _sum_turn(
    held: Rows,
    tokens: Floats,
    counts: bool,
    region: Codes,
    scale: Codes,
    place: Codes,
    task: Codes,
    own: Bools,
    eci: Floats,
    price: Floats,
    bought: Floats,
    used: Floats,
) -> None:
    """Add the first or the second orders of all streams; first ones count as choices."""
    for i in range(held.size):
        j, amount, p, t = max(held[i], 0), tokens[i], np.int64(place[i]), np.int64(task[i])
        at = np.int64(R + scale[i]) if own[j] else np.int64(region[i])
        spend, capability = amount * price[j, at] / 1e6, amount * eci[j]
        bought[0, j, p] += amount
        if counts:
            bought[1, j, p] += held[i] >= 0
        bought[2, j, p] += spend
        used[t, 0] += amount
        used[t, 1] += capability


@compiled
def sum_orders(
    row: Rows,
    second_row: Rows,
    tokens: Floats,
    region: Codes,
    scale: Codes,
    place: Codes,
    task: Codes,
    own: Bools,
    eci: Floats,
    price: Floats,
    bought: Floats,
    used: Floats,
) -> None:
    """Add what is bought, and tokens and tokens times ECI by task."""
    where = region, scale, place, task, own, eci, price, bought, used
    _sum_turn(row, tokens[0], True, *where)
    _sum_turn(second_row, tokens[1], False, *where)


def sums_of_orders(
    row: Rows, second_row: Rows, buyers: Buyers, demand: float, second_share: float
) -> tuple[Floats, Floats]:
    """Return what was bought and tokens and tokens times ECI by task."""
    bought = np.zeros((len(WEIGHTINGS), buyers.eci.size, PLACES_SOLD))
    used, tokens = np.zeros((len(TASK_IDS), 2)), np.empty((2, row.size))
    weigh(
        np.arange(row.size), row, second_row, buyers.volume, buyers.region, buyers.scale,
        buyers.own, buyers.shrink, demand, second_share, tokens,
    )  # fmt: skip
    sum_orders(
        row, second_row, tokens, buyers.region, buyers.scale, buyers.place, buyers.task,
        buyers.own, buyers.eci, buyers.price, bought, used,
    )  # fmt: skip
    return bought, used
