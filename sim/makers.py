"""What labs do this month: research, releases, and putting their models on the market."""

from __future__ import annotations

import numpy as np

from sim import labs as lab_rules
from sim import offers, policy, supply
from sim.calendar import LAST_OBSERVED_MONTH
from sim.chance import Purpose
from sim.outcomes import ORIGINS
from sim.world import World

CN = ORIGINS.index("CN")


def research(world: World) -> None:
    """Grow labs' compute and capability, from the first month after today."""
    if world.month <= LAST_OBSERVED_MONTH:
        return
    lab_rules.research(
        world.labs,
        world.month,
        world.p.labs,
        world.policy(),
        float(world.best[:, 1].max()),
        world.has("spillovers"),
    )


def release(world: World) -> None:
    """Put observed releases on the shelf, or let labs whose clock rang release and decide."""
    if world.month <= LAST_OBSERVED_MONTH:
        supply.stock_observed(world.shelf, world.month)
        market = world.p.market
        lab_rules.observe(
            world.labs, world.shelf, world.month, market.closed_margin, market.open_list_over_cost
        )
        shelf = world.shelf
        for k in np.flatnonzero(shelf.released[: shelf.count] == world.month):
            _announce(world, int(shelf.origin[k]), bool(shelf.open[k]), float(shelf.eci[k]))
        return
    for lab in sorted(world.due):
        _release_one(world, lab)
    world.due.clear()


def _release_one(world: World, lab: int) -> None:
    """Release a flagship and its small sibling; both are open or both are closed."""
    labs, p, month = world.labs, world.p.labs, world.month
    if not np.isfinite(labs.capability[lab]):
        return
    luck = p.release_step_eci * world.dice.one_normal(Purpose.RELEASE_LUCK, lab, month)
    eci = labs.capability[lab] + luck
    terms = lab_rules.opening_terms(labs, lab, eci, p, world.policy())
    chance = lab_rules.chance_to_open(terms, p)
    is_open = world.dice.one(Purpose.OPENNESS, lab, month) < chance
    labs.openness[lab] = 0.75 * labs.openness[lab] + 0.25 * is_open
    origin = int(labs.origin[lab])
    limit = world.rules.value("cn_weight_export_limits", month)
    withheld = (
        origin == CN and is_open and world.dice.one(Purpose.WEIGHT_EXPORT, lab, month) < limit
    )
    market = world.p.market
    over_cost = market.open_list_over_cost if is_open else 1.0 / (1.0 - market.closed_margin)
    price = labs.flagship_cost[lab] * over_cost
    for step, scale in ((0.0, 1.0), (lab_rules.SMALL_STEP_ECI, lab_rules.SMALL_PRICE)):
        world.shelf.add(
            lab=lab,
            origin=origin,
            is_open=is_open,
            restrictive=labs.permissive[lab] < 0.5,
            eci=eci - step,
            month=month,
            price=price * scale,
            withheld=withheld,
        )
    world.shelf.relist(lab, is_open, month)
    _announce(world, origin, is_open, eci)


def _announce(world: World, origin: int, is_open: bool, eci: float) -> None:
    """Count a release and raise the best of its kind."""
    world.releases[origin, world.month, int(is_open)] += 1
    world.best[origin, int(is_open)] = max(world.best[origin, int(is_open)], eci)


def open_market(world: World) -> None:
    """Let hosts enter and set prices: build this month's menu."""
    terms = policy.terms(world.rules, world.dice, world.month)
    world.menu = offers.build_menu(world.shelf, world.month, world.p.market, terms)
