"""Decides what of the recorded facts, events and series is shipped, and in what common form."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from sim.data.raw import Row, read_rows, text

FACT_COLUMNS = [
    *("id", "topic", "quantity", "period_start", "period_end", "region", "value", "low", "high"),
    *("unit", "source", "source_url", "grade", "use", "notes"),
]
POLICY_COLUMNS = [
    *("date", "kind", "actor", "lever", "event", "direction", "strength", "source_url"),
]
SERIES_COLUMNS = [
    *("series", "measure", "start", "end", "value", "low", "high", "unit", "label"),
    *("source", "source_url", "grade"),
]
PARAMETER_COLUMNS = [
    *(
        "id",
        "parameter",
        "low",
        "central",
        "high",
        "unit",
        "source_note",
        "source_tags",
        "confidence",
    ),
]

# Router and gateway shares after June 2026: withheld, so that the hold-out stays unseen.
WITHHELD = ("X017", "X018", "X019")
# Untraceable, wrongly denominated or in conflict with a better source: shipped, never fitted.
AVOID = ("X001", "X095", "X109", "F013", "F014", "F115", "F116")
# A clause about a gateway's share in September 2026 is cut from one event for the same reason.
WITHHELD_CLAUSE = "; Vercel open share jumps within days"

CONFIDENCE = {"H": "high", "Md": "medium", "L": "low"}
WORD = re.compile(r"[A-Za-z0-9]+")
EPOCH = ("Epoch AI ECI, mirror of 25 September 2026", "https://epoch.ai/benchmarks")
ARENA = (
    "LMArena leaderboard dataset (mirror)",
    "https://huggingface.co/datasets/lmarena-ai/leaderboard-dataset",
)
CHIPS = ("Epoch AI chip owners (mirror)", "https://epoch.ai/data/ai-chip-owners")
COMPANIES = "Epoch AI Data on AI Companies (mirror)"
PERIODS = {"2025-mid": ("2025-06-01", "2025-07-31")}


def fact_rows(raws: Sequence[Row]) -> list[Row]:
    """facts.csv: both fact files, less the withheld ones; `use` is `fit` or `avoid`."""
    return [
        {column: raw[column] for column in FACT_COLUMNS if column in raw}
        | {"source": raw["source_title"], "grade": raw["quality"]}
        | {"use": "avoid" if raw["id"] in AVOID else "fit"}
        for raw in raws
        if raw["id"] not in WITHHELD
    ]


def policy_rows(events: Sequence[Row], decisions: Sequence[Row]) -> list[Row]:
    """policy_timeline.csv: policy events and lab decisions in one table, by date."""
    rows = [policy_row(raw, "policy") for raw in events]
    rows += [policy_row(raw, "lab") for raw in decisions]
    return sorted(rows, key=lambda row: row["date"])


def policy_row(raw: Row, kind: str) -> Row:
    """One event; direction +1 restricts, -1 loosens; a month is dated its first day."""
    event = raw["event"].removeprefix("[lab] ").replace(WITHHELD_CLAUSE, "")
    when = raw["date"] if len(raw["date"]) == 10 else f"{raw['date']}-01"
    return raw | {
        "date": when,
        "kind": kind,
        "event": event,
        "direction": text(float(raw["direction"]), 0),
    }


def parameter_rows(raws: Sequence[Row], sources: Sequence[Row]) -> list[Row]:
    """parameters_evidence.csv: ranges as published (some are lists or text), tags split out."""
    known = {row["tag"] for row in sources}
    rows = []
    for index, raw in enumerate(raws, start=1):
        grade = raw["confidence"].split()[0]
        rows.append(
            {
                "id": f"P{index:02d}",
                "parameter": raw["parameter"],
                "low": raw["low"],
                "central": raw["central"],
                "high": raw["high"],
                "unit": raw["unit"],
                "source_note": raw["source"],
                "source_tags": " ".join(
                    dict.fromkeys(word for word in WORD.findall(raw["source"]) if word in known)
                ),
                "confidence": CONFIDENCE[grade],
            }
        )
    return rows


def period(label: str) -> tuple[str, str]:
    """First and last day of a period written as a day, month, half-year or a range of them."""
    if label in PERIODS:
        return PERIODS[label]
    half = re.fullmatch(r"(\d{4})-?H([12])(?:_to_Sep09)?", label)
    if half:
        last = "09-09" if label.endswith("Sep09") else ("06-30" if half[2] == "1" else "12-31")
        return f"{half[1]}-{'01' if half[2] == '1' else '07'}-01", f"{half[1]}-{last}"
    first, _, last = label.partition("..")
    last = first[: len(first) - len(last)] + last if last and len(last) < len(first) else last
    return first_day(first), last_day(last or first)


def first_day(label: str) -> str:
    """The first day of a month, or the day itself."""
    return label if len(label) == 10 else f"{label}-01"


def last_day(label: str) -> str:
    """The last day of a month, or the day itself."""
    if len(label) == 10:
        return label
    return f"{label}-{monthrange(int(label[:4]), int(label[5:7]))[1]:02d}"


def point(series: str, measure: str, when: str, value: str, unit: str, **rest: str) -> Row:
    """One row of series.csv."""
    start, end = period(when)
    row = dict.fromkeys(SERIES_COLUMNS, "") | rest
    named = {"series": series, "measure": measure, "start": start, "end": end}
    return row | named | {"value": value, "unit": unit}


def cited(source: tuple[str, str], grade: str) -> dict[str, str]:
    """The three source columns."""
    return {"source": source[0], "source_url": source[1], "grade": grade}


def eci_frontier(row: Row) -> list[Row]:
    """Record-setting releases of each class on the capability index."""
    label = f"{row['model']} ({row['org']}, {row['access']})"
    bounds = {"low": row["lo"], "high": row["hi"]}
    source = cited(EPOCH, "A")
    return [
        point(
            "eci_frontier",
            row["class"],
            row["date"],
            row["eci"],
            "ECI",
            label=label,
            **bounds,
            **source,
        )
    ]


def release_mix(row: Row) -> list[Row]:
    """Counts of benchmarked releases a half-year by country and openness."""
    source = cited(EPOCH, "A")
    return [
        point("release_mix", key, row["half"], row[key], "releases", **source)
        for key in row
        if key != "half"
    ]


def arena_gap(row: Row) -> list[Row]:
    """Rating points between the best closed and the best open model of a leaderboard snapshot."""
    gap = text(float(row["closed_rating"]) - float(row["open_rating"]), 1)
    label = f"{row['best_closed']} less {row['best_open']} ({row['open_country']}); {row['config']}"
    return [
        point(
            "arena_gap",
            "closed_less_open",
            row["date"],
            gap,
            "Arena points",
            label=label,
            **cited(ARENA, "A"),
        )
    ]


def openrouter_share(row: Row) -> list[Row]:
    """Shares of one router's tokens or revenue; the label keeps the denominator."""
    rest = {"label": row["denominator"], "source": row["source"], "grade": row["grade"]}
    return [point("openrouter_share", row["metric"], row["period"], row["value_pct"], "%", **rest)]


def vercel_monthly(row: Row) -> list[Row]:
    """Shares of a second gateway's tokens or spend by month."""
    rest = {"label": row["source"], "grade": "B"}
    rest |= {"source": "Vercel AI Gateway Production Index, via digests"}
    return [point("vercel_monthly", row["metric"], row["month"], row["value_pct"], "%", **rest)]


def chip_stock(row: Row) -> list[Row]:
    """Stocks of AI chips by quarter in H100-equivalents, and the Chinese share of the world's."""
    keys = [key for key in row if key != "quarter_end"]
    units = {key: "%" if key.endswith("_pct") else "H100-equivalents" for key in keys}
    return [
        point("chip_stock", key, row["quarter_end"], row[key], units[key], **cited(CHIPS, "A"))
        for key in keys
    ]


def revenue_runrate(row: Row) -> list[Row]:
    """Annualised revenue of model developers as reported."""
    label = f"{row['company']} ({row['country']}, {row['openness']})"
    source = cited((COMPANIES, row["source_link"]), "B")
    return [
        point(
            "revenue_runrate",
            row["company"],
            row["date"],
            row["annualised_usd_bn"],
            "bn USD a year",
            label=label,
            **source,
        )
    ]


SERIES: Mapping[str, Callable[[Row], list[Row]]] = {
    "series_arena_gap.csv": arena_gap,
    "series_chip_stock.csv": chip_stock,
    "series_eci_frontier.csv": eci_frontier,
    "series_openrouter_share.csv": openrouter_share,
    "series_release_mix_eci.csv": release_mix,
    "series_revenue_runrate.csv": revenue_runrate,
    "series_vercel_monthly.csv": vercel_monthly,
}


def series_rows(evidence: Path) -> list[Row]:
    """series.csv: every recorded series in one long table."""
    return [
        made
        for name, shape in SERIES.items()
        for raw in read_rows(evidence / name)
        for made in shape(raw)
    ]
