"""How labs grow: compute, capability, money, and when they give up.

ln compute(t+1) = ln compute + g / 12 where, with f = 0.5 ^ (years since today / half-life) after
today and 1 before,

g             = ln(compute_growth) f                                            outside China
g             = offered (1 - refusal) + refusal_boost refusal offered + cn_domestic_growth f  in China
offered       = ln(compute_growth) f (1 - chip_export_controls (1 - export_control_leakage))
g             = ln(compute_growth) f third_country_chip_supply                  in third countries

K(t+1) = K + eci_per_oom [dlog10 compute + log10(algorithmic_progress) / 12]
         + spillover [w gap(K_open) + d access gap(K_closed) + (1 - w - d) gap(K_front)]
         + community_capability openness ln(1 + derivatives)
gap(S) = max(0, min(S, K_front - held) - K)
held   = persistent_gap gap_start + eci_per_oom [log10(C_max / C) - the same at the start]

with w the part of learning that runs through open weights, d the part through the answers of closed
models, to which know-your-customer rules limit access, and the rest through papers and people. A
follower learns, but part of the distance it had at the start stays with it and moves with its
compute relative to the largest.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.arithmetic import exp, exp_one, log, log_one
from sim.assumptions.labs import LabParameters
from sim.calendar import LAST_OBSERVED_MONTH
from sim.catalogue import load_labs
from sim.outcomes import ORIGINS

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

US, CN, EU, OTHER = range(len(ORIGINS))
FRINGE_MEMBERS = 10.0  # makers behind each of the catalogue's "other" labs
KH100E_PER_MUSD = 0.033  # one H100-equivalent with its share of the building at about $30,000
PUBLIC_COMPUTE_MONTHS = 12.0  # over which a public cluster's worth reaches those who train on it
OPEN_LAB = 0.5  # recent openness from which a lab counts as open
FUNDING_MONTHS = 24.0  # of burn that a round of funding brings
PARENT_COMPLEMENT = 0.15  # complement margin from which a lab has a parent that keeps it
INVESTORS_GAP_ECI = 12.0  # behind the frontier, up to which investors fund without sales
XAI_DELAY = 12.0  # times the usual delay of weights: catalogue (f)
LN10 = 2.302585092994046


@dataclass
class Labs:
    """State of the labs, shape (labs,).

    `training` and `inference` in thousand H100-equivalents; `capability` in ECI (-inf: nothing
    released yet); `openness` the recent share of open releases; money in $M, `burn` and sales a
    month; `first_party`, `ecosystem` and `licence_income` are last month's; `served` is the share
    of last month's demand for its interface that it could serve. `gap_start` is the distance from
    the frontier and `compute_lag_start` log10 of the largest lab's compute over its own when
    simulated supply began.
    """

    ids: tuple[str, ...]
    origin: Ints
    members: Floats
    start_month: Ints
    interval: Floats
    complement: Floats
    weights_delay: Floats
    training: Floats
    inference: Floats
    capability: Floats
    openness: Floats
    cash: Floats
    burn: Floats
    first_party: Floats
    ecosystem: Floats
    licence_income: Floats
    served: Floats
    active: Bools
    profit_start: Floats
    gap_start: Floats
    compute_lag_start: Floats

    @property
    def count(self) -> int:
        """Number of labs."""
        return len(self.ids)


def initial_labs(growth: Floats) -> Labs:
    """Return the labs in 2023-01.

    `growth` is the log growth of compute from then to today in the status quo, shape (labs,):
    compute starts where it must for the status quo to reach the data's figure today.
    """
    labs = load_labs()
    n, scale = len(labs), exp(-growth)
    zero = np.zeros(n)
    return Labs(
        ids=tuple(lab.id for lab in labs),
        origin=lab_origins(),
        members=np.array([FRINGE_MEMBERS if lab.id.startswith("other_") else 1.0 for lab in labs]),
        start_month=np.array([lab.start_month for lab in labs]),
        interval=np.array([lab.release_interval_months for lab in labs], dtype=np.float64),
        complement=np.array([lab.complement_margin for lab in labs]),
        weights_delay=np.array([_weights_delay(lab.id, lab.origin) for lab in labs]),
        training=np.array([lab.training_compute_kh100e for lab in labs]) * scale,
        inference=np.array([lab.inference_compute_kh100e for lab in labs]) * scale,
        capability=np.full(n, -np.inf),
        openness=np.array([lab.openness_habit for lab in labs], dtype=np.float64),
        cash=np.array([lab.cash_musd for lab in labs]) * np.sqrt(scale),
        burn=np.array([lab.burn_musd_per_month for lab in labs]) * np.sqrt(scale),
        first_party=zero.copy(),
        ecosystem=zero.copy(),
        licence_income=zero.copy(),
        served=np.ones(n),
        active=np.ones(n, dtype=np.bool_),
        profit_start=np.full(n, np.nan),
        gap_start=zero.copy(),
        compute_lag_start=zero.copy(),
    )


def _weights_delay(lab: str, origin: str) -> float:
    """Return how long a lab holds weights back after the interface, in times of the usual."""
    return XAI_DELAY if lab == "xai" else 1.0 if origin == "CN" else 0.0


def lab_origins() -> Ints:
    """Return the origin of each lab."""
    return np.array([ORIGINS.index(lab.origin) for lab in load_labs()])


def compute_growth(month: int, p: LabParameters, policy: dict[str, float]) -> Floats:
    """Return the log growth of compute this month by origin, shape (origins,)."""
    years = max(0.0, (month - LAST_OBSERVED_MONTH) / 12.0)
    fade = exp_one(-years / p.compute_growth_halflife_years * log_one(2.0))
    abroad = log_one(p.compute_growth) * fade
    denied = policy["chip_export_controls"] * (1.0 - policy["export_control_leakage"])
    offered, refusal = abroad * (1.0 - denied), policy["cn_foreign_chip_refusal"]
    chinese = offered * (1.0 - refusal + p.refusal_boost * refusal) + p.cn_domestic_growth * fade
    thirds = abroad * policy["third_country_chip_supply"]
    return np.array([abroad, chinese, abroad, thirds]) / 12.0


def grow(labs: Labs, month: int, p: LabParameters, policy: dict[str, float]) -> Floats:
    """Grow compute by one month; return the gain of training compute in log10, shape (labs,)."""
    growth = compute_growth(month, p, policy)[labs.origin]
    factor = exp(growth)
    labs.inference *= factor
    labs.burn *= np.sqrt(factor)
    if month <= LAST_OBSERVED_MONTH:
        labs.cash *= np.sqrt(factor)  # to today labs found money as they needed it
    before = labs.training
    labs.training = before * factor
    grants = np.zeros(len(ORIGINS))
    public = policy["us_public_compute"] / PUBLIC_COMPUTE_MONTHS
    grants[US] = policy["us_open_funding"] * KH100E_PER_MUSD + public
    grants[EU] = policy["eu_open_funding"] * KH100E_PER_MUSD
    takers = labs.active & (labs.openness >= OPEN_LAB) & (grants[labs.origin] > 0.0)
    if takers.any():
        shares = np.bincount(labs.origin[takers], minlength=len(ORIGINS))
        labs.training[takers] += (grants / np.maximum(1, shares))[labs.origin[takers]]
    gain: Floats = log(labs.training / before) / LN10
    return gain


@dataclass(frozen=True)
class Sources:
    """What labs can learn from, ECI: the best open model, the best closed one on sale, and the
    extra weight of the open one if it came with data and code."""

    best_open: float
    best_closed: float
    open_source: bool


def learn(
    labs: Labs,
    gain_log10: Floats,
    sources: Sources,
    derivatives: Floats,
    kyc: float,
    p: LabParameters,
    off: frozenset[str],
) -> None:
    """Raise capability by one month of research and learning."""
    known = np.isfinite(labs.capability)
    progress = 0.0 if "own_progress" in off else log_one(p.algorithmic_progress) / LN10 / 12.0
    gain = p.eci_per_oom * (gain_log10 + progress)
    if "spillovers" not in off:
        gain = gain + p.spillover * _learned(labs, known, sources, kyc, p)
    if "community" not in off:
        gain = gain + p.community_capability * labs.openness * log(1.0 + derivatives)
    labs.capability[known] += gain[known]


def _learned(
    labs: Labs, known: Bools, sources: Sources, kyc: float, p: LabParameters
) -> Floats:
    """Return the weighted gaps each lab closes part of, ECI, shape (labs,)."""
    front = float(labs.capability.max())
    lag = (log(labs.training.max() / labs.training)) / LN10
    held = p.persistent_gap * labs.gap_start + p.eci_per_oom * (lag - labs.compute_lag_start)
    own = np.where(known, labs.capability, front)
    weights = p.spillover_weights * (1.0 + p.open_source_bonus * sources.open_source)
    answers = p.spillover_distillation * (1.0 - p.distillation_reduction * kyc)
    papers = max(0.0, 1.0 - p.spillover_weights - p.spillover_distillation)
    total = np.zeros(labs.count)
    for source, part in ((sources.best_open, weights), (sources.best_closed, answers), (front, papers)):
        if math.isfinite(source):
            total += part * np.maximum(0.0, np.minimum(source, front - held) - own)
    return total


def settle(labs: Labs, profit: Floats, p: LabParameters, *, simulated: bool) -> Bools:
    """Book a month's profit before research, $M; return which labs leave now.

    Burn in the data is what a lab loses a month with the sales it has, so only profit beyond that
    of the start changes it.

    Burn grows with the square root of compute, as spending per chip falls (see `grow`). A lab out
    of cash is funded again while it is near the frontier or its sales cover `funding_floor` of its
    burn, and leaves otherwise. A fringe is many makers and never leaves as a whole; a lab with
    complements is kept by its parent.
    """
    gone = np.zeros(labs.count, dtype=np.bool_)
    if not simulated:
        return gone
    if np.isnan(labs.profit_start).all():
        labs.profit_start = profit.copy()
    labs.cash += profit - labs.profit_start - labs.burn
    alone = (labs.members == 1.0) & (labs.complement < PARENT_COMPLEMENT)
    broke = labs.active & (labs.cash < 0.0) & alone & np.isfinite(labs.capability)
    if broke.any():
        near = labs.capability.max() - labs.capability <= INVESTORS_GAP_ECI
        funded = broke & (near | (labs.first_party >= p.funding_floor * labs.burn))
        labs.cash[funded] += FUNDING_MONTHS * labs.burn[funded]
        gone = broke & ~funded
        labs.active &= ~gone
    return gone
