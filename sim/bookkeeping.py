"""How each month's choices become purchases, and how these are written into the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim import labs as lab_rules
from sim.arithmetic import exp, exp_one, log
from sim.calendar import LAST_OBSERVED_MONTH
from sim.ledger import CAPABILITIES, PLACES_SOLD, by_line, demand_index, sums
from sim.log import Event
from sim.offers import CN_THIRD, HOST_OTHER, Menu
from sim.outcomes import ORIGINS, REGIONS, TASK_IDS, WEIGHTINGS
from sim.population import SCALES, SEGMENTS
from sim.twins import twin
from sim.world import Bools, Sales, World

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

TIER_BOUNDS = (5.0, 15.0)  # ECI behind the best on sale: frontier, mid, low
EXPOSURE_SCALE_ECI = 10.0
OLD_WEIGHTS_MONTHS = 12


@dataclass(frozen=True)
class Orders:
    """What streams buy this month, arrays of shape (orders,): first the `primary` first ones."""

    stream: Ints
    row: Ints
    tokens: Floats
    spend: Floats
    primary: int


class Buyers(NamedTuple):
    """Who buys and at what price: streams' volume in Mtok, region, scale, place and task, shape
    (N,); whether an offer is self-hosted and its ECI, (J,); and by offer and region, then by scale
    of a self-hoster, its price and the factor by which price changes volume, (J, regions + SCALES).
    """

    volume: Floats
    region: Ints
    scale: Ints
    place: Ints
    task: Ints
    own: Bools
    eci: Floats
    price: Floats
    shrink: Floats


def purchase_orders(world: World, menu: Menu) -> Orders:
    """Return this month's orders one by one."""
    p = world.p
    return orders_of(
        world.use.row,
        world.use.second_row,
        _buyers(world, menu),
        demand_index(p.market, world.month),
        p.developers.second_model_share,
    )


def orders_of(
    row: Ints, second_row: Ints, buyers: Buyers, demand: float, second_share: float
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
    regions = len(REGIONS)
    place = bought * (regions + SCALES) + np.where(
        buyers.own.take(bought), regions + buyers.scale.take(stream), buyers.region.take(stream)
    )
    tokens = volume * demand * buyers.shrink.take(place)
    return Orders(stream, bought, tokens, tokens * buyers.price.take(place) / 1e6, first.size)


def _buyers(world: World, menu: Menu) -> Buyers:
    who = world.who
    price, shrink = _price_tables(world, menu)
    return Buyers(
        who.volume_mtok,
        who.region,
        who.scale,
        who.place,
        who.task,
        menu.self_hosted,
        menu.eci,
        price,
        shrink,
    )


def _price_tables(world: World, menu: Menu) -> tuple[Floats, Floats]:
    """Return price and volume factor of each offer by region and by scale: see Buyers."""
    price = np.ones((menu.size, len(REGIONS) + SCALES))
    price[:, : len(REGIONS)] = menu.paid
    own = np.flatnonzero(menu.self_hosted)
    price[own, len(REGIONS) :] = menu.price[own, None] + world.fixed_costs
    shrink = np.ones_like(price)
    hosted = np.flatnonzero(~menu.self_hosted)
    elasticity = -world.p.developers.volume_elasticity
    shrink[hosted, : len(REGIONS)] = exp(elasticity * log(menu.paid[hosted]))
    shrink[own, len(REGIONS) :] = exp(elasticity * log(price[own, len(REGIONS) :]))
    return price, shrink


def buy(world: World, menu: Menu) -> None:
    """Work out what streams buy this month: `World.bought` and `World.used_eci`."""
    p = world.p
    world.bought, world.used_eci = sums_of_orders(
        world.use.row,
        world.use.second_row,
        _buyers(world, menu),
        demand_index(p.market, world.month),
        p.developers.second_model_share,
    )


@twin("sums_of_orders")
def sums_of_orders(
    row: Ints, second_row: Ints, buyers: Buyers, demand: float, second_share: float
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


def chips_by_lab(menu: Menu, tokens: Floats, labs: int) -> Floats:
    """Return the rent of the chips that first-party use needs, $M a month, shape (labs,)."""
    chips = tokens.sum(axis=1) * menu.chips * menu.first_party / 1e6
    return sums(menu.lab, chips, labs)


def record(world: World) -> None:
    """Write this month's sums into the ledger."""
    menu, book, month = world.menu, world.ledger, world.month
    assert menu is not None
    book.best[month] = world.best
    who = world.who
    book.cleared[month] = sums(who.region, world.trust.cleared, len(REGIONS))
    book.aversion[month] = sums(who.region, world.trust.maker, len(REGIONS))
    compute = world.labs.training + world.labs.inference
    book.compute[month] = sums(world.labs.origin, compute, len(ORIGINS))
    book.fear[month], book.rules[month] = world.governments.fear, world.governments.rules
    book.waits[month] = world.office.mean_wait(month)
    book.queue[month] = world.office.pending
    book.exposure[month] = exposure(world)
    if not menu.size or world.bought is None:
        return
    bought = world.bought
    labs = world.labs.count
    shape = (len(WEIGHTINGS), -1, len(REGIONS), len(SEGMENTS))
    book.bought[month] = by_line(menu, bought, labs).reshape(shape)
    book.served[month] = True
    book.thirds_at_home[month] = bool((menu.host == HOST_OTHER).any(axis=0)[-1])
    book.used_eci[month] = world.used_eci
    book.derived[month] = sums(world.labs.origin, world.derived, len(ORIGINS))
    _find_cheapest(world, menu)
    _weigh(world, menu)
    _tiers(world, menu, bought[0])


def exposure(world: World) -> float:
    """Return what open weights add to what a careful misuser could reach anyway, an index.

    How far the best open model is ahead of the better of a closed one less its safeguards and the
    best open one of a year ago, in ECI, saturating with EXPOSURE_SCALE_ECI; times a factor drawn
    for the future, since nobody knows how capability turns into misuse.
    """
    best_open, best_closed = float(world.best[:, 1].max()), float(world.best[:, 0].max())
    if not np.isfinite(best_open):
        return 0.0
    year_ago = world.month - OLD_WEIGHTS_MONTHS
    old = float(world.ledger.best[year_ago, :, 1].max()) if year_ago >= 0 else -np.inf
    anyway = max(best_closed - world.p.state.jailbreak_gap_eci, old)
    added = max(0.0, min(best_open - anyway, 100.0))
    return 100.0 * world.exposure_scale * (1.0 - exp_one(-added / EXPOSURE_SCALE_ECI))


def _find_cheapest(world: World, menu: Menu) -> None:
    hosted = np.where(menu.self_hosted, np.inf, menu.price)
    wanted = np.array(list(CAPABILITIES.values()))[:, None]
    cheapest = np.where(menu.eci >= wanted, hosted, np.inf).min(axis=1)
    world.ledger.cheapest[world.month] = np.where(np.isfinite(cheapest), cheapest, np.nan)


def _weigh(world: World, menu: Menu) -> None:
    """Write the log-sums of those who chose, with aversion counted and not counted, and harms."""
    use, who, trust, book = world.use, world.who, world.trust, world.ledger
    at = np.flatnonzero(np.isfinite(use.log_sum))
    counted = use.chose[at]
    row = np.maximum(use.row.take(counted), 0)
    weight, region = who.volume_mtok.take(counted), who.region.take(counted)
    distrust = (row >= menu.cn) * trust.maker.take(counted)
    at_maker = (row >= menu.cn) & (row < menu.starts[CN_THIRD])
    distrust += at_maker * trust.host.take(counted)
    value = use.log_sum.take(at)
    n = len(REGIONS)
    for line, amount in enumerate((weight, weight * value, weight * (value + distrust))):
        book.welfare[world.month, line] = sums(region, amount, n)
    in_price = weight / world.p.developers.price_sensitivity
    for line, loss in enumerate((use.ban, use.stop, use.gate)):
        book.harm[world.month, line] = sums(region, in_price * loss.take(at), n)
    if world.terms.gate_shut:
        book.harm[world.month, 2] = np.nan  # already lost: there is nothing to compare with


def _tiers(world: World, menu: Menu, tokens: Floats) -> None:
    """Write prices of closed models by distance to the best on sale."""
    closed = np.flatnonzero(~menu.open)
    tier = np.searchsorted(np.array(TIER_BOUNDS), menu.frontier - menu.eci[closed])
    sold = tokens[closed].sum(axis=1)
    price = menu.price[closed]
    for line, amount in enumerate(
        (sold, sold * price / menu.cost[closed], np.ones(closed.size), price)
    ):
        world.ledger.tier[world.month, line] = sums(tier, amount, len(TIER_BOUNDS) + 1)


def settle(world: World) -> None:
    """Credit makers with their sales, complements and licence income; let labs leave."""
    labs, book, month, menu = world.labs, world.ledger, world.month, world.menu
    if menu is None or world.bought is None:
        return
    by_offer = world.bought[0].sum(axis=1) / 1e6
    first = by_offer * menu.first_party
    elsewhere = by_offer * (menu.open & ~menu.first_party) * menu.price
    n = labs.count
    labs.first_party = sums(menu.lab, first * menu.price, n)
    labs.ecosystem = sums(menu.lab, elsewhere, n)
    labs.licence_income = sums(menu.lab, elsewhere * menu.terms, n)
    margin = sums(menu.lab, first * (menu.price - menu.cost), n) + labs.licence_income
    complement = labs.complement * labs.ecosystem * world.has("complements")
    _note_sales(world, menu, first * menu.price, elsewhere)
    origins = len(ORIGINS)
    book.revenue[month] = sums(labs.origin, labs.first_party, origins)
    book.profit[month] = sums(labs.origin, margin, origins)
    book.complements[month] = sums(labs.origin, complement, origins)
    book.demanded[month] = sums(labs.origin, world.needed_chips, origins)
    supplied = world.needed_chips * labs.served
    book.supplied[month] = sums(labs.origin, supplied, origins)
    raised = np.maximum(menu.price - menu.cost * _usual_markup(world, menu), 0.0)
    rent = sums(menu.lab, first * raised, n) * (labs.served < 1.0)
    book.rent[month] = sums(labs.origin, rent, origins)
    future = month > LAST_OBSERVED_MONTH  # labs on record are known to have lasted until today
    gone = lab_rules.settle(labs, margin + complement, world.p.labs, simulated=future)
    if gone.any():
        for lab in np.flatnonzero(gone).tolist():
            world.log.add(month, Event.EXIT, lab)
        if world.shelf is not None:
            world.shelf.on_sale &= world.shelf.open | ~gone[world.shelf.lab]
    book.exits[month] = sums(labs.origin, ~labs.active, origins)


def _usual_markup(world: World, menu: Menu) -> Floats:
    """Return the price over cost without scarcity, shape (J,)."""
    elasticity = world.p.release.demand_elasticity
    closed = elasticity / (elasticity - 1.0)
    return np.where(menu.open, world.p.market.open_list_over_cost, closed)


def _note_sales(world: World, menu: Menu, first: Floats, elsewhere: Floats) -> None:
    """Remember each version's sales, from which labs weigh their next release."""
    versions = menu.rows.size // 3 - 1
    world.sales = Sales(
        sums(menu.version, first, versions), sums(menu.version, elsewhere, versions)
    )
