"""How far outcomes have moved between a run of an older model and the same scenario today.

Both are ensembles of futures. A series has moved if any of its numbers has; how far is told by its
median, in the month in which the two medians are furthest apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.calendar import month_label
from sim.kept import Numbers, Series
from sim.outcomes import BY_ID
from sim.place_names import PLACE_LABELS
from sim.report import change, number, table

Floats = npt.NDArray[np.float64]
_SHOWN = 15


@dataclass(frozen=True)
class Move:
    """One series that moved: since which month, and its medians where they differ most.

    `share` is the difference of the medians over the range of the older series, from 0 up.
    """

    outcome: str
    group: str
    label: str
    unit: str
    first_month: str
    month: str
    before: float
    after: float
    share: float


@dataclass(frozen=True)
class Moves:
    """What moved, furthest first, out of how many series that both models report.

    `gone` and `new` are the series that only the older or only this model reports.
    """

    moved: tuple[Move, ...]
    compared: int
    gone: Series = ()
    new: Series = ()


def moves(before: Numbers, after: Numbers) -> Moves:
    """Return how the numbers of a run differ from those it had before."""
    ours = {names: row for row, names in enumerate(after.series)}
    theirs = {names: row for row, names in enumerate(before.series)}
    both = [names for names in theirs if names in ours]
    n_months = min(before.values.shape[2], after.values.shape[2])
    found = (
        _move(
            names,
            before.values[:, theirs[names], :n_months],
            after.values[:, ours[names], :n_months],
        )
        for names in both
    )
    moved = sorted((m for m in found if m is not None), key=lambda m: (-m.share, m.outcome))
    return Moves(
        tuple(moved),
        len(both),
        tuple(names for names in theirs if names not in ours),
        tuple(names for names in ours if names not in theirs),
    )


def moves_text(told: Moves) -> list[str]:
    """Return what moved as a short table, furthest first."""
    heading = ["outcome that moved", "in", "then", "today", "by", "since"]
    more = len(told.moved) - _SHOWN
    lines = table([heading, *map(_row, told.moved[:_SHOWN])]) if told.moved else []
    lines += [f"and {more} more; --json lists them all"] if more > 0 else []
    for words, series in (("no longer reported", told.gone), ("new", told.new)):
        names = dict.fromkeys(outcome for outcome, _ in series)
        lines += [f"{words}: {', '.join(names)}"] if names else []
    return lines


def where(move: Move) -> str:
    """Return outcome and group as a reader would say them."""
    return f"{move.label}, {PLACE_LABELS.get(move.group, move.group)}"


def _row(move: Move) -> list[str]:
    return [
        where(move),
        move.month,
        number(move.before, move.unit),
        number(move.after, move.unit),
        change(move.after - move.before, move.unit),
        move.first_month,
    ]


def _move(names: tuple[str, str], before: Floats, after: Floats) -> Move | None:
    then, today = _medians(before), _medians(after)
    if before.shape == after.shape:
        differs = (_bits(before) != _bits(after)).any(axis=0)
    else:  # other futures: only the medians can be laid side by side
        differs = _bits(then) != _bits(today)
    if not differs.any():
        return None
    apart = _apart(then, today, before)
    at = int(np.argmax(apart))
    first, (outcome, group) = int(np.argmax(differs)), names
    known = BY_ID.get(outcome)
    return Move(
        outcome=outcome,
        group=group,
        label=known.label if known else outcome,
        unit=known.unit if known else "",
        first_month=month_label(first),
        month=month_label(at),
        before=float(then[at]),
        after=float(today[at]),
        share=float(apart[at]),
    )


def _apart(then: Floats, today: Floats, before: Floats) -> Floats:
    """Return how far the medians are apart, by month, as a share of the older series' range.

    A value that came to exist, or ceased to, has moved by the whole range.
    """
    known = before[~np.isnan(before)]
    span = float(np.ptp(known)) if known.size else 0.0
    missing = np.isnan(then) != np.isnan(today)
    apart = np.abs(np.nan_to_num(today) - np.nan_to_num(then)) / (span or 1.0)
    return np.where(missing, np.maximum(apart, 1.0), apart)


def _medians(values: Floats) -> Floats:
    known = ~np.isnan(values).all(axis=0)
    medians = np.full(values.shape[1], np.nan)
    medians[known] = np.nanmedian(values[:, known], axis=0)
    return medians


def _bits(values: Floats) -> npt.NDArray[np.int64]:
    """Return the numbers as bits, so that NaN equals itself and minus zero is not zero."""
    return np.ascontiguousarray(values).view(np.int64)
