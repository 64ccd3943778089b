"""The compiled choice kernel: see choice.py.

First the slots of one stream stand side by side in the processor's vector lanes, for utilities and
their exponentials; then the streams of a block do, for the running sums. Nothing branches.
"""

from __future__ import annotations


import numpy as np
import numpy.typing as npt

from sim import arithmetic
from sim.choice import LEAST_LEFT, PENALTIES, Choices, Choosers
from sim.compiled.jit import compiled
from sim.compiled.numbers import log_of
from sim.offers import CN_MAKER, CN_SELF, OPEN_SELF
from sim.shortlist import CELLS, SLOT_STARTS, SLOTS, Shortlists

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
CHINESE = SLOT_STARTS[CN_MAKER]
OWN_FROM, OWN_TO = SLOT_STARTS[OPEN_SELF], SLOT_STARTS[OPEN_SELF + 1]
CN_OWN_FROM, CN_OWN_TO = SLOT_STARTS[CN_SELF], SLOT_STARTS[CN_SELF + 1]
P0, P1, P2, P3 = (SLOT_STARTS[k] for k in PENALTIES)
E0, E1, E2, E3 = (SLOT_STARTS[k + 1] for k in PENALTIES)


@compiled
def _choose_all(
    lists_row: Ints,
    lists_base: Singles,
    lists_price: Singles,
    lists_lab: Ints,
    lists_gate: Singles,
    lists_stop: Singles,
    own_price: Singles,
    cell: Ints,
    alpha: Singles,
    penalty: Singles,
    family: Ints,
    loyalty: Singles,
    scale: Ints,
    first: Floats,
    second: Floats,
    row: Ints,
    other: Ints,
    log_sum: Floats,
    ban: Floats,
    stop: Floats,
    gate: Floats,
) -> None:
    u, y = np.empty(SLOTS, np.float32), np.empty(SLOTS, np.float32)
    bits = np.empty(SLOTS, np.int32)
    powers = bits.view(np.float32)
    w = np.zeros((SLOTS, LANES), np.float32)
    shut, older = np.zeros((SLOTS, LANES), np.float32), np.zeros((SLOTS, LANES), np.float32)
    total, kept, stopped = (
        np.empty(LANES, np.float32),
        np.empty(LANES, np.float32),
        np.empty(LANES, np.float32),
    )
    one, two = np.zeros(LANES, np.float32), np.zeros(LANES, np.float32)
    slot_one, slot_two = np.empty(LANES, np.int32), np.empty(LANES, np.int32)
    for begin in range(0, cell.size, LANES):
        lanes = min(LANES, cell.size - begin)
        for i in range(lanes):
            who = begin + i
            c, taste, maker, saved = cell[who], alpha[who], family[who], loyalty[who]
            for s in range(SLOTS):
                u[s] = lists_price[c, s]
            for s in range(OWN_FROM, OWN_TO):
                u[s] = own_price[lists_row[c, s], scale[who]]
            for s in range(CN_OWN_FROM, CN_OWN_TO):
                u[s] = own_price[lists_row[c, s], scale[who]]
            for s in range(SLOTS):
                u[s] = lists_base[c, s] - u[s] * taste
            d0, d1, d2, d3 = penalty[0, who], penalty[1, who], penalty[2, who], penalty[3, who]
            for s in range(P0, E0):
                u[s] = u[s] - d0
            for s in range(P1, E1):
                u[s] = u[s] - d1
            for s in range(P2, E2):
                u[s] = u[s] - d2
            for s in range(P3, E3):
                u[s] = u[s] - d3
            for s in range(SLOTS):
                u[s] = u[s] + (saved if lists_lab[c, s] == maker else ZERO)
            for s in range(SLOTS):
                x = min(max(u[s], LOWEST), HIGHEST)
                k = np.floor(x * LOG2_E + HALF)
                x = x - k * LN2_HIGH
                x = x - k * LN2_LOW
                v = x * T0
                v = v + T1
                v = v * x + T2
                v = v * x + T3
                v = v * x + T4
                v = v * x + T5
                v = v * (x * x)
                v = v + x
                y[s] = v + ONE
                bits[s] = max(np.int32(k) + BIAS, NO_BITS) << MANTISSA
            for s in range(SLOTS):
                weight = y[s] * powers[s]
                w[s, i] = weight
                shut[s, i] = lists_gate[c, s] * weight
                older[s, i] = lists_stop[c, s] * weight
        for i in range(LANES):
            total[i] = kept[i] = stopped[i] = ZERO
            slot_one[i] = slot_two[i] = 0
        for s in range(SLOTS):
            for i in range(LANES):
                total[i] += w[s, i]
                kept[i] += shut[s, i]
                stopped[i] += older[s, i]
                w[s, i] = total[i]
        for i in range(lanes):
            whole = np.float64(total[i])
            one[i] = np.float32(first[begin + i] * whole)
            two[i] = np.float32(second[begin + i] * whole)
        for s in range(SLOTS):
            for i in range(LANES):
                slot_one[i] += np.int32(w[s, i] < one[i])
                slot_two[i] += np.int32(w[s, i] < two[i])
        for i in range(lanes):
            who = begin + i
            c, whole = cell[who], np.float64(total[i])
            if whole > 0.0:
                row[who] = lists_row[c, min(slot_one[i], SLOTS - 1)]
                other[who] = lists_row[c, min(slot_two[i], SLOTS - 1)]
                banned = np.float64(w[CHINESE - 1, i])
                log_sum[who] = log_of(whole)
                ban[who] = -log_of(min(max(banned / whole, LEAST_LEFT), 1.0))
                stop[who] = -log_of(min(max(np.float64(stopped[i]) / whole, LEAST_LEFT), 1.0))
                gate[who] = -log_of(min(max(np.float64(kept[i]) / whole, LEAST_LEFT), 1.0))
            else:
                row[who] = other[who] = -1
                log_sum[who] = np.nan
                ban[who] = stop[who] = gate[who] = 0.0


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
    _choose_all(*lists, *who, *found)
    return found
