"""What of the month enters what developers value: tasks' thresholds, ecosystems, the frontier."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.arithmetic import log
from sim.assumptions.developers import DeveloperParameters
from sim.mechanisms import On
from sim.shortlist import Climate, task_thresholds
from sim.twins import kernel
from sim.world import World

Floats = npt.NDArray[np.float64]


def climate(world: World, frontier: float) -> Climate:
    """Return this month's climate; `frontier` is the best ECI on sale."""
    return climate_of(
        world.month,
        frontier,
        world.frontier_today,
        world.frontiers,
        world.derivatives,
        world.numbers.developers,
        world.on,
    )


@kernel
def climate_of(
    month: int,
    frontier: float,
    frontier_today: float,
    frontiers: Floats,
    derivatives: Floats,
    p: DeveloperParameters,
    on: On,
) -> Climate:
    """Return the climate of a month; `frontiers` is the best ECI on sale by month, and
    `frontier_today` that of today, 0 before."""
    grown = frontier - frontier_today if frontier_today != 0.0 else 0.0
    thresholds = task_thresholds(p, month, grown, on.frontier_following)
    ecosystem = np.zeros(derivatives.size)
    if on.ecosystem:
        ecosystem = p.ecosystem_utility * log(1.0 + derivatives)
    year_ago = frontiers[month - 12] if month >= 12 else -np.inf
    known = np.isfinite(year_ago) and np.isfinite(frontier)
    return Climate(thresholds, ecosystem, frontier - year_ago if known else 0.0, on)
