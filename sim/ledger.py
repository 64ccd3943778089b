"""What is written down each month: sums by kind of offer and place of buyer, and what is best.

The month writes only sums; shares, prices and indices are worked out once, at the end, from all
months together (accounts.py).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.arithmetic import exp_one, log_one
from sim.assumptions.market import MarketParameters
from sim.calendar import LAST_OBSERVED_MONTH, month_index
from sim.offers import FIRST_PARTY, THIRD_PARTY, Menu
from sim.outcomes import BLOCS, ORIGINS, REGIONS, TASK_IDS, TIERS, WEIGHTINGS
from sim.population import SEGMENTS, Codes
from sim.twins import kernel, twin

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

CAPABILITIES = {"ECI 126": 126.0, "ECI 140": 140.0, "ECI 150": 150.0}
# Lines of the ledger: blocs, open first-party by origin, third-party by where its host is for
# third countries, self-hosted, then labs' closed and open families.
OPEN_FIRST_PARTY_LINE = len(BLOCS)
THIRD_PARTY_LINE = OPEN_FIRST_PARTY_LINE + len(ORIGINS)
SELF_LINE = THIRD_PARTY_LINE + 1
LAB_LINES = SELF_LINE + 1
VOLUME_REFERENCE_MONTH = month_index("2025-07")
PLACES_SOLD = len(REGIONS) * len(SEGMENTS)
HARMS = ("ban", "stop", "gate")


class Ledger(NamedTuple):
    """Sums of one replicate, all with months first.

    `bought` (months, weightings, lines, regions, segments): tokens in Mtok, choices, spend in $M;
    `served` marks months with a market, `thirds_at_home` those in which third countries host for
    themselves. `welfare` (months, 3, regions): volume of those who chose, their log-sum times
    volume, the same with aversion not counted; `harm` (months, HARMS, regions) is lost log-sum over
    price sensitivity, times volume. `cleared` and `aversion` (months, regions) are sums over
    streams. `cheapest` (months, CAPABILITIES) in $ per Mtok; `best` (months, origins, 2) in ECI;
    `used_eci` (months, tasks, 2): tokens and tokens times ECI. By origin, in $M unless said:
    `revenue`, `profit`, `complements`, `rent`, `demanded` and `supplied` chips, `exits`, `derived`
    new derivatives. `income` (months, labs) is profit with complements, $M. `tier` (months, 4,
    TIERS): tokens, tokens times price over cost, closed models on sale and the sum of their list
    prices. `compute` (months, origins) is labs' compute, `fear` and `rules` (months, regions),
    `exposure`, `waits` and `queue` (months,).
    """

    bought: Floats
    served: npt.NDArray[np.bool_]
    thirds_at_home: npt.NDArray[np.bool_]
    welfare: Floats
    harm: Floats
    cleared: Floats
    aversion: Floats
    cheapest: Floats
    best: Floats
    used_eci: Floats
    revenue: Floats
    profit: Floats
    complements: Floats
    income: Floats
    rent: Floats
    demanded: Floats
    supplied: Floats
    exits: Floats
    derived: Floats
    tier: Floats
    compute: Floats
    fear: Floats
    rules: Floats
    exposure: Floats
    waits: Floats
    queue: Floats


def new_ledger(months: int, labs: int) -> Ledger:
    """Return an empty ledger."""
    lines = LAB_LINES + 2 * labs
    origins, regions = len(ORIGINS), len(REGIONS)

    def by_origin() -> Floats:
        return np.zeros((months, origins))

    return Ledger(
        bought=np.zeros((months, len(WEIGHTINGS), lines, regions, len(SEGMENTS))),
        served=np.zeros(months, dtype=np.bool_),
        thirds_at_home=np.zeros(months, dtype=np.bool_),
        welfare=np.zeros((months, 3, regions)),
        harm=np.zeros((months, len(HARMS), regions)),
        cleared=np.zeros((months, regions)),
        aversion=np.zeros((months, regions)),
        cheapest=np.full((months, len(CAPABILITIES)), np.nan),
        best=np.full((months, origins, 2), -np.inf),
        used_eci=np.zeros((months, len(TASK_IDS), 2)),
        revenue=np.full((months, origins), np.nan),
        profit=np.full((months, origins), np.nan),
        complements=np.full((months, origins), np.nan),
        income=np.full((months, labs), np.nan),
        rent=by_origin(),
        demanded=by_origin(),
        supplied=by_origin(),
        exits=by_origin(),
        derived=by_origin(),
        tier=np.zeros((months, 4, len(TIERS))),
        compute=by_origin(),
        fear=np.zeros((months, regions)),
        rules=np.zeros((months, regions)),
        exposure=np.full(months, np.nan),
        waits=np.full(months, np.nan),
        queue=np.zeros(months),
    )


@kernel
def demand_index(p: MarketParameters, month: int) -> float:
    """Return demand at constant prices relative to 2025-07: growth halves every half-life."""
    today = LAST_OBSERVED_MONTH
    log_growth = log_one(p.demand_growth) / 12.0
    index = log_growth * (min(month, today) - VOLUME_REFERENCE_MONTH)
    if month > today:
        fade = log_one(2.0) / (12.0 * p.demand_growth_halflife_years)
        index += log_growth * (1.0 - exp_one(-fade * (month - today))) / fade
    return exp_one(index)


def sums(key: Ints | Codes, weights: npt.ArrayLike, size: int) -> Floats:
    """Return the sum of `weights` for each key below `size`."""
    return np.bincount(key, weights, minlength=size).astype(np.float64, copy=False)


@twin("by_line")
def by_line(menu: Menu, bought: Floats, labs: int) -> Floats:
    """Return purchases by line, shape (weightings, lines, places), from those by offer.

    `bought` has shape (weightings, J, places).
    """
    lines = np.zeros((bought.shape[0], LAB_LINES + 2 * labs, bought.shape[2]))
    for part, line in (
        (slice(None), menu.origin * 2 + ~menu.open),
        (slice(None), LAB_LINES + 2 * menu.lab + menu.open),
        (menu.open & (menu.kind == FIRST_PARTY), OPEN_FIRST_PARTY_LINE + menu.origin),
        (menu.kind == THIRD_PARTY, np.full(menu.size, THIRD_PARTY_LINE)),
        (menu.own, np.full(menu.size, SELF_LINE)),
    ):
        _add(lines, line[part], bought[:, part])
    return lines


def _add(lines: Floats, line: Ints, bought: Floats) -> None:
    """Add rows of `bought` to the lines they belong to, one offer after the other."""
    places = bought.shape[2]
    key = (line[:, None] * places + np.arange(places)).ravel()
    size = lines.shape[1] * places
    for k in range(lines.shape[0]):
        lines[k] += sums(key, bought[k].ravel(), size).reshape(lines.shape[1], places)
