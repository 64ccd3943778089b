"""Policy and world apart: the four scenarios of world default or changed, policy off or on.

The policy is what the levers do; the world is all else (assumptions, mechanisms, shocks). What the
policy does in either world, and whether the two differ, says whether its effect rests on the world.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.compare import paired_difference
from sim.parameters import assumption
from sim.result import Result
from sim.scenario import Scenario, in_world_of

Floats = npt.NDArray[np.float64]
NAMES = (
    "Default world, policy off",
    "Default world, policy on",
    "Changed world, policy off",
    "Changed world, policy on",
)


@dataclass(frozen=True, eq=False)
class FourLines:
    """Paired differences of one series, (replicates, months) each."""

    default: Floats
    changed: Floats

    @property
    def gap(self) -> Floats:
        """What the policy does in the changed world beyond what it does in the default one."""
        return paired_difference(self.changed, self.default)


def four_scenarios(
    off: Scenario,
    on: Scenario,
    *,
    assumptions: Mapping[str, float],
    mechanisms_off: tuple[str, ...] = (),
) -> tuple[Scenario, Scenario, Scenario, Scenario]:
    """Return the scenarios in the order of NAMES; both policies are put into the world of `off`."""
    told = {name: assumption(name).check(value) for name, value in assumptions.items()}
    default = (off, in_world_of(on, off))
    changed = tuple(
        dataclasses.replace(
            scenario,
            assumptions={**scenario.assumptions, **told},
            off=tuple(sorted({*scenario.off, *mechanisms_off})),
        )
        for scenario in default
    )
    return default[0], default[1], changed[0], changed[1]


def policy_effects(results: tuple[Result, ...], outcome: str, group: str) -> FourLines:
    """Return what the policy does in either world, from results in the order of NAMES."""
    off, on, changed_off, changed_on = (result.series(outcome, group) for result in results)
    return FourLines(paired_difference(on, off), paired_difference(changed_on, changed_off))
