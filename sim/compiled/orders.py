"""Compiled purchases: see bookkeeping.py."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.bookkeeping import Buyers, Orders
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
def sum_orders(
    row: Rows,
    second_row: Rows,
    volume: Floats,
    region: Codes,
    scale: Codes,
    place: Codes,
    task: Codes,
    own: Bools,
    eci: Floats,
    price: Floats,
    shrink: Floats,
    demand: float,
    second_share: float,
    bought: Floats,
    used: Floats,
) -> None:
    """Add what is bought, and tokens and tokens times ECI by task."""
    for i in range(row.size):
        j = row[i]
        if j < 0:
            continue
        other = second_row[i]
        part = 1.0
        if other >= 0 and other != j:
            part = part - second_share
        at = R + scale[i] if own[j] else region[i]
        tokens = volume[i] * part * demand * shrink[j, at]
        bought[0, j, place[i]] += tokens
        bought[1, j, place[i]] += 1.0
        bought[2, j, place[i]] += tokens * price[j, at] / 1e6
        used[task[i], 0] += tokens
        used[task[i], 1] += tokens * eci[j]
    for i in range(row.size):
        j = second_row[i]
        if j < 0 or j == row[i] or row[i] < 0:
            continue
        at = R + scale[i] if own[j] else region[i]
        tokens = second_share * volume[i] * demand * shrink[j, at]
        bought[0, j, place[i]] += tokens
        bought[2, j, place[i]] += tokens * price[j, at] / 1e6
        used[task[i], 0] += tokens
        used[task[i], 1] += tokens * eci[j]


def sums_of_orders(
    row: Rows, second_row: Rows, buyers: Buyers, demand: float, second_share: float
) -> tuple[Floats, Floats]:
    """Return what was bought and tokens and tokens times ECI by task."""
    bought = np.zeros((len(WEIGHTINGS), buyers.eci.size, PLACES_SOLD))
    used = np.zeros((len(TASK_IDS), 2))
    sum_orders(row, second_row, *buyers, demand, second_share, bought, used)
    return bought, used


@compiled
def list_orders(
    row: Rows,
    second_row: Rows,
    volume: Floats,
    region: Codes,
    scale: Codes,
    place: Codes,
    task: Codes,
    own: Bools,
    eci: Floats,
    price: Floats,
    shrink: Floats,
    demand: float,
    second_share: float,
    marked: Bools,
    stream: Ints,
    bought: Rows,
    tokens: Floats,
    spend: Floats,
) -> tuple[int, int]:
    """Write the orders of marked offers; return how many there are, and how many first ones."""
    count = primary = 0
    for turn in range(2):
        for i in range(row.size):
            first, other = row[i], second_row[i]
            multi = other >= 0 and other != first and first >= 0
            j = first if turn == 0 else other
            if first < 0 or (turn == 1 and not multi) or not marked[j]:
                continue
            part = second_share
            if turn == 0:
                part = 1.0 - second_share if multi else 1.0
            at = R + scale[i] if own[j] else region[i]
            stream[count], bought[count] = i, j
            tokens[count] = part * volume[i] * demand * shrink[j, at]
            spend[count] = tokens[count] * price[j, at] / 1e6
            count += 1
        if turn == 0:
            primary = count
    return count, primary


def orders_at(
    row: Rows, second_row: Rows, buyers: Buyers, demand: float, second_share: float, at: Bools
) -> Orders:
    """Return the orders of some offers, marked in `at`."""
    stream, bought = np.empty(2 * row.size, dtype=np.int64), np.empty(2 * row.size, dtype=np.int32)
    tokens, spend = np.empty(2 * row.size), np.empty(2 * row.size)
    count, primary = list_orders(
        row, second_row, *buyers, demand, second_share, at, stream, bought, tokens, spend
    )
    return Orders(stream[:count], bought[:count], tokens[:count], spend[:count], primary)
