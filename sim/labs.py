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

FRONTIER_BAND_ECI = 20.0
FRINGE_MEMBERS = 10.0  # makers behind each of the catalogue's "other" labs
MAX_STEPS = 16  # of a product line: spaces the keys of its draws
KH100E_PER_MUSD = 0.033  # one H100-equivalent with its share of the building at about $30,000


@dataclass
class Lines:
    """All labs' product lines, arrays of shape (steps,), by lab and best model first.

    `behind` is ECI behind the lab's level, `cost` the serving cost at launch in $ per Mtok, `open`
    whether the step's last model has open weights; `anchor` and `base` are the log-odds of opening
    it and its W / S of today, `part` its even share of the lab's business, `key` numbers its draws.
    """

    lab: Ints
    behind: Floats
    cost: Floats
    open: Bools
    restrictive: Bools
    anchor: Floats
    base: Floats
    part: Floats
    key: npt.NDArray[np.uint64]


@dataclass
class Labs:
    """State of the labs, shape (labs,).

    `compute` in thousand H100-equivalents, `capability` in ECI (-inf: nothing released yet),
    `openness` the recent share of open releases, `revenue` and `ecosystem` last month's
    first-party and third-party spend on its models in $M, `lines` the product lines (None before
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
    lines: Lines | None
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
        lines=None,
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


def product_lines(labs: Labs, shelf: Shelf, closed_margin: float, open_ratio: float) -> Lines:
    """Return each lab's line: what it lists now."""
    listed = shelf.listed()
    own = listed[np.lexsort((-shelf.eci[listed], shelf.lab[listed]))]
    lab, is_open = shelf.lab[own], shelf.open[own]
    steps = np.bincount(lab, minlength=labs.capability.size)
    number = np.arange(own.size) - (np.cumsum(steps) - steps)[lab]
    return Lines(
        lab=lab,
        behind=labs.capability[lab] - shelf.eci[own],
        cost=shelf.price[own] * np.where(is_open, 1.0 / open_ratio, 1.0 - closed_margin),
        open=is_open.copy(),
        restrictive=shelf.restrictive[own].copy(),
        anchor=_anchor(is_open, labs.openness[lab]),
        base=np.zeros(own.size),
        part=1.0 / (steps * _members(labs.ids))[lab],
        key=(lab * MAX_STEPS + number).astype(np.uint64),
    )


def _members(ids: tuple[str, ...]) -> Floats:
    """Return how many makers each lab stands for: one, or a fringe of about ten."""
    return np.array([FRINGE_MEMBERS if name.startswith("other_") else 1.0 for name in ids])


def _anchor(is_open: Bools, lab_openness: Floats) -> Floats:
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
    labs: Labs, lines: Lines, p: LabParameters, policy: dict[str, float]
) -> dict[str, Floats]:
    """Return the terms of W, the gain from opening each step of each line, in $M a year.

    Each has shape (steps,); they sum to W. Sales, ecosystem, community and support are shared
    evenly by the steps of a line, support also by the country's open labs.
    """
    us, cn, eu = (ORIGINS.index(origin) for origin in ("US", "CN", "EU"))
    support = np.zeros(len(ORIGINS))
    support[[us, cn, eu]] = [
        policy[k] for k in ("us_open_funding", "cn_open_support", "eu_open_funding")
    ]
    peers = np.bincount(labs.origin, labs.openness >= 0.5, minlength=len(ORIGINS))
    origin, part = labs.origin[lines.lab], lines.part
    lag = labs.capability.max() - labs.capability[lines.lab] + lines.behind
    liable = (origin == us) & (lag <= FRONTIER_BAND_ECI)
    profit = 12.0 * labs.revenue[lines.lab] * p.own_api_margin
    return {
        "own sales lost": -profit * (1.0 - p.own_api_retention) * part,
        "complements": 12.0 * (labs.ecosystem * labs.complement)[lines.lab] * part,
        "community": p.community_value_musd * part,
        "public support": 12.0 * (support / np.maximum(1.0, peers))[origin] * part,
        "liability": np.where(liable, -policy["us_open_liability"], 0.0),
    }


def incentive(labs: Labs, lines: Lines, p: LabParameters, policy: dict[str, float]) -> Floats:
    """Return W / S of each step, shape (steps,)."""
    sales = 12.0 * labs.revenue[lines.lab] * lines.part
    gain = sum(opening_terms(labs, lines, p, policy).values(), np.zeros(lines.lab.size))
    scaled: Floats = gain / (p.choice_temperature_musd + p.stakes_noise * sales)
    return scaled


def chance_to_open(labs: Labs, lines: Lines, p: LabParameters, policy: dict[str, float]) -> Floats:
    """Return the chance that each step's next model is released with weights, shape (steps,)."""
    odds = lines.anchor + incentive(labs, lines, p, policy) - lines.base
    chance: Floats = 1.0 / (1.0 + np.exp(-np.clip(odds, -50.0, 50.0)))
    return chance
