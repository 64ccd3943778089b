"""What labs do in a month beside releases: research, and what they charge."""

from __future__ import annotations

import numpy as np

from sim import labs as lab_rules
from sim import pricing, supply
from sim.climate import climate
from sim.world import World


def research(world: World) -> None:
    """Grow labs' compute and capability; to today capability is what the record shows."""
    labs, policy = world.labs, world.policy
    breakthrough = sum(
        shock.size
        for shock in world.acting
        if shock.kind == "chip_breakthrough" and shock.month == world.month
    )
    best_open, best_closed = float(world.best[:, 1].max()), float(world.best[:, 0].max())
    lab_rules.research(
        labs,
        world.month,
        world.numbers.labs,
        policy,
        world.on,
        float(breakthrough),
        best_open,
        best_closed,
        _from_source(world),
        world.derivatives,
        not world.observed,
    )
    if world.observed:
        labs.capability[:] = supply.observed().lab_best[world.month]


def _from_source(world: World) -> bool:
    """Return whether the best open model on sale came with data and code."""
    stock = world.shelf
    if stock is None:
        return False
    weights = np.where(stock.on_sale & stock.open, stock.eci, -np.inf)
    best = int(weights.argmax())
    return bool(np.isfinite(weights[best])) and bool(world.labs.source[stock.lab[best]])


def reprice(world: World) -> None:
    """Let serving costs fall and makers move their prices."""
    if world.observed or world.shelf is None:
        return
    p = world.numbers
    now = climate(world, float(world.frontiers[world.month]))
    pricing.reprice(
        world.shelf,
        world.labs.served,
        now.thresholds,
        p.developers,
        p.market,
        p.release.demand_elasticity,
        world.on,
    )
