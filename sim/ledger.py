"""What is written down each month: sums by kind of offer and place of buyer, and what is best.

The month writes only sums; shares, prices and indices are worked out once, at the end, from all
months together (accounts.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.assumptions.market import MarketParameters
from sim.calendar import LAST_OBSERVED_MONTH, month_index
from sim.offers import FIRST_PARTY, THIRD_PARTY, Menu
from sim.outcomes import BLOCS, ORIGINS, REGIONS, WEIGHTINGS
from sim.population import SEGMENTS

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

CAPABILITIES = {"ECI 126": 126.0, "ECI 140": 140.0, "ECI 150": 150.0}
# Lines of the ledger: blocs, open first-party by origin, third-party, self-hosted, then the labs.
OPEN_FIRST_PARTY_LINE = len(BLOCS)
THIRD_PARTY_LINE = OPEN_FIRST_PARTY_LINE + len(ORIGINS)
SELF_LINE = THIRD_PARTY_LINE + 1
LAB_LINES = SELF_LINE + 1
VOLUME_REFERENCE_MONTH = month_index("2025-07")
PLACES_SOLD = len(REGIONS) * len(SEGMENTS)


@dataclass
class Ledger:
    """Sums of one replicate, all with months first.

    `bought` (months, weightings, lines, regions, segments): tokens in Mtok, choices, spend in $M;
    `served` marks months with a market. `welfare` (months, 3, regions): volume of those who
    chose, their log-sum times volume, the same with aversion not counted. `cleared` (months,
    regions) is a share, `cheapest` (months, CAPABILITIES) in $ per Mtok, `best` (months, origins,
    2) in ECI, `revenue` (months, origins) in $M and `compute_cn` (months,) a share.
    """

    bought: Floats
    served: npt.NDArray[np.bool_]
    welfare: Floats
    cleared: Floats
    cheapest: Floats
    best: Floats
    revenue: Floats
    compute_cn: Floats


def new_ledger(months: int, labs: int) -> Ledger:
    """Return an empty ledger."""
    lines = LAB_LINES + labs
    return Ledger(
        bought=np.zeros((months, len(WEIGHTINGS), lines, len(REGIONS), len(SEGMENTS))),
        served=np.zeros(months, dtype=np.bool_),
        welfare=np.zeros((months, 3, len(REGIONS))),
        cleared=np.zeros((months, len(REGIONS))),
        cheapest=np.full((months, len(CAPABILITIES)), np.nan),
        best=np.full((months, len(ORIGINS), 2), -np.inf),
        revenue=np.full((months, len(ORIGINS)), np.nan),
        compute_cn=np.full(months, np.nan),
    )


def demand_index(p: MarketParameters, month: int) -> float:
    """Return demand at constant prices relative to 2025-07: growth halves every half-life."""
    today = LAST_OBSERVED_MONTH
    log_growth = np.log(p.demand_growth) / 12.0
    index = log_growth * (min(month, today) - VOLUME_REFERENCE_MONTH)
    if month > today:
        fade = np.log(2.0) / (12.0 * p.demand_growth_halflife_years)
        index += log_growth * (1.0 - np.exp(-fade * (month - today))) / fade
    return float(np.exp(index))


def sums(key: Ints, weights: npt.ArrayLike, size: int) -> Floats:
    """Return the sum of `weights` for each key below `size`."""
    return np.bincount(key, weights, minlength=size).astype(np.float64, copy=False)


def lines_of(menu: Menu, labs: int) -> Floats:
    """Return which lines each offer is written to, zeros and ones of shape (lines, J)."""
    member = np.zeros((LAB_LINES + labs, menu.size))
    every = np.arange(menu.size)
    member[menu.origin * 2 + ~menu.open, every] = 1.0
    member[LAB_LINES + menu.lab, every] = 1.0
    member[OPEN_FIRST_PARTY_LINE + menu.origin, every] = menu.open & (menu.kind == FIRST_PARTY)
    member[THIRD_PARTY_LINE] = menu.kind == THIRD_PARTY
    member[SELF_LINE] = menu.self_hosted
    return member
