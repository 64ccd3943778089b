"""What is measured each month: shares, prices, money, gaps, concentration.

All shares come from the same streams, weighted by tokens, by choices or by spend. The router view
re-weights start-ups to the router's users by region; the enterprise view is US enterprises.
"""

from __future__ import annotations

from bisect import bisect_left

import numpy as np
import numpy.typing as npt

from sim.assumptions.market import MarketParameters
from sim.calendar import LAST_OBSERVED_MONTH
from sim.offers import HOME_HOST, Menu
from sim.outcomes import BLOCS, FRONTIERS, HOSTS, ORIGINS, PLACES, REGIONS, ROW, WEIGHTINGS
from sim.population import (
    ENTERPRISE,
    REGION_VOLUME,
    ROUTER_MIX,
    SEGMENTS,
    STARTUP,
    US,
)
from sim.world import VOLUME_REFERENCE_MONTH, World

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_PLACES = len(REGIONS) * len(SEGMENTS)
_ROUTER = np.array(ROUTER_MIX) / np.array(REGION_VOLUME)
CAPABILITIES = {"ECI 126": 126.0, "ECI 140": 140.0, "ECI 150": 150.0}


def demand_index(p: MarketParameters, month: int) -> float:
    """Return demand at constant prices relative to 2025-07: growth halves every half-life."""
    today = LAST_OBSERVED_MONTH
    log_growth = np.log(p.demand_growth) / 12.0
    index = log_growth * (min(month, today) - VOLUME_REFERENCE_MONTH)
    if month > today:
        fade = np.log(2.0) / (12.0 * p.demand_growth_halflife_years)
        index += log_growth * (1.0 - np.exp(-fade * (month - today))) / fade
    return float(np.exp(index))


def purchases(world: World) -> Floats:
    """Return what was bought, shape (weightings, J, regions, segments) in the order of WEIGHTINGS.

    Tokens in Mtok a month, choices as streams by their first model, spend in $M a month;
    tokens = v (p / 1 $ per Mtok)^(-volume_elasticity).
    """
    menu, use, who, p = world.menu, world.use, world.who, world.p
    assert menu is not None
    first = np.flatnonzero(use.row >= 0)
    multi = np.flatnonzero((use.second_row >= 0) & (use.second_row != use.row) & (use.row >= 0))
    stream = np.concatenate([first, multi])
    row = np.concatenate([use.row[first], use.second_row[multi]])
    second = p.developers.second_model_share
    part = np.ones(who.size)
    part[multi] -= second
    volume = np.concatenate([(who.volume_mtok * part)[first], second * who.volume_mtok[multi]])
    fixed = p.market.self_host_fixed_usd / (
        p.market.deployment_mtok * who.volume_mtok[stream] / who.volume_mtok.mean()
    )
    paid = menu.paid.ravel().take(row * len(REGIONS) + who.region[stream])
    price = paid + menu.self_hosted[row] * fixed
    tokens = volume * demand_index(p.market, world.month)
    tokens *= np.exp(-p.developers.volume_elasticity * np.log(price))
    key = row * _PLACES + who.place[stream]
    lines = (
        _sums(key, tokens, menu.size * _PLACES),
        _sums(key[: first.size], np.ones(first.size), menu.size * _PLACES),
        _sums(key, tokens * price / 1e6, menu.size * _PLACES),
    )
    return np.stack(lines).reshape(len(WEIGHTINGS), menu.size, len(REGIONS), len(SEGMENTS))


def record(world: World) -> None:
    """Write this month's outcomes."""
    menu = world.menu
    assert menu is not None
    _frontiers(world)
    _releases(world)
    streams = _sums(world.who.region, np.ones(world.who.size), len(REGIONS))
    cleared = _sums(world.who.region, world.trust.cleared, len(REGIONS))
    _put_all(world, "cleared_share", REGIONS, _ratio(cleared, streams))
    if not menu.size:
        return
    bought = purchases(world)
    _shares(world, menu, bought)
    _money(world, menu, bought)
    _surplus(world, menu)


def _sums(key: Ints, weights: npt.ArrayLike, size: int) -> Floats:
    """Return the sum of `weights` for each key below `size`."""
    return np.bincount(key, weights, minlength=size).astype(np.float64, copy=False)


def _put(world: World, outcome: str, group: str, value: float) -> None:
    world.out[ROW[outcome, group], world.month] = value


def _put_all(world: World, outcome: str, groups: tuple[str, ...], values: Floats) -> None:
    start = ROW[outcome, groups[0]]
    world.out[start : start + len(groups), world.month] = values


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)


def to_places(table: Floats) -> Floats:
    """Return totals for world, router, enterprise and each region, shape (..., places).

    `table` has shape (..., regions, segments).
    """
    regions = table.sum(axis=-1)
    views = [regions.sum(axis=-1), table[..., STARTUP] @ _ROUTER, table[..., US, ENTERPRISE]]
    return np.concatenate([np.stack(views, axis=-1), regions], axis=-1)


def _shares(world: World, menu: Menu, bought: Floats) -> None:
    chinese = np.arange(menu.size) >= menu.cn
    kinds = np.array([np.ones(menu.size), menu.open, menu.open & chinese])
    grid = kinds @ bought.reshape(len(WEIGHTINGS), menu.size, _PLACES)
    whole, openly, chinese_open = to_places(
        grid.reshape(len(WEIGHTINGS), len(kinds), len(REGIONS), len(SEGMENTS))
    ).transpose(1, 0, 2)
    of_bloc = (np.arange(len(BLOCS)) == (menu.origin * 2 + ~menu.open)[:, None]).astype(np.float64)
    blocs = bought.sum(axis=(2, 3)) @ of_bloc
    for k, weighting in enumerate(WEIGHTINGS):
        _put_all(world, f"open_share_{weighting}", PLACES, _ratio(openly[k], whole[k]))
        _put_all(world, f"cn_open_share_{weighting}", PLACES, _ratio(chinese_open[k], whole[k]))
        _put_all(world, f"bloc_share_{weighting}", BLOCS, blocs[k] / blocs[k].sum())


def _money(world: World, menu: Menu, bought: Floats) -> None:
    tokens, _, spend = bought.sum(axis=3)
    for name, table, scale in (
        ("spend_musd_per_month", spend, 1.0),
        ("tokens_trillion_per_month", tokens, 1e-6),
    ):
        regions = table.sum(axis=0) * scale
        _put_all(world, name, ("world", *REGIONS), np.concatenate([[regions.sum()], regions]))
    hosted = ~menu.self_hosted
    kinds = np.array([menu.open & hosted, ~menu.open], dtype=np.float64)
    paid = _ratio(kinds @ spend.sum(axis=1) * 1e6, kinds @ tokens.sum(axis=1))
    _put_all(world, "price_paid_usd_per_mtok", ("open", "closed"), paid)
    _prices(world, menu, hosted)
    volume = tokens.sum(axis=1)
    seller = volume * menu.price / 1e6
    first, labs = menu.first_party, world.labs
    n = labs.revenue.size
    labs.revenue = _sums(menu.lab, seller * first, n)
    labs.ecosystem = _sums(menu.lab, seller * (menu.open & ~first), n)
    revenue = _sums(labs.origin, labs.revenue, len(ORIGINS))
    _put_all(world, "maker_revenue_musd_per_month", ORIGINS, revenue)
    by_host = _sums(menu.host.ravel(), tokens.ravel(), len(HOSTS)) / volume.sum()
    _put_all(world, "host_share", HOSTS, by_host)
    by_maker = _sums(menu.lab, volume, n) / volume.sum()
    _put_all(world, "hhi", ("maker", "host"), np.array([(by_maker**2).sum(), (by_host**2).sum()]))
    _reach(world, menu, tokens, spend)


def _prices(world: World, menu: Menu, hosted: npt.NDArray[np.bool_]) -> None:
    for group, eci in CAPABILITIES.items():
        able = hosted & (menu.eci >= eci)
        cheapest = float(menu.price[able].min()) if able.any() else np.nan
        _put(world, "price_of_capability_usd_per_mtok", group, cheapest)


def _reach(world: World, menu: Menu, tokens: Floats, spend: Floats) -> None:
    """Record attraction and leverage of the two large powers abroad."""
    for country in ("US", "CN"):
        origin = ORIGINS.index(country)
        abroad = np.array(REGIONS) != country
        used = tokens[menu.origin == origin][:, abroad].sum() / tokens[:, abroad].sum()
        closed = ((menu.origin == origin) & ~menu.open)[:, None]
        hold = (closed | (menu.host == HOME_HOST[origin])) & abroad
        held = spend[hold].sum() / spend[:, abroad].sum()
        _put(world, "attraction", country, float(used))
        _put(world, "leverage", country, float(held))


def _surplus(world: World, menu: Menu) -> None:
    use, who = world.use, world.who
    counted = np.flatnonzero(use.chose & (use.row >= 0))
    weight = who.volume_mtok[counted]
    region = who.region[counted]
    row = use.row[counted]
    distrust = np.where(row >= menu.cn, world.trust.maker[counted], 0.0) + np.where(
        (row >= menu.cn) & (row < menu.cn_abroad), world.trust.host[counted], 0.0
    )
    whole = _sums(region, weight, len(REGIONS))
    for name, value in (
        ("surplus_util", use.log_sum[counted]),
        ("surplus_no_aversion_util", use.log_sum[counted] + distrust),
    ):
        sums = _sums(region, weight * value, len(REGIONS))
        everywhere = np.array([sums.sum() / whole.sum() if whole.sum() > 0 else np.nan])
        _put_all(
            world, name, ("world", *REGIONS), np.concatenate([everywhere, _ratio(sums, whole)])
        )


def _frontiers(world: World) -> None:
    us, cn, eu = (ORIGINS.index(c) for c in ("US", "CN", "EU"))
    best = world.best
    now = [best[us, 0], best[us, 1], best[cn, 0], best[cn, 1], best[eu].max()]
    _put_all(world, "frontier_eci", FRONTIERS, np.where(np.isfinite(now), now, np.nan))
    closed, opened = best[:, 0].max(), best[:, 1].max()
    world.closed_record.append(closed)
    world.us_closed_record.append(best[us, 0])
    if np.isfinite(opened) and np.isfinite(closed):
        _put(world, "open_closed_gap_eci", "world", closed - opened)
        _put(world, "open_closed_lag_months", "world", lag_months(world.closed_record, opened))
    if np.isfinite(best[cn, 1]):
        lag = lag_months(world.us_closed_record, best[cn, 1])
        _put(world, "cn_open_lag_months", "world", lag)
        trusted = np.delete(best[:, 1], cn).max()
        _put(world, "trusted_open_vacuum_eci", "world", opened - trusted)


def lag_months(record: list[float], level: float) -> float:
    """Return months since `record`, a monthly running best, first reached `level`."""
    return float(len(record) - 1 - min(bisect_left(record, level), len(record) - 1))


def _releases(world: World) -> None:
    """Record open releases over the last twelve months, and where compute stands after today."""
    counts = world.releases[:, max(0, world.month - 11) : world.month + 1].sum(axis=1)
    countries = ("US", "CN", "EU")
    rows = [ORIGINS.index(country) for country in countries]
    opened, all_of_them = counts[rows, 1], counts[rows].sum(axis=1)
    _put_all(world, "open_release_share", countries, _ratio(opened, all_of_them))
    labs = world.labs
    if world.month >= LAST_OBSERVED_MONTH:
        share = labs.compute[labs.origin == ORIGINS.index("CN")].sum() / labs.compute.sum()
        _put(world, "compute_cn_share", "world", float(share))
