"""What the ledger amounts to: shares, prices, money, gaps, concentration, month by month.

All shares come from the same streams, weighted by tokens, by choices or by spend. The router view
re-weights start-ups to the router's users by region; the enterprise view is US enterprises.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.ledger import (
    CAPABILITIES,
    LAB_LINES,
    OPEN_FIRST_PARTY_LINE,
    SELF_LINE,
    THIRD_PARTY_LINE,
    Ledger,
)
from sim.offers import SERVED_FROM
from sim.outcomes import (
    BLOCS,
    FRONTIERS,
    HOSTS,
    ORIGINS,
    PLACES,
    REGIONS,
    ROW,
    SERIES,
    WEIGHTINGS,
)
from sim.population import ENTERPRISE, REGION_VOLUME, ROUTER_MIX, STARTUP, US

Floats = npt.NDArray[np.float64]
TOKENS, CHOICE, SPEND = range(len(WEIGHTINGS))
_ROUTER = np.array(ROUTER_MIX) / np.array(REGION_VOLUME)
_OPEN = [k for k, bloc in enumerate(BLOCS) if bloc.endswith("open")]
_CN_OPEN = BLOCS.index("CN open")


def outcomes(book: Ledger, releases: Floats, streams_by_region: Floats) -> Floats:
    """Return all outcomes of one replicate, shape (series, months); NaN where not defined.

    `releases` counts releases by origin, month and openness.
    """
    out = np.full((len(SERIES), book.served.size), np.nan)
    _put(out, "cleared_share", REGIONS, _ratio(book.cleared, streams_by_region))
    _frontiers(out, book)
    _releases(out, releases)
    _shares(out, book)
    _money(out, book)
    _reach(out, book)
    _surplus(out, book)
    _put(out, "compute_cn_share", ("world",), book.compute_cn[:, None])
    return out


def _put(out: Floats, outcome: str, groups: tuple[str, ...], values: Floats) -> None:
    """Write values of shape (months, groups)."""
    start = ROW[outcome, groups[0]]
    out[start : start + len(groups)] = values.T


def _ratio(part: Floats, whole: Floats) -> Floats:
    part, whole = np.broadcast_arrays(part, whole)
    ratio: Floats = np.full(part.shape, np.nan)
    np.divide(part, whole, out=ratio, where=whole > 0)
    return ratio


def to_places(table: Floats) -> Floats:
    """Return totals for world, router, enterprise and each region, shape (..., places).

    `table` has shape (..., regions, segments).
    """
    regions = table.sum(axis=-1)
    router = (table[..., STARTUP] * _ROUTER).sum(axis=-1)
    views = [regions.sum(axis=-1), router, table[..., US, ENTERPRISE]]
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


def _money(out: Floats, book: Ledger) -> None:
    blocs = book.bought[:, :, : len(BLOCS)].sum(axis=4)  # (months, weightings, blocs, regions)
    regions = np.where(book.served[:, None, None], blocs.sum(axis=2), np.nan)
    groups = ("world", *REGIONS)
    _put(out, "spend_musd_per_month", groups, _with_world(regions[:, SPEND]))
    _put(out, "tokens_trillion_per_month", groups, _with_world(regions[:, TOKENS]) * 1e-6)
    everywhere = book.bought.sum(axis=(3, 4))  # (months, weightings, lines)
    all_open = everywhere[:, :, _OPEN].sum(axis=2)
    hosted = all_open - everywhere[:, :, SELF_LINE]
    closed = everywhere[:, :, : len(BLOCS)].sum(axis=2) - all_open
    kinds = np.stack([hosted, closed], axis=2)
    paid = _ratio(kinds[:, SPEND] * 1e6, np.maximum(kinds[:, TOKENS], 0.0))
    _put(out, "price_paid_usd_per_mtok", ("open", "closed"), paid)
    _put(out, "price_of_capability_usd_per_mtok", tuple(CAPABILITIES), book.cheapest)
    _put(out, "maker_revenue_musd_per_month", ORIGINS, book.revenue)


def _by_host(lines: Floats) -> Floats:
    """Return use by jurisdiction of the host, shape (months, hosts, regions).

    `lines` has shape (months, lines, regions).
    """
    use = np.zeros((lines.shape[0], len(HOSTS), len(REGIONS)))
    for origin in range(len(ORIGINS)):
        closed = lines[:, origin * 2 + 1]
        use[:, origin] += closed + lines[:, OPEN_FIRST_PARTY_LINE + origin]
    for region, host in enumerate(SERVED_FROM):
        use[:, host, region] += lines[:, THIRD_PARTY_LINE, region]
    use[:, HOSTS.index("SELF")] += lines[:, SELF_LINE]
    return use


def _reach(out: Floats, book: Ledger) -> None:
    """Work out where inference runs, concentration, attraction and leverage."""
    by_region = book.bought.sum(axis=4)  # (months, weightings, lines, regions)
    tokens, spend = by_region[:, TOKENS], by_region[:, SPEND]
    whole = tokens[:, : len(BLOCS)].sum(axis=(1, 2))[:, None]
    hosts = _ratio(_by_host(tokens).sum(axis=2), whole)
    makers = _ratio(tokens[:, LAB_LINES:].sum(axis=2), whole)
    concentration = np.stack([(makers**2).sum(axis=1), (hosts**2).sum(axis=1)], axis=1)
    _put(out, "host_share", HOSTS, hosts)
    _put(out, "hhi", ("maker", "host"), concentration)
    hosted = _by_host(spend)
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


def _surplus(out: Floats, book: Ledger) -> None:
    weight = _with_world(book.welfare[:, 0])
    groups = ("world", *REGIONS)
    _put(out, "surplus_util", groups, _ratio(_with_world(book.welfare[:, 1]), weight))
    _put(out, "surplus_no_aversion_util", groups, _ratio(_with_world(book.welfare[:, 2]), weight))


def _frontiers(out: Floats, book: Ledger) -> None:
    us, cn, eu = (ORIGINS.index(c) for c in ("US", "CN", "EU"))
    best = book.best
    of_us, of_cn = best[:, us], best[:, cn]
    now = np.stack([of_us[:, 0], of_us[:, 1], of_cn[:, 0], of_cn[:, 1], best[:, eu].max(axis=1)], 1)
    _put(out, "frontier_eci", FRONTIERS, _known(now))
    closed, opened = best[:, :, 0].max(axis=1), best[:, :, 1].max(axis=1)
    trusted = np.delete(best[:, :, 1], cn, axis=1).max(axis=1)
    gap = _known(closed) - _known(opened)
    for name, series in (
        ("open_closed_gap_eci", gap),
        ("open_closed_lag_months", lag_months(closed, opened)),
        ("cn_open_lag_months", lag_months(of_us[:, 0], of_cn[:, 1])),
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


def _releases(out: Floats, releases: Floats) -> None:
    """Work out the open share of the last twelve months' releases."""
    countries = ("US", "CN", "EU")
    total = np.cumsum(releases[[ORIGINS.index(c) for c in countries]], axis=1)
    before = np.zeros_like(total)
    before[:, 12:] = total[:, :-12]
    year = (total - before).transpose(1, 0, 2)  # (months, countries, closed and open)
    _put(out, "open_release_share", countries, _ratio(year[:, :, 1], year.sum(axis=2)))
