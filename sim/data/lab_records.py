"""Decides what each lab owns and how it has behaved: compute, cash, habits of openness."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields
from itertools import pairwise
from statistics import mean, median

from sim.calendar import LAST_OBSERVED_MONTH, month_index
from sim.data.catalogue_rows import Lab
from sim.data.raw import Row, text
from sim.data.releases import origin

COLUMNS = tuple(field.name for field in fields(Lab))

# Permissive lets anyone sell the model; community sets conditions; the last is for research.
PERMISSIVENESS = {"permissive": 1.0, "community": 0.5, "noncommercial": 0.1}
RECENT_MONTHS = 12
LICENCE_MONTHS = 24
# A release within this many ECI points of its lab's best so far counts towards the flagship rhythm.
FLAGSHIP_MARGIN = 3.0
FLAGSHIP_INTERVAL = 3.5  # months, parameters_evidence.csv, for labs with too few releases

COMPANY_OF_LAB = {"Moonshot": "moonshot", "Zhipu/Z.ai": "zhipu"}


def extrapolated_stock(series: Sequence[Mapping[str, str]], column: str, years: float) -> float:
    """H100-equivalents `years` after the last quarter, growing as over the last four quarters."""
    last, before = float(series[-1][column]), float(series[-5][column])
    return last * math.exp(years * math.log(last / before))


def years_to_observed(series: Sequence[Mapping[str, str]]) -> float:
    """Years from the end of the last recorded quarter to the end of September 2026."""
    return (LAST_OBSERVED_MONTH - 1 - month_index(series[-1]["quarter_end"][:7])) / 12.0


def openness(releases: Sequence[Mapping[str, str]]) -> float | None:
    """Share of releases with published weights; None without releases."""
    return mean([row["openness"] != "closed_api" for row in releases]) if releases else None


def permissiveness(releases: Sequence[Mapping[str, str]]) -> float | None:
    """Mean permissiveness of the documented licences of open releases, 0 to 1; None without any."""
    scores = [
        PERMISSIVENESS[row["licence_class"]]
        for row in releases
        if row["licence_class"] in PERMISSIVENESS
    ]
    return mean(scores) if scores else None


def since(releases: Sequence[Mapping[str, str]], months: int) -> list[Mapping[str, str]]:
    """Releases of the last `months` observed months."""
    first = LAST_OBSERVED_MONTH - months + 1
    return [row for row in releases if month_index(row["release_month"]) >= first]


def flagship_interval(releases: Sequence[Mapping[str, str]]) -> float:
    """Median months between releases near the lab's best, from 2024; 3.5 with under three gaps."""
    best, months = float("-inf"), set()
    for row in sorted(releases, key=lambda row: (row["release_month"], row["release_date"])):
        if row["eci"] and float(row["eci"]) >= best - FLAGSHIP_MARGIN:
            best = max(best, float(row["eci"]))
            months.add(month_index(row["release_month"]))
    dates = [month for month in sorted(months) if month >= month_index("2024-01")]
    gaps = [later - earlier for earlier, later in pairwise(dates)]
    return float(median(gaps)) if len(gaps) >= 3 else FLAGSHIP_INTERVAL


def latest_revenue(runrates: Sequence[Mapping[str, str]], lab: str) -> float | None:
    """Monthly revenue in M USD at the latest recorded run-rate; None where none is recorded."""
    own = [
        row for row in runrates if COMPANY_OF_LAB.get(row["company"], row["company"].lower()) == lab
    ]
    return (
        max((row["date"], float(row["annualised_usd_bn"])) for row in own)[1] * 1000.0 / 12.0
        if own
        else None
    )


def build_labs(
    inputs: Sequence[Row], releases: Sequence[Row], chips: Sequence[Row], runrates: Sequence[Row]
) -> list[Row]:
    """labs.csv: judged inputs, compute split from the chip stock, habits from the catalogue."""
    years = years_to_observed(chips)
    stock = {
        "world": extrapolated_stock(chips, "World_total", years),
        "CN": extrapolated_stock(chips, "China_total", years),
    }
    typical = permissiveness(releases) or 0.0
    return [
        lab_row(lab, [row for row in releases if row["lab"] == lab["id"]], stock, runrates, typical)
        for lab in inputs
    ]


def lab_row(
    lab: Row,
    releases: Sequence[Row],
    stock: Mapping[str, float],
    runrates: Sequence[Row],
    typical: float,
) -> Row:
    """One lab of labs.csv; `typical` is the licence habit of labs that opened nothing."""
    compute = stock[lab["share_of"]] * float(lab["compute_share"]) / 1000.0
    training = float(lab["training_share"])
    dated = [row for row in releases if row["release_month"]]
    habit = openness(releases) or 0.0
    recent = openness(since(dated, RECENT_MONTHS))
    licences = (permissiveness(since(dated, LICENCE_MONTHS)), permissiveness(releases), typical)
    return {
        "id": lab["id"],
        "name": lab["name"],
        "country": lab["country"],
        "origin": "OTHER" if lab["id"] == "other_row" else origin(lab["country"]),
        "training_compute_kh100e": text(compute * training, 1),
        "inference_compute_kh100e": text(compute * (1.0 - training), 1),
        "cash_musd": lab["cash_musd"],
        "burn_musd_per_month": lab["burn_musd_per_month"],
        "revenue_musd_per_month": text(latest_revenue(runrates, lab["id"]), 1),
        "complement_margin": lab["complement_margin"],
        "openness_habit": text(habit, 3),
        "recent_openness": text(habit if recent is None else recent, 3),
        "licence_permissiveness": text(next(value for value in licences if value is not None), 3),
        "release_interval_months": text(flagship_interval(dated), 2),
        "demand_elasticity": lab["demand_elasticity"],
        "start_month": min(row["release_month"] for row in dated),
        "source": lab["source"],
        "confidence": lab["confidence"],
    }
