"""What labs do this month: research, releases, and putting their models on the market."""

from __future__ import annotations

import numpy as np

from sim import labs as lab_rules
from sim import offers, policy, supply
from sim.calendar import LAST_OBSERVED_MONTH
from sim.chance import Purpose
from sim.levers import LEVERS
from sim.outcomes import ORIGINS
from sim.world import World

CN = ORIGINS.index("CN")
STATUS_QUO = {lever.id: lever.default for lever in LEVERS}
MAX_STEPS = 16  # of a product line; keys the draws


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
        shelf = world.shelf
        lab_rules.observe(world.labs, shelf, world.month)
        for k in np.flatnonzero(shelf.released[: shelf.count] == world.month):
            _announce(world, int(shelf.origin[k]), bool(shelf.open[k]), float(shelf.eci[k]))
        if world.month == LAST_OBSERVED_MONTH:
            world.frontier_today = shelf.frontier
            market = world.p.market
            lab_rules.take_stock(
                world.labs, shelf, market.closed_margin, market.open_list_over_cost
            )
        return
    if world.month == LAST_OBSERVED_MONTH + 1:
        _remember_incentives(world)
    for lab in sorted(world.due):
        _release_one(world, lab)
    world.due.clear()


def _remember_incentives(world: World) -> None:
    """Store what opening is worth at today's sales and the status quo's levers."""
    for lab, line in enumerate(world.labs.lines):
        for step in range(line.behind.size):
            line.base[step] = lab_rules.incentive(world.labs, lab, step, world.p.labs, STATUS_QUO)


def _release_one(world: World, lab: int) -> None:
    """Renew a lab's product line, deciding for each step whether its weights are released."""
    labs, p, month, dice = world.labs, world.p.labs, world.month, world.dice
    line = labs.lines[lab]
    if not line.behind.size:
        return
    luck = p.release_step_eci * dice.one_normal(Purpose.RELEASE_LUCK, lab, month)
    levers = world.policy()
    for step in range(line.behind.size):
        chance = lab_rules.chance_to_open(labs, lab, step, p, levers)
        line.open[step] = dice.one(Purpose.OPENNESS, lab * MAX_STEPS + step, month) < chance
    labs.openness[lab] = 0.75 * labs.openness[lab] + 0.25 * line.open.mean()
    origin = int(labs.origin[lab])
    eci = labs.capability[lab] + luck - line.behind
    over_cost = np.where(
        line.open, world.p.market.open_list_over_cost, 1.0 / (1.0 - world.p.market.closed_margin)
    )
    limit = levers["cn_weight_export_limits"]
    kept = origin == CN and dice.one(Purpose.WEIGHT_EXPORT, lab, month) < limit
    world.shelf.add(
        lab=lab,
        origin=origin,
        is_open=line.open,
        restrictive=line.restrictive,
        eci=eci,
        month=month,
        price=line.cost * over_cost,
        withheld=line.open & kept,
    )
    for step in range(line.behind.size):
        _announce(world, origin, bool(line.open[step]), float(eci[step]))


def _announce(world: World, origin: int, is_open: bool, eci: float) -> None:
    """Count a release and raise the best of its kind."""
    world.releases[origin, world.month, int(is_open)] += 1
    world.best[origin, int(is_open)] = max(world.best[origin, int(is_open)], eci)


def open_market(world: World) -> None:
    """Let hosts enter and set prices: build this month's menu."""
    terms = policy.terms(world.rules, world.dice, world.month)
    world.menu = offers.build_menu(world.shelf, world.month, world.p.market, terms)
