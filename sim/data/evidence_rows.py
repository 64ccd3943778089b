"""Decides what a fact, a policy event and a series point are, and which rows may become one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sim.calendar import month_index
from sim.data.cells import Cells

GRADES = ("A", "B", "C")
ACTORS = ("US", "CN", "EU", "other")
ANY = (-float("inf"), float("inf"))


@dataclass(frozen=True)
class Fact:
    """One recorded quantity; `value` is None where only a range was published."""

    id: str
    topic: str
    quantity: str
    period_start: date
    period_end: date
    region: str
    value: float | None
    low: float | None
    high: float | None
    unit: str
    source: str
    source_url: str
    grade: str
    use: str
    notes: str


@dataclass(frozen=True)
class PolicyEvent:
    """A dated act of a government (`policy`) or a developer (`lab`); +1 restricts, -1 loosens."""

    date: date
    month: int
    kind: str
    actor: str
    lever: str
    event: str
    direction: int
    strength: str
    source_url: str


@dataclass(frozen=True)
class SeriesPoint:
    """One value of a recorded series over a period of days."""

    series: str
    measure: str
    start: date
    end: date
    value: float
    low: float | None
    high: float | None
    unit: str
    label: str
    source: str
    source_url: str
    grade: str


@dataclass(frozen=True)
class ParameterEvidence:
    """A parameter range as published; bounds stay text, since some are lists or carry a remark."""

    id: str
    parameter: str
    low: str
    central: str
    high: str
    unit: str
    source_note: str
    references: tuple[str, ...]
    confidence: str


def month_of(day: date) -> int:
    """The month a day falls in, counted from 2023-01."""
    return month_index(f"{day:%Y-%m}")


def _known_day(row: Cells, field: str) -> date:
    day = row.day(field)
    if day is None:
        raise row.fail(field, "must be a date written YYYY-MM-DD")
    return day


def _period(row: Cells, first: str, last: str) -> tuple[date, date]:
    start, end = _known_day(row, first), _known_day(row, last)
    if end < start:
        raise row.fail(last, f"must not be before {first} {start}")
    return start, end


def _range(row: Cells) -> tuple[float | None, float | None]:
    low, high = row.number("low", *ANY), row.number("high", *ANY)
    if low is not None and high is not None and high < low:
        raise row.fail("high", f"must not be below low {low:g}")
    return low, high


def parse_fact(row: Cells) -> Fact:
    """A fact from one row of facts.csv."""
    start, end = _period(row, "period_start", "period_end")
    low, high = _range(row)
    return Fact(
        id=row.text("id", required=True),
        topic=row.text("topic", required=True),
        quantity=row.text("quantity", required=True),
        period_start=start,
        period_end=end,
        region=row.text("region", required=True),
        value=row.number("value", *ANY),
        low=low,
        high=high,
        unit=row.text("unit", required=True),
        source=row.text("source", required=True),
        source_url=row.text("source_url"),
        grade=row.among("grade", GRADES),
        use=row.among("use", ("fit", "avoid")),
        notes=row.text("notes"),
    )


def parse_event(row: Cells) -> PolicyEvent:
    """A policy event or lab decision from one row of policy_timeline.csv."""
    day = _known_day(row, "date")
    return PolicyEvent(
        date=day,
        month=month_of(day),
        kind=row.among("kind", ("policy", "lab")),
        actor=row.among("actor", ACTORS),
        lever=row.text("lever", required=True),
        event=row.text("event", required=True),
        direction=int(row.among("direction", ("1", "-1"))),
        strength=row.among("strength", ("low", "med", "high")),
        source_url=row.text("source_url", required=True),
    )


def parse_point(row: Cells) -> SeriesPoint:
    """A point from one row of series.csv."""
    start, end = _period(row, "start", "end")
    low, high = _range(row)
    return SeriesPoint(
        series=row.text("series", required=True),
        measure=row.text("measure", required=True),
        start=start,
        end=end,
        value=row.known("value", *ANY),
        low=low,
        high=high,
        unit=row.text("unit", required=True),
        label=row.text("label"),
        source=row.text("source", required=True),
        source_url=row.text("source_url"),
        grade=row.among("grade", GRADES),
    )


def parse_reference(row: Cells) -> tuple[str, str]:
    """The tag and the reference of one row of sources.csv."""
    return row.text("tag", required=True), row.text("reference", required=True)


def parse_parameter(row: Cells, references: dict[str, str]) -> ParameterEvidence:
    """A parameter range from one row, its source tags replaced by references."""
    tags = row.text("source_tags").split()
    unknown = [tag for tag in tags if tag not in references]
    if unknown:
        raise row.fail("source_tags", f"{unknown[0]} is not in sources.csv; add it there")
    return ParameterEvidence(
        id=row.text("id", required=True),
        parameter=row.text("parameter", required=True),
        low=row.text("low"),
        central=row.text("central"),
        high=row.text("high"),
        unit=row.text("unit"),
        source_note=row.text("source_note"),
        references=tuple(references[tag] for tag in tags),
        confidence=row.among("confidence", ("high", "medium", "low")),
    )
