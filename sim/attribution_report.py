"""What is told of an attribution: bars, interactions and method, as text and plain values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.attribution import Attribution
from sim.calendar import month_label
from sim.coalitions import WORLD
from sim.compare import difference_bands
from sim.declare import InputError, unknown
from sim.levers import BY_ID as LEVERS
from sim.outcomes import BY_ID as OUTCOMES
from sim.outcomes import outcome
from sim.report import HEADLINES, change, number, table

WORLD_LABEL = "The world (assumptions, mechanisms, shocks)"
BARS = (
    "Mean over futures, so that shares add up; in brackets, where 90 of 100 futures lie; "
    "the standard error is that of the mean."
)
_MOST_PAIRS = 6
Floats = npt.NDArray[np.float64]
Series = tuple[str, str]


@dataclass(frozen=True)
class Bar:
    """One lever's share of an effect in one month, over the futures that have it (`n`)."""

    player: str
    label: str
    mean: float
    standard_error: float
    low90: float
    high90: float
    share_positive: float
    share_negative: float
    n: int


@dataclass(frozen=True)
class Pair:
    """What two levers do together beyond what each does alone."""

    players: tuple[str, str]
    labels: tuple[str, str]
    mean: float
    standard_error: float


def label_of(player: str) -> str:
    """Return the plain words for a lever, or for all else that differs."""
    return WORLD_LABEL if player == WORLD else LEVERS[player].label


def parse_series(text: str) -> Series:
    """Return the series meant by OUTCOME[:GROUP]; without a group, the headline's or the first."""
    name, _, group = text.partition(":")
    known = outcome(name)
    if not group:
        group = dict(reversed(HEADLINES)).get(name) or known.groups[0]
    if group not in known.groups:
        raise unknown(f"group of {name}", group, known.groups)
    return name, group


def bars(found: Attribution, series: Series, month: int) -> list[Bar]:
    """Return one bar a lever, the largest first."""
    shares = found.of(*series)[:, :, month]
    told = [
        _bar(player, label_of(player), values)
        for player, values in zip(found.plan.players, shares, strict=True)
    ]
    return sorted(told, key=lambda bar: -abs(bar.mean) if math.isfinite(bar.mean) else math.inf)


def total(found: Attribution, series: Series, month: int) -> Bar:
    """Return the whole effect, over the futures in which all shares exist."""
    whole = found.effect_of(*series)[:, month]
    known = ~np.isnan(found.of(*series)[:, :, month]).any(axis=0)
    return _bar("", "All together", np.where(known, whole, np.nan))


def pairs(found: Attribution, series: Series, month: int) -> list[Pair]:
    """Return the interaction of every two levers, the largest first; none if sampled."""
    mean, error = (values[:, month] for values in found.interactions(*series))
    told = [
        Pair(names, (label_of(names[0]), label_of(names[1])), float(mean[at]), float(error[at]))
        for at, names in enumerate(found.pairs)
    ]
    return sorted(told, key=lambda pair: -abs(pair.mean) if math.isfinite(pair.mean) else math.inf)


def method(found: Attribution) -> str:
    """Return in one sentence how the shares were found."""
    plan, levers = found.plan, len(found.plan.players)
    runs = f"{plan.runs:,} runs beside those of the two scenarios"
    if plan.orders:
        orders = "one order" if plan.orders == 1 else f"{plan.orders} orders"
        return (
            f"Sampled: {orders} of {levers} levers in each of {plan.replicates} "
            f"futures ({runs}); the standard error holds the chance of both."
        )
    return (
        f"Exact: all {1 << levers} coalitions of {levers} levers in each of {plan.replicates} "
        f"futures ({runs}); the standard error is that of so few futures alone."
    )


def attribution_text(found: Attribution, wanted: Sequence[Series], month: int) -> str:
    """Return shares and interactions of some series as tables."""
    first, second = found.plan.first.name, found.plan.second.name
    lines = [f"What did it: {second} less {first}, {month_label(month)}", method(found), BARS]
    for series in wanted:
        lines += ["", *_share_table(found, series, month), *_pair_table(found, series, month)]
    return "\n".join(lines)


def attribution_document(
    found: Attribution, wanted: Sequence[Series], month: int
) -> list[dict[str, Any]]:
    """Return the same as plain values, one record a series; shares also for every month."""
    return [_record(found, series, month) for series in wanted]


def check_wanted(texts: Sequence[str], scenarios: int) -> list[Series]:
    """Return the series asked for; InputError unless there are just two scenarios."""
    if texts and scenarios != 2:
        raise InputError(
            f"--attribute: {scenarios} scenarios; allowed two, whose difference is shared out"
        )
    return list(dict.fromkeys(parse_series(text) for text in texts))


def _bar(player: str, label: str, values: Floats) -> Bar:
    told = {name: float(value) for name, value in difference_bands(values).items()}
    return Bar(
        player,
        label,
        told["difference_mean"],
        told["standard_error"],
        told["difference_low90"],
        told["difference_high90"],
        told["share_positive"],
        told["share_negative"],
        int(told["n"]),
    )


def _share_table(found: Attribution, series: Series, month: int) -> list[str]:
    known = OUTCOMES[series[0]]
    rows = [[f"{known.label}, {series[1]}", "share", "standard error", "90 of 100", "up", "down"]]
    whole = total(found, series, month)
    for bar in (*bars(found, series, month), whole):
        ends = f"[{change(bar.low90, known.unit)}, {change(bar.high90, known.unit)}]"
        counts = [
            "none" if math.isnan(share) else f"{round(share * bar.n)} of {bar.n}"
            for share in (bar.share_positive, bar.share_negative)
        ]
        error = number(bar.standard_error, known.unit).replace(" %", " pt")
        rows.append([bar.label, change(bar.mean, known.unit), error, ends, *counts])
    return table(rows)


def _pair_table(found: Attribution, series: Series, month: int) -> list[str]:
    unit, told = OUTCOMES[series[0]].unit, pairs(found, series, month)
    if not told:
        return []
    rows = [["together beyond what each does alone", "effect", "standard error"]]
    for pair in told[:_MOST_PAIRS]:
        error = number(pair.standard_error, unit).replace(" %", " pt")
        rows.append([" and ".join(pair.labels), change(pair.mean, unit), error])
    left = len(told) - _MOST_PAIRS
    more = [f"and {left} smaller ones"] if left > 0 else []
    return ["", *table(rows), *more]


def _record(found: Attribution, series: Series, month: int) -> dict[str, Any]:
    plan, shares = found.plan, found.of(*series)
    whole = total(found, series, month)
    return {
        "outcome": series[0],
        "group": series[1],
        "month": month_label(month),
        "unit": OUTCOMES[series[0]].unit,
        "scenario": plan.second.name,
        "against": plan.first.name,
        "method": "sampled" if plan.orders else "exact",
        "orders": plan.orders or None,
        "replicates": plan.replicates,
        "runs": plan.runs,
        "effect": whole.mean,
        "effect_standard_error": whole.standard_error,
        "shares": [
            {
                "lever": bar.player,
                "label": bar.label,
                "share": bar.mean,
                "standard_error": bar.standard_error,
                "low90": bar.low90,
                "high90": bar.high90,
                "share_positive": bar.share_positive,
                "share_negative": bar.share_negative,
                "n": bar.n,
            }
            for bar in bars(found, series, month)
        ],
        "interactions": [
            {
                "levers": list(pair.players),
                "effect": pair.mean,
                "standard_error": pair.standard_error,
            }
            for pair in pairs(found, series, month)
        ],
        "by_month": {
            player: difference_bands(values)["difference_mean"].tolist()
            for player, values in zip(plan.players, shares, strict=True)
        },
    }
