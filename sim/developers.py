"""Which streams choose this month, whom short capacity turns away, and what peers do next."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sim import choice, people, supply
from sim.assumptions.market import MarketParameters
from sim.bookkeeping import Orders, buy, chips_by_lab, purchase_orders
from sim.calendar import month_index
from sim.chance import Purpose
from sim.climate import climate
from sim.offers import (
    CN_MAKER,
    CN_SELF,
    CN_THIRD,
    FIRST_PARTY,
    Menu,
    Stock,
    Terms,
    build_menu,
)
from sim.outcomes import ORIGINS, REGIONS
from sim.policy import BANNED_HOSTED, BANNED_SELF, ONLY_TRUSTED, bound
from sim.population import SEGMENTS, SELF_HOSTER, STARTUP
from sim.pricing import capacity_musd
from sim.shelf import Shelf, followers
from sim.shortlist import NEVER, Shortlists, build_shortlists
from sim.world import Bools, Floats, Ints, World

BOOM = (month_index("2026-01"), month_index("2026-06"))
DERIVATIVES_PER_SHARE = 40.0
DERIVATIVES_FADE = 0.02
Bits = npt.NDArray[np.uint8]


def choose(world: World) -> None:
    """Let streams that are new, reconsider, or lost their offer choose from their shortlists."""
    menu = world.menu = _menu(world)
    rules = bound(world.rules, world.policy, world.who, world.p.market)
    _follow(world, menu)
    lost = ~_permitted(world, menu, rules, world.use.row)
    fresh, stirred = _events(world)
    use = world.use
    use.chose = np.flatnonzero(lost | fresh | stirred)
    use.second_row[~_permitted(world, menu, rules, use.second_row)] = -1
    if menu.size:
        lists = _shortlists(world, menu)
        _take(world, lists, rules, fresh)
        _ration(world, menu, lists, rules)
    else:
        use.row[:] = use.second_row[:] = -1
        use.log_sum = use.ban = use.stop = use.gate = np.zeros(use.chose.size)
        world.bought = None
    _remember(world, menu)


def _menu(world: World) -> Menu:
    if world.observed:
        return observed_menu(world.month, world.p.market, world.terms)
    assert world.shelf is not None
    stock = _stock(world.shelf, world.labs.active)
    return build_menu(stock, world.shelf.lab.size, world.month, world.p.market, world.terms)


@lru_cache(maxsize=256)
def observed_menu(month: int, p: MarketParameters, terms: Terms) -> Menu:
    """Return the menu of an observed month, which is the same in every replicate."""
    record = supply.observed()
    at = record.listed(month)
    price = record.prices[month, at]
    years = np.maximum(0, month - record.released[at]) / 12.0
    launch = record.launch_price[at]
    fallen = (1.0 - p.cost_decline) ** years
    is_open = record.open[at]
    share = np.where(is_open, 1.0 / p.open_list_over_cost, p.chip_cost_share)
    stock = Stock(
        version=at,
        lab=record.lab[at],
        origin=record.origin[at],
        open=is_open,
        eci=record.eci[at],
        released=record.released[at].astype(np.float64),
        price=price,
        cost=launch * share * fallen,
        chips=launch * share * fallen,
        launch=launch,
        restrictive=record.restrictive[at],
        noncommercial=record.noncommercial[at],
        terms=np.zeros(at.size),
        withheld=np.zeros(at.size, dtype=np.bool_),
        at_maker=np.ones(at.size, dtype=np.bool_),
    )
    return build_menu(stock, record.lab.size, month, p, terms)


def _stock(shelf: Shelf, active: Bools) -> Stock:
    """Return what is on sale; the interface of a product serves its newest version only."""
    at = np.flatnonzero(shelf.on_sale)
    other = at ^ 1
    superseded = shelf.on_sale[other] & (shelf.released[other] > shelf.released[at])
    return Stock(
        version=at,
        lab=shelf.lab[at],
        origin=shelf.origin[at],
        open=shelf.open[at],
        eci=shelf.eci[at],
        released=shelf.released[at],
        price=shelf.price[at],
        cost=shelf.cost[at],
        chips=shelf.chips[at],
        launch=shelf.launch[at],
        restrictive=shelf.restrictive[at],
        noncommercial=shelf.noncommercial[at],
        terms=shelf.terms[at],
        withheld=shelf.withheld[at],
        at_maker=active[shelf.lab[at]] & ~superseded,
    )


def _follow(world: World, menu: Menu) -> None:
    """Move users to the heir of their version at the same kind of host, else at its maker."""
    use = world.use
    if world.observed:
        heirs = np.append(supply.observed().heirs[world.month], -1)
        first, other = heirs, heirs
    else:
        assert world.shelf is not None
        first, other = followers(world.shelf)
    for version, kind, row in (
        (use.version, use.kind, use.row),
        (use.second_version, use.second_kind, use.second_row),
    ):
        at_maker = kind <= FIRST_PARTY  # no user, kind -1, has version -1: the last place
        heir = np.where(at_maker, first.take(version), other.take(version))
        row[:] = menu.rows.take(3 * heir + np.maximum(kind, 0))
        gone = np.flatnonzero((row < 0) & (version >= 0))
        row[gone] = menu.rows.take(3 * first.take(version[gone]) + FIRST_PARTY)


def _permitted(world: World, menu: Menu, rules: Bits, row: Ints) -> Bools:
    """Return which streams hold an offer that they can still reach and may still use."""
    ok = row >= 0
    if not menu.size:
        return ok & False
    ok &= menu.open_to.ravel().take(np.maximum(row, 0) * len(REGIONS) + world.who.region)
    under = np.flatnonzero((rules > 0) & ok)
    if under.size:
        ok[under] = (forbidding(menu).take(row[under]) & rules[under]) == 0
    return ok


def forbidding(menu: Menu) -> Bits:
    """Return which rules forbid each offer, as bits, shape (J,)."""
    by_class = np.zeros(6, dtype=np.uint8)
    by_class[0] = ONLY_TRUSTED
    by_class[CN_MAKER] = by_class[CN_THIRD] = BANNED_HOSTED | ONLY_TRUSTED
    by_class[CN_SELF] = BANNED_SELF | ONLY_TRUSTED
    return np.repeat(by_class, np.diff(menu.starts))


def _events(world: World) -> tuple[Bools, Bools]:
    """Return which slots hold new demand, and which streams reconsider, by one draw a stream.

    Growth g a month fills g / (1 + g) of all demand with streams that have no incumbent.
    """
    p, month = world.p.developers, world.month
    growth = np.full(len(SEGMENTS), p.entry_enterprise)
    growth[STARTUP] = p.entry_startup_2026 if BOOM[0] <= month <= BOOM[1] else p.entry_startup
    hazard = np.full(len(SEGMENTS), p.reconsider_enterprise)
    hazard[STARTUP] = p.reconsider_startup
    new = growth / (1.0 + growth) * world.has("new_demand")
    if not world.has("diffusion_clock"):
        hazard[:] = 1.0
    draw = world.dice.uniform(Purpose.EVENT, world.who.ids, month)
    segment = world.who.segment
    fresh = draw < new.take(segment)
    stirred = ~fresh & (draw < (new + (1.0 - new) * hazard).take(segment))
    return fresh, stirred


def _shortlists(world: World, menu: Menu) -> Shortlists:
    now = climate(world, menu.frontier)
    p = world.p.developers
    return build_shortlists(menu, now, p, world.fixed_costs)


def switching_costs(world: World) -> Floats:
    """Return the cost of leaving a family by segment, util."""
    p = world.p.developers
    cost = np.full(len(SEGMENTS), p.switching_enterprise)
    cost[[STARTUP, SELF_HOSTER]] = p.switching_startup
    return cost * world.has("diffusion_clock")


def _choosers(
    world: World, now: Ints, rules: Bits, family: Ints, purposes: tuple[Purpose, Purpose]
) -> choice.Choosers:
    who, trust, month = world.who, world.trust, world.month
    saved = switching_costs(world).take(who.segment[now])
    first, second = (world.dice.uniform(p, who.ids[now], month) for p in purposes)
    return choice.Choosers(
        cell=who.cell[now],
        alpha=who.alpha[now],
        penalty=penalties(
            trust.maker[now], trust.host[now], trust.cleared[now], rules[now]
        ),
        family=family,
        loyalty=np.where(family >= 0, saved, 0.0).astype(np.float32),
        scale=who.scale[now],
        first=first,
        second=second,
    )


def penalties(maker: Floats, host: Floats, cleared: Bools, rules: Bits) -> npt.NDArray[np.float32]:
    """Return what trust and rules take from each class of choice.PENALTIES, shape (4, n)."""
    shut = choice.FORBIDDEN
    trusted_only = (rules & ONLY_TRUSTED) > 0
    no_hosted = trusted_only | ((rules & BANNED_HOSTED) > 0) | ~cleared
    no_self = trusted_only | ((rules & BANNED_SELF) > 0) | ~cleared
    distrust, distance = maker.astype(np.float32), host.astype(np.float32)
    table = np.zeros((4, maker.size), dtype=np.float32)
    table[0] = shut * trusted_only
    table[1] = distrust + distance + shut * no_hosted
    table[2] = distrust + shut * no_hosted
    table[3] = distrust + shut * no_self
    return table


def _take(world: World, lists: Shortlists, rules: Bits, fresh: Bools) -> None:
    use, now = world.use, world.use.chose
    known = np.append(world.menu.lab, -1) if world.menu is not None else np.array([-1])
    family = np.where(fresh[now], -1, known.take(use.row[now]))
    who = _choosers(world, now, rules, family, (Purpose.CHOICE, Purpose.SECOND_CHOICE))
    made = choice.choose(lists, who)
    use.row[now], use.second_row[now] = made.row, made.second
    use.log_sum = made.log_sum - who.loyalty
    use.ban, use.stop, use.gate = made.ban, made.stop, made.gate


def _ration(world: World, menu: Menu, lists: Shortlists, rules: Bits) -> None:
    """Turn away those whom a maker's chips cannot serve; they take their next best, once.

    A maker serves its users in a fixed order, keyed to the stream, until its chips are used up.
    """
    labs, use = world.labs, world.use
    buy(world, menu)
    assert world.bought is not None
    world.needed_chips = needed = chips_by_lab(menu, world.bought[0], labs.count)
    labs.served[:] = 1.0
    if world.observed or not world.has("capacity_cap"):
        return
    available = capacity_musd(labs.inference, world.p.labs.api_capacity_share)
    short = np.flatnonzero(needed > available)
    if not short.size:
        return
    labs.served[short] = available[short] / needed[short]
    full = menu.first_party & np.isin(menu.lab, short)
    orders = purchase_orders(world, menu)
    first, second = _turned_away(world, menu, orders, available, short)
    use.second_row[second] = -1
    if first.size:
        family = menu.lab[use.row[first]]
        purposes = (Purpose.RATIONED_CHOICE, Purpose.RATIONED_CHOICE)
        who = _choosers(world, first, rules, family, purposes)
        shut = np.append(full, False)[lists.row]
        others = lists._replace(base=np.where(shut, NEVER, lists.base))
        use.row[first] = choice.choose(others, who).row
    buy(world, menu)


def _turned_away(
    world: World, menu: Menu, orders: Orders, available: Floats, short: Ints
) -> tuple[Ints, Ints]:
    """Return the streams whose first and whose second order a maker short of chips refuses."""
    at_maker = menu.first_party.take(orders.row)
    maker = menu.lab.take(orders.row)
    chips = orders.tokens * menu.chips.take(orders.row) / 1e6
    refused = np.zeros(orders.stream.size, dtype=np.bool_)
    for lab in short.tolist():
        own = np.flatnonzero(at_maker & (maker == lab))
        queue = own[np.argsort(world.queue_rank[orders.stream[own]], kind="stable")]
        refused[queue[np.cumsum(chips[queue]) > available[lab]]] = True
    primary = np.arange(refused.size) < orders.primary
    return orders.stream[refused & primary], orders.stream[refused & ~primary]


def _remember(world: World, menu: Menu) -> None:
    """Store version and kind of host of what is used, which outlive this month's menu."""
    use = world.use
    for row, version, kind in (
        (use.row, use.version, use.kind),
        (use.second_row, use.second_version, use.second_kind),
    ):
        version[:] = np.append(menu.version, -1).take(row)  # no row, -1, takes the last: none
        kind[:] = np.append(menu.kind, -1).take(row)


def meet_peers(world: World) -> None:
    """Let clearance and aversion spread, and derivatives grow with use."""
    menu, use, chinese = world.menu, world.use, ORIGINS.index("CN")
    assert menu is not None
    if not menu.size:
        return
    uses_chinese = (use.row >= menu.cn) | (use.second_row >= menu.cn)
    gap = float(world.best.max() - world.best[chinese, 1])
    people.meet(
        world.trust,
        world.who,
        uses_chinese,
        gap,
        world.policy["assurance_scheme"],
        world.month,
        world.dice,
        world.p.trust,
        world.off,
    )
    assert world.bought is not None
    tokens = world.bought[0].sum(axis=1)
    built = np.bincount(menu.lab, tokens * menu.open, minlength=world.derivatives.size)
    total = float(tokens.sum())
    world.derived = built * (DERIVATIVES_PER_SHARE / total) if total else built * 0.0
    world.derivatives *= 1.0 - DERIVATIVES_FADE
    world.derivatives += world.derived
