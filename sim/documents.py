"""What the command line tells as JSON: levers, a run or a comparison as plain values."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sim.calendar import month_label
from sim.compare import LEVELS, Comparison, level_bands, month_columns, series_rows, tidy
from sim.levers import LEVERS
from sim.pairing import reductions
from sim.run_id import changed_assumptions
from sim.scenario import Scenario
from sim.version import MODEL_VERSION

if TYPE_CHECKING:
    import pandas as pd

    from sim.result import Result


def levers_document() -> list[dict[str, Any]]:
    """Return every lever's declaration as plain values."""
    return [
        {
            "lever": lever.id,
            "actor": lever.actor,
            "label": lever.label,
            "unit": lever.unit,
            "low": lever.low,
            "high": lever.high,
            "default": lever.default,
            "step": lever.step,
            "meaning": lever.meaning,
            "acts_on": lever.acts_on,
            "landmarks": [{"value": value, "meaning": words} for value, words in lever.landmarks],
            "evidence": list(lever.evidence),
            "source": lever.source,
            "confidence": lever.confidence,
        }
        for lever in LEVERS
    ]


def run_document(result: Result) -> dict[str, Any]:
    """Return one run as plain values: settings and the bands at selected months."""
    return {
        "scenario": scenario_document(result.scenario.name, result.scenario),
        "run_id": result.run_id,
        "version": MODEL_VERSION,
        "settings": _settings(result),
        "outcomes": _level_records(result.scenario.name, result),
    }


def compare_document(
    comparison: Comparison,
    headlines: Iterable[tuple[str, str]] = (),
    *,
    attribution: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """Return a comparison as plain values: scenarios, levers, outcomes, differences, attribution.

    For the series named in `headlines` it says what pairing futures saved, in the last month.
    `attribution` is what `attribution_report.attribution_document` tells, None if nobody asked.
    """
    results, labels = comparison.results, comparison.labels
    summary = comparison.summary()
    told = summary[summary["scenario"] != labels[0]].drop(columns=list(LEVELS))
    return {
        "version": MODEL_VERSION,
        "settings": _settings(results[0]),
        "seed": results[0].seed,
        "replicates": results[0].replicates,
        "run_ids": {label: r.run_id for label, r in zip(labels, results, strict=True)},
        "scenarios": [
            scenario_document(label, r.scenario) | {"run_id": r.run_id}
            for label, r in zip(labels, results, strict=True)
        ],
        "levers": records(comparison.lever_differences()),
        "outcomes": [
            record
            for label, result in zip(labels, results, strict=True)
            for record in _level_records(label, result)
        ],
        "differences": records(told),
        "attribution": attribution,
        "variance_reduction": reductions(comparison, headlines),
    }


def scenario_document(name: str, scenario: Scenario) -> dict[str, Any]:
    """Return what a scenario sets, as plain values."""
    return {
        "name": name,
        "title": scenario.title,
        "levers": {
            key: {
                "value": setting.value,
                "start": month_label(setting.start),
                "phase_in_months": setting.phase_in_months,
            }
            for key, setting in scenario.changed_levers().items()
        },
        "assumptions": changed_assumptions(scenario),
        "off": list(scenario.off),
    }


def to_json(document: object) -> str:
    """Return plain values as JSON; what does not exist (NaN) becomes null."""
    return json.dumps(_without_nan(document), indent=1, ensure_ascii=False, allow_nan=False)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame as plain values, by column."""
    columns = {name: frame[name].tolist() for name in frame.columns}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _settings(result: Result) -> dict[str, Any]:
    return {
        "seed": result.seed,
        "replicates": result.replicates,
        "streams": result.streams,
        "until": month_label(result.scenario.horizon),
        "supply": result.scenario.supply,
    }


def _level_records(label: str, result: Result) -> list[dict[str, Any]]:
    rows, columns = series_rows(None), month_columns(None, result.scenario.n_months)
    return records(tidy(label, rows, columns, level_bands(result.values[:, :, columns])))


def _without_nan(value: object) -> object:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_nan(item) for item in value]
    return value
