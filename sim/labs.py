"""How labs grow, what they sell, and whether they release the weights.

Before today a lab's capability is what its observed releases show. After today

K(t+1) = K + eci_per_oom [dlog10 compute + log10(algorithmic_progress) / 12]
         + spillover [w gap(K_open) + (1 - w) gap(K_front)]
gap(S) = max(0, min(S, K_front - held) - K)
held = persistent_gap gap_today + eci_per_oom [log10(C_max / C) - the same today]

with w the part that runs through open weights: a follower learns, but part of the distance it had
today stays with it and moves with its compute relative to the largest. At each release a lab
renews its product line, the ladder of models it had on sale today, each step as far behind its
flagship as then. A step's weights are released with chance P,

ln(P / (1 - P)) = anchor + W / S - W_today / S_today

where W is the gain from opening it over twelve months in $M, S = choice_temperature + stakes_noise
x yearly first-party sales is the scale of everything else that moves the decision, and the anchor
is what the lab did with this step today. So labs go on as they do unless incentives change.
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
Bools = npt.NDArray[np.bool_]

FRONTIER_BAND_ECI = 10.0
KH100E_PER_MUSD = 0.033  # one H100-equivalent with its share of the building at about $30,000


@dataclass
class Line:
    """One lab's product line, best model first, arrays of shape (steps,).

    `behind` is ECI behind the lab's level, `cost` the serving cost at launch in $ per Mtok, `open`
    whether the step's model of today has open weights; `anchor` and `base` are the log-odds of
    opening it and its W / S of today.
    """

    behind: Floats
    cost: Floats
    open: Bools
    restrictive: Bools
    anchor: Floats
    base: Floats


@dataclass
class Labs:
    """State of the labs, shape (labs,).

    `compute` in thousand H100-equivalents, `capability` in ECI (-inf: nothing released yet),
    `openness` the recent share of open releases, `revenue` and `ecosystem` last month's
    first-party and third-party spend on its models in $M, `lines` its product line (empty before
    today), `gap_today` its distance from the frontier in ECI and `compute_lag_today` log10 of the
    largest lab's compute over its own.
    """

    ids: tuple[str, ...]
    origin: Ints
    compute: Floats
    complement: Floats
    permissive: Floats
    interval: Floats
    openness: Floats
    capability: Floats
    revenue: Floats
    ecosystem: Floats
    lines: list[Line]
    gap_today: Floats
    compute_lag_today: Floats


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
        capability=np.full(len(labs), -np.inf),
        revenue=zero.copy(),
        ecosystem=zero.copy(),
        lines=[],
        gap_today=zero.copy(),
        compute_lag_today=zero.copy(),
    )


def observe(labs: Labs, shelf: Shelf, month: int) -> None:
    """Raise capability to what the releases of `month` show."""
    fresh = np.flatnonzero(shelf.released[: shelf.count] == month)
    np.maximum.at(labs.capability, shelf.lab[fresh], shelf.eci[fresh])


def take_stock(labs: Labs, shelf: Shelf, closed_margin: float, open_ratio: float) -> None:
    """Store what the simulated future starts from: distances and product lines of today."""
    gap = labs.capability.max() - labs.capability
    labs.gap_today = np.where(np.isfinite(gap), gap, 0.0)
    labs.compute_lag_today = np.log10(labs.compute.max() / labs.compute)
    labs.lines = product_lines(labs, shelf, closed_margin, open_ratio)


def product_lines(labs: Labs, shelf: Shelf, closed_margin: float, open_ratio: float) -> list[Line]:
    """Return each lab's line: what it lists now."""
    lines = []
    listed = shelf.listed()
    for lab in range(len(labs.ids)):
        own = listed[shelf.lab[listed] == lab]
        own = own[np.argsort(-shelf.eci[own], kind="stable")]
        is_open = shelf.open[own]
        share_of_price = np.where(is_open, 1.0 / open_ratio, 1.0 - closed_margin)
        lines.append(
            Line(
                behind=labs.capability[lab] - shelf.eci[own],
                cost=shelf.price[own] * share_of_price,
                open=is_open.copy(),
                restrictive=shelf.restrictive[own].copy(),
                anchor=_anchor(is_open, float(labs.openness[lab])),
                base=np.zeros(own.size),
            )
        )
    return lines


def _anchor(is_open: Bools, lab_openness: float) -> Floats:
    """Return log-odds of opening each step: mostly its own state today, partly its lab's habit."""
    chance = np.clip(0.95 * is_open + 0.05 * lab_openness, 0.005, 0.98)
    odds: Floats = np.log(chance / (1.0 - chance))
    return odds


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
    known = np.isfinite(labs.capability)
    if spillovers:
        front = labs.capability.max()
        drift = np.log10(labs.compute.max() / labs.compute) - labs.compute_lag_today
        held = p.persistent_gap * labs.gap_today + p.eci_per_oom * drift
        w = p.spillover_open_share
        for source, part in ((best_open, w), (front, 1.0 - w)):
            reach = np.minimum(source, front - held)
            gap = np.maximum(0.0, reach - np.where(known, labs.capability, reach))
            gain = gain + p.spillover * part * gap
    labs.capability[known] += gain[known]


def opening_terms(
    labs: Labs, lab: int, step: int, p: LabParameters, policy: dict[str, float]
) -> dict[str, float]:
    """Return the terms of W, the gain from opening one step of a lab's line, in $M a year.

    They sum to W. Sales, ecosystem, community and support are shared evenly by the steps.
    """
    origin, line = ORIGINS[int(labs.origin[lab])], labs.lines[lab]
    peers = int(np.count_nonzero((labs.origin == labs.origin[lab]) & (labs.openness >= 0.5)))
    support = {
        "US": policy["us_open_funding"],
        "CN": policy["cn_open_support"],
        "EU": policy["eu_open_funding"],
    }.get(origin, 0.0)
    part = 1.0 / line.behind.size
    lag = labs.capability.max() - (labs.capability[lab] - line.behind[step])
    liability = policy["us_open_liability"] if origin == "US" and lag <= FRONTIER_BAND_ECI else 0.0
    profit = 12.0 * labs.revenue[lab] * p.own_api_margin * part
    return {
        "own sales lost": -profit * (1.0 - p.own_api_retention),
        "complements": 12.0 * labs.ecosystem[lab] * labs.complement[lab] * part,
        "community": p.community_value_musd * part,
        "public support": 12.0 * support / max(1, peers) * part,
        "liability": -liability,
    }


def incentive(labs: Labs, lab: int, step: int, p: LabParameters, policy: dict[str, float]) -> float:
    """Return W / S of one step."""
    sales = 12.0 * labs.revenue[lab] / labs.lines[lab].behind.size
    scale = p.choice_temperature_musd + p.stakes_noise * sales
    return sum(opening_terms(labs, lab, step, p, policy).values()) / float(scale)


def chance_to_open(
    labs: Labs, lab: int, step: int, p: LabParameters, policy: dict[str, float]
) -> float:
    """Return the chance that the step's next model is released with weights."""
    line = labs.lines[lab]
    odds = line.anchor[step] + incentive(labs, lab, step, p, policy) - line.base[step]
    return 1.0 / (1.0 + math.exp(-min(50.0, max(-50.0, float(odds)))))
