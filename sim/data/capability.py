"""Decides the capability of each real release on the ECI scale: measured, or bridged."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from statistics import median

from sim.data import maker_effect
from sim.data.bridge import BRIDGES, Bridge, bridged, fit_all
from sim.data.raw import Row, text

# Scores the April 2026 copy marks as its copier's own estimate.
COPIER_ESTIMATES = ("Claude Mythos Preview", "Muse Spark")
COPIER_SD = 4.0

# Half-width of a 90 % interval in standard deviations.
NINETY_PER_CENT = 1.645


def years_after_2025(released: str) -> float:
    """Years from 2025-01-01 to a date or, at mid-month, a month; negative before."""
    day = date.fromisoformat(released if len(released) == 10 else f"{released}-15")
    return (day - date(2025, 1, 1)).days / 365.25


def features(row: Mapping[str, str]) -> dict[str, float]:
    """What the bridges may use of one shipped release; an unknown score is absent, not zero."""
    known: dict[str, float] = {}
    for name, column in {"aider": "aider_pct", "swe": "swe_pct"}.items():
        if row[column]:
            known[name] = float(row[column])
    if row["arena_elo"]:
        known["arena"] = (float(row["arena_elo"]) - 1400.0) / 100.0
    released = row["release_date"] or row["release_month"]
    if released:
        known["when"] = years_after_2025(released)
        known["late"] = max(0.0, known["when"])
        known["late_open"] = known["late"] * (row["openness"] != "closed_api")
    if row["eci_basis"] == "measured" and row["name"] not in COPIER_ESTIMATES:
        known["eci"] = float(row["eci"])
    return known


def fit_bridges(rows: Sequence[Mapping[str, str]]) -> dict[str, Bridge]:
    """The bridges, fitted on the shipped catalogue: anyone can repeat them from models.csv."""
    return fit_all([features(row) for row in rows])


def measure(
    rows: list[Row], raws: Sequence[Row], series: Sequence[Row], mapping: Sequence[Row]
) -> None:
    """Sets measured ECI: the newer frontier series where mapped, else the April 2026 copy."""
    scores = {(row["class"], row["model"]): row for row in series}
    newer = {
        link["model"]: (scores[link["series_class"], link["series_model"]], link)
        for link in mapping
        if link["model"]
    }
    widths = [interval_sd(score) for score in scores.values() if score["lo"]]
    typical = median(widths)
    for row, raw in zip(rows, raws, strict=True):
        copied = re.search(r"(?:^|; )ECI=([\d.]+)", raw["other_score"])
        if row["name"] in newer:
            score, link = newer[row["name"]]
            basis = "twin" if link["note"].startswith("twin") else "measured"
            row |= {"eci": score["eci"], "eci_basis": basis, "eci_sd": text(interval_sd(score), 2)}
        elif copied:
            sd = COPIER_SD if row["name"] in COPIER_ESTIMATES else typical
            row |= {"eci": copied[1], "eci_basis": "measured", "eci_sd": text(sd, 2)}
        if row["name"] in COPIER_ESTIMATES:
            row["grade"] = "C"


def interval_sd(score: Mapping[str, str]) -> float:
    """Standard deviation behind an interval, read as 90 %; anchors of the scale have none."""
    if not score["lo"]:
        return 0.0
    return (float(score["hi"]) - float(score["lo"])) / (2.0 * NINETY_PER_CENT)


def bridge_rest(rows: list[Row], bridges: Mapping[str, Bridge]) -> None:
    """Fills ECI of unmeasured releases: Arena with its maker's correction, Aider, SWE-bench."""
    known = [features(row) for row in rows]
    for row, k in zip(rows, known, strict=True):
        if row["eci"]:
            continue
        found = bridged_with_maker(row, k, rows, known, bridges)
        if found is None:
            row["eci_basis"] = "none"
            continue
        eci, basis, sd = found
        row |= {"eci": text(eci, 2), "eci_basis": basis, "eci_sd": text(sd, 2)}


def bridged_with_maker(
    row: Mapping[str, str],
    own: Mapping[str, float],
    rows: Sequence[Mapping[str, str]],
    known: Sequence[Mapping[str, float]],
    bridges: Mapping[str, Bridge],
) -> tuple[float, str, float] | None:
    """ECI, basis and error of one unmeasured release; None where no bridge reaches it."""
    found = bridged(own, bridges)
    if found is None or found[1] != "bridged_arena":
        return found
    arena = bridges["bridged_arena"]
    seen = maker_effect.residuals(rows, known, arena)
    eci = found[0] + maker_effect.correction(row, own["when"], seen)
    return eci, found[1], maker_effect.left_out_error(rows, known, arena)


def bridge_rows(bridges: Mapping[str, Bridge]) -> list[Row]:
    """bridges.csv: one row a coefficient, the fit's size and errors repeated."""
    rows = []
    for name, bridge in bridges.items():
        for term, value in zip(
            ("intercept", *bridge.features), (bridge.intercept, *bridge.slopes), strict=True
        ):
            rows.append(
                {
                    "bridge": name,
                    "used": "yes" if name in BRIDGES else "no",
                    "term": term,
                    "coefficient": text(value),
                    "n": str(bridge.n),
                    "residual_sd": text(bridge.residual_sd, 3),
                    "loo_rmse": text(bridge.loo_rmse, 3),
                    "forward_rmse_2026": text(bridge.forward_rmse, 3),
                    "forward_bias_2026": text(bridge.forward_bias, 3),
                    "n_2026": str(bridge.n_forward),
                }
            )
    return rows
