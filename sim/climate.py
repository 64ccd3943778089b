"""What of the month enters what developers value: tasks' thresholds, ecosystems, the frontier."""

from __future__ import annotations

import math

import numpy as np

from sim.arithmetic import log
from sim.shortlist import Climate, task_thresholds
from sim.world import World


def climate(world: World, frontier: float) -> Climate:
    """Return this month's climate; `frontier` is the best ECI on sale."""
    p = world.p.developers
    grown = frontier - world.frontier_today if world.frontier_today else 0.0
    ecosystem = np.zeros(world.labs.size)
    if world.has("ecosystem"):
        ecosystem = p.ecosystem_utility * log(1.0 + world.derivatives)
    year_ago = float(world.frontiers[world.month - 12]) if world.month >= 12 else -math.inf
    return Climate(
        thresholds=task_thresholds(p, world.month, grown, follow=world.has("frontier_following")),
        ecosystem=ecosystem,
        growth=frontier - year_ago if math.isfinite(year_ago) and math.isfinite(frontier) else 0.0,
        on=world.on,
    )
