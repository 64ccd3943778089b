"""How labs grow, when they release, and whether they release the weights.

Before today a lab's capability is what its observed releases show. After today

K(t+1) = K + eci_per_oom [dlog10 compute + log10 algorithmic_progress / 12]
         + spillover [w max(0, K_open - K) + (1 - w) max(0, K_front - K)]

with w the part that runs through open weights. At a release the lab opens with chance
1 / (1 + exp(-W / T)), where W is the gain from opening over the next twelve months in $M.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.assumptions.labs import LabParameters
from sim.calendar import LAST_OBSERVED_MONTH
from sim.catalogue import load_labs
from sim.outcomes import ORIGINS
from sim.supply import Shelf

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FRONTIER_BAND_ECI = 10.0
SMALL_STEP_ECI = 7.0
SMALL_PRICE = 0.2
KH100E_PER_MUSD = 0.033  # one H100-equivalent with its share of the building at about $30,000


@dataclass
class Labs:
    """State of the labs, shape (labs,).

    `compute` in thousand H100-equivalents, `capability` in ECI (NaN: nothing released yet),
    `flagship_cost` in $ per Mtok, `openness` the recent share of open releases, `revenue` and
    `ecosystem` last month's first-party and third-party spend on its models in $M.
    """

    ids: tuple[str, ...]
    origin: Ints
    compute: Floats
    complement: Floats
    permissive: Floats
    interval: Floats
    openness: Floats
    capability: Floats
    flagship_cost: Floats
    revenue: Floats
    ecosystem: Floats


def initial_labs() -> Labs:
    """Return the labs as the data file gives them."""
    labs = load_labs()
    zero = np.zeros(len(labs))
    return Labs(
        ids=tuple(lab.id for lab in labs),
        origin=np.array([ORIGINS.index(lab.origin) for lab in labs]),
        compute=np.array([lab.training_compute_kh100e for lab in labs], dtype=np.float64),
        complement=np.array([lab.complement_margin for lab in labs]),
        permissive=np.array([lab.licence_permissiveness for lab in labs]),
        interval=np.array([lab.release_interval_months for lab in labs], dtype=np.float64),
        openness=np.array([lab.recent_openness for lab in labs], dtype=np.float64),
        capability=np.full(len(labs), np.nan),
        flagship_cost=np.full(len(labs), np.nan),
        revenue=zero.copy(),
        ecosystem=zero.copy(),
    )


def observe(labs: Labs, shelf: Shelf, month: int, closed_margin: float, open_ratio: float) -> None:
    """Raise capability and flagship cost to what the releases of `month` show."""
    for k in np.flatnonzero(shelf.released[: shelf.count] == month):
        lab = shelf.lab[k]
        if not shelf.eci[k] <= labs.capability[lab]:
            labs.capability[lab] = shelf.eci[k]
            margin = 1.0 / open_ratio if shelf.open[k] else 1.0 - closed_margin
            labs.flagship_cost[lab] = shelf.launch_price[k] * margin


def research(
    labs: Labs,
    month: int,
    p: LabParameters,
    policy: dict[str, float],
    best_open: float,
    spillovers: bool,
) -> None:
    """Grow compute and capability by one month."""
    years = max(0.0, (month - LAST_OBSERVED_MONTH) / 12.0)
    fade = 0.5 ** (years / p.compute_growth_halflife_years)
    abroad = math.log(p.compute_growth) * fade
    denied = policy["chip_export_controls"] * (1.0 - policy["export_control_leakage"])
    chinese = labs.origin == ORIGINS.index("CN")
    growth = np.where(chinese, abroad * (1.0 - denied) + p.cn_domestic_growth * fade, abroad) / 12.0
    before = labs.compute.copy()
    labs.compute *= np.exp(growth)
    for origin, lever in (("US", "us_open_funding"), ("EU", "eu_open_funding")):
        takers = (labs.origin == ORIGINS.index(origin)) & (labs.openness >= 0.5)
        if takers.any():
            labs.compute[takers] += policy[lever] * KH100E_PER_MUSD / takers.sum()
    oom = np.log10(labs.compute / before) + math.log10(p.algorithmic_progress) / 12.0
    gain = p.eci_per_oom * oom
    if spillovers:
        front = np.nanmax(labs.capability)
        to_open = np.maximum(0.0, best_open - labs.capability)
        to_front = np.maximum(0.0, front - labs.capability)
        w = p.spillover_open_share
        gain = gain + p.spillover * (w * to_open + (1.0 - w) * to_front)
    labs.capability = labs.capability + gain


def opening_terms(
    labs: Labs, lab: int, eci: float, p: LabParameters, policy: dict[str, float]
) -> dict[str, float]:
    """Return the terms of W, the lab's gain from opening a release of capability `eci`, in $M.

    Money terms cover twelve months; they sum to W.
    """
    origin = ORIGINS[int(labs.origin[lab])]
    peers = max(
        1, int(np.count_nonzero((labs.origin == labs.origin[lab]) & (labs.openness >= 0.5)))
    )
    support = {
        "US": policy["us_open_funding"],
        "CN": policy["cn_open_support"],
        "EU": policy["eu_open_funding"],
    }.get(origin, 0.0)
    frontier = eci >= np.nanmax(labs.capability) - FRONTIER_BAND_ECI
    liability = policy["us_open_liability"] if origin == "US" and frontier else 0.0
    profit = 12.0 * labs.revenue[lab] * p.own_api_margin
    return {
        "own sales lost": -profit * (1.0 - p.own_api_retention),
        "complements": 12.0 * labs.ecosystem[lab] * labs.complement[lab],
        "community": p.community_value_musd,
        "public support": 12.0 * support / peers,
        "liability": -liability,
        "habit": p.habit_weight_musd * (2.0 * labs.openness[lab] - 1.0),
    }


def chance_to_open(terms: dict[str, float], p: LabParameters) -> float:
    """Return the chance that a release with these terms is open."""
    w = sum(terms.values()) / p.choice_temperature_musd
    return 1.0 / (1.0 + math.exp(-min(50.0, max(-50.0, w))))
