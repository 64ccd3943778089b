"""Who decided what, when, and on which terms: the record behind "what changed and why".

One entry a decision. `value` is what came of it (1 open, 0 closed; new rules; incidents; the share
of demand a lab short of chips could serve), `chance` how likely that was, `draw` the uniform that
settled it, so that a decision which differs between two scenarios can be told from one that merely
came out near the edge. `terms` are the parts of the decision: for a release the terms of
openness.TERMS in $M a year, then what peers and the lab's habit add to the log-odds, and the scale
of the noise in $M a year.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt

from sim.openness import TERMS
from sim.twins import kernel


class Event(IntEnum):
    """What was decided or happened. Numbers are part of the format: never reuse one."""

    RELEASE = 1
    WEIGHTS = 2
    PREDECESSOR = 3
    LICENCE_ASKED = 4
    LICENCE_GRANTED = 5
    REVIEW = 6
    INCIDENT = 7
    GATE = 8
    EXIT = 9
    SHOCK = 10
    TERMS_ASKED = 11
    RATIONING = 12
    CHANGE_OF_MIND = 13


TERM_NAMES = (*TERMS, "peers", "habit", "noise")
ENTRY = np.dtype(
    [
        ("month", np.int16),
        ("event", np.int8),
        ("actor", np.int8),
        ("product", np.int16),
        ("value", np.float32),
        ("chance", np.float32),
        ("draw", np.float32),
        ("terms", np.float32, (len(TERM_NAMES),)),
    ]
)
NUMBERS = ("month", "event", "actor", "product", "value", "chance", "draw")  # then the terms
FIRST_TERM, COLUMNS = len(NUMBERS), len(NUMBERS) + len(TERM_NAMES)
FIRST_ROWS = 512
Entries = npt.NDArray[np.void]
Floats = npt.NDArray[np.float64]
NOTHING = (0.0,) * len(TERM_NAMES)


@kernel
def write_row(
    rows: Floats,
    at: int,
    month: int,
    event: int,
    actor: int,
    product: int,
    value: float,
    chance: float,
    draw: float,
) -> int:
    """Write an entry without terms at its place among rows (see Log.add_rows); return the next."""
    rows[at, 0], rows[at, 1], rows[at, 2], rows[at, 3] = month, event, actor, product
    rows[at, 4], rows[at, 5], rows[at, 6] = value, chance, draw
    rows[at, FIRST_TERM:] = 0.0
    return at + 1


class Log:
    """The entries of one future, in the order they were made."""

    def __init__(self) -> None:
        self._rows = np.zeros((FIRST_ROWS, COLUMNS))
        self._count = 0

    def add(
        self,
        month: int,
        event: Event,
        actor: int,
        *,
        product: int = -1,
        value: float = 0.0,
        chance: float = 1.0,
        draw: float = 0.0,
        terms: tuple[float, ...] = NOTHING,
    ) -> None:
        """Write down one decision; `actor` numbers labs, or governments for their own events."""
        self._make_room(1)
        self._rows[self._count] = (month, event, actor, product, value, chance, draw, *terms)
        self._count += 1

    def add_rows(self, rows: Floats) -> None:
        """Write down many decisions at once, shape (entries, COLUMNS): the numbers of ENTRY."""
        self._make_room(len(rows))
        self._rows[self._count : self._count + len(rows)] = rows
        self._count += len(rows)

    def entries(self) -> Entries:
        """Return all entries as a structured array of ENTRY."""
        entries, rows = np.empty(self._count, dtype=ENTRY), self._rows[: self._count]
        for column, name in enumerate(NUMBERS):
            entries[name] = rows[:, column]
        entries["terms"] = rows[:, len(NUMBERS) :]
        return entries

    def _make_room(self, more: int) -> None:
        if self._count + more > len(self._rows):
            self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)])
            self._make_room(more)
