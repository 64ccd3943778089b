"""Compiled shortlists: see shortlist.py."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.assumptions.developers import DeveloperParameters
from sim.compiled.bits import bits_of_single
from sim.compiled.jit import compiled
from sim.compiled.numbers import exp_in_place, log_in_place
from sim.offers import CN_MAKER, CN_SELF, OPEN_SELF, Menu
from sim.outcomes import REGIONS, TASK_IDS
from sim.population import SCALES, SEGMENTS, SELF_HOSTER
from sim.shortlist import (
    CELLS,
    EDGE,
    NEVER,
    ROOM,
    SLOT_STARTS,
    SLOTS,
    Climate,
    Shortlists,
    premiums,
)

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

R, S, T = len(REGIONS), len(SEGMENTS), len(TASK_IDS)
CLASSES = len(ROOM)
CLASS_OF = np.repeat(np.arange(CLASSES), ROOM)
LOW_BITS = np.int64(16)
LOW = np.int64((1 << 16) - 1)
TRIED = np.int64(np.iinfo(np.int64).min)
SIGN = np.int32(31)
POSITIVE = np.int32(0x7FFFFFFF)


@compiled
def _qualities(
    eci: Floats, less: float, threshold: float, weight: float, spread: float, out: Floats
) -> None:
    """Write what capabilities `less` are worth for a task that wants `threshold`."""
    for j in range(eci.size):
        out[j] = -(((eci[j] - less) - threshold) / spread)
    exp_in_place(out)
    for j in range(eci.size):
        out[j] = weight * (1.0 / (1.0 + out[j]))


@compiled
def _worth_of_offers(
    eci: Floats,
    age: Floats,
    copies: Floats,
    is_open: Bools,
    own: Bools,
    restrictive: Bools,
    lab: Ints,
    chinese: int,
    frontier: float,
    thresholds: Floats,
    ecosystem: Floats,
    growth: float,
    following: bool,
    licence: float,
    premium: Floats,
    quality_weight: float,
    quality_spread: float,
    efold: float,
    age_decay: float,
    host_variety: float,
    control: float,
    by_task: Floats,
    by_segment: Floats,
    older: Singles,
) -> None:
    """Write what offers are worth by task and by segment, and how a year without Chinese open
    releases would shrink their weights."""
    n = eci.size
    shine, same, value, weaker = np.ones(n), np.empty(n), np.empty(n), np.empty(n)
    if following:
        for j in range(n):
            shine[j] = (eci[j] - frontier) / efold
        exp_in_place(shine)
    same[:] = copies
    log_in_place(same)
    for j in range(n):
        near = shine[j] * (not is_open[j])
        plain = ecosystem[lab[j]] * is_open[j] - age_decay * age[j]
        same[j] = plain - (1.0 - host_variety) * same[j]
        for s in range(S):
            commercial = s != SELF_HOSTER
            worth = premium[s] * near - (licence * commercial) * restrictive[j]
            by_segment[s, j] = worth + (control * (not commercial)) * own[j]
    for t in range(T):
        _qualities(eci, 0.0, thresholds[t], quality_weight, quality_spread, value)
        _qualities(
            eci[chinese:], max(0.0, growth), thresholds[t], quality_weight, quality_spread,
            weaker[chinese:],
        )  # fmt: skip
        for j in range(chinese, n):
            weaker[j] = -((value[j] - weaker[j]) + 12.0 * age_decay)
        exp_in_place(weaker[chinese:])
        for j in range(n):
            by_task[t, j] = value[j] + same[j]
            if j >= chinese and is_open[j]:
                older[t, j] = np.float32(weaker[j])
    for j in range(n):
        by_task[EDGE, j] = by_task[EDGE, j] + control * own[j]


@compiled
def _value_for_cell(by_segment: Floats, by_task: Floats, reach: Bools, value: Singles) -> None:
    """Write what offers are worth to one kind of developer but for price, NEVER out of reach."""
    for j in range(value.size):
        value[j] = np.float32(by_segment[j] + by_task[j]) if reach[j] else NEVER


@compiled
def _codes_for_cell(
    value: Singles, log_paid: Singles, sensitivity: np.float32, codes: Ints
) -> None:
    """Write worth with price as integers of the same order, the row number in the low bits."""
    for j in range(value.size):
        raw = bits_of_single(value[j] - sensitivity * log_paid[j])
        ordered = np.int64(raw ^ ((raw >> SIGN) & POSITIVE))
        codes[j] = (ordered << LOW_BITS) | (LOW - np.int64(j))


@compiled
def _insert(code: np.int64, held: Ints, count: int, room: int) -> int:
    """Put a code among the best held, best first; return how many are held."""
    place = count if count < room else room - 1
    while place > 0 and held[place - 1] < code:
        held[place] = held[place - 1]
        place -= 1
    held[place] = code
    return min(count + 1, room)


@compiled
def _best_of(codes: Ints, starts: Ints, held: Ints, best: Ints) -> None:
    """Write the best rows of each class, best first, -1 where there are fewer than ROOM.

    `best` begins with those of another cell, which are tried first: few others are then better.
    Codes of rows that were tried are lost.
    """
    for k in range(CLASSES):
        room, count, slots = ROOM[k], 0, SLOT_STARTS[k]
        for place in range(room):
            j = best[slots + place]
            if j >= 0:
                count = _insert(codes[j], held, count, room)
                codes[j] = TRIED
        worst = held[room - 1] if count == room else TRIED
        for j in range(starts[k], starts[k + 1]):
            if codes[j] > worst:
                count = _insert(codes[j], held, count, room)
                worst = held[room - 1] if count == room else TRIED
        for place in range(room):
            best[slots + place] = LOW - (held[place] & LOW) if place < count else -1


@compiled
def _fill_cell(
    best: Ints,
    value: Singles,
    log_paid: Singles,
    lab: Ints,
    gated: Bools,
    older: Singles,
    row: Ints,
    base: Singles,
    price: Singles,
    labs: npt.NDArray[np.int32],
    gate: Singles,
    stop: Singles,
    filled: Ints,
) -> None:
    """Write the slots of one cell."""
    for slot in range(SLOTS):
        j = best[slot]
        at = max(j, 0)
        empty = j < 0 or value[at] == NEVER
        row[slot] = -1 if empty else j
        base[slot] = NEVER if empty else value[at]
        labs[slot] = -1 if empty else lab[at]
        price[slot], gate[slot], stop[slot] = log_paid[at], np.float32(not gated[at]), older[at]
        filled[CLASS_OF[slot]] += not empty


@compiled
def _fill(
    by_task: Floats,
    by_segment: Floats,
    older: Singles,
    noncommercial: Bools,
    gated: Bools,
    lab: Ints,
    price: Floats,
    paid: Floats,
    open_to: Bools,
    starts: Ints,
    other_cost: float,
    sensitivity: np.float32,
    fixed: Floats,
    row: Ints,
    base: Singles,
    prices: Singles,
    labs: npt.NDArray[np.int32],
    gate: Singles,
    stop: Singles,
    own_price: Singles,
    filled: Ints,
) -> None:
    n = lab.size
    value, codes = np.empty(n, dtype=np.float32), np.empty(n, dtype=np.int64)
    reach, log_paid = np.empty(n, dtype=np.bool_), np.empty(n, dtype=np.float32)
    held, best = np.empty(max(ROOM), dtype=np.int64), np.empty(SLOTS, dtype=np.int64)
    logged = np.empty(n)
    filled[:] = 0
    best[:] = -1
    for r in range(R):
        for j in range(n):
            logged[j] = paid[j, r] + other_cost
        log_in_place(logged)
        for j in range(n):
            log_paid[j] = np.float32(logged[j])
        for s in range(S):
            for j in range(n):
                reach[j] = open_to[j, r] and (s == SELF_HOSTER or not noncommercial[j])
            for t in range(T):
                c = (r * S + s) * T + t
                _value_for_cell(by_segment[s], by_task[t], reach, value)
                _codes_for_cell(value, log_paid, sensitivity, codes)
                _best_of(codes, starts, held, best)
                _fill_cell(
                    best, value, log_paid, lab, gated, older[t], row[c], base[c], prices[c],
                    labs[c], gate[c], stop[c], filled[c],
                )  # fmt: skip
    scales = np.empty(SCALES)
    for k in (OPEN_SELF, CN_SELF):
        for j in range(starts[k], starts[k + 1]):
            for scale in range(SCALES):
                scales[scale] = price[j] + fixed[scale] + other_cost
            log_in_place(scales)
            for scale in range(SCALES):
                own_price[j, scale] = np.float32(scales[scale])


@compiled
def lists_of(
    menu: Menu, climate: Climate, p: DeveloperParameters, fixed: Floats, premium: Floats
) -> Shortlists:
    """Return what each cell considers; `premium` is the closed premium by segment."""
    n = menu.lab.size
    found = Shortlists(
        np.empty((CELLS, SLOTS), np.int64),
        np.empty((CELLS, SLOTS), np.float32),
        np.empty((CELLS, SLOTS), np.float32),
        np.empty((CELLS, SLOTS), np.int32),
        np.empty((CELLS, SLOTS), np.float32),
        np.empty((CELLS, SLOTS), np.float32),
        np.zeros((n, SCALES), np.float32),
        np.empty((CELLS, CLASSES), np.int64),
    )
    by_task, by_segment, older = np.empty((T, n)), np.empty((S, n)), np.ones((T, n), np.float32)
    on = climate.on
    _worth_of_offers(
        menu.eci, menu.age, menu.copies, menu.open, menu.own, menu.restrictive, menu.lab,
        menu.starts[CN_MAKER], menu.frontier, climate.thresholds, climate.ecosystem,
        climate.growth, on.frontier_following, p.licence_cost if on.licence_cost else 0.0, premium,
        p.quality_weight, p.quality_spread_eci, p.premium_efold_eci, p.age_decay, p.host_variety,
        p.control_value, by_task, by_segment, older,
    )  # fmt: skip
    _fill(
        by_task, by_segment, older, menu.noncommercial, menu.gated, menu.lab, menu.price,
        menu.paid, menu.open_to, menu.starts, p.other_cost_usd_per_mtok,
        np.float32(p.price_sensitivity), fixed, found.row, found.base, found.price, found.lab,
        found.gate, found.stop, found.own_price, found.filled,
    )  # fmt: skip
    return found


def shortlists(menu: Menu, climate: Climate, p: DeveloperParameters, fixed: Floats) -> Shortlists:
    """Return what each cell considers."""
    return lists_of(menu, climate, p, fixed, premiums(p))
