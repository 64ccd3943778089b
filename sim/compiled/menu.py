"""Compiled menus: see offers.py."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.assumptions.market import MarketParameters
from sim.compiled.jit import compiled
from sim.offers import (
    CLASSES,
    CLOSED,
    CN_MAKER,
    FIRST_PARTY,
    FRONTIER_OPEN_ECI,
    GATE_BAND_ECI,
    HOME_HOST,
    HOST_SELF,
    HOST_US,
    ORIGIN_CN,
    SELF_HOSTED,
    THIRD_PARTY,
    Menu,
    Stock,
    Terms,
    self_hosting_factor,
    third_party_hosts,
)
from sim.outcomes import REGIONS

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

R = len(REGIONS)
N_CLASSES = len(CLASSES)
CHINA, EUROPE, AMERICA = REGIONS.index("CN"), REGIONS.index("EU"), REGIONS.index("US")


@compiled
def _rows(
    origin: Ints,
    is_open: Bools,
    noncommercial: Bools,
    at_maker: Bools,
    self_hosting: bool,
    at: Ints,
    kind: Ints,
    starts: Ints,
) -> int:
    """Write version and kind of every offer, class by class; return how many there are."""
    count = 0
    for c in range(N_CLASSES):
        starts[c] = count
        for k in range(3):
            for i in range(origin.size):
                if k == FIRST_PARTY:
                    offered = at_maker[i]
                elif k == THIRD_PARTY:
                    offered = is_open[i] and not noncommercial[i]
                else:
                    offered = is_open[i] and self_hosting
                if not offered:
                    continue
                if origin[i] == ORIGIN_CN:
                    place = CN_MAKER + k
                elif is_open[i]:
                    place = 2 if k == SELF_HOSTED else 1
                else:
                    place = CLOSED
                if place == c:
                    at[count], kind[count] = i, k
                    count += 1
    starts[N_CLASSES] = count
    return count


@compiled
def _fill(
    at: Ints,
    kind: Ints,
    s_version: Ints,
    s_lab: Ints,
    s_origin: Ints,
    s_open: Bools,
    s_eci: Floats,
    s_released: Floats,
    s_price: Floats,
    s_cost: Floats,
    s_chips: Floats,
    s_launch: Floats,
    s_restrictive: Bools,
    s_noncommercial: Bools,
    s_terms: Floats,
    s_withheld: Bools,
    month: int,
    markup: float,
    own_factor: float,
    host_of: Ints,
    factor: Floats,
    levy: float,
    tariff: float,
    gate_shut: bool,
    eu_delay: float,
    version: Ints,
    lab: Ints,
    origin: Ints,
    is_open: Bools,
    own: Bools,
    first: Bools,
    noncommercial: Bools,
    restrictive: Bools,
    eci: Floats,
    age: Floats,
    price: Floats,
    cost: Floats,
    chips: Floats,
    terms: Floats,
    copies: Floats,
    gated: Bools,
    host: Ints,
    paid: Floats,
    open_to: Bools,
    rows: Ints,
) -> float:
    offers = np.zeros(s_version.size)
    frontier = -np.inf
    for j in range(at.size):
        offers[at[j]] += 1.0
        frontier = max(frontier, s_eci[at[j]])
    for j in range(at.size):
        i, k = at[j], kind[j]
        version[j], lab[j], origin[j], is_open[j] = s_version[i], s_lab[i], s_origin[i], s_open[i]
        own[j], first[j], third = k == SELF_HOSTED, k == FIRST_PARTY, k == THIRD_PARTY
        noncommercial[j] = s_noncommercial[i]
        restrictive[j] = s_restrictive[i] or s_terms[i] > 0.0
        eci[j], age[j] = s_eci[i], month - s_released[i]
        cost[j], price[j] = s_cost[i], s_price[i]
        if third:
            price[j] = cost[j] * (1.0 + markup) / (1.0 - s_terms[i])
        if own[j]:
            price[j] = s_launch[i] * own_factor
            cost[j] = price[j]
        chips[j] = s_chips[i]
        terms[j] = s_terms[i] if third else 0.0
        copies[j] = offers[i]
        gated[j] = origin[j] == HOST_US and not is_open[j] and eci[j] >= frontier - GATE_BAND_ECI
        rows[version[j] * 3 + k] = j
        foreign_service = first[j] and origin[j] != ORIGIN_CN
        withheld = s_withheld[i] and not first[j]
        waiting = not first[j] and age[j] < eu_delay and eci[j] >= frontier - FRONTIER_OPEN_ECI
        shut = gated[j] and gate_shut
        for r in range(R):
            where = host_of[r] if third else origin[j]
            if own[j]:
                where = HOST_SELF
            host[j, r] = where
            abroad = where != HOME_HOST[r] and not own[j]
            taxed = 1.0
            if abroad:
                taxed = taxed + tariff
            if not is_open[j] and r != CHINA:
                taxed = taxed + levy
            paid[j, r] = price[j] * (taxed * factor[r] if third else taxed)
            if r == CHINA:
                open_to[j, r] = not foreign_service
            else:
                reach = not withheld and not (shut and r != AMERICA)
                open_to[j, r] = reach and not (waiting and r == EUROPE)
    return frontier


@compiled
def menu_of(
    stock: Stock,
    versions: int,
    month: int,
    markup: float,
    own_factor: float,
    host_of: Ints,
    factor: Floats,
    terms: Terms,
) -> Menu:
    """Return the offers of one month; `host_of` and `factor` are of third-party hosts by region."""
    most = 3 * stock.version.size
    at, kind = np.empty(most, np.int64), np.empty(most, np.int64)
    starts = np.empty(N_CLASSES + 1, np.int64)
    n = _rows(
        stock.origin, stock.open, stock.noncommercial, stock.at_maker, terms.self_hosting, at,
        kind, starts,
    )  # fmt: skip
    at, kind = at[:n].copy(), kind[:n].copy()
    version, lab, origin = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64)
    is_open, own, first = np.empty(n, np.bool_), np.empty(n, np.bool_), np.empty(n, np.bool_)
    noncommercial, restrictive = np.empty(n, np.bool_), np.empty(n, np.bool_)
    gated = np.empty(n, np.bool_)
    eci, age, price, cost = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    chips, taken, copies = np.empty(n), np.empty(n), np.empty(n)
    host, paid = np.empty((n, R), np.int64), np.empty((n, R))
    open_to = np.empty((n, R), np.bool_)
    rows = np.full(3 * versions + 3, -1, np.int64)
    frontier = _fill(
        at, kind, stock.version, stock.lab, stock.origin, stock.open, stock.eci, stock.released,
        stock.price, stock.cost, stock.chips, stock.launch, stock.restrictive,
        stock.noncommercial, stock.terms, stock.withheld, month, markup, own_factor, host_of,
        factor, terms.levy_closed, terms.tariff, terms.gate_shut, terms.eu_delay_months, version,
        lab, origin, is_open, own, first, noncommercial, restrictive, eci, age, price, cost, chips,
        taken, copies, gated, host, paid, open_to, rows,
    )  # fmt: skip
    return Menu(
        version, kind, lab, origin, is_open, own, first, noncommercial, restrictive, eci, age,
        price, cost, chips, taken, copies, gated, host, paid, open_to, rows, frontier, starts,
    )  # fmt: skip


def build_menu(stock: Stock, versions: int, month: int, p: MarketParameters, terms: Terms) -> Menu:
    """Return the offers of one month."""
    host_of, factor = third_party_hosts(terms, p)
    own_factor = self_hosting_factor(month, p)
    return menu_of(stock, versions, month, p.host_markup, own_factor, host_of, factor, terms)
