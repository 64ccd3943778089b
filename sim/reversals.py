"""Labs that reverse their stance on weights for reasons outside the model."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.chance import Dice, Purpose
from sim.labs import Labs
from sim.log import COLUMNS, Event, write_row
from sim.openness import anchor
from sim.shelf import NOT_DUE, Line
from sim.twins import kernel
from sim.world import World

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

MONTHS_APART = 4096  # between the numbers of two labs' draws
FOLLOWER_ECI = 5.0
STAYS = -1


def drawn(dice: Dice, rate_per_year: float, n_months: int, members: Floats) -> Bools:
    """Return in which months labs change their mind, shape (months, labs).

    Each month of each lab has a draw of its own. A fringe of many makers has no mind to change.
    """
    months = np.arange(n_months, dtype=np.uint64)[:, None]
    labs = np.arange(members.size, dtype=np.uint64) * np.uint64(MONTHS_APART)
    draw = dice.uniform(Purpose.REVERSAL, np.asarray(months + labs, dtype=np.uint64))
    turns: Bools = (draw < rate_per_year / 12.0) & (members == 1.0)
    return turns


def change_minds(world: World) -> None:
    """Reverse the stance of labs whose month it is, and write it down."""
    line, turns = world.line, world.turns[world.month]
    if line is None or not turns.any():
        return
    world.log.add_rows(rows_of_minds(world.month, turned(world.labs, line, turns)))


@kernel
def rows_of_minds(month: int, minds: Ints) -> Floats:
    """Return as rows of the log which labs changed their mind: see `turned`."""
    rows, at = np.empty((minds.size, COLUMNS)), 0
    for lab in range(minds.size):
        if minds[lab] != STAYS:
            at = write_row(
                rows, at, month, Event.CHANGE_OF_MIND.value, lab, -1, 1.0 * minds[lab], 1.0, 0.0
            )
    return rows[:at].copy()


@kernel
def turned(labs: Labs, line: Line, turns: Bools) -> Ints:
    """Reverse the stance of labs whose month it is; return of each what it turned to, 1 open and 0
    closed, or STAYS.

    Those near the frontier turn closed but not open: of the turns on record no lab within
    FOLLOWER_ECI of the best model opened its flagship.
    """
    minds = np.full(turns.size, STAYS, dtype=np.int64)
    behind = labs.capability.max() - labs.capability
    for lab in range(turns.size):
        opens = labs.openness[lab] < 0.5
        if not (turns[lab] and labs.active[lab] and np.isfinite(behind[lab])):
            continue
        if opens and behind[lab] < FOLLOWER_ECI:
            continue
        minds[lab] = 1 if opens else 0
        reverse(labs, line, lab)
    return minds


@kernel
def reverse(labs: Labs, line: Line, lab: int) -> None:
    """Turn what a lab is inclined to do with each of its products into the opposite."""
    own = np.flatnonzero(line.lab == lab)
    opened = line.opened[own] | (line.weights_due[own] < NOT_DUE)
    line.anchor[own] = anchor(~opened, 1.0 - labs.openness[line.lab[own]])
