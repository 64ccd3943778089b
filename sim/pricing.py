"""What makers charge, and what their chips can serve.

A maker of a closed model wants the least of two prices, and more where chips are short:

wanted = min( cost e / (e - 1), price at which the developer who values it most leaves )
         x served ^ (-1 / e)    where only the share `served` of demand could be served

with e the elasticity of demand. The developer who values a model most is the one with the task in
which it beats the best open offer by most; there, with alpha the price sensitivity,

ln(price at which they leave) = [quality + premium - max over open offers (quality - alpha ln p)]
                                / alpha

Prices move `price_adjustment` of the way in logarithms each month. So cheap closed models, which
open ones equal in every task, are pressed towards open prices, and flagships are not. The list
price of an open model follows its cost.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.arithmetic import exp, exp_one, log, log_one, logistic
from sim.assumptions.developers import DeveloperParameters
from sim.assumptions.market import MarketParameters
from sim.mechanisms import On
from sim.shelf import Shelf, frontier_of
from sim.twins import kernel

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

LEAST_MARKUP = 1.05
KH100E_MONTH_MUSD = 1.825  # rent of a thousand H100-equivalents at $2.5 an hour, $M a month
MOST_SCARCITY = 0.05  # the least share served that prices respond to


@kernel
def leaving_prices(
    eci: Floats,
    premium: Floats,
    open_eci: Floats,
    open_price: Floats,
    thresholds: Floats,
    p: DeveloperParameters,
) -> Floats:
    """Return the price at which the developer who values each closed model most leaves it, $ per
    Mtok; `premium` is the closed premium of each, util, `open_price` what open offers cost."""
    most = np.full(eci.size, -np.inf)
    cost = p.price_sensitivity * log(open_price)
    wanted = thresholds.reshape((thresholds.size, 1))
    value = p.quality_weight * logistic((open_eci - wanted) / p.quality_spread_eci)
    own = p.quality_weight * logistic((eci - wanted) / p.quality_spread_eci)
    for task in range(thresholds.size):
        most = np.maximum(most, own[task] + premium - (value[task] - cost).max())
    leave = most / p.price_sensitivity
    return exp(np.minimum(np.maximum(leave, -20.0), 20.0))


@kernel
def wanted_prices(
    cost: Floats, elasticity: float, served: Floats, ceiling: Floats, scarcity: bool
) -> Floats:
    """Return the price each closed version's maker wants, $ per Mtok, shape (versions,).

    `served` is the share of demand its maker could serve, `ceiling` what drives customers away.
    """
    wanted = cost * (elasticity / (elasticity - 1.0))
    wanted = np.minimum(wanted, np.maximum(ceiling, LEAST_MARKUP * cost))
    if scarcity:
        short = np.maximum(served, MOST_SCARCITY)
        wanted = wanted * exp(log(short) * (-1.0 / elasticity))
    return wanted


@kernel
def adjusted(price: Floats, wanted: Floats, speed: float) -> Floats:
    """Return prices moved part of the way, in logarithms, to what is wanted."""
    return price * exp(speed * (log(wanted) - log(price)))


@kernel
def reprice(
    shelf: Shelf,
    served: Floats,
    thresholds: Floats,
    p: DeveloperParameters,
    market: MarketParameters,
    elasticity: float,
    on: On,
) -> None:
    """Let costs fall by a month and all list prices move; `served` by lab, shape (labs,)."""
    if on.cost_decline:
        factor = exp_one(log_one(1.0 - market.cost_decline) / 12.0)
        shelf.cost[:] *= factor
        shelf.chips[:] *= factor
    frontier = frontier_of(shelf)
    weights = np.flatnonzero(shelf.on_sale & shelf.open)
    closed = np.flatnonzero(shelf.on_sale & ~shelf.open)
    if closed.size:
        ceiling = np.full(closed.size, np.inf)
        rivals = np.flatnonzero(shelf.on_sale & shelf.open & ~shelf.noncommercial)
        if on.good_enough and rivals.size:
            premium = np.full(closed.size, p.closed_premium)
            if on.frontier_following:
                premium *= exp((shelf.eci[closed] - frontier) / p.premium_efold_eci)
            hosted = shelf.cost[rivals] * (1.0 + market.host_markup)
            ceiling = leaving_prices(
                shelf.eci[closed],
                premium,
                shelf.eci[rivals],
                hosted + p.other_cost_usd_per_mtok,
                thresholds,
                p,
            )
        able = served[shelf.lab[closed]]
        scarcity = on.scarcity_rent and on.capacity_cap
        wanted = wanted_prices(shelf.cost[closed], elasticity, able, ceiling, scarcity)
        shelf.price[closed] = adjusted(shelf.price[closed], wanted, market.price_adjustment)
    if weights.size:
        usual = shelf.cost[weights] * market.open_list_over_cost
        shelf.price[weights] = adjusted(shelf.price[weights], usual, market.price_adjustment)


@kernel
def capacity_musd(inference_kh100e: Floats, api_share: float) -> Floats:
    """Return what each lab's chips can serve developers with, as their rent, $M a month."""
    return inference_kh100e * (KH100E_MONTH_MUSD * api_share)
