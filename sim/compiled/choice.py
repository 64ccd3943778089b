"""The compiled choice kernel: see choice.py.

The slots of one stream stand side by side in the processor's vector lanes, for utilities and, over
a block of streams, for their exponentials. Sums within classes are chains that overlap from one
stream to the next, because nothing between them branches: what was drawn is found by counting the
running sums that fall short of the target.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim import arithmetic
from sim.choice import CHINESE, GATED, LEAST_LEFT, PENALTIES, Choices, Choosers
from sim.compiled.bits import single_of_bits
from sim.compiled.jit import compiled
from sim.compiled.numbers import log_in_place
from sim.offers import CN_MAKER, CN_SELF, OPEN_SELF
from sim.population import Codes
from sim.shortlist import ROOM, SLOT_STARTS, SLOTS, Shortlists

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

LANES = 32
LOG2_E, LN2_HIGH, LN2_LOW = (
    arithmetic.SINGLE_LOG2_E,
    arithmetic.SINGLE_LN2_HIGH,
    arithmetic.SINGLE_LN2_LOW,
)
LOWEST, HIGHEST = arithmetic.SINGLE_LOWEST, arithmetic.SINGLE_HIGHEST
T0, T1, T2, T3, T4, T5 = arithmetic.SINGLE_TERMS
ONE, HALF, ZERO = np.float32(1.0), np.float32(0.5), np.float32(0.0)
BIAS, MANTISSA, NO_BITS = np.int32(127), np.int32(23), np.int32(0)
OWN_FROM, OWN_TO = SLOT_STARTS[OPEN_SELF], SLOT_STARTS[OPEN_SELF + 1]
CN_OWN_FROM, CN_OWN_TO = SLOT_STARTS[CN_SELF], SLOT_STARTS[CN_SELF + 1]
P0, P1, P2, P3 = (SLOT_STARTS[k] for k in PENALTIES)
E0, E1, E2, E3 = (SLOT_STARTS[k + 1] for k in PENALTIES)
CLASSES, MOST_ROOM = len(ROOM), max(ROOM)
STARTS = SLOT_STARTS
STARTS_OF = np.array(SLOT_STARTS)  # the same, for a class known only at run time
GATED_TO, CHINESE_FROM = GATED.stop, CHINESE.start
LAST_ELSEWHERE = CN_MAKER - 1


@compiled
def exponentials(w: Singles) -> None:
    """Replace each element by its exponential."""
    for i in range(w.size):
        x = min(max(w[i], LOWEST), HIGHEST)
        k = np.floor(x * LOG2_E + HALF)
        x = x - k * LN2_HIGH
        x = x - k * LN2_LOW
        y = x * T0
        y = y + T1
        y = y * x + T2
        y = y * x + T3
        y = y * x + T4
        y = y * x + T5
        y = y * (x * x)
        y = y + x
        y = y + ONE
        w[i] = y * single_of_bits(max(np.int32(k) + BIAS, NO_BITS) << MANTISSA)


@compiled
def _sum_classes(w: Singles, summed: Singles) -> None:
    """Replace weights by their running sums within each class; write those of the classes."""
    for k in range(CLASSES):
        total = w[STARTS[k]]
        for s in range(STARTS[k] + 1, STARTS[k + 1]):
            total = total + w[s]
            w[s] = total
        summed[k] = total
    for k in range(1, CLASSES):
        summed[k] = summed[k] + summed[k - 1]


@compiled
def _slot(target: np.float32, w: Singles, summed: Singles, filled: Ints) -> int:
    """Return the slot at which the running sums of classes, then of weights, reach the target.

    Sums never fall, so the number of those below the target is the place of the first that is not.
    """
    k = 0
    for c in range(CLASSES - 1):
        k += summed[c] < target
    rest = target - (summed[k - 1] if k > 0 else ZERO)
    start, last = STARTS_OF[k], filled[k] - 1
    slot: int = start
    for p in range(MOST_ROOM):
        slot += (w[start + p] < rest) & (p < last)
    return slot


@compiled
def _dot(table: Singles, w: Singles, start: int, stop: int) -> np.float32:
    """Return the sum of some weights, each times its factor, in the order of the slots."""
    total: np.float32 = table[start] * w[start]
    for s in range(start + 1, stop):
        total = total + table[s] * w[s]
    return total


@compiled
def _block_utilities(
    begin: int,
    lanes: int,
    lists_row: Ints,
    lists_base: Singles,
    lists_price: Singles,
    lists_lab: npt.NDArray[np.int32],
    own_price: Singles,
    cell: Codes,
    alpha: Singles,
    penalty: Singles,
    family: Ints,
    loyalty: Singles,
    scale: Codes,
    block: Singles,
) -> None:
    """Write the utilities of a block of streams, one stream's slots after another's."""
    price, taken = np.empty(SLOTS, np.float32), np.zeros(SLOTS, np.float32)
    for i in range(lanes):
        who = begin + i
        c, size = cell[who], scale[who]
        for s in range(SLOTS):  # written out, since numba's own copies of slices are slower
            price[s] = lists_price[c, s]
        for s in range(OWN_FROM, OWN_TO):
            price[s] = own_price[lists_row[c, s], size]
        for s in range(CN_OWN_FROM, CN_OWN_TO):
            price[s] = own_price[lists_row[c, s], size]
        d0, d1, d2, d3 = penalty[0, who], penalty[1, who], penalty[2, who], penalty[3, who]
        for s in range(P0, E0):
            taken[s] = d0
        for s in range(P1, E1):
            taken[s] = d1
        for s in range(P2, E2):
            taken[s] = d2
        for s in range(P3, E3):
            taken[s] = d3
        base, labs, u = lists_base[c], lists_lab[c], block[i * SLOTS : (i + 1) * SLOTS]
        taste, saved, maker = alpha[who], loyalty[who], np.int32(family[who])
        for s in range(SLOTS):
            value = base[s] - price[s] * taste
            value = value - taken[s]
            u[s] = value + (saved if labs[s] == maker else ZERO)


@compiled
def _draw_block(
    begin: int,
    lanes: int,
    lists_row: Ints,
    filled: Ints,
    cell: Codes,
    block: Singles,
    summed: Singles,
    first: Floats,
    second: Floats,
    row: Ints,
    other: Ints,
) -> None:
    """Write what a block of streams draws, from running sums; -1 where nothing is open."""
    for i in range(lanes):
        who = begin + i
        c = cell[who]
        w = block[i * SLOTS : (i + 1) * SLOTS + MOST_ROOM]
        total = np.float64(summed[i, CLASSES - 1])
        served = total > 0.0
        one, two = np.float32(first[who] * total), np.float32(second[who] * total)
        row[who] = lists_row[c, _slot(one, w, summed[i], filled[c])] if served else -1
        other[who] = lists_row[c, _slot(two, w, summed[i], filled[c])] if served else -1


@compiled
def choose_all(
    lists_row: Ints,
    lists_base: Singles,
    lists_price: Singles,
    lists_lab: npt.NDArray[np.int32],
    lists_gate: Singles,
    lists_stop: Singles,
    own_price: Singles,
    filled: Ints,
    cell: Codes,
    alpha: Singles,
    penalty: Singles,
    family: Ints,
    loyalty: Singles,
    scale: Codes,
    first: Floats,
    second: Floats,
    row: Ints,
    other: Ints,
    log_sum: Floats,
    ban: Floats,
    stop: Floats,
    gate: Floats,
) -> None:
    """Write the choices of all streams: see choice.choose."""
    block = np.zeros(LANES * SLOTS + MOST_ROOM, np.float32)  # the last slots are read past
    summed = np.empty((LANES, CLASSES), np.float32)
    for begin in range(0, cell.size, LANES):
        lanes = min(LANES, cell.size - begin)
        _block_utilities(
            begin, lanes, lists_row, lists_base, lists_price, lists_lab, own_price, cell, alpha,
            penalty, family, loyalty, scale, block,
        )  # fmt: skip
        exponentials(block[: lanes * SLOTS])
        for i in range(lanes):
            who = begin + i
            c = cell[who]
            w = block[i * SLOTS : (i + 1) * SLOTS]
            kept = _dot(lists_gate[c], w, 0, GATED_TO)
            stopped = _dot(lists_stop[c], w, CHINESE_FROM, SLOTS)
            _sum_classes(w, summed[i])
            total, elsewhere = summed[i, CLASSES - 1], summed[i, LAST_ELSEWHERE]
            safe = np.float64(total) if total > ZERO else 1.0
            log_sum[who] = safe
            kept = kept + (total - summed[i, 0])
            left = elsewhere + stopped
            ban[who] = min(max(np.float64(elsewhere) / safe, LEAST_LEFT), 1.0)
            stop[who] = min(max(np.float64(left) / safe, LEAST_LEFT), 1.0)
            gate[who] = min(max(np.float64(kept) / safe, LEAST_LEFT), 1.0)
        _draw_block(begin, lanes, lists_row, filled, cell, block, summed, first, second, row, other)
    log_in_place(log_sum)
    log_in_place(ban)
    log_in_place(stop)
    log_in_place(gate)
    for who in range(cell.size):
        served = row[who] >= 0
        log_sum[who] = log_sum[who] if served else np.nan
        ban[who] = -ban[who] if served else 0.0
        stop[who] = -stop[who] if served else 0.0
        gate[who] = -gate[who] if served else 0.0


@compiled
def pick_all(
    lists_row: Ints,
    lists_base: Singles,
    lists_price: Singles,
    lists_lab: npt.NDArray[np.int32],
    own_price: Singles,
    filled: Ints,
    cell: Codes,
    alpha: Singles,
    penalty: Singles,
    family: Ints,
    loyalty: Singles,
    scale: Codes,
    first: Floats,
    second: Floats,
    row: Ints,
    other: Ints,
) -> None:
    """Write the rows that choose_all writes, and nothing else."""
    block = np.zeros(LANES * SLOTS + MOST_ROOM, np.float32)  # the last slots are read past
    summed = np.empty((LANES, CLASSES), np.float32)
    for begin in range(0, cell.size, LANES):
        lanes = min(LANES, cell.size - begin)
        _block_utilities(
            begin, lanes, lists_row, lists_base, lists_price, lists_lab, own_price, cell, alpha,
            penalty, family, loyalty, scale, block,
        )  # fmt: skip
        exponentials(block[: lanes * SLOTS])
        for i in range(lanes):
            _sum_classes(block[i * SLOTS : (i + 1) * SLOTS], summed[i])
        _draw_block(begin, lanes, lists_row, filled, cell, block, summed, first, second, row, other)


def pick(lists: Shortlists, who: Choosers) -> tuple[Ints, Ints]:
    """Return the rows of all streams in `who`, first and second."""
    n = who.cell.size
    row, other = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    pick_all(
        lists.row, lists.base, lists.price, lists.lab, lists.own_price, lists.filled, *who, row,
        other,
    )  # fmt: skip
    return row, other


def choose(lists: Shortlists, who: Choosers) -> Choices:
    """Return the choices of all streams in `who`."""
    n = who.cell.size
    found = Choices(
        np.empty(n, dtype=np.int64),
        np.empty(n, dtype=np.int64),
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty(n),
    )
    choose_all(*lists, *who, *found)
    return found
