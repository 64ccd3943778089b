"""Which offers developers consider: the best few of each class, for each kind of developer.

Nobody weighs a hundred offers. A cell (region x segment x task) considers the offers best for it
at the median price sensitivity: at most eight closed models made outside China, eight hosted and
four self-hosted open ones, eight at Chinese makers, and eight hosted and four self-hosted Chinese
ones.
Trust, rules, habit and taste then differ from stream to stream (choice.py). What all streams of a
cell share is

base = quality_weight q_k(K) + premium_s polish + eta ln(1 + D) - age_decay age
       - licence_cost 1[terms] + control 1[self-hosted] - (1 - host_variety) ln(hosts of the model)

q_k(K) = 1 / (1 + exp(-(K - threshold_k) / quality_spread)),
polish = exp(-(K_front - K) / premium_efold) for closed models, 0 for open ones.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.arithmetic import exp, log, logistic
from sim.assumptions.developers import DeveloperParameters
from sim.calendar import LAST_OBSERVED_MONTH
from sim.mechanisms import On
from sim.offers import CN_SELF, OPEN_SELF, Menu
from sim.outcomes import REGIONS, TASK_IDS
from sim.population import ENTERPRISE, PUBLIC, SCALES, SEGMENTS, SELF_HOSTER, STARTUP, TASKS
from sim.twins import kernel, twin

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

NEVER = np.float32(-1e9)
ROOM = (8, 8, 4, 8, 8, 4)  # of each class of offers.CLASSES
SLOT_STARTS = tuple(sum(ROOM[:k]) for k in range(len(ROOM) + 1))
SLOTS = SLOT_STARTS[-1]
N_SEGMENTS = len(SEGMENTS)
CELLS = len(REGIONS) * len(SEGMENTS) * len(TASK_IDS)
EDGE = TASK_IDS.index("edge")
WANTED_AT_START = np.array([task.threshold_eci for task in TASKS])
FRONTIER_TASKS = np.array([float(task.drift == "frontier") for task in TASKS])
GENERAL_TASKS = np.array([float(task.drift == "general") for task in TASKS])
_LOW_BITS = 16


class Shortlists(NamedTuple):
    """What each cell considers; arrays of shape (CELLS, SLOTS) unless said otherwise.

    `row` is a row of the menu (-1: the slot is empty); `base` is utility but for price, trust,
    rules and habit, NEVER in an empty slot; `price` is ln(paid + other cost) and `lab` the maker
    (-1: empty). `gate` is 0 for what a shut US gate would withhold, else 1; `stop` is by what an
    offer's weight would shrink had China released no open model for a year. `own_price` is
    ln(paid + fixed cost + other cost) of self-hosting by row and scale, shape (J, SCALES); `filled`
    how many slots of each class are not empty, shape (CELLS, classes): these come first.
    """

    row: Ints
    base: Singles
    price: Singles
    lab: npt.NDArray[np.int32]
    gate: Singles
    stop: Singles
    own_price: Singles
    filled: Ints


class Climate(NamedTuple):
    """What else of the month enters what developers value.

    `thresholds` are the tasks' wanted capabilities, ECI, shape (tasks,); `ecosystem` is
    eta ln(1 + D) by lab; `growth` the frontier's gain over the last twelve months, ECI; `on` which
    mechanisms are on.
    """

    thresholds: Floats
    ecosystem: Floats
    growth: float
    on: On


@kernel
def task_thresholds(
    p: DeveloperParameters, month: int, frontier_growth: float, follow: bool = True
) -> Floats:
    """Return the capability each task wants in `month`, ECI, shape (tasks,).

    To today thresholds drift by a fixed rate a year; after today those of all tasks that drift
    rise by `task_follows_frontier` times `frontier_growth`, the frontier's rise since today.
    """
    years = min(month, LAST_OBSERVED_MONTH) / 12.0
    rise = p.task_follows_frontier * max(0.0, frontier_growth) if follow else 0.0
    drift = p.task_drift_frontier * FRONTIER_TASKS + p.task_drift_general * GENERAL_TASKS
    moves = FRONTIER_TASKS + GENERAL_TASKS
    wanted: Floats = WANTED_AT_START + p.task_level_eci + drift * years + rise * moves
    return wanted


def qualities(eci: Floats, climate: Climate, p: DeveloperParameters) -> Floats:
    """Return the value of each capability for each task, util, shape (tasks, offers)."""
    reach = (eci - climate.thresholds[:, None]) / p.quality_spread_eci
    value: Floats = p.quality_weight * logistic(reach)
    return value


def polish(menu: Menu, p: DeveloperParameters, on: On) -> Floats:
    """Return the part of the closed premium each offer has, shape (J,)."""
    if not on.frontier_following:
        return (~menu.open).astype(np.float64)
    near = exp((menu.eci - menu.frontier) / p.premium_efold_eci)
    kept: Floats = near * ~menu.open
    return kept


@kernel
def premiums(p: DeveloperParameters) -> Floats:
    """Return the closed premium by segment, util."""
    premium = np.zeros(N_SEGMENTS)
    premium[STARTUP] = p.closed_premium
    premium[ENTERPRISE] = premium[PUBLIC] = p.closed_premium * p.enterprise_premium_multiplier
    return premium


def base_utility(menu: Menu, climate: Climate, p: DeveloperParameters) -> Singles:
    """Return what all streams of a cell share, shape (CELLS, J); NEVER where out of reach."""
    commercial = np.arange(len(SEGMENTS)) != SELF_HOSTER
    licence = p.licence_cost if climate.on.licence_cost else 0.0
    same = climate.ecosystem[menu.lab] * menu.open - p.age_decay * menu.age
    same -= (1.0 - p.host_variety) * log(menu.copies)
    by_segment = premiums(p)[:, None] * polish(menu, p, climate.on)
    by_segment -= (licence * commercial)[:, None] * menu.restrictive
    by_segment += (p.control_value * ~commercial)[:, None] * menu.own
    by_task = qualities(menu.eci, climate, p) + same
    by_task[EDGE] += p.control_value * menu.own
    value = (by_segment[:, None, :] + by_task[None, :, :]).astype(np.float32)
    forbidden = menu.noncommercial & commercial[:, None]  # (segments, J)
    reach = menu.open_to.T[:, None, :] & ~forbidden[None, :, :]
    total = np.where(reach[:, :, None, :], value[None], NEVER)
    return total.reshape(CELLS, menu.size)


@twin("shortlists")
def build_shortlists(
    menu: Menu, climate: Climate, p: DeveloperParameters, fixed: Floats
) -> Shortlists:
    """Return what each cell considers; `fixed` is a self-hoster's fixed cost by scale."""
    base = base_utility(menu, climate, p)
    paid = menu.paid + p.other_cost_usd_per_mtok
    log_paid = log(paid).astype(np.float32).T  # (regions, J)
    per_region = CELLS // len(REGIONS)
    price = np.repeat(log_paid, per_region, axis=0)
    worth = np.subtract(base, np.float32(p.price_sensitivity) * price, dtype=np.float32)
    row = _best(worth, menu.starts)
    at = np.maximum(row, 0)
    empty = (row < 0) | (np.take_along_axis(base, at, axis=1) == NEVER)
    stop = np.tile(_stop_factors(menu, climate, p), (CELLS // len(TASK_IDS), 1))  # (CELLS, J)
    return Shortlists(
        row=np.where(empty, -1, row),
        base=np.where(empty, NEVER, np.take_along_axis(base, at, axis=1)),
        price=np.take_along_axis(price, at, axis=1),
        lab=np.where(empty, -1, menu.lab[at]).astype(np.int32),
        gate=(~menu.gated[at]).astype(np.float32),
        stop=np.take_along_axis(stop, at, axis=1),
        own_price=_own_prices(menu, p, fixed),
        filled=np.add.reduceat(~empty, SLOT_STARTS[:-1], axis=1, dtype=np.int64),
    )


def _best(worth: Singles, starts: Ints) -> Ints:
    """Return the best rows of each class for each cell, best first, shape (CELLS, SLOTS).

    Utilities are compared as integers of the same order, with the row number in the low bits, so
    that ties are broken alike everywhere.
    """
    bits = np.ascontiguousarray(worth).view(np.int32)
    ordered = (bits ^ ((bits >> 31) & np.int32(0x7FFFFFFF))).astype(np.int64)
    rows = np.arange(worth.shape[1])
    coded = (ordered << _LOW_BITS) | ((1 << _LOW_BITS) - 1 - rows)
    best = np.full((worth.shape[0], SLOTS), -1, dtype=np.int64)
    for k, room in enumerate(ROOM):
        block = np.sort(coded[:, starts[k] : starts[k + 1]], axis=1)[:, ::-1][:, :room]
        places = ((1 << _LOW_BITS) - 1) - (block & ((1 << _LOW_BITS) - 1))
        best[:, SLOT_STARTS[k] : SLOT_STARTS[k] + block.shape[1]] = places
    return best


def _stop_factors(menu: Menu, climate: Climate, p: DeveloperParameters) -> Singles:
    """Return by what each offer's weight would shrink had China released nothing open for a year.

    Shape (tasks, J): a Chinese open model would be the one of a year ago, weaker by the
    frontier's growth and a year older.
    """
    factor = np.ones((len(TASK_IDS), menu.size))
    chinese = np.flatnonzero((np.arange(menu.size) >= menu.cn) & menu.open)
    eci = menu.eci[chinese]
    lost = qualities(eci, climate, p) - qualities(eci - max(0.0, climate.growth), climate, p)
    factor[:, chinese] = exp(-(lost + 12.0 * p.age_decay))
    return factor.astype(np.float32)


def _own_prices(menu: Menu, p: DeveloperParameters, fixed: Floats) -> Singles:
    """Return ln(price + fixed cost + other cost) of self-hosted offers, shape (J, SCALES)."""
    table = np.zeros((menu.size, SCALES), dtype=np.float32)
    for k in (OPEN_SELF, CN_SELF):
        own = slice(int(menu.starts[k]), int(menu.starts[k + 1]))
        paid = menu.price[own, None] + fixed + p.other_cost_usd_per_mtok
        table[own] = log(paid).astype(np.float32)
    return table
