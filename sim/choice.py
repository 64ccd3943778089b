"""Which offer each reconsidering stream takes: a logit over the offers open to it.

U = quality_weight q_k(K) - price_sensitivity taste ln(p + other_cost)
    + premium exp(-(K_front - K) / premium_efold) 1[closed] + eta ln(1 + D)
    + control 1[self-hosted] - age_decay age - licence - maker aversion - host aversion
    - (1 - host_variety) ln(hosts of the model) - switching 1[family differs from incumbent] + noise

q_k(K) = 1 / (1 + exp(-(K - threshold_k(t)) / quality_spread)). With host_variety 0 the noise
belongs to the model and it gains no demand by being listed at several hosts. The noise is Gumbel,
so the best offer has the logit distribution, drawn here by inverting the cumulative weights with
one keyed uniform per stream and month. Arrays run (offers, streams): the long axis is the streams.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.assumptions.developers import DeveloperParameters
from sim.calendar import LAST_OBSERVED_MONTH
from sim.offers import Menu
from sim.population import ENTERPRISE, PUBLIC, SEGMENTS, SELF_HOSTER, STARTUP, TASKS

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

NEVER = np.float32(-1e9)
_EDGE = [t.id for t in TASKS].index("edge")


@dataclass(frozen=True)
class Choosers:
    """What distinguishes the streams that choose now; arrays of shape (n,).

    `alpha` is price sensitivity times taste; `fixed_usd_per_mtok` a self-hoster's fixed cost over
    its volume; `maker` and `host` the aversion to Chinese makers and hosts, with NEVER's size where
    not cleared; `ban_hosted`, `ban_self` and `only_trusted` say who is bound by which rule;
    `loyalty` is a `loyalty_code`.
    """

    cell: Ints
    region: Ints
    alpha: Singles
    fixed_usd_per_mtok: Singles
    maker: Singles
    host: Singles
    cleared: Bools
    ban_hosted: Bools
    ban_self: Bools
    only_trusted: Bools
    loyalty: Ints


def task_thresholds(p: DeveloperParameters, month: int, frontier_growth: float) -> Floats:
    """Return the capability each task wants in `month`, ECI, shape (tasks,).

    To today thresholds drift by a fixed rate a year; after today those of all tasks that drift
    rise by `task_follows_frontier` times `frontier_growth`, the frontier's rise since today.
    """
    years = min(month, LAST_OBSERVED_MONTH) / 12.0
    drift = {"frontier": p.task_drift_frontier, "general": p.task_drift_general, "none": 0.0}
    follow = p.task_follows_frontier * max(0.0, frontier_growth)
    start = np.array([t.threshold_eci for t in TASKS]) + p.task_level_eci
    moves = np.array([t.drift != "none" for t in TASKS])
    return start + np.array([drift[t.drift] for t in TASKS]) * years + follow * moves


def base_utility(
    menu: Menu, p: DeveloperParameters, thresholds: Floats, ecosystem: Floats
) -> Singles:
    """Return what all streams of a cell share, shape (offers, cells).

    `thresholds` are the tasks' and `ecosystem` is eta ln(1 + D) per offer. Offers that a cell
    cannot reach get NEVER.
    """
    reach = (menu.eci[:, None] - thresholds) / p.quality_spread_eci
    quality = p.quality_weight / (1.0 + np.exp(-reach))
    premium = np.zeros(len(SEGMENTS))
    premium[STARTUP] = p.closed_premium
    premium[[ENTERPRISE, PUBLIC]] = p.closed_premium * p.enterprise_premium_multiplier
    commercial = np.arange(len(SEGMENTS)) != SELF_HOSTER
    behind = np.maximum(0.0, menu.frontier - menu.eci)
    polish = ~menu.open * np.exp(-behind / p.premium_efold_eci)
    by_segment = (
        polish[:, None] * premium
        - menu.restrictive[:, None] * (p.licence_cost * commercial)
        + menu.self_hosted[:, None] * (p.control_value * ~commercial)
    )
    quality[:, _EDGE] += p.control_value * menu.self_hosted
    quality += (ecosystem - p.age_decay * menu.age)[:, None]
    quality -= ((1.0 - p.host_variety) * np.log(menu.copies))[:, None]
    reachable = menu.open_to[:, :, None] & ~(menu.noncommercial[:, None, None] & commercial)
    by_cell = (by_segment[:, :, None] + quality[:, None, :]).astype(np.float32)
    total: Singles = np.where(reachable[..., None], by_cell[:, None], NEVER)
    return total.reshape(menu.size, -1)


def utilities(menu: Menu, base: Singles, who: Choosers, p: DeveloperParameters) -> Singles:
    """Return the utility of each offer to each chooser but for the noise, shape (offers, n)."""
    u = base.take(who.cell, axis=1)
    u -= _price_disutility(menu, who, p.other_cost_usd_per_mtok)
    u[menu.cn :] -= np.where(who.cleared, who.maker, -NEVER)
    u[menu.cn : menu.cn_abroad] -= who.host
    u[menu.cn : menu.cn_self] += np.where(who.ban_hosted, NEVER, np.float32(0))
    u[menu.cn_self :] += np.where(who.ban_self, NEVER, np.float32(0))
    if who.only_trusted.any():
        untrusted = ~menu.open | (np.arange(menu.size) >= menu.cn)
        u[np.ix_(untrusted, who.only_trusted)] = NEVER
    u += _loyalty(menu, p).take(who.loyalty, axis=1)
    return u


def _loyalty(menu: Menu, p: DeveloperParameters) -> Singles:
    """Return what staying saves, shape (offers, families x segments); see `loyalty_code`."""
    families = np.arange(-1, int(menu.lab.max()) + 1)
    same = (menu.lab[:, None] == families)[:, :, None] * switching_cost(p)
    table: Singles = same.reshape(menu.size, -1).astype(np.float32)
    return table


def loyalty_code(family: Ints, segment: Ints, menu: Menu) -> Ints:
    """Return the column of `_loyalty` for an incumbent family (-1: none) and a segment."""
    known = np.where(family > menu.lab.max(), -1, family)
    return (known + 1) * len(SEGMENTS) + segment


def switching_cost(p: DeveloperParameters) -> Floats:
    """Return the cost of leaving a family by segment, util."""
    cost = np.full(len(SEGMENTS), p.switching_enterprise)
    cost[[STARTUP, SELF_HOSTER]] = p.switching_startup
    return cost


def _price_disutility(menu: Menu, who: Choosers, other_cost: float) -> Singles:
    """Return alpha ln(price + other_cost) of what each chooser would pay, shape (offers, n)."""
    log_paid = np.log(menu.paid + other_cost).astype(np.float32)
    same_everywhere = bool((log_paid == log_paid[:, :1]).all())
    price = log_paid[:, :1] if same_everywhere else log_paid.take(who.region, axis=1)
    price = price * who.alpha
    own = np.flatnonzero(menu.self_hosted)
    if own.size:
        cost = (menu.price[own] + other_cost).astype(np.float32)
        price[own] = np.log(cost[:, None] + who.fixed_usd_per_mtok) * who.alpha
    return price


@dataclass(frozen=True)
class Choices:
    """What was chosen: rows of the menu (-1: nothing is open to the stream) and the log-sum."""

    first: Ints
    second: Ints
    log_sum: Floats


def draw(u: Singles, first: Floats, second: Floats) -> Choices:
    """Invert the cumulative logit weights of `u`, shape (offers, n), at two uniforms per stream."""
    weights = np.exp(u)
    for row in range(1, len(weights)):  # five times faster than cumsum along the short axis
        weights[row] += weights[row - 1]
    total = weights[-1].astype(np.float64)
    served = total > 0.0
    last = u.shape[0] - 1
    picks = [_pick(weights, (x * total).astype(np.float32), served, last) for x in (first, second)]
    log_sum = np.log(np.where(served, total, 1.0))
    return Choices(picks[0], picks[1], np.where(served, log_sum, np.nan))


def _pick(cumulative: Singles, target: Singles, served: Bools, last: int) -> Ints:
    """Return the first row whose cumulative weight reaches the target, -1 where unserved."""
    below = (cumulative < target).view(np.uint8).sum(axis=0, dtype=np.uint16).astype(np.int64)
    return np.where(served, np.minimum(below, last), -1)
