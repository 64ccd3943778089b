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
Entries = npt.NDArray[np.void]
NOTHING = (0.0,) * len(TERM_NAMES)


class Log:
    """The entries of one future, in the order they were made."""

    def __init__(self) -> None:
        self._blocks: list[Entries] = []
        self._entries: list[tuple[object, ...]] = []  # made since the last block

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
        self._entries.append((month, int(event), actor, product, value, chance, draw, terms))

    def add_block(self, entries: Entries) -> None:
        """Write down many decisions at once, an array of ENTRY."""
        self._close_block()
        self._blocks.append(entries)

    def entries(self) -> Entries:
        """Return all entries as a structured array of ENTRY."""
        self._close_block()
        return np.concatenate(self._blocks) if self._blocks else np.empty(0, dtype=ENTRY)

    def _close_block(self) -> None:
        if self._entries:
            self._blocks.append(np.array(self._entries, dtype=ENTRY))
            self._entries = []
