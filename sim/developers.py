"""Which streams choose this month, and what they and their peers do next."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim import choice, people, policy
from sim.calendar import month_index
from sim.chance import Purpose
from sim.offers import FIRST_PARTY, Menu
from sim.outcomes import ORIGINS, REGIONS
from sim.policy import Bound
from sim.population import SEGMENTS, STARTUP
from sim.world import World

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

BOOM = (month_index("2026-01"), month_index("2026-06"))
DERIVATIVES_PER_SHARE = 40.0
DERIVATIVES_FADE = 0.02


def choose(world: World) -> None:
    """Let streams that are new, reconsider, or lost their offer choose from the menu."""
    menu = world.menu
    assert menu is not None
    bound = policy.bound(world.rules, world.who, world.p.market, world.month)
    _follow_families(world, menu)
    lost = ~_permitted(world, menu, bound, world.use.row)
    fresh = _new_demand(world)
    draw = world.dice.uniform(Purpose.RECONSIDER, world.who.ids, world.month)
    now = np.flatnonzero(lost | fresh | (draw < _reconsider(world)))
    world.use.chose[:] = False
    world.use.chose[now] = True
    second_lost = ~_permitted(world, menu, bound, world.use.second_row)
    world.use.second_row[second_lost] = -1
    if menu.size and now.size:
        incumbent = _incumbent(world, now, fresh)
        _take(world, menu, now, _choosers(world, menu, bound, now, incumbent))
        saved = choice.switching_cost(world.p.developers)[world.who.segment[now]]
        world.use.log_sum[now] -= np.where(incumbent >= 0, saved, 0.0)
    elif now.size:
        world.use.row[now] = world.use.second_row[now] = -1
    _remember(world, menu)


def _follow_families(world: World, menu: Menu) -> None:
    """Move users to the successor of their model at the same kind of host, else at its maker."""
    use, rows = world.use, menu.rows.ravel()
    for model, kind, row in (
        (use.model, use.kind, use.row),
        (use.second_model, use.second_kind, use.second_row),
    ):
        start = 3 * world.shelf.successor.take(model)  # no model, -1, takes the last place: none
        row[:] = rows.take(start + np.maximum(kind, 0))
        gone = np.flatnonzero(row < 0)
        row[gone] = rows.take(start[gone] + FIRST_PARTY)


def _permitted(world: World, menu: Menu, bound: Bound, row: Ints) -> Bools:
    """Return which streams hold an offer that they can still reach and may still use."""
    ok = row >= 0
    if not menu.size:
        return ok
    ok &= menu.open_to.ravel().take(np.maximum(row, 0) * len(REGIONS) + world.who.region)
    for rule, forbidden in (
        (bound.ban_hosted, (menu.places >= menu.cn) & (menu.places < menu.cn_self)),
        (bound.ban_self, menu.places >= menu.cn_self),
        (bound.only_trusted, ~menu.open | (menu.places >= menu.cn)),
    ):
        under = np.flatnonzero(rule & ok)
        ok[under] = ~forbidden.take(row[under])
    return ok


def _new_demand(world: World) -> Bools:
    """Return which slots hold new demand: growth g a month fills g / (1 + g) of all demand."""
    if not world.has("new_demand"):
        return np.zeros(world.who.size, dtype=np.bool_)
    p = world.p.developers
    in_boom = BOOM[0] <= world.month <= BOOM[1]
    growth = np.full(len(SEGMENTS), p.entry_enterprise)
    growth[STARTUP] = p.entry_startup_2026 if in_boom else p.entry_startup
    share = growth / (1.0 + growth)
    draw = world.dice.uniform(Purpose.ENTRY, world.who.ids, world.month)
    return draw < share[world.who.segment]


def _reconsider(world: World) -> Floats:
    p = world.p.developers
    hazard = np.full(len(SEGMENTS), p.reconsider_enterprise)
    hazard[STARTUP] = p.reconsider_startup
    return hazard[world.who.segment]


def _incumbent(world: World, now: Ints, fresh: Bools) -> Ints:
    """Return the family each chooser would have to leave, -1 for none."""
    model = world.use.model[now]
    family = np.where(model >= 0, world.shelf.lab[np.maximum(model, 0)], -1)
    return np.where(fresh[now], -1, family)


def _choosers(
    world: World, menu: Menu, bound: Bound, now: Ints, incumbent: Ints
) -> choice.Choosers:
    who, p, trust = world.who, world.p.developers, world.trust
    return choice.Choosers(
        cell=who.cell[now],
        region=who.region[now],
        alpha=(p.price_sensitivity * who.price_taste[now]).astype(np.float32),
        fixed_usd_per_mtok=world.fixed_usd_per_mtok[now].astype(np.float32),
        maker=trust.maker[now].astype(np.float32),
        host=trust.host[now].astype(np.float32),
        cleared=trust.cleared[now],
        ban_hosted=bound.ban_hosted[now],
        ban_self=bound.ban_self[now],
        only_trusted=bound.only_trusted[now],
        loyalty=choice.loyalty_code(incumbent, who.segment[now], menu),
    )


def _take(world: World, menu: Menu, now: Ints, who: choice.Choosers) -> None:
    p, use, ids = world.p.developers, world.use, world.who.ids[now]
    ecosystem = np.zeros(menu.size)
    if world.has("ecosystem"):
        ecosystem += menu.open * p.ecosystem_utility * np.log1p(world.derivatives[menu.lab])
    growth = menu.frontier - world.frontier_today if world.frontier_today else 0.0
    thresholds = choice.task_thresholds(p, world.month, growth)
    base = choice.base_utility(menu, p, thresholds, ecosystem)
    picked = choice.draw(
        choice.utilities(menu, base, who, p),
        world.dice.uniform(Purpose.CHOICE, ids, world.month),
        world.dice.uniform(Purpose.SECOND_CHOICE, ids, world.month),
    )
    use.row[now] = picked.first
    use.second_row[now] = picked.second
    use.log_sum[now] = picked.log_sum


def _remember(world: World, menu: Menu) -> None:
    """Store model and kind of host of what is used, which outlive this month's menu."""
    use = world.use
    for row, model, kind in (
        (use.row, use.model, use.kind),
        (use.second_row, use.second_model, use.second_kind),
    ):
        model[:] = np.append(menu.model, -1).take(row)  # no row, -1, takes the last place: none
        kind[:] = np.append(menu.kind, -1).take(row)


def meet_peers(world: World) -> None:
    """Let clearance and aversion spread, and derivatives grow with use."""
    menu, use, chinese = world.menu, world.use, ORIGINS.index("CN")
    assert menu is not None
    if not menu.size:
        return
    uses_chinese = (use.row >= menu.cn) | (use.second_row >= menu.cn)
    gap = world.best.max() - world.best[chinese, 1]
    people.meet(
        world.trust,
        world.who,
        uses_chinese,
        gap,
        world.rules.value("assurance_scheme", world.month),
        world.month,
        world.dice,
        world.p.trust,
        world.scenario.off,
    )
    served = use.row >= 0
    row = use.row[served]
    volume = world.who.volume_mtok[served] * menu.open[row]
    by_lab = np.bincount(menu.lab[row], volume, minlength=world.derivatives.size)
    world.derivatives *= 1.0 - DERIVATIVES_FADE
    world.derivatives += DERIVATIVES_PER_SHARE * by_lab / world.who.volume_mtok.sum()
