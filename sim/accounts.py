"""What the ledger amounts to: shares, prices, money, gaps, concentration, month by month.

All shares come from the same streams, weighted by tokens, by choices or by spend. The router view
re-weights start-ups to the router's users by region; the gateway view is start-ups and enterprises
outside China in equal parts; the enterprise view is US enterprises.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.arithmetic import exp
from sim.catalogue import load_labs
from sim.lab_names import LABS
from sim.ledger import (
    CAPABILITIES,
    HARMS,
    LAB_LINES,
    OPEN_FIRST_PARTY_LINE,
    SELF_LINE,
    THIRD_PARTY_LINE,
    Ledger,
)
from sim.offers import HOME_HOST, HOST_US, THIRDS
from sim.outcomes import (
    BLOCS,
    BLOCS_BY_REGION,
    FOREIGN,
    FRONTIERS,
    HOSTS,
    ORIGINS,
    PLACES,
    REGIONS,
    ROW,
    SERIES,
    TASK_IDS,
    TIERS,
    WEIGHTINGS,
)
from sim.outcomes import BY_ID as OUTCOME
from sim.population import ENTERPRISE, REGION_VOLUME, ROUTER_MIX, SEGMENT_VOLUME, STARTUP, US

Floats = npt.NDArray[np.float64]
TOKENS, CHOICE, SPEND = range(len(WEIGHTINGS))
# Stock of AI chips at the end of September 2026, thousand H100-equivalents: sim/data/README.md.
STOCK_CN_KH100E, STOCK_REST_KH100E = 3850.0, 44850.0
_ROUTER = np.array(ROUTER_MIX) / np.array(REGION_VOLUME)
# Teams behind one gateway: start-ups and enterprises in equal parts of volume, none in China.
_ABROAD = np.array([region != "CN" for region in REGIONS], dtype=np.float64)
_GATEWAY = _ABROAD[:, None] / np.array([SEGMENT_VOLUME[STARTUP], SEGMENT_VOLUME[ENTERPRISE]])
_OPEN = [k for k, bloc in enumerate(BLOCS) if bloc.endswith("open")]
_BLOCS_AND_SELF = [*range(len(BLOCS)), SELF_LINE]
_CN_OPEN = BLOCS.index("CN open")
_FOREIGN = [REGIONS.index(region) for region in FOREIGN]


def outcomes(
    book: Ledger,
    releases: Floats,
    benchmarked: Floats,
    frontiers: Floats,
    streams_by_region: Floats,
) -> Floats:
    """Return all outcomes of one replicate, shape (series, months); NaN where not defined.

    `releases` counts releases by origin, month and openness, `benchmarked` those that indices rate;
    `frontiers` is the best ECI on sale.
    """
    out = np.full((len(SERIES), book.served.size), np.nan)
    _put(out, "cleared_share", REGIONS, _ratio(book.cleared, streams_by_region))
    aversion = _ratio(book.aversion, streams_by_region)
    _put(out, "aversion_left", FOREIGN, aversion[:, _FOREIGN])
    _frontiers(out, book)
    _releases(out, "open_release_share", releases, ("US", "CN", "EU"))
    _releases(out, "benchmarked_open_release_share", benchmarked, ("US", "CN"))
    _shares(out, book)
    _money(out, book)
    _labs(out, book)
    _reach(out, book)
    _surplus(out, book)
    _dependence(out, book)
    _governments(out, book)
    _diffusion(out, book, frontiers)
    _put(out, "compute_cn_share", ("world",), _chinese_compute(book.compute)[:, None])
    return out


def _chinese_compute(compute: Floats) -> Floats:
    """Return China's share of the world's stock, from labs' compute by origin, (months, origins).

    Labs hold another part of the Chinese stock than of the rest, so both are scaled to the stock.
    """
    today = np.zeros(len(ORIGINS))
    for lab in load_labs():
        held = lab.training_compute_kh100e + lab.inference_compute_kh100e
        today[ORIGINS.index(lab.origin)] += held
    cn = ORIGINS.index("CN")
    chinese = compute[:, cn] * (STOCK_CN_KH100E / today[cn])
    rest = (compute.sum(axis=1) - compute[:, cn]) * (STOCK_REST_KH100E / (today.sum() - today[cn]))
    return _ratio(chinese, chinese + rest)


def _put(out: Floats, outcome: str, groups: tuple[str, ...], values: Floats) -> None:
    """Write values of shape (months, groups)."""
    start = ROW[outcome, groups[0]]
    out[start : start + len(groups)] = values.T


def _ratio(part: Floats, whole: Floats) -> Floats:
    ratio: Floats = np.full(np.broadcast(part, whole).shape, np.nan)
    np.divide(part, whole, out=ratio, where=whole > 0)
    return ratio


def to_places(table: Floats) -> Floats:
    """Return totals for world, router, gateway, enterprise and each region, shape (..., places).

    `table` has shape (..., regions, segments).
    """
    regions = table.sum(axis=-1)
    router = (table[..., STARTUP] * _ROUTER).sum(axis=-1)
    gateway = (table[..., [STARTUP, ENTERPRISE]] * _GATEWAY).sum(axis=(-2, -1))
    views = [regions.sum(axis=-1), router, gateway, table[..., US, ENTERPRISE]]
    return np.concatenate([np.stack(views, axis=-1), regions], axis=-1)


def _with_world(regions: Floats) -> Floats:
    return np.concatenate([regions.sum(axis=-1, keepdims=True), regions], axis=-1)


def _shares(out: Floats, book: Ledger) -> None:
    for k, weighting in enumerate(WEIGHTINGS):
        blocs = book.bought[:, k, : len(BLOCS)]
        whole = to_places(blocs.sum(axis=1))
        openly = to_places(blocs[:, _OPEN].sum(axis=1))
        chinese = to_places(blocs[:, _CN_OPEN])
        _put(out, f"open_share_{weighting}", PLACES, _ratio(openly, whole))
        _put(out, f"cn_open_share_{weighting}", PLACES, _ratio(chinese, whole))
        _put(out, f"bloc_share_{weighting}", BLOCS, _ratio(blocs.sum(axis=(2, 3)), whole[:, :1]))
        if weighting != "choice":
            regions = _by_region(blocs).transpose(0, 2, 1)  # (months, regions, blocs)
            within = _ratio(regions, regions.sum(axis=2)[:, :, None]).reshape(len(blocs), -1)
            _put(out, f"bloc_share_by_region_{weighting}", BLOCS_BY_REGION, within)
        if weighting == "tokens":
            for country in ("CN", "US"):
                made = [k for k, bloc in enumerate(BLOCS) if bloc.startswith(country)]
                share = _ratio(to_places(blocs[:, made].sum(axis=1)), whole)
                _put(out, f"{country.lower()}_share_tokens", PLACES, share)


def _money(out: Floats, book: Ledger) -> None:
    blocs = book.bought[:, :, : len(BLOCS)].sum(axis=4)  # (months, weightings, blocs, regions)
    regions = np.where(book.served[:, None, None], blocs.sum(axis=2), np.nan)
    groups = ("world", *REGIONS)
    _put(out, "spend_musd_per_month", groups, _with_world(regions[:, SPEND]))
    _put(out, "tokens_trillion_per_month", groups, _with_world(regions[:, TOKENS]) * 1e-6)
    everywhere = book.bought.take(_BLOCS_AND_SELF, axis=2).sum(
        axis=(3, 4)
    )  # (months, weightings, lines)
    all_open = everywhere[:, :, _OPEN].sum(axis=2)
    hosted = all_open - everywhere[:, :, -1]
    closed = everywhere[:, :, : len(BLOCS)].sum(axis=2) - all_open
    kinds = np.stack([hosted, closed], axis=2)
    paid = _ratio(kinds[:, SPEND] * 1e6, np.maximum(kinds[:, TOKENS], 0.0))
    _put(out, "price_paid_usd_per_mtok", ("open", "closed"), paid)
    _put(out, "price_of_capability_usd_per_mtok", tuple(CAPABILITIES), book.cheapest)
    tokens, ratio, count, price = (book.tier[:, k] for k in range(4))
    _put(out, "closed_price_over_cost", TIERS, _ratio(ratio, tokens))
    _put(out, "closed_price_usd_per_mtok", TIERS, _ratio(price, count))


def _labs(out: Floats, book: Ledger) -> None:
    """Report labs' money, capacity and exits by origin."""
    _put(out, "maker_revenue_musd_per_month", ORIGINS, book.revenue)
    _put(out, "lab_profit_musd_per_month", ORIGINS, book.profit)
    _put(out, "complement_profit_musd_per_month", ORIGINS, book.complements)
    _put(out, "lab_income_musd_per_month", LABS[: book.income.shape[1]], book.income)
    _put(out, "lab_exits", ORIGINS, book.exits)
    _put(out, "capacity_served", ORIGINS, _ratio(book.supplied, book.demanded))
    _put(out, "scarcity_rent", ORIGINS, _ratio(book.rent, np.nan_to_num(book.revenue)))
    _put(out, "derivative_share", ORIGINS, _ratio(book.derived, book.derived.sum(1)[:, None]))


def _governments(out: Floats, book: Ledger) -> None:
    _put(out, "rule_stringency", REGIONS, book.rules)
    _put(out, "fear", REGIONS, book.fear)
    _put(out, "licensing_wait_months", ("US",), book.waits[:, None])
    _put(out, "licensing_queue", ("US",), book.queue[:, None])
    _put(out, "misuse_exposure", ("world",), book.exposure[:, None])


def _dependence(out: Floats, book: Ledger) -> None:
    """Report losses as the price cut that would make up for them: 1 - exp(-loss / alpha)."""
    weight = book.welfare[:, 0]
    for k, name in enumerate(HARMS):
        mean = _ratio(book.harm[:, k], weight)
        groups = OUTCOME[f"harm_{name}"].groups
        at = [REGIONS.index(group) for group in groups]
        unknown = np.isnan(mean[:, at])
        cut = np.where(unknown, np.nan, 1.0 - exp(-np.nan_to_num(mean[:, at])))
        _put(out, f"harm_{name}", groups, cut)


def _diffusion(out: Floats, book: Ledger, frontiers: Floats) -> None:
    """Report how long ago the frontier held what each task's average token runs on."""
    used = _ratio(book.used_eci[:, :, 1], book.used_eci[:, :, 0])
    leader = np.maximum.accumulate(frontiers)
    lags = [lag_months(leader, np.where(np.isnan(task), -np.inf, task)) for task in used.T]
    _put(out, "diffusion_lag_months", TASK_IDS, np.stack(lags, axis=1))


def _by_host(lines: Floats, thirds_at_home: npt.NDArray[np.bool_]) -> Floats:
    """Return use by jurisdiction of the host, shape (months, hosts, regions).

    `lines` has shape (months, lines, regions).
    """
    use = np.zeros((lines.shape[0], len(HOSTS), len(REGIONS)))
    for origin in range(len(ORIGINS)):
        closed = lines[:, origin * 2 + 1]
        use[:, origin] += closed + lines[:, OPEN_FIRST_PARTY_LINE + origin]
    third = lines[:, THIRD_PARTY_LINE]
    for region, host in enumerate(HOME_HOST):
        local = thirds_at_home if THIRDS[region] else np.ones(len(third), dtype=np.bool_)
        use[:, host, region] += third[:, region] * local
        use[:, HOST_US, region] += third[:, region] * ~local
    use[:, HOSTS.index("SELF")] += lines[:, SELF_LINE]
    return use


def _reach(out: Floats, book: Ledger) -> None:
    """Work out where inference runs, concentration, attraction and leverage."""
    tokens = _by_region(book.bought[:, TOKENS])  # (months, lines, regions)
    spend = _by_region(book.bought[:, SPEND, :LAB_LINES])
    whole = tokens[:, : len(BLOCS)].sum(axis=(1, 2))[:, None]
    hosts = _ratio(_by_host(tokens, book.thirds_at_home).sum(axis=2), whole)
    families = _ratio(tokens[:, LAB_LINES:].sum(axis=2), whole)
    makers = families[:, 0::2] + families[:, 1::2]
    kinds = [(shares * shares).sum(axis=1) for shares in (makers, families, hosts)]
    _put(out, "host_share", HOSTS, hosts)
    _put(out, "hhi", ("maker", "family", "host"), np.stack(kinds, axis=1))
    hosted = _by_host(spend, book.thirds_at_home)
    for country in ("US", "CN"):
        origin = ORIGINS.index(country)
        abroad = np.array(REGIONS) != country
        own = tokens[:, [2 * origin, 2 * origin + 1]].sum(axis=1)
        elsewhere = tokens[:, : len(BLOCS)].sum(axis=1)
        used = _ratio(own[:, abroad].sum(axis=1), elsewhere[:, abroad].sum(axis=1))
        paid = spend[:, : len(BLOCS)].sum(axis=1)
        held = _ratio(hosted[:, origin][:, abroad].sum(axis=1), paid[:, abroad].sum(axis=1))
        _put(out, "attraction", (country,), used[:, None])
        _put(out, "leverage", (country,), held[:, None])


def _by_region(lines: Floats) -> Floats:
    """Return sums over segments, the last axis; numpy's own are slow over so few."""
    total: Floats = lines[..., 0] + lines[..., 1]
    for segment in range(2, lines.shape[-1]):
        total += lines[..., segment]
    return total


def _surplus(out: Floats, book: Ledger) -> None:
    weight = _with_world(book.welfare[:, 0])
    groups = ("world", *REGIONS)
    _put(out, "surplus_util", groups, _ratio(_with_world(book.welfare[:, 1]), weight))
    _put(out, "surplus_no_aversion_util", groups, _ratio(_with_world(book.welfare[:, 2]), weight))


def _frontiers(out: Floats, book: Ledger) -> None:
    us, cn, eu = (ORIGINS.index(c) for c in ("US", "CN", "EU"))
    best = book.best
    of_us, of_cn = best[:, us], best[:, cn]
    european = best[:, eu].max(axis=1)
    now = np.stack([of_us[:, 0], of_us[:, 1], of_cn[:, 0], of_cn[:, 1], european], axis=1)
    _put(out, "frontier_eci", FRONTIERS, _known(now))
    closed, opened = best[:, :, 0].max(axis=1), best[:, :, 1].max(axis=1)
    trusted = np.delete(best[:, :, 1], cn, axis=1).max(axis=1)
    gap = _known(closed) - _known(opened)
    for name, series in (
        ("open_closed_gap_eci", gap),
        ("open_closed_lag_months", lag_months(closed, opened)),
        ("cn_open_lag_months", lag_months(of_us[:, 0], of_cn[:, 1])),
        ("cn_frontier_lag_months", lag_months(of_us.max(axis=1), of_cn.max(axis=1))),
        ("trusted_open_vacuum_eci", _known(opened) - _known(trusted)),
    ):
        _put(out, name, ("world",), series[:, None])


def _known(eci: Floats) -> Floats:
    return np.where(np.isfinite(eci), eci, np.nan)


def lag_months(leader: Floats, follower: Floats) -> Floats:
    """Return months since the leader's running best first reached the follower's, shape (months,).

    Zero where the follower leads; NaN where either has nothing yet.
    """
    month = np.arange(leader.size)
    first = np.minimum(np.searchsorted(leader, follower), month)
    return np.where(np.isfinite(leader) & np.isfinite(follower), month - first, np.nan)


def _releases(out: Floats, outcome: str, releases: Floats, countries: tuple[str, ...]) -> None:
    """Work out the open share of the last twelve months' releases."""
    total = np.cumsum(releases[[ORIGINS.index(c) for c in countries]], axis=1)
    before = np.zeros_like(total)
    before[:, 12:] = total[:, :-12]
    year = (total - before).transpose(1, 0, 2)  # (months, countries, closed and open)
    _put(out, outcome, countries, _ratio(year[:, :, 1], year.sum(axis=2)))
