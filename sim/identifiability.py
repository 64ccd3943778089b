"""What the record can tell about a claim: in which share of the worlds it would be so.

Each future of an experiment is one world. In a world the mechanism is at work if its effect reaches
the smallest effect worth the claim's words in every test, and the rival if its own effect does.
Worlds of the posterior reproduce the record; if their shares are those of the prior, the record has
taught nothing about the claim.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from sim.claims import Effect, towards

Reading = Literal["mechanism", "rival", "both", "neither", "cannot tell"]

MOST = 0.8  # the share of worlds from which on one reading is called the model's


@dataclass(frozen=True)
class Shares:
    """Shares of worlds with the mechanism at work only, the rival only, both, neither; sum 1.

    `worlds` is how many worlds were run.
    """

    mechanism: float
    rival: float
    both: float
    neither: float
    worlds: int

    def reading(self) -> Reading:
        """Return the reading that holds in at least MOST of the worlds, or "cannot tell"."""
        if self.mechanism >= MOST:
            return "mechanism"
        if self.rival >= MOST:
            return "rival"
        if self.both >= MOST:
            return "both"
        return "neither" if self.neither >= MOST else "cannot tell"


def shares(found: Sequence[Effect]) -> Shares:
    """Return the shares of worlds by what is at work in them; `found` are a claim's effects.

    The mechanism's effect is that without the rival, the rival's that beside the mechanism; a world
    in which a tested outcome does not exist has neither.
    """
    ours = np.logical_and.reduce([_reaches(effect, effect.alone) for effect in found])
    theirs = np.logical_and.reduce([_reaches(effect, effect.rival) for effect in found])
    return Shares(
        mechanism=float(np.mean(ours & ~theirs)),
        rival=float(np.mean(~ours & theirs)),
        both=float(np.mean(ours & theirs)),
        neither=float(np.mean(~ours & ~theirs)),
        worlds=len(ours),
    )


def _reaches(effect: Effect, values: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    reached: npt.NDArray[np.bool_] = towards(effect.test, values) >= effect.test.floor
    return reached  # NaN, an outcome that does not exist, reaches nothing
