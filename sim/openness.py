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

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.arithmetic import exp, log, log_one, logistic
from sim.assumptions.market import MarketParameters
from sim.assumptions.release import ReleaseParameters
from sim.labs import CN, EU, LN10, OPEN_LAB, US, Labs
from sim.outcomes import ORIGINS
from sim.shelf import Line, Shelf

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

FRONTIER_BAND_ECI = 20.0
LEAST_YEARS = 0.25  # of cash left, below which pressure grows no further
MONTHS = 12.0  # the horizon of the decision
FLOP_AT_ECI_126 = 25.3  # log10 training FLOP of GPT-4 of March 2023, which has about 126 ECI
TERMS = (
    "own sales",
    "complements",
    "community",
    "public support",
    "licence and liability",
    "leak to rivals",
    "pressure to earn",
)


@dataclass(frozen=True)
class Stakes:
    """What products sell and could sell, arrays of shape (n,), $M a month."""

    closed_sales: Floats
    ecosystem: Floats
    margin: Floats


def log10_flop(eci: Floats, month: int, eci_per_oom: float, algorithmic_progress: float) -> Floats:
    """Return log10 of the training compute of a model of this capability made in `month`.

    Effective compute is 10^25.3 FLOP at 126 ECI in 2023-03 and grows tenfold per `eci_per_oom`;
    algorithms provide `algorithmic_progress` a year of it.
    """
    saved = log_one(algorithmic_progress) / LN10 * (month - 2) / 12.0
    flop: Floats = FLOP_AT_ECI_126 + (eci - 126.0) / eci_per_oom - saved
    return flop


def stakes(
    shelf: Shelf,
    members: Floats,
    first_party: Floats,
    elsewhere: Floats,
    p: ReleaseParameters,
    *,
    by_price: bool,
) -> Stakes:
    """Return what is at stake in each product, for one member of a fringe.

    `members` are those of each lab; `first_party` and `elsewhere` are last month's sales of each
    version, $M, shape (2n,); `by_price` says whether margins follow today's prices or stay at what
    they were at release.
    """
    line = shelf.line
    own = (first_party[0::2] + first_party[1::2]) / members[line.lab]
    outside = elsewhere[1::2] / members[line.lab]
    potential = np.where(line.opened, own / p.own_api_retention, own)
    after = (1.0 - p.own_api_retention) * potential
    version = 2 * np.arange(shelf.products) + line.opened
    usual = 1.0 / p.demand_elasticity
    margin = np.full(shelf.products, usual)
    if by_price:
        seen = 1.0 - shelf.cost[version] / shelf.price[version]
        margin = np.where(line.opened | ~shelf.on_sale[version], margin, np.maximum(0.0, seen))
    return Stakes(potential, np.where(line.opened, outside, after), margin)


def gain_terms(
    labs: Labs,
    shelf: Shelf,
    at: Stakes,
    policy: dict[str, float],
    p: ReleaseParameters,
    market: MarketParameters,
    flop: Floats,
    best_open: float,
    capacity: Floats,
    off: frozenset[str],
) -> Floats:
    """Return the terms of W, the gain from opening each product, $M a year, shape (TERMS, n).

    `flop` is log10 of the training compute of each product's next model; `capacity` the share of
    its potential demand each lab's chips can serve, shape (labs,).
    """
    line = shelf.line
    lab, origin = line.lab, line.origin
    terms = np.zeros((len(TERMS), shelf.products))
    if "commercial_retreat" not in off:
        terms[0] = MONTHS * _own_profit(at, capacity[lab], p, market, off)
    if "complements" not in off:
        terms[1] = MONTHS * labs.complement[lab] * at.ecosystem
    if "reputation" not in off:
        terms[2] = p.community_value_musd * line.weight
    terms[3] = MONTHS * _support(labs, policy)[origin] * line.weight
    terms[4] = -_burdens(labs, line, policy, flop)
    if "spillovers" not in off and np.isfinite(best_open):
        lead = np.maximum(0.0, labs.capability[lab] - line.behind - best_open)
        terms[5] = -MONTHS * at.closed_sales * p.leak_share * np.minimum(lead, 30.0) / 10.0
    if "commercial_retreat" not in off:
        years = np.maximum(labs.cash / np.maximum(MONTHS * labs.burn, 1.0), LEAST_YEARS)
        terms[6] = -(p.monetisation_pressure / years)[lab] * line.weight
    return terms


def _own_profit(
    at: Stakes, capacity: Floats, p: ReleaseParameters, market: MarketParameters, off: frozenset[str]
) -> Floats:
    """Return monthly profit on the maker's own interface if open less that if closed."""
    kept = p.own_api_retention
    open_margin = 1.0 - 1.0 / market.open_list_over_cost
    if "capacity_cap" in off:
        served_closed = served_open = np.ones_like(capacity)
    else:
        power = 1.0 if "scarcity_rent" in off else 1.0 - 1.0 / p.demand_elasticity
        served_closed = exp(power * log(capacity))
        served_open = exp(power * log(np.minimum(1.0, capacity / kept)))
    value = at.closed_sales
    result: Floats = value * (
        np.minimum(open_margin, at.margin) * kept * served_open - at.margin * served_closed
    )
    return result


def _support(labs: Labs, policy: dict[str, float]) -> Floats:
    """Return public money for one open lab of each origin, $M a month."""
    money = np.zeros(len(ORIGINS))
    money[[US, CN, EU]] = [
        policy[k] for k in ("us_open_funding", "cn_open_support", "eu_open_funding")
    ]
    takers = np.bincount(
        labs.origin, (labs.openness >= OPEN_LAB) * labs.members, minlength=len(ORIGINS)
    )
    share: Floats = money / np.maximum(1.0, takers)
    return share


def _burdens(labs: Labs, line: Line, policy: dict[str, float], flop: Floats) -> Floats:
    """Return what rules cost the maker of an open frontier model, $M a year, shape (n,)."""
    lag = labs.capability.max() - labs.capability[line.lab] + line.behind
    frontier = lag <= FRONTIER_BAND_ECI
    american = frontier & (line.origin == US)
    licensed = american & (flop >= policy["us_open_licence_threshold"])
    return (
        american * policy["us_open_liability"]
        + frontier * policy["eu_open_burden"]
        + licensed * LICENCE_COST_MUSD
    )


LICENCE_COST_MUSD = 5.0  # preparing one application, with the staff a review asks for


def peers_open(labs: Labs, shelf: Shelf) -> Floats:
    """Return the share of each lab's domestic peers whose last flagship was open, shape (labs,)."""
    line = shelf.line
    opened = np.zeros(labs.count)
    leads = line.flagship
    opened[line.lab[leads]] = line.opened[leads]
    present = labs.active & np.isfinite(labs.capability)
    everyone = np.bincount(labs.origin, present * 1.0, minlength=len(ORIGINS))[labs.origin]
    opens = np.bincount(labs.origin, present * opened, minlength=len(ORIGINS))[labs.origin]
    others = np.maximum(1.0, everyone - present)
    share: Floats = (opens - present * opened) / others
    return share


def scale_of_noise(at: Stakes, p: ReleaseParameters) -> Floats:
    """Return S, $M a year, shape (n,)."""
    scale: Floats = p.choice_temperature_musd + p.stakes_noise * MONTHS * at.closed_sales
    return scale


def chance_to_open(
    line: Line, gain: Floats, scale: Floats, peers: Floats, p: ReleaseParameters
) -> Floats:
    """Return the chance that each product's next model is released with weights, shape (n,).

    `peers` is the change of domestic peers' openness since the start, shape (labs,).
    """
    start = np.where(np.isnan(line.base), 0.0, line.base)  # a lab not yet there has no start
    odds = line.anchor + gain / scale - start + p.peer_weight * peers[line.lab]
    return logistic(np.minimum(np.maximum(odds, -50.0), 50.0))


def anchor(opened: Bools, habit: Floats) -> Floats:
    """Return log-odds of opening: mostly what was done last, partly the lab's habit."""
    chance = np.minimum(np.maximum(0.75 * opened + 0.25 * habit, 0.01), 0.95)
    return log(chance / (1.0 - chance))
