"""How each month's choices become purchases, and how these are written into the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim import labs as lab_rules
from sim.arithmetic import exp, exp_one, log
from sim.calendar import LAST_OBSERVED_MONTH
from sim.crowd import Rows
from sim.labs import Labs
from sim.ledger import CAPABILITIES, HARMS, PLACES_SOLD, by_line, demand_index, sums
from sim.log import Event
from sim.offers import CN_THIRD, HOST_OTHER, THIRD_PARTY, Menu
from sim.outcomes import ORIGINS, REGIONS, TASK_IDS, WEIGHTINGS
from sim.people import Trust
from sim.population import SCALES, SEGMENTS, Codes, Population
from sim.shelf import withdraw
from sim.twins import kernel, twin
from sim.world import Sales, Use, World

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

TIER_BOUNDS = (5.0, 15.0)  # ECI behind the best on sale: frontier, mid, low
EXPOSURE_SCALE_ECI = 10.0
OLD_WEIGHTS_MONTHS = 12
N_REGIONS = len(REGIONS)
N_ORIGINS = len(ORIGINS)
WANTED_ECI = tuple(CAPABILITIES.values())


@dataclass(frozen=True)
class Orders:
    """What streams buy this month, arrays of shape (orders,): first the `primary` first ones."""

    stream: Ints
    row: Rows
    tokens: Floats
    spend: Floats
    primary: int


class Buyers(NamedTuple):
    """Who buys and at what price: streams' volume in Mtok, region, scale, place and task, shape
    (N,); whether an offer is self-hosted and its ECI, (J,); and by offer and region, then by scale
    of a self-hoster, its price and the factor by which price changes volume, (J, regions + SCALES).
    """

    volume: Floats
    region: Codes
    scale: Codes
    place: Codes
    task: Codes
    own: Bools
    eci: Floats
    price: Floats
    shrink: Floats


def buy(world: World, menu: Menu) -> None:
    """Work out what streams buy this month: `World.bought` and `World.used_eci`."""
    p = world.p
    world.bought, world.used_eci = sums_of_orders(
        world.use.held.row,
        world.use.held.second_row,
        _buyers(world, menu),
        demand_index(world.numbers.market, world.month),
        p.developers.second_model_share,
    )


@twin("sums_of_orders")
def sums_of_orders(
    row: Rows, second_row: Rows, buyers: Buyers, demand: float, second_share: float
) -> tuple[Floats, Floats]:
    """Return what was bought, shape (weightings, J, regions x segments) in the order of WEIGHTINGS,
    and tokens and tokens times ECI by task, shape (tasks, 2).

    Tokens in Mtok a month, choices as streams by their first model, spend in $M a month.
    """
    orders = orders_of(row, second_row, buyers, demand, second_share)
    key = orders.row * PLACES_SOLD + buyers.place.take(orders.stream)
    offers = buyers.eci.size
    size = offers * PLACES_SOLD
    lines = (
        sums(key, orders.tokens, size),
        sums(key[: orders.primary], np.ones(orders.primary), size),
        sums(key, orders.spend, size),
    )
    task, n = buyers.task.take(orders.stream), len(TASK_IDS)
    capability = orders.tokens * buyers.eci.take(orders.row)
    used = np.stack([sums(task, orders.tokens, n), sums(task, capability, n)], axis=1)
    return np.stack(lines).reshape(len(WEIGHTINGS), offers, PLACES_SOLD), used


def purchase_orders(world: World, menu: Menu, at: Bools | None = None) -> Orders:
    """Return this month's orders one by one, of all offers or of those marked in `at`, (J,)."""
    p, held, demand = world.p, world.use.held, demand_index(world.numbers.market, world.month)
    share = p.developers.second_model_share
    at = np.ones(menu.size, dtype=np.bool_) if at is None else at
    return orders_at(held.row, held.second_row, _buyers(world, menu), demand, share, at)


def orders_at(
    row: Rows, second_row: Rows, buyers: Buyers, demand: float, second_share: float, at: Bools
) -> Orders:
    """Return the orders of some offers, marked in `at`, in the order of `orders_of`."""
    every = orders_of(row, second_row, buyers, demand, second_share)
    kept = at.take(every.row)
    primary = int(np.count_nonzero(kept[: every.primary]))
    stream, bought, tokens = every.stream[kept], every.row[kept], every.tokens[kept]
    return Orders(stream, bought, tokens, every.spend[kept], primary)


def orders_of(
    row: Rows, second_row: Rows, buyers: Buyers, demand: float, second_share: float
) -> Orders:
    """Return orders, tokens in Mtok and spend in $M, the first ones of all streams first.

    tokens = v demand (p / 1 $ per Mtok)^(-volume_elasticity), p with the fixed cost of hosting
    oneself; on a second model runs `second_share` of a stream's volume.
    """
    first = np.flatnonzero(row >= 0)
    multi = np.flatnonzero((second_row >= 0) & (second_row != row) & (row >= 0))
    stream = np.concatenate([first, multi])
    bought = np.concatenate([row.take(first), second_row.take(multi)])
    part = np.ones(row.size)
    part[multi] -= second_share
    volume = np.concatenate([(buyers.volume * part)[first], second_share * buyers.volume[multi]])
    place = bought * (N_REGIONS + SCALES) + np.where(
        buyers.own.take(bought), N_REGIONS + buyers.scale.take(stream), buyers.region.take(stream)
    )
    tokens = volume * demand * buyers.shrink.take(place)
    return Orders(stream, bought, tokens, tokens * buyers.price.take(place) / 1e6, first.size)


def _buyers(world: World, menu: Menu) -> Buyers:
    who = world.who
    assert world.prices is not None
    price, shrink = world.prices
    return Buyers(
        who.volume_mtok,
        who.region,
        who.scale,
        who.place,
        who.task,
        menu.own,
        menu.eci,
        price,
        shrink,
    )


def price_lists(world: World, menu: Menu) -> tuple[Floats, Floats]:
    """Return this month's price tables: `World.prices`."""
    elasticity = world.p.developers.volume_elasticity
    return price_tables(menu.price, menu.paid, menu.own, world.fixed_costs, elasticity)


@twin("price_tables")
def price_tables(
    price: Floats, paid: Floats, own: Bools, fixed: Floats, elasticity: float
) -> tuple[Floats, Floats]:
    """Return price and volume factor of each offer by region and by scale: see Buyers."""
    table = np.ones((own.size, N_REGIONS + SCALES))
    table[:, :N_REGIONS] = paid
    at, hosted = np.flatnonzero(own), np.flatnonzero(~own)
    table[at, N_REGIONS:] = price[at, None] + fixed
    shrink = np.ones_like(table)
    shrink[hosted, :N_REGIONS] = exp(-elasticity * log(paid[hosted]))
    shrink[at, N_REGIONS:] = exp(-elasticity * log(table[at, N_REGIONS:]))
    return table, shrink


@kernel
def by_offer(tokens: Floats) -> Floats:
    """Return tokens of each offer, shape (J,), adding up place after place."""
    sold = np.zeros(tokens.shape[0])
    for place in range(tokens.shape[1]):
        sold += tokens[:, place]
    return sold


@kernel
def chips_by_lab(menu: Menu, tokens: Floats, labs: int) -> Floats:
    """Return the rent of the chips that first-party use needs, $M a month, shape (labs,)."""
    needed, sold = np.zeros(labs), by_offer(tokens)
    for j in range(menu.lab.size):
        if menu.first[j]:
            needed[menu.lab[j]] += sold[j] * menu.chips[j] / 1e6
    return needed


class Month(NamedTuple):
    """What labs earned this month, by lab unless said: first-party sales, use elsewhere, licence
    income, profit and profit on complements, scarcity rent, $M; and by version first-party sales
    and use elsewhere."""

    first_party: Floats
    ecosystem: Floats
    licence: Floats
    profit: Floats
    complement: Floats
    rent: Floats
    sold: Floats
    elsewhere: Floats


@kernel
def earned(
    menu: Menu,
    tokens: Floats,
    labs: Labs,
    versions: int,
    closed_markup: float,
    open_markup: float,
    complements: bool,
) -> Month:
    """Return what the month's sales earn; `tokens` in Mtok by offer and place."""
    n = labs.origin.size
    first_party, ecosystem, licence = np.zeros(n), np.zeros(n), np.zeros(n)
    profit, rent = np.zeros(n), np.zeros(n)
    sold, elsewhere = np.zeros(versions), np.zeros(versions)
    used = by_offer(tokens)
    for j in range(menu.lab.size):
        lab, mtok = menu.lab[j], used[j] / 1e6
        if menu.first[j]:
            first_party[lab] += mtok * menu.price[j]
            profit[lab] += mtok * (menu.price[j] - menu.cost[j])
            usual = open_markup if menu.open[j] else closed_markup
            if labs.served[lab] < 1.0:
                rent[lab] += mtok * max(0.0, menu.price[j] - menu.cost[j] * usual)
            sold[menu.version[j]] += mtok * menu.price[j]
        elif menu.open[j]:
            ecosystem[lab] += mtok * menu.price[j]
            licence[lab] += mtok * menu.price[j] * menu.terms[j]
            elsewhere[menu.version[j]] += mtok * menu.price[j]
    complement = np.zeros(n)
    if complements:
        complement = labs.complement * ecosystem
    return Month(
        first_party, ecosystem, licence, profit + licence, complement, rent, sold, elsewhere
    )


def settle(world: World) -> None:
    """Credit makers with their sales, complements and licence income; let labs leave."""
    labs, book, month, menu, p = world.labs, world.ledger, world.month, world.menu, world.p
    if menu is None or world.bought is None:
        return
    elasticity = p.release.demand_elasticity
    done = earned(
        menu,
        world.bought[0],
        labs,
        menu.rows.size // 3 - 1,
        elasticity / (elasticity - 1.0),
        p.market.open_list_over_cost,
        world.on.complements,
    )
    labs.first_party[:], labs.ecosystem[:] = done.first_party, done.ecosystem
    labs.licence_income[:] = done.licence
    world.sales = Sales(done.sold, done.elsewhere)
    for table, amount in (
        (book.revenue, done.first_party),
        (book.profit, done.profit),
        (book.complements, done.complement),
        (book.demanded, world.needed_chips),
        (book.supplied, world.needed_chips * labs.served),
        (book.rent, done.rent),
    ):
        table[month] = sums(labs.origin, amount, N_ORIGINS)
    book.income[month] = done.profit + done.complement
    if month > LAST_OBSERVED_MONTH:  # labs on record are known to have lasted until today
        gone = lab_rules.settle(labs, done.profit + done.complement, world.numbers.labs)
        take_leave(world, gone)
    book.exits[month] = sums(labs.origin, ~labs.active, N_ORIGINS)


def take_leave(world: World, gone: Bools) -> None:
    """Take the closed models of labs that leave off sale."""
    for lab in np.flatnonzero(gone).tolist():
        world.log.add(world.month, Event.EXIT, lab)
    if world.shelf is not None:
        withdraw(world.shelf, gone)


def record(world: World) -> None:
    """Write this month's sums into the ledger."""
    menu, book, month, p = world.menu, world.ledger, world.month, world.p
    assert menu is not None
    book.best[month] = world.best
    book.cleared[month], book.aversion[month] = trust_sums(world.trust, world.who)
    compute = world.labs.training + world.labs.inference
    book.compute[month] = sums(world.labs.origin, compute, N_ORIGINS)
    book.fear[month], book.rules[month] = world.governments.fear, world.governments.rules
    book.waits[month] = world.office.mean_wait(month)
    book.queue[month] = world.office.pending
    gap = p.state.jailbreak_gap_eci
    book.exposure[month] = exposure(world.best, book.best, month, gap, world.exposure_scale)
    if world.bought is None:
        return
    shape = (len(WEIGHTINGS), -1, N_REGIONS, len(SEGMENTS))
    book.bought[month] = by_line(menu, world.bought, world.labs.size).reshape(shape)
    book.served[month] = True
    at_third_party = menu.kind == THIRD_PARTY
    book.thirds_at_home[month] = bool((menu.host[at_third_party, -1] == HOST_OTHER).any())
    book.used_eci[month] = world.used_eci
    book.derived[month] = sums(world.labs.origin, world.derived, N_ORIGINS)
    book.cheapest[month], book.tier[month] = price_levels(menu, world.bought[0])
    sensitivity = p.developers.price_sensitivity
    book.welfare[month], book.harm[month] = welfare(
        menu, world.use, world.trust, world.who, sensitivity
    )
    if world.terms.gate_shut:
        book.harm[month, HARMS.index("gate")] = np.nan  # already lost: nothing to compare with


@twin("trust_sums")
def trust_sums(trust: Trust, who: Population) -> tuple[Floats, Floats]:
    """Return how many streams are cleared and their aversion to makers summed, by region."""
    cleared = sums(who.region, trust.cleared, N_REGIONS)
    return cleared, sums(who.region, trust.maker, N_REGIONS)


@kernel
def exposure(
    best: Floats, history: Floats, month: int, jailbreak_gap: float, scale: float
) -> float:
    """Return what open weights add to what a careful misuser could reach anyway, an index.

    How far the best open model is ahead of the better of a closed one less its safeguards and the
    best open one of a year ago, in ECI, saturating with EXPOSURE_SCALE_ECI; times `scale`, drawn
    for the future, since nobody knows how capability turns into misuse. `best` has shape (origins,
    2), closed and open; `history` the same by month.
    """
    best_open, old = best[:, 1].max(), -np.inf
    if not np.isfinite(best_open):
        return 0.0
    if month >= OLD_WEIGHTS_MONTHS:
        old = history[month - OLD_WEIGHTS_MONTHS, :, 1].max()
    anyway = max(best[:, 0].max() - jailbreak_gap, old)
    added: float = max(0.0, min(best_open - anyway, 100.0))
    return 100.0 * scale * (1.0 - exp_one(-added / EXPOSURE_SCALE_ECI))


@kernel
def price_levels(menu: Menu, tokens: Floats) -> tuple[Floats, Floats]:
    """Return the cheapest hosted price at or above each of CAPABILITIES, NaN for none; and, by
    distance of closed models to the best on sale, tokens, tokens times price over cost, models on
    sale and the sum of their list prices, shape (4, TIERS)."""
    cheapest = np.full(len(WANTED_ECI), np.inf)
    tier = np.zeros((4, len(TIER_BOUNDS) + 1))
    used = by_offer(tokens)
    for j in range(menu.lab.size):
        if not menu.own[j]:
            for k in range(len(WANTED_ECI)):
                if menu.eci[j] >= WANTED_ECI[k]:
                    cheapest[k] = min(cheapest[k], menu.price[j])
        if not menu.open[j]:
            behind, sold, at = menu.frontier - menu.eci[j], used[j], 0
            for bound in TIER_BOUNDS:
                if behind > bound:
                    at += 1
            tier[0, at] += sold
            tier[1, at] += sold * menu.price[j] / menu.cost[j]
            tier[2, at] += 1.0
            tier[3, at] += menu.price[j]
    return np.where(np.isfinite(cheapest), cheapest, np.nan), tier


@twin("welfare")
def welfare(
    menu: Menu, use: Use, trust: Trust, who: Population, sensitivity: float
) -> tuple[Floats, Floats]:
    """Return, by region, volume of those who chose, their log-sum times volume, the same with
    aversion not counted, shape (3, regions); and lost log-sum over price sensitivity times volume,
    shape (HARMS, regions)."""
    at = np.flatnonzero(np.isfinite(use.log_sum))
    counted = use.chose[at]
    row = use.held.row.take(counted)
    weight, region = who.volume_mtok.take(counted), who.region.take(counted)
    distrust = (row >= menu.cn) * trust.maker.take(counted)
    at_maker = (row >= menu.cn) & (row < menu.starts[CN_THIRD])
    distrust += at_maker * trust.host.take(counted)
    value = use.log_sum.take(at)
    gained = (weight, weight * value, weight * (value + distrust))
    in_price = weight / sensitivity
    lost = [in_price * loss.take(at) for loss in (use.ban, use.stop, use.gate)]
    return (
        np.stack([sums(region, amount, N_REGIONS) for amount in gained]),
        np.stack([sums(region, amount, N_REGIONS) for amount in lost]),
    )
