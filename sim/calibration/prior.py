"""Which assumptions are fitted, and how trials of them are spread.

The free assumptions are those the mapped facts can speak to. All others vary too, from the same
triangular priors, as noise nobody measures: what they do to the outcomes widens the errors.
Trials live in the unit cube: coordinate u of an assumption is its prior's quantile at u.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.worlds import VARIED, prior_quantiles

Floats = npt.NDArray[np.float64]

FREE: tuple[str, ...] = (
    "quality_weight",
    "quality_spread_eci",
    "task_level_eci",
    "task_drift_frontier",
    "price_sensitivity",
    "closed_premium",
    "premium_efold_eci",
    "enterprise_premium_multiplier",
    "age_decay",
    "host_variety",
    "reversal_rate",
    "newcomer_aversion",
    "entry_startup_2026",
    "maker_aversion",
    "clearance_own",
    "clearance_peers",
    "clearance_efold_eci",
    "clearance_enterprise",
    "eci_per_oom",
    "spillover",
    "persistent_gap",
    "cn_domestic_growth",
    "choice_temperature_musd",
    "own_api_retention",
    "tokens_2025_07",
)
COLUMNS = np.array([VARIED.index(name) for name in FREE])


def design(count: int, seed: int) -> Floats:
    """Return trials spread over the cube, shape (count, VARIED): a scrambled Sobol sequence."""
    from scipy.stats import qmc

    sampler = qmc.Sobol(len(VARIED), scramble=True, rng=seed)
    power = int(np.ceil(np.log2(count)))
    points: Floats = sampler.random_base2(power)[:count]
    return np.clip(points, 1e-6, 1.0 - 1e-6)


def around(free: Floats, seed: int) -> Floats:
    """Return trials with these free coordinates, shape (count, FREE), and the rest spread over
    the cube, shape (count, VARIED)."""
    points = design(len(free), seed)
    points[:, COLUMNS] = np.clip(free, 1e-6, 1.0 - 1e-6)
    return points


def assumptions(points: Floats) -> list[dict[str, float]]:
    """Return each trial's assumptions by name."""
    sets = prior_quantiles(points)
    return [dict(zip(VARIED, row, strict=True)) for row in sets.tolist()]
