"""What policy amounts to this month, and whom the rules bind.

Who is covered by a ban is keyed to the stream, so a wider ban covers everyone a narrower one
does; whether a covered stream complies is keyed too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.assumptions.market import MarketParameters
from sim.chance import Dice, Purpose
from sim.levers import LEVERS
from sim.offers import Terms
from sim.population import ALIGNED, CN, EU, NONALIGNED, PUBLIC, US, Population
from sim.scenario import Scenario

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

NONALIGNED_SHARE_OF_ALIGNMENT = 0.25
BANNED_HOSTED, BANNED_SELF, ONLY_TRUSTED = 1, 2, 4  # bits of what binds a stream


@dataclass(frozen=True)
class Rulebook:
    """All levers over time, of the scenario and of the status quo (n_months,) each, and the keyed
    positions of the streams, shape (N,)."""

    paths: list[dict[str, float]]
    status_quo: list[dict[str, float]]
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


def lever_paths(scenario: Scenario) -> list[dict[str, float]]:
    """Return every lever's value, month by month."""
    return _by_month({lever.id: scenario.path(lever.id) for lever in LEVERS}, scenario.n_months)


def status_quo_paths(n_months: int) -> list[dict[str, float]]:
    """Return every lever's value in the status quo, month by month."""
    return _by_month({lever.id: lever.status_quo(n_months) for lever in LEVERS}, n_months)


def _by_month(paths: dict[str, Floats], n_months: int) -> list[dict[str, float]]:
    columns = {key: path.tolist() for key, path in paths.items()}
    return [{key: path[month] for key, path in columns.items()} for month in range(n_months)]


def terms(policy: dict[str, float], dice: Dice, month: int, *, self_hosting: bool) -> Terms:
    """Return what policy does to offers in `month`.

    The gate is shut in a month with chance (months a year) / 12: an episode, not a rationing.
    """
    return Terms(
        levy_closed=policy["closed_price_levy"],
        tariff=policy["foreign_api_tariff"],
        gate_shut=dice.one(Purpose.GATE, 0, month) < policy["us_frontier_gate"] / 12.0,
        self_hosting=self_hosting,
        eu_delay_months=policy["eu_open_delay"],
        third_country_supply=policy["third_country_chip_supply"],
    )


def bound(
    rules: Rulebook, policy: dict[str, float], who: Population, p: MarketParameters
) -> npt.NDArray[np.uint8]:
    """Return which rules bind each stream this month, as bits, shape (N,)."""
    american, follow = policy["us_foreign_model_ban"], policy["third_country_alignment"]
    coverage = np.zeros(5)
    coverage[US] = american
    coverage[EU] = policy["eu_foreign_model_ban"]
    coverage[ALIGNED] = american * follow
    coverage[NONALIGNED] = american * follow * NONALIGNED_SHARE_OF_ALIGNMENT
    covered = rules.coverage_rank < coverage[who.region]
    public = (who.segment == PUBLIC) & (who.region != CN)
    trusted = public & (rules.procurement_rank < policy["trusted_open_procurement"])
    bits = BANNED_HOSTED * (covered & (rules.compliance_rank < p.ban_compliance_hosted))
    bits = bits + BANNED_SELF * (covered & (rules.compliance_rank < p.ban_compliance_self))
    return (bits + ONLY_TRUSTED * trusted).astype(np.uint8)
