"""The model and its rivals beside every mapped fact, those fitted and those held out apart."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.backtest.nested_logit import nested_logit
from sim.backtest.rivals import drifts, last_value, trend
from sim.backtest.scoring import Band, Scored, summary
from sim.calendar import month_index, month_label
from sim.chance import Dice, Purpose, normal_quantile
from sim.observation import Target, fit_targets, held_out_targets, observe
from sim.result import Result
from sim.scenario import SUPPLIES, Scenario, load_scenario
from sim.worlds import Worlds

Floats = npt.NDArray[np.float64]

HORIZON = month_index("2026-10")
RIVALS = ("last_value", "logistic_trend", "nested_logit")
# Draws of the errors a future, so that bands are smooth.
ERRORS = 16


@dataclass(frozen=True)
class FactScore:
    """One fact: the model's futures alone, with the stated errors, and the rivals' bands."""

    target: Target
    held_out: bool
    futures: Band
    model: Scored
    rivals: Mapping[str, Scored]


def scenarios(worlds: Worlds = "posterior") -> dict[str, Scenario]:
    """Return the status quo to the last recorded month, by supply."""
    base = dataclasses.replace(load_scenario("status_quo"), horizon=HORIZON, worlds=worlds)
    return {
        supply: dataclasses.replace(base, supply=supply, name=f"status_quo {supply}")
        for supply in SUPPLIES
    }


def hindcast(runs: Mapping[str, Result]) -> tuple[FactScore, ...]:
    """Return all mapped facts scored; `runs` are those of `scenarios`, by supply."""
    fitted = fit_targets()
    drift = drifts(fitted)
    together = [(t, False) for t in fitted] + [(t, True) for t in held_out_targets()]
    return tuple(
        _scored(number, target, held_out, runs[target.supply].values, fitted, drift)
        for number, (target, held_out) in enumerate(together)
    )


def _scored(
    number: int,
    target: Target,
    held_out: bool,
    values: Floats,
    fitted: Sequence[Target],
    drift: dict[str, float],
) -> FactScore:
    shown = observe(target, values)
    known = shown[~np.isnan(shown)]
    bands = {
        "last_value": last_value(target, fitted, drift),
        "logistic_trend": trend(target, fitted, drift),
        "nested_logit": nested_logit(target, fitted),
    }
    return FactScore(
        target,
        held_out,
        Band.of(known),
        Scored(Band.of(with_errors(target, known, number)), target.wanted, target.sd),
        {
            name: Scored(_on_scale(target, band), target.wanted, target.sd)
            for name, band in bands.items()
            if band is not None
        },
    )


def _on_scale(target: Target, band: Band) -> Band:
    return (
        band
        if target.scale != "share"
        else Band(*(min(max(v, 0.0), 1.0) for v in vars(band).values()))
    )


def with_errors(target: Target, shown: Floats, number: int) -> Floats:
    """Return what would be recorded: futures with measurement and discrepancy added, (n * ERRORS,).

    Shares stay within 0 and 1.
    """
    keys = np.arange(shown.size * ERRORS, dtype=np.uint64)
    luck = normal_quantile(Dice(number, 1).uniform(Purpose.MEASUREMENT, keys))
    drawn: Floats = np.repeat(shown, ERRORS) + target.sd * luck
    return np.clip(drawn, 0.0, 1.0) if target.scale == "share" else drawn


def document(found: Sequence[FactScore]) -> dict[str, Any]:
    """Return facts and scores: keys `facts`, `in_sample`, `held_out`."""
    return {
        "facts": [_row(item) for item in found],
        "in_sample": _part([item for item in found if not item.held_out]),
        "held_out": _part([item for item in found if item.held_out]),
    }


def _part(found: Sequence[FactScore]) -> dict[str, Any]:
    naive: dict[str, Any] = {}
    for name in RIVALS:
        spoken = [item for item in found if name in item.rivals]
        naive[name] = {
            **summary([item.rivals[name] for item in spoken]),
            "model_on_same_facts": summary([item.model for item in spoken]),
        }
    return {**summary([item.model for item in found]), "naive": naive, "best": best(naive)}


def best(naive: Mapping[str, Any]) -> str:
    """Return in words which rivals beat the model on the facts they speak to, if any."""
    won = [
        name
        for name, scores in naive.items()
        if scores["facts"]
        and scores["interval_score"] < scores["model_on_same_facts"]["interval_score"]
    ]
    if not won:
        return "the model scores better than every rival on the facts the rival speaks to"
    return f"{' and '.join(name.replace('_', ' ') for name in won)} scores better than the model"


def _row(item: FactScore) -> dict[str, Any]:
    target = item.target
    return {
        "id": target.id,
        "facts": list(target.facts),
        "held_out": item.held_out,
        "supply": target.supply,
        "outcome": target.outcome,
        "group": target.group,
        "start": month_label(target.start),
        "end": month_label(target.end),
        "scale": target.scale,
        "recorded": _plain(target, [target.wanted])[0],
        "measurement_sd": target.measurement_sd,
        "discrepancy_sd": target.discrepancy_sd,
        "futures": _band(target, item.futures),
        "model": {**_band(target, item.model.band), **_scores(item.model)},
        "naive": {
            name: {**_band(target, scored.band), **_scores(scored)}
            for name, scored in item.rivals.items()
        },
        "note": target.note,
    }


def _band(target: Target, band: Band) -> dict[str, float]:
    return dict(zip(vars(band), _plain(target, vars(band).values()), strict=True))


def _plain(target: Target, values: Iterable[float]) -> list[float]:
    """Return values in the outcome's own unit."""
    numbers = np.array(list(values))
    plain: list[float] = (np.exp(numbers) if target.scale == "log" else numbers).tolist()
    return plain


def _scores(scored: Scored) -> dict[str, float | bool]:
    return {
        "in_50": scored.in_50,
        "in_90": scored.in_90,
        "interval_score": scored.interval_score,
        "bias": scored.bias,
    }


def enterprise_and_router(found: Sequence[FactScore]) -> dict[str, float]:
    """Return the median open shares of 2025 by both views, which one run must reconcile."""
    wanted = {"router": "router_open_tokens_2025", "enterprise": "enterprise_open_mid_2025"}
    return {
        view: item.futures.median
        for view, name in wanted.items()
        for item in found
        if item.target.id == name
    }
