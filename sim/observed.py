"""Which published observations lie on which chart, as the source saw the world."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from sim.calendar import START_YEAR
from sim.evidence import ObservedPoint, observed_points
from sim.pictures import Picture, group_label

# x, start and end in decimal years; value, low and high in shown units; series; what is told
ObservedRow = tuple[float, float, float, float, float, float, str, str]
Observed = tuple[ObservedRow, ...]
_FACTS = {
    "cn_open_share_tokens.router": ("router", "cn_open_token_share"),
    "open_share_tokens.router": ("router", "open_token_share"),
    "open_share_spend.router": ("router", "open_spend_share"),
    "open_share_tokens.enterprise": ("enterprise", "open_share"),
    "cn_open_share_tokens.enterprise": ("enterprise", "cn_open_share"),
    "benchmarked_open_release_share.US": ("release_mix", "US_open_share"),
    "benchmarked_open_release_share.CN": ("release_mix", "CN_open_share"),
    "price_paid_usd_per_mtok.open": ("prices", "open_price"),
    "price_paid_usd_per_mtok.closed": ("prices", "closed_price"),
} | {
    f"frontier_eci.{group}": ("capability", group.replace(" ", "_"))
    for group in ("US closed", "US open", "CN closed", "CN open", "EU any")
}


def points(picture: Picture) -> tuple[ObservedPoint, ...]:
    """Return the observations for a chart as they are in the data; empty if none was published."""
    return tuple(point for point, _ in _found(picture))


@lru_cache(maxsize=128)
def observed(picture: Picture) -> Observed:
    """Return the points for a chart, in shown units, by time; empty if nothing was published."""
    return tuple(_row(point, group) for point, group in _found(picture))


def _found(picture: Picture) -> Iterator[tuple[ObservedPoint, str]]:
    for group in picture.series:
        view, measure = _FACTS.get(f"{picture.outcome.id}.{group}", ("", ""))
        if view:
            yield from ((p, group) for p in observed_points(view) if p.measure == measure)


def _row(point: ObservedPoint, group: str) -> ObservedRow:
    centre = point.month + (0.5 if point.fact_id else 0.0)
    spans = point.end > point.start
    told = f"{point.label}: {point.value:g} {point.unit}. {point.source}, grade {point.grade}"
    return (
        _year(centre),
        _year(point.start if spans else centre),
        _year(point.end + 1 if spans else centre),
        point.value,
        point.value if point.low is None else point.low,
        point.value if point.high is None else point.high,
        group_label(group),
        told,
    )


def _year(month: float) -> float:
    return START_YEAR + month / 12


def extent(picture: Picture) -> tuple[float, float] | None:
    """Return the lowest and highest observed value of a chart, or None."""
    seen = observed(picture)
    if not seen:
        return None
    return min(min(p[3], p[4]) for p in seen), max(max(p[3], p[5]) for p in seen)
