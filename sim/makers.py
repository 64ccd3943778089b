"""What labs do this month: research, releases, and putting their models on the market."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from sim import labs as lab_rules
from sim import offers, policy, supply
from sim.assumptions.market import MarketParameters
from sim.calendar import LAST_OBSERVED_MONTH
from sim.chance import Purpose
from sim.levers import LEVERS
from sim.outcomes import ORIGINS
from sim.world import Bools, Floats, Ints, World

CN = ORIGINS.index("CN")
STATUS_QUO = {lever.id: lever.default for lever in LEVERS}


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
        fresh = np.flatnonzero(shelf.released[: shelf.count] == world.month)
        _announce(world, shelf.origin[fresh], shelf.open[fresh], shelf.eci[fresh])
        if world.month == LAST_OBSERVED_MONTH:
            world.frontier_today = shelf.frontier
            market = world.p.market
            lab_rules.take_stock(
                world.labs, shelf, market.closed_margin, market.open_list_over_cost
            )
        return
    if world.month == LAST_OBSERVED_MONTH + 1:
        assert world.labs.lines is not None
        world.labs.lines.base = lab_rules.incentive(
            world.labs, world.labs.lines, world.p.labs, STATUS_QUO
        )
    if world.due:
        _renew(world, np.unique(world.due))
    world.due.clear()


def _renew(world: World, due: Ints) -> None:
    """Renew these labs' product lines, deciding for each step whether its weights are released."""
    labs, lines, p, month = world.labs, world.labs.lines, world.p.labs, world.month
    assert lines is not None
    levers = world.policy()
    steps = np.flatnonzero(np.isin(lines.lab, due))
    lab = lines.lab[steps]
    chance = lab_rules.chance_to_open(labs, lines, p, levers)[steps]
    is_open = world.dice.uniform(Purpose.OPENNESS, lines.key[steps], month) < chance
    lines.open[steps] = is_open
    _form_habits(labs, lab, is_open)
    every = np.arange(labs.origin.size, dtype=np.uint64)
    luck = p.release_step_eci * world.dice.normal(Purpose.RELEASE_LUCK, every, month)
    eci = (labs.capability + luck)[lab] - lines.behind[steps]
    market = world.p.market
    over_cost = np.where(is_open, market.open_list_over_cost, 1.0 / (1.0 - market.closed_margin))
    kept = (
        world.dice.uniform(Purpose.WEIGHT_EXPORT, every, month) < levers["cn_weight_export_limits"]
    )
    origin = labs.origin[lab]
    world.shelf.add(
        lab=lab,
        origin=origin,
        is_open=is_open,
        restrictive=lines.restrictive[steps],
        eci=eci,
        month=month,
        price=lines.cost[steps] * over_cost,
        withheld=is_open & kept[lab] & (origin == CN),
    )
    _announce(world, origin, is_open, eci)


def _form_habits(labs: lab_rules.Labs, lab: Ints, is_open: Bools) -> None:
    """Move the recent openness of labs that release a quarter of the way to this release."""
    n = labs.openness.size
    steps = np.bincount(lab, minlength=n)
    opened = np.bincount(lab, is_open, minlength=n)
    acts = steps > 0
    labs.openness[acts] += 0.25 * (opened[acts] / steps[acts] - labs.openness[acts])


def _announce(world: World, origin: Ints, is_open: Bools, eci: Floats) -> None:
    """Count releases, arrays of shape (new,), and raise the best of their kinds."""
    kind = is_open.astype(np.int64)
    np.add.at(world.releases[:, world.month], (origin, kind), 1.0)
    np.maximum.at(world.best, (origin, kind), eci)


def open_market(world: World) -> None:
    """Let hosts enter and set prices: build this month's menu."""
    terms = policy.terms(world.rules, world.dice, world.month)
    if world.month <= LAST_OBSERVED_MONTH:
        world.menu = _observed_menu(world.month, world.p.market, terms)
    else:
        world.menu = offers.build_menu(world.shelf, world.month, world.p.market, terms)


@lru_cache(maxsize=4 * (LAST_OBSERVED_MONTH + 1))
def _observed_menu(month: int, p: MarketParameters, terms: offers.Terms) -> offers.Menu:
    """Return the menu of an observed month, which is the same in every replicate."""
    shelf = supply.fresh_shelf()
    supply.stock_observed(shelf, month)
    return offers.build_menu(shelf, month, p, terms)
