"""What developers do in a month: choose, be turned away where chips are short, meet their peers."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sim import choice, people, supply
from sim.arithmetic import exp, log_one
from sim.assumptions.developers import DeveloperParameters
from sim.assumptions.market import MarketParameters
from sim.bookkeeping import Orders, buy, chips_by_lab, price_lists, purchase_orders
from sim.calendar import month_index
from sim.chance import Purpose, uniforms
from sim.climate import climate
from sim.crowd import Bits, Pulse, Rules, bound, choosers, remember, stir
from sim.levers import Policy
from sim.log import Event
from sim.mechanisms import On
from sim.offers import Menu, Stock, Terms, build_menu
from sim.outcomes import ORIGINS, REGIONS
from sim.population import ALIGNED, EU, NONALIGNED, SEGMENTS, SELF_HOSTER, STARTUP, US
from sim.pricing import capacity_musd
from sim.shelf import Shelf, followers, superseded
from sim.shortlist import NEVER, Shortlists, build_shortlists
from sim.twins import kernel
from sim.world import World

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

N_REGIONS, N_SEGMENTS = len(REGIONS), len(SEGMENTS)
BOOM = (month_index("2026-01"), month_index("2026-06"))
DERIVATIVES_PER_SHARE = 40.0
DERIVATIVES_FADE = 0.02
NONALIGNED_SHARE_OF_ALIGNMENT = 0.25


def choose(world: World) -> None:
    """Let streams that are new, reconsider, or lost their offer choose from their shortlists."""
    menu = world.menu = _menu(world)
    use = world.use
    if not menu.size:
        use.held.row[:] = use.held.second_row[:] = -1
        use.chose, use.log_sum = np.zeros(0, dtype=np.int64), np.zeros(0)
        world.bought = None
        return
    world.prices = price_lists(world, menu)
    pulse, rules = _pulse(world), _rules(world)
    if world.month >= BOOM[0] and world.on.newcomers:
        _welcome(world, pulse)
    use.chose, who = stir(world.crowd, use.held, _heirs(world), menu, rules, pulse)
    lists = _shortlists(world, menu)
    made = choice.choose(lists, who)
    use.held.row[use.chose], use.held.second_row[use.chose] = made.row, made.second
    use.log_sum = made.log_sum - who.loyalty
    use.ban, use.stop, use.gate = made.ban, made.stop, made.gate
    _ration(world, menu, lists, rules, pulse)
    remember(use.held, menu.version, menu.kind)


def _menu(world: World) -> Menu:
    p = world.numbers.market
    if world.observed:
        return observed_menu(world.month, p, world.terms)
    assert world.shelf is not None
    stock = stock_of(world.shelf, world.labs.active)
    return build_menu(stock, world.shelf.lab.size, world.month, p, world.terms)


def observed_menu(month: int, p: MarketParameters, terms: Terms) -> Menu:
    """Return the menu of an observed month."""
    stock = observed_stock(month, p.open_list_over_cost, p.chip_cost_share, p.cost_decline)
    return build_menu(stock, supply.observed().lab.size, month, p, terms)


@lru_cache(maxsize=256)
def observed_stock(
    month: int, open_list_over_cost: float, chip_cost_share: float, cost_decline: float
) -> Stock:
    """Return what is on sale in an observed month."""
    record = supply.observed()
    at = record.listed(month)
    years = np.maximum(0, month - record.released[at]) / 12.0
    launch, is_open = record.launch_price[at], record.open[at]
    share = np.where(is_open, 1.0 / open_list_over_cost, chip_cost_share)
    cost = launch * share * exp(years * log_one(1.0 - cost_decline))
    return Stock(
        version=at,
        lab=record.lab[at],
        origin=record.origin[at],
        open=is_open,
        eci=record.eci[at],
        released=record.released[at].astype(np.float64),
        price=record.prices[month, at],
        cost=cost,
        chips=cost,
        launch=launch,
        restrictive=record.restrictive[at],
        noncommercial=record.noncommercial[at],
        terms=np.zeros(at.size),
        withheld=np.zeros(at.size, dtype=np.bool_),
        at_maker=np.ones(at.size, dtype=np.bool_),
    )


@kernel
def stock_of(shelf: Shelf, active: Bools) -> Stock:
    """Return what is on sale; `active` says which labs still are there."""
    at = np.flatnonzero(shelf.on_sale)
    return Stock(
        at,
        shelf.lab[at],
        shelf.origin[at],
        shelf.open[at],
        shelf.eci[at],
        shelf.released[at],
        shelf.price[at],
        shelf.cost[at],
        shelf.chips[at],
        shelf.launch[at],
        shelf.restrictive[at],
        shelf.noncommercial[at],
        shelf.terms[at],
        shelf.withheld[at],
        active[shelf.lab[at]] & ~superseded(shelf)[at],
    )


def _heirs(world: World) -> Ints:
    if world.observed:
        return observed_heirs(world.month)
    assert world.shelf is not None
    return followers(world.shelf)


@lru_cache(maxsize=256)
def observed_heirs(month: int) -> Ints:
    """Return where users of each version on record go on: see shelf.followers."""
    heirs = np.append(supply.observed().heirs[month], -1)
    return np.stack([heirs, heirs])


def _welcome(world: World, pulse: Pulse) -> None:
    """Give start-ups' slots that hold new demand for the first time since the boom began the
    newcomers' part of the aversion that was there."""
    trust, kept = world.trust, world.p.trust.newcomer_aversion
    draw = uniforms(world.who.ids, pulse.event_key)
    new = (world.who.segment == STARTUP) & (draw < pulse.new[STARTUP]) & ~world.newcomer
    for aversion in (trust.maker, trust.host, trust.floor):
        aversion[new] *= kept
    world.newcomer |= new


def _rules(world: World) -> Rules:
    """Return whom bans and procurement rules bind this month."""
    policy, p = world.policy, world.p.market
    procurement = policy.trusted_open_procurement
    return Rules(coverage_of(policy), p.ban_compliance_hosted, p.ban_compliance_self, procurement)


@kernel
def coverage_of(policy: Policy) -> Floats:
    """Return the share of volume that bans of Chinese models cover, by region."""
    american, follow = policy.us_foreign_model_ban, policy.third_country_alignment
    coverage = np.zeros(N_REGIONS)
    coverage[US] = american
    coverage[EU] = policy.eu_foreign_model_ban
    coverage[ALIGNED] = american * follow
    coverage[NONALIGNED] = american * follow * NONALIGNED_SHARE_OF_ALIGNMENT
    return coverage


def _pulse(world: World) -> Pulse:
    """Return how the month moves streams."""
    month, dice = world.month, world.dice
    new, hazard, saved = rates(month, world.numbers.developers, world.on)
    return Pulse(
        new,
        hazard,
        saved,
        dice.key(Purpose.EVENT, month),
        dice.key(Purpose.CHOICE, month),
        dice.key(Purpose.SECOND_CHOICE, month),
    )


@kernel
def rates(month: int, p: DeveloperParameters, on: On) -> tuple[Floats, Floats, Floats]:
    """Return, by segment, the chance that a slot holds new demand and that a stream reconsiders,
    and the cost of leaving a family, util. Growth g fills g / (1 + g) of demand with new streams.
    """
    booming = BOOM[0] <= month <= BOOM[1]
    growth = np.full(N_SEGMENTS, p.entry_enterprise)
    growth[STARTUP] = p.entry_startup_2026 if booming else p.entry_startup
    hazard = np.full(N_SEGMENTS, p.reconsider_enterprise)
    hazard[STARTUP] = p.reconsider_startup
    saved = np.full(N_SEGMENTS, p.switching_enterprise)
    saved[STARTUP] = saved[SELF_HOSTER] = p.switching_startup
    if not on.diffusion_clock:
        hazard[:] = 1.0
        saved[:] = 0.0
    return growth / (1.0 + growth) * on.new_demand, hazard, saved


def _shortlists(world: World, menu: Menu) -> Shortlists:
    now = climate(world, menu.frontier)
    return build_shortlists(menu, now, world.numbers.developers, world.fixed_costs)


def _ration(world: World, menu: Menu, lists: Shortlists, rules: Rules, pulse: Pulse) -> None:
    """Turn away those whom a maker's chips cannot serve; they take their next best, once, for a
    first model as for a second.

    A maker serves its users in a fixed order, keyed to the stream, until its chips are used up.
    """
    labs = world.labs
    buy(world, menu)
    assert world.bought is not None
    world.needed_chips = needed = chips_by_lab(menu, world.bought[0], labs.size)
    labs.served[:] = 1.0
    if world.observed or not world.on.capacity_cap:
        return
    available = capacity_musd(labs.inference, world.p.labs.api_capacity_share)
    short = np.flatnonzero(needed > available)
    if not short.size:
        return
    labs.served[short] = available[short] / needed[short]
    for lab in short.tolist():
        world.log.add(world.month, Event.RATIONING, lab, value=float(labs.served[lab]))
    full = menu.first & np.isin(menu.lab, short)
    shut = np.append(full, False)[lists.row]
    others = lists._replace(base=np.where(shut, NEVER, lists.base))
    refused = _turned_away(world, menu, purchase_orders(world, menu, full), available, short)
    _find_others(world, menu, others, bound(world.crowd, rules), pulse, refused)
    buy(world, menu)


def _find_others(
    world: World,
    menu: Menu,
    others: Shortlists,
    bits: Bits,
    pulse: Pulse,
    refused: tuple[Bools, Bools],
) -> None:
    """Let streams whose first or whose second order was refused choose another offer."""
    dice, month, held = world.dice, world.month, world.use.held
    again = pulse._replace(
        first_key=dice.key(Purpose.RATIONED_CHOICE, month),
        second_key=dice.key(Purpose.RATIONED_SECOND, month),
    )
    streams = np.flatnonzero(refused[0] | refused[1])
    if not streams.size:
        return
    family = menu.lab.take(held.row[streams])
    picked = choice.pick(others, choosers(world.crowd, streams, bits[streams], family, again))
    for row, found, mine in zip((held.row, held.second_row), picked, refused, strict=True):
        row[mine] = found[mine[streams]]


def _turned_away(
    world: World, menu: Menu, orders: Orders, available: Floats, short: Ints
) -> tuple[Bools, Bools]:
    """Return of each stream whether a maker short of chips refuses its first and its second model;
    who takes both from one offer is refused both. `orders` are those at these makers' interfaces.
    """
    maker = menu.lab.take(orders.row)
    chips = orders.tokens * menu.chips.take(orders.row) / 1e6
    refused = np.zeros(orders.stream.size, dtype=np.bool_)
    for lab in short.tolist():
        own = np.flatnonzero(maker == lab)
        queue = own[np.argsort(world.queue_rank[orders.stream[own]], kind="stable")]
        refused[queue[np.cumsum(chips[queue]) > available[lab]]] = True
    held, primary = world.use.held, np.arange(refused.size) < orders.primary
    first, second = (np.zeros(held.row.size, dtype=np.bool_) for _ in range(2))
    first[orders.stream[refused & primary]] = True
    second[orders.stream[refused & ~primary]] = True
    return first, second | (first & (held.row == held.second_row))


def meet_peers(world: World) -> None:
    """Let clearance and aversion spread, and derivatives grow with use."""
    menu, held, chinese = world.menu, world.use.held, ORIGINS.index("CN")
    if menu is None or world.bought is None:
        return
    people.meet(
        world.trust,
        world.who,
        (held.row >= menu.cn) | (held.second_row >= menu.cn),
        float(world.best.max() - world.best[chinese, 1]),
        world.policy.assurance_scheme,
        world.month,
        world.dice,
        world.numbers.trust,
        world.on,
    )
    tokens = world.bought[0].sum(axis=1)
    built = np.bincount(menu.lab, tokens * menu.open, minlength=world.derivatives.size)
    total = float(tokens.sum())
    world.derived = np.multiply(built, DERIVATIVES_PER_SHARE / total if total else 0.0)
    world.derivatives *= 1.0 - DERIVATIVES_FADE
    world.derivatives += world.derived
