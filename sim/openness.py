"""What a lab gains from releasing the weights of one product, term by term, and how it decides.

The weights of product k are released with chance P,

ln(P / (1 - P)) = anchor + W / S - W_start / S_start + peer_weight (peers - peers_start)

where W is the gain from opening over twelve months in $M, the sum of the terms below;
S = choice_temperature + stakes_noise x yearly sales at stake is the scale of everything else that
moves the decision; peers is the share of domestic peers whose last flagship was open; and the
anchor is what the lab did with this product when simulated supply began. So labs go on as they
do unless incentives change, and the decision can be reversed at every release.

V, the product's monthly sales were it closed, is its sales if closed and its own sales over
`own_api_retention` if open. Short chips cut what V earns: with e the elasticity of demand and c the
share of demand that capacity can serve, the best price for c of the tokens makes V c^(1 - 1/e).
Opening lets others serve the rest, so that c binds less. At e near 1 scarcity pays as rent and
capacity hardly matters; well above 1 it does not, and short chips push towards opening.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.arithmetic import exp, log, log_one, logistic
from sim.assumptions.labs import LabParameters
from sim.assumptions.market import MarketParameters
from sim.assumptions.release import ReleaseParameters
from sim.labs import CN, EU, LN10, N_ORIGINS, OPEN_LAB, US, Labs
from sim.levers import Policy
from sim.mechanisms import On
from sim.pricing import KH100E_MONTH_MUSD
from sim.shelf import NOT_DUE, Line, Shelf
from sim.twins import kernel

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

FRONTIER_BAND_ECI = 20.0
LEAST_YEARS = 0.25  # of cash left, below which pressure grows no further
LEAST_CAPACITY = 0.01
LARGEST_LEAD_ECI = 30.0
MONTHS = 12.0  # the horizon of the decision
FLOP_AT_ECI_126 = 25.3  # log10 training FLOP of GPT-4 of March 2023, which has about 126 ECI
NO_LICENCE = 28.0  # log10 FLOP: the end of the lever's range, which stands for no licence at all
LICENCE_COST_MUSD = 5.0  # preparing one application, with the staff a review asks for
TERMS = (
    "own sales",
    "complements",
    "community",
    "public support",
    "licence and liability",
    "leak to rivals",
    "pressure to earn",
)
OWN, COMPLEMENTS, COMMUNITY, SUPPORT, BURDENS, LEAK, PRESSURE = range(len(TERMS))
N_TERMS = len(TERMS)


class Stakes(NamedTuple):
    """What is at stake in each product, arrays of shape (n,), $M a month, for one member of a
    fringe: sales were it closed, use elsewhere were it open, margin on sales were it closed."""

    closed_sales: Floats
    ecosystem: Floats
    margin: Floats


class Decision(NamedTuple):
    """What every product's next release would weigh this month: terms in $M a year, shape
    (TERMS, n), noise S and chance to open, shape (n,), and how far peers' openness moved since the
    start, (labs,)."""

    terms: Floats
    scale: Floats
    chance: Floats
    peers: Floats


@kernel
def log10_flop(eci: Floats, month: int, eci_per_oom: float, algorithmic_progress: float) -> Floats:
    """Return log10 of the training compute of a model of this capability made in `month`.

    Effective compute is 10^25.3 FLOP at 126 ECI in 2023-03 and grows tenfold per `eci_per_oom`;
    algorithms provide `algorithmic_progress` a year of it.
    """
    saved = log_one(algorithmic_progress) / LN10 * (month - 2) / 12.0
    return FLOP_AT_ECI_126 + (eci - 126.0) / eci_per_oom - saved


@kernel
def licensed_from(policy: Policy) -> float:
    """Return the log10 FLOP from which American weights need a licence, infinite if none do."""
    threshold = policy.us_open_licence_threshold
    return threshold if threshold < NO_LICENCE else np.inf


@kernel
def stakes(
    labs: Labs,
    line: Line,
    shelf: Shelf,
    first_party: Floats,
    elsewhere: Floats,
    p: ReleaseParameters,
    on: On,
) -> Stakes:
    """Return what is at stake in each product.

    `first_party` and `elsewhere` are last month's sales of each version, $M, shape (2n,). Margins
    follow today's prices, or with `price_collapse` off stay at what they were at release.
    """
    n = line.lab.size
    members = labs.members[line.lab]
    own = (first_party[0::2] + first_party[1::2]) / members
    outside = elsewhere[1::2] / members
    potential = np.where(line.opened, own / p.own_api_retention, own)
    after = (1.0 - p.own_api_retention) * potential
    version = 2 * np.arange(n) + line.opened
    margin = np.full(n, 1.0 / p.demand_elasticity)
    if on.price_collapse:
        seen = np.maximum(0.0, 1.0 - shelf.cost[version] / shelf.price[version])
        fixed = line.opened | ~shelf.on_sale[version]
        margin = np.where(fixed, margin, seen)
    return Stakes(potential, np.where(line.opened, outside, after), margin)


@kernel
def capacities(
    labs: Labs, line: Line, shelf: Shelf, at: Stakes, api_capacity_share: float
) -> Floats:
    """Return the share of its potential demand each lab's chips could serve, shape (labs,)."""
    version = 2 * np.arange(line.lab.size) + line.opened
    chips = at.closed_sales * labs.members[line.lab] * shelf.chips[version] / shelf.price[version]
    needed = np.zeros(labs.origin.size)
    for k in range(line.lab.size):
        needed[line.lab[k]] += chips[k]
    available = labs.inference * (KH100E_MONTH_MUSD * api_capacity_share)
    ratio = available / np.maximum(needed, 1e-9)
    return np.minimum(1.0, np.maximum(ratio, LEAST_CAPACITY))


@kernel
def gain_terms(
    labs: Labs,
    line: Line,
    at: Stakes,
    policy: Policy,
    p: ReleaseParameters,
    market: MarketParameters,
    flop: Floats,
    best_open: float,
    capacity: Floats,
    on: On,
) -> Floats:
    """Return the terms of W, the gain from opening each product, $M a year, shape (TERMS, n).

    `flop` is log10 of the training compute of each product's next model; `capacity` the share of
    its potential demand each lab's chips can serve, shape (labs,).
    """
    lab = line.lab
    terms = np.zeros((N_TERMS, lab.size))
    if on.commercial_retreat:
        terms[OWN] = MONTHS * _own_profit(at, capacity[lab], p, market, on)
        years = np.maximum(labs.cash / np.maximum(MONTHS * labs.burn, 1.0), LEAST_YEARS)
        terms[PRESSURE] = -(p.monetisation_pressure / years)[lab] * line.weight
    if on.complements:
        terms[COMPLEMENTS] = MONTHS * labs.complement[lab] * at.ecosystem
    if on.reputation:
        terms[COMMUNITY] = p.community_value_musd * line.weight
    terms[SUPPORT] = MONTHS * _support(labs, policy)[line.origin] * line.weight
    terms[BURDENS] = -_burdens(labs, line, policy, flop)
    if on.spillovers and np.isfinite(best_open):
        lead = np.maximum(0.0, labs.capability[lab] - line.behind - best_open)
        taught = np.minimum(lead, LARGEST_LEAD_ECI) / 10.0
        terms[LEAK] = -MONTHS * at.closed_sales * p.leak_share * taught
    return terms


@kernel
def _own_profit(
    at: Stakes, capacity: Floats, p: ReleaseParameters, market: MarketParameters, on: On
) -> Floats:
    """Return monthly profit on the maker's own interface if open less that if closed."""
    kept = p.own_api_retention
    open_margin = 1.0 - 1.0 / market.open_list_over_cost
    served_closed = np.ones(capacity.size)
    served_open = np.ones(capacity.size)
    if on.capacity_cap:
        power = 1.0 - 1.0 / p.demand_elasticity if on.scarcity_rent else 1.0
        served_closed = exp(power * log(capacity))
        served_open = exp(power * log(np.minimum(1.0, capacity / kept)))
    opened = np.minimum(open_margin, at.margin) * kept * served_open
    gained: Floats = at.closed_sales * (opened - at.margin * served_closed)
    return gained


@kernel
def _support(labs: Labs, policy: Policy) -> Floats:
    """Return public money for one open lab of each origin, $M a month."""
    money = np.zeros(N_ORIGINS)
    money[US], money[CN] = policy.us_open_funding, policy.cn_open_support
    money[EU] = policy.eu_open_funding
    takers = np.zeros(N_ORIGINS)
    for lab in range(labs.origin.size):
        if labs.openness[lab] >= OPEN_LAB:
            takers[labs.origin[lab]] += labs.members[lab]
    return money / np.maximum(1.0, takers)


@kernel
def _burdens(labs: Labs, line: Line, policy: Policy, flop: Floats) -> Floats:
    """Return what rules cost the maker of an open frontier model, $M a year, shape (n,)."""
    lag = labs.capability.max() - labs.capability[line.lab] + line.behind
    frontier = lag <= FRONTIER_BAND_ECI
    american = frontier & (line.origin == US)
    licensed = american & (flop >= licensed_from(policy))
    burdens: Floats = (
        american * policy.us_open_liability
        + frontier * policy.eu_open_burden
        + licensed * LICENCE_COST_MUSD
    )
    return burdens


@kernel
def peers_open(labs: Labs, line: Line) -> Floats:
    """Return the share of each lab's domestic peers whose last flagship was open, its weights out
    or due to follow, shape (labs,)."""
    n = labs.origin.size
    opened, share = np.zeros(n), np.zeros(n)
    for k in range(line.lab.size):
        if line.flagship[k]:
            opened[line.lab[k]] = line.opened[k] or line.weights_due[k] < NOT_DUE
    there = np.zeros(n)
    makers, opens = np.zeros(N_ORIGINS), np.zeros(N_ORIGINS)
    for lab in range(n):
        if labs.active[lab] and np.isfinite(labs.capability[lab]):
            there[lab] = 1.0
            makers[labs.origin[lab]] += 1.0
            opens[labs.origin[lab]] += opened[lab]
    for lab in range(n):
        origin = labs.origin[lab]  # of a lab's own country, but for itself
        others = makers[origin] - there[lab]
        share[lab] = (opens[origin] - there[lab] * opened[lab]) / max(1.0, others)
    return share


@kernel
def weigh(
    labs: Labs,
    line: Line,
    shelf: Shelf,
    first_party: Floats,
    elsewhere: Floats,
    month: int,
    policy: Policy,
    status_quo: Policy,
    research: LabParameters,
    p: ReleaseParameters,
    market: MarketParameters,
    best_open: float,
    peers_start: Floats,
    on: On,
) -> Decision:
    """Return what each product's next release would weigh; note W / S of those new to the model.

    What a product starts from is W in the status quo of the month its lab begins to decide, so
    that a lever changed at once acts at once. `peers_start` is filled when it is still unknown.
    """
    at = stakes(labs, line, shelf, first_party, elsewhere, p, on)
    flop = log10_flop(
        labs.capability[line.lab] - line.behind,
        month,
        research.eci_per_oom,
        research.algorithmic_progress,
    )
    capacity = capacities(labs, line, shelf, at, research.api_capacity_share)
    scale = p.choice_temperature_musd + p.stakes_noise * MONTHS * at.closed_sales
    peers = np.zeros(labs.origin.size)
    if on.peer_cascade:
        peers = peers_open(labs, line)
    if np.isnan(peers_start[0]):
        peers_start[:] = peers
    fresh = np.isnan(line.base) & np.isfinite(labs.capability[line.lab])
    if fresh.any():
        start = gain_terms(labs, line, at, status_quo, p, market, flop, best_open, capacity, on)
        line.base[:] = np.where(fresh, _total(start) / scale, line.base)
    terms = gain_terms(labs, line, at, policy, p, market, flop, best_open, capacity, on)
    change = peers - peers_start
    known = np.where(np.isnan(line.base), 0.0, line.base)
    odds = line.anchor + _total(terms) / scale - known + p.peer_weight * change[line.lab]
    chance = logistic(np.minimum(np.maximum(odds, -50.0), 50.0))
    return Decision(terms, scale, chance, change)


@kernel
def _total(terms: Floats) -> Floats:
    """Return the sum of the terms, one after the other, shape (n,)."""
    total = np.zeros(terms.shape[1])
    for term in range(terms.shape[0]):
        total += terms[term]
    return total


@kernel
def anchor(opened: Bools, habit: Floats) -> Floats:
    """Return log-odds of opening: mostly what was done last, partly the lab's habit."""
    chance = np.minimum(np.maximum(0.75 * opened + 0.25 * habit, 0.01), 0.95)
    return log(chance / (1.0 - chance))
