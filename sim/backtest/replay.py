"""Natural experiments: the record rerun without the event, on the same futures.

Each row of natural_experiments.csv is an event, the change that takes it out of the model's past,
the outcome to look at, and what the comparison shows and does not show.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from sim.backtest.hindcast import scenarios
from sim.calendar import month_label
from sim.compare import paired_difference
from sim.data.cells import DATA, Cells, checked
from sim.declare import InputError
from sim.outcomes import ROW
from sim.result import Result
from sim.scenario import (
    SUPPLIES,
    Scenario,
    Supply,
    check_supply,
    parse_set,
    with_changes,
)

Runner = Callable[[Scenario], Result]

QUANTILES = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class Experiment:
    """An event and the past without it: levers as on the command line, mechanisms switched off."""

    id: str
    title: str
    facts: tuple[str, ...]
    supply: Supply
    levers: tuple[str, ...]
    off: tuple[str, ...]
    outcome: str
    group: str
    start: int
    end: int
    recorded: str
    shows: str
    does_not_show: str


@lru_cache(maxsize=1)
def experiments() -> tuple[Experiment, ...]:
    """Return the natural experiments."""
    return checked(DATA / "natural_experiments.csv", _experiment)


def _experiment(row: Cells) -> Experiment:
    start, end = row.month("start"), row.month("end")
    if start is None or end is None or end < start:
        raise row.fail("end", "must be a month, not before start")
    if (row.text("outcome"), row.text("group")) not in ROW:
        raise row.fail("outcome", "there is no such series")
    found = Experiment(
        id=row.text("id", required=True),
        title=row.text("title", required=True),
        facts=tuple(filter(None, row.text("facts").split("+"))),
        supply=check_supply(row.among("supply", SUPPLIES)),
        levers=tuple(row.text("levers").split()),
        off=tuple(row.text("off").split()),
        outcome=row.text("outcome"),
        group=row.text("group"),
        start=start,
        end=end,
        recorded=row.text("recorded", required=True),
        shows=row.text("shows", required=True),
        does_not_show=row.text("does_not_show", required=True),
    )
    try:
        _without(found, scenarios("central")[found.supply])
    except InputError as error:
        raise row.fail("levers", str(error)) from None
    return found


def _without(experiment: Experiment, base: Scenario) -> Scenario:
    """Return the past without the event."""
    levers = dict(parse_set(text) for text in experiment.levers)
    changed = with_changes(base, levers=levers, off=experiment.off)
    return dataclasses.replace(changed, name=experiment.id)


def replays(run: Runner, with_event: Mapping[str, Result]) -> list[dict[str, Any]]:
    """Return, by natural experiment, the outcome with and without the event and the difference.

    `with_event` are the runs of `hindcast.scenarios`, by supply; `run` runs the other pasts.
    """
    found = []
    for e in experiments():
        base = with_event[e.supply]
        found.append(_told(e, base, run(_without(e, base.scenario))))
    return found


def _told(experiment: Experiment, one: Result, other: Result) -> dict[str, Any]:
    part = slice(experiment.start, experiment.end + 1)
    with_event = np.nanmean(one.series(experiment.outcome, experiment.group)[:, part], axis=1)
    without = np.nanmean(other.series(experiment.outcome, experiment.group)[:, part], axis=1)
    return {
        "id": experiment.id,
        "title": experiment.title,
        "facts": list(experiment.facts),
        "outcome": experiment.outcome,
        "group": experiment.group,
        "start": month_label(experiment.start),
        "end": month_label(experiment.end),
        "with_event": _quantiles(with_event),
        "without": _quantiles(without),
        "difference": _quantiles(paired_difference(with_event, without)),
        "recorded": experiment.recorded,
        "shows": experiment.shows,
        "does_not_show": experiment.does_not_show,
    }


def _quantiles(values: Any) -> dict[str, float]:
    low, median, high = np.quantile(values, QUANTILES).tolist()
    return {"low": low, "median": median, "high": high}
