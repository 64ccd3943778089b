"""Decides what the world is known to have looked like: facts, policy events, observed shares."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from sim.calendar import month_index
from sim.data.cells import DATA, Cells, DataError, checked
from sim.data.evidence_rows import (
    Fact,
    ParameterEvidence,
    PolicyEvent,
    SeriesPoint,
    month_of,
    parse_event,
    parse_fact,
    parse_parameter,
    parse_point,
    parse_reference,
)

__all__ = [
    "VIEWS",
    "DataError",
    "Fact",
    "ObservedPoint",
    "ParameterEvidence",
    "PolicyEvent",
    "SeriesPoint",
    "load_facts",
    "load_parameter_evidence",
    "load_policy_events",
    "load_series",
    "observed_points",
]

# Views read from facts.csv through observations.csv, and views computed from a series.
FACT_VIEWS = ("router", "enterprise", "gateway2", "derivatives", "visits", "prices")
SERIES_VIEWS = {
    "capability": "eci_frontier",
    "release_mix": "release_mix",
    "chip_share": "chip_stock",
}
VIEWS = (*FACT_VIEWS, *SERIES_VIEWS)
# Shares of tokens or spend on routers and gateways later than this are withheld from the project.
LAST_ROUTER_MONTH = month_index("2026-06")


@dataclass(frozen=True)
class ObservedPoint:
    """What a chart lays over a simulated series; months count from 2023-01, `month` is the centre.

    `start` and `end` are the first and last month the period touches; `fact_id` is blank for points
    taken from a series.
    """

    measure: str
    label: str
    month: float
    start: float
    end: float
    value: float
    low: float | None
    high: float | None
    unit: str
    source: str
    source_url: str
    grade: str
    fact_id: str


@lru_cache(maxsize=8)
def load_facts(path: Path | None = None) -> tuple[Fact, ...]:
    """The facts of facts.csv; DataError at the first broken rule."""
    return checked(path or DATA / "facts.csv", parse_fact)


@lru_cache(maxsize=8)
def load_policy_events(path: Path | None = None) -> tuple[PolicyEvent, ...]:
    """Policy events and lab decisions by date; DataError at the first broken rule."""
    return checked(path or DATA / "policy_timeline.csv", parse_event, key=None)


@lru_cache(maxsize=8)
def load_all_series(path: Path | None = None) -> tuple[SeriesPoint, ...]:
    """Every point of series.csv; DataError at the first broken rule."""
    return checked(path or DATA / "series.csv", parse_point, key=None)


def load_series(name: str, path: Path | None = None) -> tuple[SeriesPoint, ...]:
    """The points of one series, in file order; DataError naming the known ones if there is none."""
    points = load_all_series(path)
    found = tuple(point for point in points if point.series == name)
    if not found:
        known = ", ".join(sorted({point.series for point in points}))
        raise DataError(f"series.csv: no series {name!r}; known are {known}")
    return found


@lru_cache(maxsize=8)
def load_parameter_evidence(path: Path | None = None) -> tuple[ParameterEvidence, ...]:
    """Published parameter ranges, references spelt out; DataError at the first broken rule."""
    references = dict(checked(DATA / "sources.csv", parse_reference, key="tag"))
    return checked(
        path or DATA / "parameters_evidence.csv", lambda row: parse_parameter(row, references)
    )


@lru_cache(maxsize=16)
def observed_points(view: str) -> tuple[ObservedPoint, ...]:
    """Observations of one view of the world, ordered by month.

    router, enterprise, gateway2, derivatives, visits: per cent; capability: ECI of record releases
    by class; release_mix: per cent of benchmarked releases with open weights; chip_share: per cent
    of the world's AI chips; prices: US dollars per million tokens.
    """
    if view not in VIEWS:
        raise DataError(f"observed view {view!r} is unknown; known are {', '.join(VIEWS)}")
    points = _from_facts(view) if view in FACT_VIEWS else _from_series(view)
    return tuple(sorted(points, key=lambda point: (point.month, point.measure)))


def _from_facts(view: str) -> list[ObservedPoint]:
    facts = {fact.id: fact for fact in load_facts()}
    rows = checked(DATA / "observations.csv", lambda row: (row, _observed(row, facts)), key=None)
    return [point for row, point in rows if row.text("view") == view]


def _observed(row: Cells, facts: dict[str, Fact]) -> ObservedPoint:
    row.among("view", FACT_VIEWS)
    fact = facts[row.among("fact_id", facts)]
    if fact.use != "fit":
        raise row.fail("fact_id", "names a fact marked avoid in facts.csv; choose another")
    start, end = month_of(fact.period_start), month_of(fact.period_end)
    end = min(end, row.month("last_month") or end)
    if row.text("view") in ("router", "gateway2") and end > LAST_ROUTER_MONTH:
        raise row.fail("fact_id", "router and gateway shares after 2026-06 are withheld")
    value, low, high = _transformed(row, fact)
    return ObservedPoint(
        measure=row.text("measure", required=True),
        label=row.text("label", required=True),
        month=(start + end) / 2.0,
        start=float(start),
        end=float(end),
        value=value,
        low=low,
        high=high,
        unit=fact.unit,
        source=fact.source,
        source_url=fact.source_url,
        grade=fact.grade,
        fact_id=fact.id,
    )


def _transformed(row: Cells, fact: Fact) -> tuple[float, float | None, float | None]:
    """The fact's value and range as the view needs them: itself, 100 less it, or mid-range."""
    transform = row.among("transform", ("", "complement", "midpoint"))
    if transform == "midpoint" and fact.low is not None and fact.high is not None:
        return (fact.low + fact.high) / 2.0, fact.low, fact.high
    if fact.value is None:
        raise row.fail("fact_id", "names a fact without a value; set transform to midpoint")
    if transform == "complement":
        return 100.0 - fact.value, None, None
    return fact.value, fact.low, fact.high


def _from_series(view: str) -> list[ObservedPoint]:
    points = load_series(SERIES_VIEWS[view])
    if view == "release_mix":
        return _open_shares(points)
    shares = [point for point in points if view != "chip_share" or point.measure.endswith("_pct")]
    return [_plain(point, point.measure.removesuffix("_pct"), point.value) for point in shares]


def _open_shares(points: tuple[SeriesPoint, ...]) -> list[ObservedPoint]:
    """Open releases as per cent of open and closed ones, a half-year and country."""
    counts = {(point.start, point.measure): point for point in points}
    shares = []
    for (start, measure), point in counts.items():
        if measure.endswith("_open"):
            closed = counts[start, measure.replace("_open", "_closed")]
            total = point.value + closed.value
            label = f"n = {total:.0f}"
            share = 100.0 * point.value / total
            shares.append(_plain(point, f"{measure}_share", share, "%", label))
    return shares


def _plain(
    point: SeriesPoint, measure: str, value: float, unit: str = "", label: str = ""
) -> ObservedPoint:
    start, end = month_of(point.start), month_of(point.end)
    single = point.start == point.end
    exact = _exact(point.start) if single else (start + end) / 2.0
    return ObservedPoint(
        measure=measure,
        label=label or point.label,
        month=exact,
        start=float(start),
        end=float(end),
        value=value,
        low=point.low,
        high=point.high,
        unit=unit or point.unit,
        source=point.source,
        source_url=point.source_url,
        grade=point.grade,
        fact_id="",
    )


def _exact(day: date) -> float:
    """Months from the start of 2023-01, the day within the month as a fraction."""
    return month_of(day) + (day.day - 1) / monthrange(day.year, day.month)[1]
