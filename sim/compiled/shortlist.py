"""Compiled shortlists: see shortlist.py."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.assumptions.developers import DeveloperParameters
from sim.compiled.jit import compiled
from sim.compiled.numbers import exp_of, log_of
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
LOW = np.int64((1 << 16) - 1)
SIGN = np.int32(31)
POSITIVE = np.int32(0x7FFFFFFF)


@compiled
def _logistic(x: float) -> float:
    return 1.0 / (1.0 + exp_of(-x))


@compiled
def _fill(
    eci: Floats,
    age: Floats,
    copies: Floats,
    is_open: Bools,
    own: Bools,
    restrictive: Bools,
    noncommercial: Bools,
    gated: Bools,
    lab: Ints,
    price: Floats,
    paid: Floats,
    open_to: Bools,
    starts: Ints,
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
    other_cost: float,
    sensitivity: np.float32,
    fixed: Floats,
    row: Ints,
    base: Singles,
    prices: Singles,
    labs: Ints,
    gate: Singles,
    stop: Singles,
    own_price: Singles,
) -> None:
    n = eci.size
    by_task = np.empty((T, n))
    by_segment = np.empty((S, n))
    older = np.ones((T, n), dtype=np.float32)
    log_paid = np.empty((R, n), dtype=np.float32)
    chinese = starts[CN_MAKER]
    for j in range(n):
        if following:
            shine = exp_of((eci[j] - frontier) / efold) * (not is_open[j])
        else:
            shine = 1.0 * (not is_open[j])
        same = ecosystem[lab[j]] * is_open[j] - age_decay * age[j]
        same = same - (1.0 - host_variety) * log_of(copies[j])
        for s in range(S):
            commercial = s != SELF_HOSTER
            value = premium[s] * shine
            value = value - (licence * commercial) * restrictive[j]
            by_segment[s, j] = value + (control * (not commercial)) * own[j]
        for t in range(T):
            value = quality_weight * _logistic((eci[j] - thresholds[t]) / quality_spread)
            if j >= chinese and is_open[j]:
                past = eci[j] - max(0.0, growth)
                weaker = quality_weight * _logistic((past - thresholds[t]) / quality_spread)
                older[t, j] = np.float32(exp_of(-((value - weaker) + 12.0 * age_decay)))
            by_task[t, j] = value + same
        by_task[EDGE, j] = by_task[EDGE, j] + control * own[j]
        for r in range(R):
            log_paid[r, j] = np.float32(log_of(paid[j, r] + other_cost))
    best = np.empty(SLOTS, dtype=np.int64)
    for r in range(R):
        for s in range(S):
            commercial = s != SELF_HOSTER
            for t in range(T):
                cell = (r * S + s) * T + t
                _best_of(
                    r, commercial, by_segment[s], by_task[t], open_to, noncommercial,
                    log_paid[r], sensitivity, starts, best,
                )  # fmt: skip
                for slot in range(SLOTS):
                    j = best[slot]
                    at = max(j, 0)
                    value32 = NEVER
                    if open_to[at, r] and not (noncommercial[at] and commercial):
                        value32 = np.float32(by_segment[s, at] + by_task[t, at])
                    empty = j < 0 or value32 == NEVER
                    row[cell, slot] = -1 if empty else j
                    base[cell, slot] = NEVER if empty else value32
                    labs[cell, slot] = -1 if empty else lab[at]
                    prices[cell, slot] = log_paid[r, at]
                    gate[cell, slot] = np.float32(not gated[at])
                    stop[cell, slot] = older[t, at]
    for k in (OPEN_SELF, CN_SELF):
        for j in range(starts[k], starts[k + 1]):
            for scale in range(SCALES):
                own_price[j, scale] = np.float32(log_of(price[j] + fixed[scale] + other_cost))


@compiled
def _best_of(
    region: int,
    commercial: bool,
    by_segment: Floats,
    by_task: Floats,
    open_to: Bools,
    noncommercial: Bools,
    log_paid: Singles,
    sensitivity: np.float32,
    starts: Ints,
    best: Ints,
) -> None:
    """Write the best rows of each class, best first: ROOM by insertion of coded utilities."""
    codes = np.empty(max(ROOM), dtype=np.int64)
    worth = np.empty(1, dtype=np.float32)
    bits = worth.view(np.int32)
    for k in range(CLASSES):
        room, held = ROOM[k], 0
        for j in range(starts[k], starts[k + 1]):
            value = NEVER
            if open_to[j, region] and not (noncommercial[j] and commercial):
                value = np.float32(by_segment[j] + by_task[j])
            worth[0] = value - sensitivity * log_paid[j]
            raw = bits[0]
            ordered = np.int64(raw ^ ((raw >> SIGN) & POSITIVE))
            code = (ordered << np.int64(16)) | (LOW - np.int64(j))
            if held == room and code <= codes[held - 1]:
                continue
            place = held if held < room else room - 1
            while place > 0 and codes[place - 1] < code:
                codes[place] = codes[place - 1]
                place -= 1
            codes[place] = code
            held = min(held + 1, room)
        for place in range(room):
            slot = SLOT_STARTS[k] + place
            best[slot] = LOW - (codes[place] & LOW) if place < held else -1


def shortlists(
    menu: Menu, climate: Climate, p: DeveloperParameters, fixed: Floats
) -> Shortlists:
    """Return what each cell considers."""
    shape = (CELLS, SLOTS)
    found = Shortlists(
        row=np.empty(shape, dtype=np.int64),
        base=np.empty(shape, dtype=np.float32),
        price=np.empty(shape, dtype=np.float32),
        lab=np.empty(shape, dtype=np.int64),
        gate=np.empty(shape, dtype=np.float32),
        stop=np.empty(shape, dtype=np.float32),
        own_price=np.zeros((menu.size, SCALES), dtype=np.float32),
    )
    _fill(
        menu.eci,
        menu.age,
        menu.copies,
        menu.open,
        menu.own,
        menu.restrictive,
        menu.noncommercial,
        menu.gated,
        menu.lab,
        menu.price,
        menu.paid,
        menu.open_to,
        menu.starts,
        menu.frontier,
        climate.thresholds,
        climate.ecosystem,
        climate.growth,
        climate.on.frontier_following,
        p.licence_cost if climate.on.licence_cost else 0.0,
        premiums(p),
        p.quality_weight,
        p.quality_spread_eci,
        p.premium_efold_eci,
        p.age_decay,
        p.host_variety,
        p.control_value,
        p.other_cost_usd_per_mtok,
        np.float32(p.price_sensitivity),
        fixed,
        *found,
    )
    return found
