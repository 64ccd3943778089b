"""How each month's choices become purchases, and how these are written into the ledger."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.calendar import LAST_OBSERVED_MONTH
from sim.ledger import CAPABILITIES, PLACES_SOLD, demand_index, lines_of, sums
from sim.offers import Menu
from sim.outcomes import ORIGINS, REGIONS, WEIGHTINGS
from sim.population import SEGMENTS
from sim.world import World

Floats = npt.NDArray[np.float64]


def purchases(world: World, menu: Menu) -> Floats:
    """Return what was bought, shape (weightings, J, regions x segments) in the order of WEIGHTINGS.

    Tokens in Mtok a month, choices as streams by their first model, spend in $M a month;
    tokens = v (p / 1 $ per Mtok)^(-volume_elasticity).
    """
    use, who, p = world.use, world.who, world.p
    first = np.flatnonzero(use.row >= 0)
    multi = np.flatnonzero((use.second_row >= 0) & (use.second_row != use.row) & (use.row >= 0))
    stream = np.concatenate([first, multi])
    row = np.concatenate([use.row.take(first), use.second_row.take(multi)])
    second = p.developers.second_model_share
    part = np.ones(who.size)
    part[multi] -= second
    volume = np.concatenate([(who.volume_mtok * part)[first], second * who.volume_mtok[multi]])
    paid = menu.paid.ravel().take(row * len(REGIONS) + who.region.take(stream))
    price = paid + menu.self_hosted.take(row) * world.fixed_usd_per_mtok.take(stream)
    tokens = volume * demand_index(p.market, world.month)
    tokens *= np.exp(-p.developers.volume_elasticity * np.log(price))
    key = row * PLACES_SOLD + who.place.take(stream)
    size = menu.size * PLACES_SOLD
    lines = (
        sums(key, tokens, size),
        sums(key[: first.size], np.ones(first.size), size),
        sums(key, tokens * price / 1e6, size),
    )
    return np.stack(lines).reshape(len(WEIGHTINGS), menu.size, PLACES_SOLD)


def record(world: World) -> None:
    """Write this month's sums into the ledger."""
    menu, book, month, labs = world.menu, world.ledger, world.month, world.labs
    assert menu is not None
    book.best[month] = world.best
    book.cleared[month] = sums(world.who.region, world.trust.cleared, len(REGIONS))
    if month >= LAST_OBSERVED_MONTH:
        chinese = labs.origin == ORIGINS.index("CN")
        book.compute_cn[month] = labs.compute[chinese].sum() / labs.compute.sum()
    if not menu.size:
        return
    bought = purchases(world, menu)
    shape = (len(WEIGHTINGS), -1, len(REGIONS), len(SEGMENTS))
    book.bought[month] = (lines_of(menu, labs.origin.size) @ bought).reshape(shape)
    book.served[month] = True
    _sell(world, menu, bought[0].sum(axis=1) * menu.price / 1e6)
    _find_cheapest(world, menu)
    _weigh(world, menu)


def _sell(world: World, menu: Menu, seller: Floats) -> None:
    """Credit makers with first-party sales and ecosystems with the rest, $M without taxes."""
    labs, first, n = world.labs, menu.first_party, world.labs.origin.size
    labs.revenue = sums(menu.lab, seller * first, n)
    labs.ecosystem = sums(menu.lab, seller * (menu.open & ~first), n)
    world.ledger.revenue[world.month] = sums(labs.origin, labs.revenue, len(ORIGINS))


def _find_cheapest(world: World, menu: Menu) -> None:
    hosted = np.where(menu.self_hosted, np.inf, menu.price)
    wanted = np.array(list(CAPABILITIES.values()))[:, None]
    cheapest = np.where(menu.eci >= wanted, hosted, np.inf).min(axis=1)
    world.ledger.cheapest[world.month] = np.where(np.isfinite(cheapest), cheapest, np.nan)


def _weigh(world: World, menu: Menu) -> None:
    """Write the log-sums of those who chose, with aversion counted and not counted."""
    use, who, trust = world.use, world.who, world.trust
    counted = np.flatnonzero(use.chose & (use.row >= 0))
    weight, row = who.volume_mtok.take(counted), use.row.take(counted)
    distrust = (row >= menu.cn) * trust.maker.take(counted)
    distrust += ((row >= menu.cn) & (row < menu.cn_abroad)) * trust.host.take(counted)
    value = use.log_sum.take(counted)
    region = who.region.take(counted)
    for line, amount in enumerate((weight, weight * value, weight * (value + distrust))):
        world.ledger.welfare[world.month, line] = sums(region, amount, len(REGIONS))
