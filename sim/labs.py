"""How labs grow: compute, capability, money, and when they give up.

ln compute(t+1) = ln compute + g / 12 where, with f = 0.5 ^ (years since today / half-life) after
today and 1 before,

g       = ln(compute_growth) f                                                outside China
g       = offered (1 - refusal) + refusal_boost refusal offered + cn_domestic_growth f   in China
offered = ln(compute_growth) f (1 - chip_export_controls (1 - export_control_leakage))
g       = ln(compute_growth) f third_country_chip_supply                      in third countries

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

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.arithmetic import exp, exp_one, log, log_one
from sim.assumptions.labs import LabParameters
from sim.calendar import LAST_OBSERVED_MONTH
from sim.catalogue import load_labs
from sim.levers import Policy
from sim.mechanisms import On
from sim.outcomes import ORIGINS
from sim.twins import kernel

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

US, CN, EU, OTHER = range(len(ORIGINS))
N_ORIGINS = len(ORIGINS)
FRINGE_MEMBERS = 10.0  # makers behind each of the catalogue's "other" labs
KH100E_PER_MUSD = 0.033  # one H100-equivalent with its share of the building at about $30,000
PUBLIC_COMPUTE_MONTHS = 12.0  # over which a public cluster's worth reaches those who train on it
OPEN_LAB = 0.5  # recent openness from which a lab counts as open
FUNDING_MONTHS = 24.0  # of burn that a round of funding brings
PARENT_COMPLEMENT = 0.15  # complement margin from which a lab has a parent that keeps it
INVESTORS_GAP_ECI = 12.0  # behind the frontier, up to which investors fund without sales
XAI_DELAY = 12.0  # times the usual delay of weights: catalogue (f)
SOURCE_LAB = "other_us"  # the fringe whose members publish data and code (AI2 and others)
LN10 = 2.302585092994046
LN2 = 0.6931471805599453


class Labs(NamedTuple):
    """State of the labs, shape (labs,); arrays are changed in place.

    `training` and `inference` in thousand H100-equivalents; `capability` in ECI (-inf: nothing
    released yet); `openness` the recent share of open releases; money in $M, `burn` and sales a
    month; `first_party`, `ecosystem` and `licence_income` are last month's; `served` is the share
    of last month's demand for its interface that it could serve. `gap_start` is the distance from
    the frontier and `compute_lag_start` log10 of the largest lab's compute over its own when
    simulated supply began.
    """

    origin: Ints
    members: Floats
    interval: Floats
    complement: Floats
    weights_delay: Floats
    source: Bools
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
    def size(self) -> int:
        """Number of labs."""
        return int(self.origin.size)


def lab_ids() -> tuple[str, ...]:
    """Return the labs' names, in the order of their numbers."""
    return tuple(lab.id for lab in load_labs())


def initial_labs(growth: Floats) -> Labs:
    """Return the labs in 2023-01.

    `growth` is the log growth of compute from then to today in the status quo, shape (labs,):
    compute starts where it must for the status quo to reach the data's figure today.
    """
    labs = load_labs()
    n, scale = len(labs), exp(-growth)
    return Labs(
        origin=lab_origins(),
        members=np.array([FRINGE_MEMBERS if lab.id.startswith("other_") else 1.0 for lab in labs]),
        interval=np.array([lab.release_interval_months for lab in labs], dtype=np.float64),
        complement=np.array([lab.complement_margin for lab in labs], dtype=np.float64),
        weights_delay=np.array([_weights_delay(lab.id, lab.origin) for lab in labs]),
        source=np.array([lab.id == SOURCE_LAB for lab in labs]),
        training=np.array([lab.training_compute_kh100e for lab in labs]) * scale,
        inference=np.array([lab.inference_compute_kh100e for lab in labs]) * scale,
        capability=np.full(n, -np.inf),
        openness=np.array([lab.openness_habit for lab in labs], dtype=np.float64),
        cash=np.array([lab.cash_musd for lab in labs]) * np.sqrt(scale),
        burn=np.array([lab.burn_musd_per_month for lab in labs]) * np.sqrt(scale),
        first_party=np.zeros(n),
        ecosystem=np.zeros(n),
        licence_income=np.zeros(n),
        served=np.ones(n),
        active=np.ones(n, dtype=np.bool_),
        profit_start=np.full(n, np.nan),
        gap_start=np.zeros(n),
        compute_lag_start=np.zeros(n),
    )


def _weights_delay(lab: str, origin: str) -> float:
    """Return how long a lab holds weights back after the interface, in times of the usual."""
    return XAI_DELAY if lab == "xai" else 1.0 if origin == "CN" else 0.0


def lab_origins() -> Ints:
    """Return the origin of each lab."""
    return np.array([ORIGINS.index(lab.origin) for lab in load_labs()])


@kernel
def compute_growth(month: int, p: LabParameters, policy: Policy) -> Floats:
    """Return the log growth of compute this month by origin, shape (origins,)."""
    years = max(0.0, (month - LAST_OBSERVED_MONTH) / 12.0)
    fade = exp_one(-years / p.compute_growth_halflife_years * LN2)
    abroad = log_one(p.compute_growth) * fade
    denied = policy.chip_export_controls * (1.0 - policy.export_control_leakage)
    offered, refusal = abroad * (1.0 - denied), policy.cn_foreign_chip_refusal
    chinese = offered * (1.0 - refusal + p.refusal_boost * refusal) + p.cn_domestic_growth * fade
    thirds = abroad * policy.third_country_chip_supply
    return np.array([abroad, chinese, abroad, thirds]) / 12.0


@kernel
def research(
    labs: Labs,
    month: int,
    p: LabParameters,
    policy: Policy,
    on: On,
    breakthrough: float,
    best_open: float,
    best_closed: float,
    open_source: bool,
    derivatives: Floats,
    learns: bool,
) -> None:
    """Grow compute and, where supply is simulated (`learns`), capability by one month.

    `best_open` and `best_closed` are the best models labs can learn from, ECI; `open_source` says
    whether the open one came with data and code; `breakthrough` is a log gain of Chinese compute.
    """
    before = labs.training.copy()
    _grow(labs, month, p, policy)
    gain = log(labs.training / before) / LN10
    if breakthrough != 0.0:
        jump = np.where(labs.origin == CN, exp_one(breakthrough), 1.0)
        labs.training[:] *= jump
        labs.inference[:] *= jump
    if not learns:
        return
    progress = log_one(p.algorithmic_progress) / LN10 / 12.0 if on.own_progress else 0.0
    gain = p.eci_per_oom * (gain + progress)
    known = np.isfinite(labs.capability)
    if on.spillovers and known.any():
        kyc = policy.api_know_your_customer
        learned = _learned(labs, known, best_open, best_closed, open_source, kyc, p)
        gain = gain + p.spillover * learned
    if on.community:
        gain = gain + p.community_capability * labs.openness * log(1.0 + derivatives)
    labs.capability[:] = np.where(known, labs.capability + gain, labs.capability)


@kernel
def _grow(labs: Labs, month: int, p: LabParameters, policy: Policy) -> None:
    """Grow compute, and what it costs, by one month."""
    factor = exp(compute_growth(month, p, policy))[labs.origin]
    labs.inference[:] *= factor
    labs.burn[:] *= np.sqrt(factor)
    if month <= LAST_OBSERVED_MONTH:
        labs.cash[:] *= np.sqrt(factor)  # to today labs found money as they needed it
    labs.training[:] *= factor
    grants = np.zeros(N_ORIGINS)
    public = policy.us_public_compute / PUBLIC_COMPUTE_MONTHS
    grants[US] = policy.us_open_funding * KH100E_PER_MUSD + public
    grants[EU] = policy.eu_open_funding * KH100E_PER_MUSD
    takers = labs.active & (labs.openness >= OPEN_LAB)
    shares = np.zeros(N_ORIGINS)
    for lab in range(labs.origin.size):
        shares[labs.origin[lab]] += takers[lab]
    for lab in range(labs.origin.size):
        if takers[lab]:
            labs.training[lab] += grants[labs.origin[lab]] / shares[labs.origin[lab]]


@kernel
def _learned(
    labs: Labs,
    known: Bools,
    best_open: float,
    best_closed: float,
    open_source: bool,
    kyc: float,
    p: LabParameters,
) -> Floats:
    """Return the weighted gaps each lab closes part of, ECI, shape (labs,)."""
    front = labs.capability.max()
    lag = log(labs.training.max() / labs.training) / LN10
    held = p.persistent_gap * labs.gap_start + p.eci_per_oom * (lag - labs.compute_lag_start)
    own = np.where(known, labs.capability, front)
    bonus = p.open_source_bonus if open_source else 0.0
    weights = p.spillover_weights * (1.0 + bonus)
    answers = p.spillover_distillation * (1.0 - p.distillation_reduction * kyc)
    papers = max(0.0, 1.0 - p.spillover_weights - p.spillover_distillation)
    total = papers * np.maximum(0.0, np.minimum(front, front - held) - own)
    if np.isfinite(best_open):
        total += weights * np.maximum(0.0, np.minimum(best_open, front - held) - own)
    if np.isfinite(best_closed):
        total += answers * np.maximum(0.0, np.minimum(best_closed, front - held) - own)
    learned: Floats = total
    return learned


@kernel
def settle(labs: Labs, profit: Floats, p: LabParameters) -> Bools:
    """Book a month's profit before research, $M; return which labs leave now.

    Burn in the data is what a lab loses a month with the sales it has, so only profit beyond that
    of the start changes it; it grows with the square root of compute, as spending per chip falls. A
    lab out of cash is funded again while it is near the frontier or its sales cover
    `funding_floor` of its burn, and leaves otherwise. A fringe is many makers and never leaves as a
    whole; a lab with complements is kept by its parent.
    """
    front = labs.capability.max()
    gone = np.zeros(labs.origin.size, dtype=np.bool_)
    for lab in range(labs.origin.size):
        if np.isnan(labs.profit_start[lab]):
            labs.profit_start[lab] = profit[lab]
        labs.cash[lab] += profit[lab] - labs.profit_start[lab] - labs.burn[lab]
        alone = labs.members[lab] == 1.0 and labs.complement[lab] < PARENT_COMPLEMENT
        there = labs.active[lab] and np.isfinite(labs.capability[lab])
        if labs.cash[lab] < 0.0 and alone and there:
            near = front - labs.capability[lab] <= INVESTORS_GAP_ECI
            if near or labs.first_party[lab] >= p.funding_floor * labs.burn[lab]:
                labs.cash[lab] += FUNDING_MONTHS * labs.burn[lab]
            else:
                labs.active[lab] = False
                gone[lab] = True
    return gone
