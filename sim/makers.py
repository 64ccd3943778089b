"""What labs do in a month beside releases: research, and what they charge."""

from __future__ import annotations

from sim import labs as lab_rules
from sim import pricing, supply
from sim.climate import climate
from sim.shelf import best_weights
from sim.world import World


def research(world: World) -> None:
    """Grow labs' compute and capability; to today capability is what the record shows."""
    labs, policy = world.labs, world.policy
    lab_rules.research(
        labs,
        world.month,
        world.numbers.labs,
        policy,
        world.on,
        breakthrough_of(world),
        world.best_open,
        world.best_closed,
        _from_source(world),
        world.derivatives,
        not world.observed,
    )
    if world.observed:
        labs.capability[:] = supply.observed().lab_best[world.month]


def breakthrough_of(world: World) -> float:
    """Return the log gain of Chinese compute that a breakthrough brings this month."""
    now = [s for s in world.acting if s.kind == "chip_breakthrough" and s.month == world.month]
    return float(sum(shock.size for shock in now))


def _from_source(world: World) -> bool:
    """Return whether the best open model on sale came with data and code."""
    stock = world.shelf
    if stock is None:
        return False
    best = best_weights(stock)
    return best >= 0 and bool(world.labs.source[stock.lab[best]])


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
