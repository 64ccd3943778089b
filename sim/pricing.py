"""What makers charge, and what their chips can serve.

A maker of a closed model wants the least of two prices, and more where chips are short:

wanted = min( cost e / (e - 1), price at which the developer who values it most leaves )
         x served ^ (-1 / e)    where only the share `served` of demand could be served

with e the elasticity of demand. The developer who values a model most is the one with the task in
which it beats the best open offer by most; there, with alpha the price sensitivity,

ln(price at which they leave) = ln(price open) + [quality + premium - quality open] / alpha

Prices move `price_adjustment` of the way in logarithms each month. So cheap closed models, which
open ones equal in every task, are pressed towards open prices, and flagships are not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.arithmetic import exp, log
from sim.assumptions.market import MarketParameters

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

LEAST_MARKUP = 1.05
KH100E_MONTH_MUSD = 1.825  # rent of a thousand H100-equivalents at $2.5 an hour, $M a month
MOST_SCARCITY = 0.05  # the least share served that prices respond to


@dataclass(frozen=True)
class Rivalry:
    """What closed models compete with: by task and version, in util; -inf where none.

    `closed` has shape (tasks, versions): quality plus premium; `open_value` (tasks,): the best of
    quality less alpha ln price among open offers; `alpha` the median price sensitivity.
    """

    closed: Floats
    open_value: Floats
    alpha: float


def wanted_prices(
    cost: Floats, elasticity: float, served: Floats, rivalry: Rivalry | None, scarcity: bool
) -> Floats:
    """Return the price each closed version's maker wants, $ per Mtok, shape (versions,).

    `served` is the share of demand its maker could serve; `rivalry` None leaves open models out.
    """
    wanted = cost * (elasticity / (elasticity - 1.0))
    if rivalry is not None:
        leave = (rivalry.closed - rivalry.open_value[:, None]).max(axis=0) / rivalry.alpha
        ceiling = exp(np.minimum(np.maximum(leave, -20.0), 20.0))
        wanted = np.minimum(wanted, np.maximum(ceiling, LEAST_MARKUP * cost))
    if scarcity:
        short = np.maximum(served, MOST_SCARCITY)
        wanted = wanted * exp(log(short) * (-1.0 / elasticity))
    return wanted


def adjusted(price: Floats, wanted: Floats, p: MarketParameters) -> Floats:
    """Return prices moved part of the way to what is wanted."""
    step = p.price_adjustment * (log(wanted) - log(price))
    moved: Floats = price * exp(step)
    return moved


def cheaper_by_a_month(p: MarketParameters) -> float:
    """Return the factor by which the cost of serving one model falls in a month."""
    return float(exp(log(np.array([1.0 - p.cost_decline])) / 12.0)[0])


def capacity_musd(inference_kh100e: Floats, api_share: float) -> Floats:
    """Return what each lab's chips can serve developers with, as their rent, $M a month."""
    return inference_kh100e * (KH100E_MONTH_MUSD * api_share)
