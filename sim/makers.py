"""What labs do in a month beside releases: research, and what they charge."""

from __future__ import annotations

import numpy as np

from sim import labs as lab_rules
from sim import supply
from sim.arithmetic import exp, exp_one, log
from sim.labs import CN
from sim.pricing import Rivalry, adjusted, cheaper_by_a_month, wanted_prices
from sim.shelf import Shelf
from sim.shortlist import premiums, qualities
from sim.climate import climate
from sim.world import Ints, World

SOURCE_LAB = "other_us"  # the fringe whose members publish data and code (AI2 and others)


def research(world: World) -> None:
    """Grow labs' compute and capability; to today capability is what the record shows."""
    labs, p = world.labs, world.p.labs
    gain = lab_rules.grow(labs, world.month, p, world.policy)
    for shock in world.acting:
        if shock.kind == "chip_breakthrough" and shock.month == world.month:
            chinese = labs.origin == CN
            labs.training[chinese] *= exp_one(shock.size)
            labs.inference[chinese] *= exp_one(shock.size)
    if world.observed:
        labs.capability = supply.observed().lab_best[world.month].copy()
        return
    sources = lab_rules.Sources(
        float(world.best[:, 1].max()), float(world.best[:, 0].max()), _from_source(world)
    )
    kyc = world.policy["api_know_your_customer"]
    lab_rules.learn(labs, gain, sources, world.derivatives, kyc, p, world.off)


def _from_source(world: World) -> bool:
    """Return whether the best open model on sale came with data and code."""
    stock = world.shelf
    if stock is None or not (stock.on_sale & stock.open).any():
        return False
    best = np.where(stock.on_sale & stock.open, stock.eci, -np.inf).argmax()
    return world.labs.ids[stock.lab[best]] == SOURCE_LAB


def reprice(world: World) -> None:
    """Let serving costs fall and makers of closed models move their prices."""
    stock, p = world.shelf, world.p
    if world.observed or stock is None or not stock.on_sale.any():
        return
    if world.has("cost_decline"):
        factor = cheaper_by_a_month(p.market)
        stock.cost *= factor
        stock.chips *= factor
    closed = np.flatnonzero(stock.on_sale & ~stock.open)
    served = world.labs.served[stock.lab[closed]]
    wanted = wanted_prices(
        stock.cost[closed],
        p.release.demand_elasticity,
        served,
        _rivalry(world, stock, closed) if world.has("good_enough") else None,
        world.has("scarcity_rent") and world.has("capacity_cap"),
    )
    stock.price[closed] = adjusted(stock.price[closed], wanted, p.market)
    weights = np.flatnonzero(stock.on_sale & stock.open)
    stock.price[weights] = adjusted(
        stock.price[weights], stock.cost[weights] * p.market.open_list_over_cost, p.market
    )


def _rivalry(world: World, stock: Shelf, closed: Ints) -> Rivalry | None:
    """Return what closed models compete with, or None where no open model is on sale."""
    p = world.p.developers
    weights = np.flatnonzero(stock.on_sale & stock.open & ~stock.noncommercial)
    if not weights.size:
        return None
    now = climate(world, stock.frontier)
    hosted = stock.cost[weights] * (1.0 + world.p.market.host_markup) + p.other_cost_usd_per_mtok
    worth = qualities(stock.eci[weights], now, p) - p.price_sensitivity * log(hosted)
    behind = (stock.eci[closed] - stock.frontier) / p.premium_efold_eci
    premium = float(premiums(p)[0])
    if world.has("frontier_following"):
        shine = premium * exp(behind)
    else:
        shine = np.full(closed.size, premium)
    return Rivalry(
        qualities(stock.eci[closed], now, p) + shine, worth.max(axis=1), p.price_sensitivity
    )
