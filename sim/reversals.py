"""Labs that reverse their stance on weights for reasons outside the model."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.chance import Dice, Purpose
from sim.labs import Labs
from sim.log import Event
from sim.openness import anchor
from sim.shelf import NOT_DUE, Line
from sim.world import World

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

MONTHS_APART = 4096  # between the numbers of two labs' draws
FOLLOWER_ECI = 5.0


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
    """Reverse the stance of labs whose month it is, and write it down.

    Those near the frontier turn closed but not open: of the turns on record no lab within
    FOLLOWER_ECI of the best model opened its flagship.
    """
    labs, line = world.labs, world.line
    if line is None or not world.turns[world.month].any():
        return
    behind = labs.capability.max() - labs.capability
    for lab in np.flatnonzero(world.turns[world.month] & labs.active).tolist():
        opens = bool(labs.openness[lab] < 0.5)
        if np.isfinite(behind[lab]) and not (opens and behind[lab] < FOLLOWER_ECI):
            reverse(labs, line, lab)
            world.log.add(world.month, Event.CHANGE_OF_MIND, lab, value=float(opens))


def reverse(labs: Labs, line: Line, lab: int) -> None:
    """Turn what a lab is inclined to do with each of its products into the opposite."""
    own = line.lab == lab
    opened = line.opened[own] | (line.weights_due[own] < NOT_DUE)
    line.anchor[own] = anchor(~opened, 1.0 - labs.openness[line.lab[own]])
