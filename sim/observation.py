"""How the model is observed as the sources saw the world: which recorded quantity is which outcome.

A target is one recorded quantity with the outcome it is laid beside, the view, the months, and two
errors: that of the measurement and the model's own discrepancy, what the model is not expected to
get right even with the best parameters. Targets whose facts end by 31 May 2026 may be fitted and
are in one file; later ones are held out and are in another, which nothing that fits may open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sim.arithmetic import log
from sim.data.cells import DATA, Cells, checked
from sim.evidence import load_facts
from sim.outcomes import ROW
from sim.scenario import SUPPLIES

Floats = npt.NDArray[np.float64]

LAST_FIT_DAY = "2026-05-31"
FIT, HELD_OUT, UNSPOKEN = "targets_fit.csv", "targets_held_out.csv", "targets_unspoken.csv"
OPERATIONS = ("plain", "difference", "ratio", "share_of_sum")
STATISTICS = ("mean", "max", "min", "change_per_year")
SCALES = ("share", "log", "months", "ECI")


@dataclass(frozen=True)
class Target:
    """One recorded quantity and what it is laid beside.

    The outcome, and with `operation` another one, are read from `start` to `end` (months) and made
    one number by `statistic`. Errors are standard deviations in the outcome's unit, or of its
    logarithm where `scale` is "log".
    """

    id: str
    facts: tuple[str, ...]
    supply: str
    outcome: str
    group: str
    other_outcome: str
    other_group: str
    operation: str
    start: int
    end: int
    statistic: str
    value: float
    measurement_sd: float
    discrepancy_sd: float
    scale: str
    note: str

    @property
    def sd(self) -> float:
        """Standard deviation of measurement and discrepancy together."""
        return float(np.hypot(self.measurement_sd, self.discrepancy_sd))

    @property
    def wanted(self) -> float:
        """The recorded value on the scale errors are counted on."""
        return float(log(np.array([self.value]))[0]) if self.scale == "log" else self.value


@lru_cache(maxsize=1)
def fit_targets() -> tuple[Target, ...]:
    """Return the targets that may be fitted."""
    return _read(DATA / FIT, held_out=False)


@lru_cache(maxsize=1)
def held_out_targets() -> tuple[Target, ...]:
    """Return the targets that are held out; nothing that fits may call this."""
    return _read(DATA / HELD_OUT, held_out=True)


@lru_cache(maxsize=1)
def unspoken_facts() -> dict[str, str]:
    """Return the facts of grade A and B the model cannot speak to, each with the reason."""
    rows = checked(DATA / UNSPOKEN, lambda row: (row.text("fact_id"), row.text("reason")), key=None)
    return dict(rows)


def _read(path: Path, *, held_out: bool) -> tuple[Target, ...]:
    ends = {fact.id: fact.period_end.isoformat() for fact in load_facts()}
    return checked(path, lambda row: _target(row, ends, held_out), key="id")


def _target(row: Cells, ends: dict[str, str], held_out: bool) -> Target:
    """Return the target in a row; DataError naming row, field and rule if one is broken."""
    facts = tuple(row.text("facts", required=True).split("+"))
    for fact in facts:
        if fact not in ends:
            raise row.fail("facts", f"{fact} is not in facts.csv")
    late = max(ends[fact] for fact in facts) > LAST_FIT_DAY
    if late != held_out:
        raise row.fail("facts", f"facts to {LAST_FIT_DAY} are fitted and later ones held out")
    for outcome, group in (("outcome", "group"), ("other_outcome", "other_group")):
        name = (row.text(outcome), row.text(group))
        if name != ("", "") and name not in ROW:
            raise row.fail(outcome, f"there is no series {name[0]} of {name[1]}")
    start, end = row.month("start"), row.month("end")
    if start is None or end is None or end < start:
        raise row.fail("end", "must be a month, not before start")
    return Target(
        id=row.text("id", required=True),
        facts=facts,
        supply=row.among("supply", SUPPLIES),
        outcome=row.text("outcome", required=True),
        group=row.text("group", required=True),
        other_outcome=row.text("other_outcome"),
        other_group=row.text("other_group"),
        operation=row.among("operation", OPERATIONS),
        start=start,
        end=end,
        statistic=row.among("statistic", STATISTICS),
        value=_number(row, "value"),
        measurement_sd=_number(row, "measurement_sd"),
        discrepancy_sd=_number(row, "discrepancy_sd"),
        scale=row.among("scale", SCALES),
        note=row.text("note"),
    )


def _number(row: Cells, field: str) -> float:
    value = row.number(field)
    if value is None or value <= 0.0:
        raise row.fail(field, "must be a number above zero")
    return value


def observe(target: Target, values: Floats) -> Floats:
    """Return what the model shows where the source measured, one number a future, (replicates,).

    `values` has shape (replicates, series, months), of runs with the target's supply. On the
    target's scale; NaN where the model has nothing to show.
    """
    series = values[:, ROW[target.outcome, target.group], target.start : target.end + 1]
    if target.operation != "plain":
        key = (target.other_outcome, target.other_group)
        other = values[:, ROW[key], target.start : target.end + 1]
        series = _combined(target.operation, series, other)
    number = _statistic(target, series)
    if target.scale != "log":
        return number
    positive = number > 0.0
    return np.where(positive, log(np.where(positive, number, 1.0)), np.nan)


def _combined(operation: str, one: Floats, other: Floats) -> Floats:
    if operation == "difference":
        return one - other
    whole = one + other if operation == "share_of_sum" else other
    part: Floats = np.full(one.shape, np.nan)
    np.divide(one, whole, out=part, where=whole > 0.0)
    return part


def _statistic(target: Target, series: Floats) -> Floats:
    """Return one number a future; months without a value are left out."""
    known = ~np.isnan(series)
    count = known.sum(axis=1)
    nothing = count == 0
    if target.statistic == "change_per_year":
        years = (target.end - target.start) / 12.0
        change: Floats = (series[:, -1] - series[:, 0]) / years
        return change
    if target.statistic == "mean":
        total = np.where(known, series, 0.0).sum(axis=1)
        found = total / np.maximum(count, 1)
    elif target.statistic == "max":
        found = np.where(known, series, -np.inf).max(axis=1)
    else:
        found = np.where(known, series, np.inf).min(axis=1)
    return np.where(nothing, np.nan, found)


def observe_all(targets: Sequence[Target], by_supply: dict[str, Floats]) -> Floats:
    """Return what the model shows for each target, shape (replicates, targets).

    `by_supply` holds values, shape (replicates, series, months), for each supply that is needed.
    """
    return np.stack([observe(target, by_supply[target.supply]) for target in targets], axis=1)
