"""Where the reviews of a government part in two runs of one future, and whether incidents do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.log import Entries, Event
from sim.result import Result

Steps = list[tuple[int, float]]


@dataclass(frozen=True)
class Parting:
    """The first month in which a government's rules differ, in one future.

    `other_incidents`: whether the incidents up to that month are others too.
    """

    future: int
    month: int
    other_incidents: bool


def partings(base: Result, result: Result, government: int) -> list[Parting]:
    """Return where the reviews of one government part, in the futures in which they do."""
    found = []
    for future, (log, other) in enumerate(zip(base.logs, result.logs, strict=True)):
        month = _first_apart(_reviews(log, government), _reviews(other, government))
        if month is not None:
            apart = _incidents(log, month) != _incidents(other, month)
            found.append(Parting(future, month, apart))
    return found


def _reviews(log: Entries, government: int) -> Steps:
    return _steps(log[(log["event"] == Event.REVIEW) & (log["actor"] == government)])


def _incidents(log: Entries, until: int) -> Steps:
    return _steps(log[(log["event"] == Event.INCIDENT) & (log["month"] <= until)])


def _steps(entries: Entries) -> Steps:
    return [(int(entry["month"]), float(np.round(entry["value"], 6))) for entry in entries]


def _first_apart(one: Steps, other: Steps) -> int | None:
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            return min(mine[0], theirs[0])
    longer = max(one, other, key=len)
    shared = min(len(one), len(other))
    return longer[shared][0] if len(longer) > shared else None
