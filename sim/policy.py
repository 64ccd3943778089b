"""What governments' levers amount to this month, and whom the rules bind.

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
from sim.population import ALIGNED, EU, NONALIGNED, PUBLIC, US, Population
from sim.scenario import Scenario

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

NONALIGNED_SHARE_OF_ALIGNMENT = 0.25


@dataclass(frozen=True)
class Rulebook:
    """All levers over time (shape (n_months,) each) and the keyed positions of the streams."""

    paths: dict[str, Floats]
    coverage_rank: Floats
    compliance_rank: Floats
    procurement_rank: Floats
    self_hosting: bool

    def value(self, lever_id: str, month: int) -> float:
        """Return one lever in one month."""
        return float(self.paths[lever_id][month])


@dataclass(frozen=True)
class Bound:
    """Which streams are bound by which rule this month, shape (N,) each."""

    ban_hosted: Bools
    ban_self: Bools
    only_trusted: Bools


def build_rulebook(scenario: Scenario, dice: Dice, population: Population) -> Rulebook:
    """Return the rules of one replicate."""
    ids = population.ids
    return Rulebook(
        paths={lever.id: scenario.path(lever.id) for lever in LEVERS},
        coverage_rank=dice.uniform(Purpose.BAN_COVERAGE, ids),
        compliance_rank=dice.uniform(Purpose.BAN_COMPLIANCE, ids),
        procurement_rank=dice.uniform(Purpose.PROCUREMENT, ids),
        self_hosting="self_hosting" not in scenario.off,
    )


def terms(rules: Rulebook, dice: Dice, month: int) -> Terms:
    """Return what policy does to offers in `month`.

    The gate is shut in a month with chance (months a year) / 12: an episode, not a rationing.
    """
    shut = dice.one(Purpose.GATE, 0, month) < rules.value("us_frontier_gate", month) / 12.0
    return Terms(
        levy_closed=rules.value("closed_price_levy", month),
        tariff=rules.value("foreign_api_tariff", month),
        gate_shut=shut,
        self_hosting=rules.self_hosting,
    )


def bound(rules: Rulebook, who: Population, p: MarketParameters, month: int) -> Bound:
    """Return whom bans and procurement rules bind in `month`."""
    american = rules.value("us_foreign_model_ban", month)
    follow = rules.value("third_country_alignment", month)
    coverage = np.zeros(5)
    coverage[US] = american
    coverage[EU] = rules.value("eu_foreign_model_ban", month)
    coverage[ALIGNED] = american * follow
    coverage[NONALIGNED] = american * follow * NONALIGNED_SHARE_OF_ALIGNMENT
    covered = rules.coverage_rank < coverage[who.region]
    public = (who.segment == PUBLIC) & (who.region != 1)
    return Bound(
        ban_hosted=covered & (rules.compliance_rank < p.ban_compliance_hosted),
        ban_self=covered & (rules.compliance_rank < p.ban_compliance_self),
        only_trusted=public
        & (rules.procurement_rank < rules.value("trusted_open_procurement", month)),
    )
