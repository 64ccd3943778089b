"""What policy amounts to month by month, and where each stream stands under it.

Who is covered by a ban is keyed to the stream, so a wider ban covers everyone a narrower one
does; whether a covered stream complies is keyed too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sim.chance import Dice, Purpose
from sim.levers import LEVERS, Policy
from sim.offers import Terms
from sim.population import Population
from sim.scenario import Scenario

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Rulebook:
    """All levers over time, of the scenario and of the status quo (n_months,) each, and the keyed
    positions of the streams, shape (N,)."""

    paths: tuple[Policy, ...]
    status_quo: tuple[Policy, ...]
    coverage_rank: Floats
    compliance_rank: Floats
    procurement_rank: Floats


def build_rulebook(scenario: Scenario, dice: Dice, population: Population) -> Rulebook:
    """Return the rules of one replicate."""
    ids = population.ids
    return Rulebook(
        paths=lever_paths(scenario),
        status_quo=status_quo_paths(scenario.n_months),
        coverage_rank=dice.uniform(Purpose.BAN_COVERAGE, ids),
        compliance_rank=dice.uniform(Purpose.BAN_COMPLIANCE, ids),
        procurement_rank=dice.uniform(Purpose.PROCUREMENT, ids),
    )


def lever_paths(scenario: Scenario) -> tuple[Policy, ...]:
    """Return every lever's value, month by month."""
    if not scenario.levers:
        return status_quo_paths(scenario.n_months)
    return _by_month(scenario.path(lever.id) for lever in LEVERS)


@lru_cache(maxsize=64)
def status_quo_paths(n_months: int) -> tuple[Policy, ...]:
    """Return every lever's value in the status quo, month by month."""
    return _by_month(lever.status_quo(n_months) for lever in LEVERS)


def _by_month(paths: Iterable[Floats]) -> tuple[Policy, ...]:
    return tuple(map(Policy._make, zip(*(path.tolist() for path in paths), strict=True)))


def terms(policy: Policy, dice: Dice, month: int, *, self_hosting: bool) -> Terms:
    """Return what policy does to offers in `month`.

    The gate is shut in a month with chance (months a year) / 12: an episode, not a rationing.
    """
    return Terms(
        levy_closed=policy.closed_price_levy,
        tariff=policy.foreign_api_tariff,
        gate_shut=dice.one(Purpose.GATE, 0, month) < policy.us_frontier_gate / 12.0,
        self_hosting=self_hosting,
        eu_delay_months=policy.eu_open_delay,
        third_country_supply=policy.third_country_chip_supply,
    )
