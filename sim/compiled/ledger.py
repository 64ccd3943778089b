"""Compiled sums of a month: see ledger.py and bookkeeping.py."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.bookkeeping import N_REGIONS
from sim.compiled.jit import compiled
from sim.compiled.numbers import exp_in_place, log_in_place
from sim.crowd import Rows
from sim.ledger import (
    HARMS,
    LAB_LINES,
    OPEN_FIRST_PARTY_LINE,
    SELF_LINE,
    THIRD_PARTY_LINE,
)
from sim.offers import CN_THIRD, FIRST_PARTY, SELF_HOSTED, THIRD_PARTY, Menu
from sim.people import Trust
from sim.population import SCALES, Codes, Population
from sim.world import Use

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@compiled
def add_lines(
    origin: Ints, is_open: Bools, lab: Ints, kind: Ints, bought: Floats, lines: Floats
) -> None:
    """Add purchases by offer to the lines they belong to."""
    for k in range(bought.shape[0]):
        for j in range(bought.shape[1]):
            bloc = origin[j] * 2 + (0 if is_open[j] else 1)
            family = LAB_LINES + 2 * lab[j] + (1 if is_open[j] else 0)
            other = -1
            if is_open[j] and kind[j] == FIRST_PARTY:
                other = OPEN_FIRST_PARTY_LINE + origin[j]
            elif kind[j] == THIRD_PARTY:
                other = THIRD_PARTY_LINE
            elif kind[j] == SELF_HOSTED:
                other = SELF_LINE
            for place in range(bought.shape[2]):
                amount = bought[k, j, place]
                lines[k, bloc, place] += amount
                lines[k, family, place] += amount
                if other >= 0:
                    lines[k, other, place] += amount


def by_line(menu: Menu, bought: Floats, labs: int) -> Floats:
    """Return purchases by line, shape (weightings, lines, places)."""
    lines = np.zeros((bought.shape[0], LAB_LINES + 2 * labs, bought.shape[2]))
    add_lines(menu.origin, menu.open, menu.lab, menu.kind, bought, lines)
    return lines


@compiled
def fill_prices(
    price: Floats,
    paid: Floats,
    own: Bools,
    fixed: Floats,
    elasticity: float,
    table: Floats,
    shrink: Floats,
) -> None:
    """Write price and volume factor of each offer by region and by scale."""
    hosted, mine = np.empty(N_REGIONS), np.empty(SCALES)
    for j in range(own.size):
        table[j, :N_REGIONS] = paid[j]
        if own[j]:
            for k in range(SCALES):
                mine[k] = price[j] + fixed[k]
            table[j, N_REGIONS:] = mine
            _volume_factors(mine, elasticity)
            shrink[j, N_REGIONS:] = mine
        else:
            hosted[:] = paid[j]
            _volume_factors(hosted, elasticity)
            shrink[j, :N_REGIONS] = hosted


@compiled
def _volume_factors(price: Floats, elasticity: float) -> None:
    """Replace prices by the factors by which they change volume."""
    log_in_place(price)
    for k in range(price.size):
        price[k] = -elasticity * price[k]
    exp_in_place(price)


def price_tables(
    price: Floats, paid: Floats, own: Bools, fixed: Floats, elasticity: float
) -> tuple[Floats, Floats]:
    """Return price and volume factor of each offer by region and by scale."""
    table = np.ones((own.size, N_REGIONS + SCALES))
    shrink = np.ones((own.size, N_REGIONS + SCALES))
    fill_prices(price, paid, own, fixed, elasticity, table, shrink)
    return table, shrink


@compiled
def sum_trust(
    region: Codes, is_cleared: Bools, maker: Floats, cleared: Floats, aversion: Floats
) -> None:
    """Write, by region, how many streams are cleared and their aversion to makers summed."""
    cleared[:] = 0.0
    aversion[:] = 0.0
    for i in range(region.size):
        cleared[region[i]] += is_cleared[i]
        aversion[region[i]] += maker[i]


def trust_sums(trust: Trust, who: Population) -> tuple[Floats, Floats]:
    """Return how many streams are cleared and their aversion to makers summed, by region."""
    cleared, aversion = np.zeros(N_REGIONS), np.zeros(N_REGIONS)
    sum_trust(who.region, trust.cleared, trust.maker, cleared, aversion)
    return cleared, aversion


@compiled
def sum_welfare(
    chose: Ints,
    log_sum: Floats,
    ban: Floats,
    stop: Floats,
    gate: Floats,
    rows: Rows,
    volume: Floats,
    regions: Codes,
    maker: Floats,
    host: Floats,
    chinese: int,
    third: int,
    sensitivity: float,
    gained: Floats,
    lost: Floats,
) -> None:
    """Add welfare and harms of those who chose, by region."""
    for k in range(chose.size):
        value = log_sum[k]
        if not np.isfinite(value):
            continue
        i = chose[k]
        row, weight, region = rows[i], volume[i], regions[i]
        distrust = 0.0
        if row >= chinese:
            distrust = maker[i]
            if row < third:
                distrust = distrust + host[i]
        gained[0, region] += weight
        gained[1, region] += weight * value
        gained[2, region] += weight * (value + distrust)
        in_price = weight / sensitivity
        lost[0, region] += in_price * ban[k]
        lost[1, region] += in_price * stop[k]
        lost[2, region] += in_price * gate[k]


def welfare(
    menu: Menu, use: Use, trust: Trust, who: Population, sensitivity: float
) -> tuple[Floats, Floats]:
    """Return welfare and harms by region."""
    gained, lost = np.zeros((3, N_REGIONS)), np.zeros((len(HARMS), N_REGIONS))
    sum_welfare(
        use.chose,
        use.log_sum,
        use.ban,
        use.stop,
        use.gate,
        use.held.row,
        who.volume_mtok,
        who.region,
        trust.maker,
        trust.host,
        menu.cn,
        int(menu.starts[CN_THIRD]),
        sensitivity,
        gained,
        lost,
    )
    return gained, lost
