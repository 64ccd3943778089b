"""How governments react: fear remembers incidents and foreign leads, reviews turn it into rules.

F(t+1) = (1 - fear_decay) F + fear_incident incidents + fear_foreign_lead max(0, lead) / 10

where lead is how far the best open model of a rival is ahead of the best from home or a partner,
in ECI. A review, every six months and in the month after an incident, raises the rules R by a
quarter when F > fear_high and lowers them by a quarter when F < fear_low; between the two nothing
moves, so rules outlast the fear that made them. What a government does is its lever plus
`responsiveness` x R of the way to the strictest it would go (RESPONSES). Incidents come at a rate
that rises with the best open model and the best closed one a misuser can break into.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import simpy

from sim.arithmetic import exp_one
from sim.assumptions.state import StateParameters
from sim.levers import BY_ID, Policy
from sim.outcomes import ORIGINS, REGIONS

Floats = npt.NDArray[np.float64]

REVIEW_MONTHS = 6
STEP = 0.25
REFERENCE_ECI = 150.0  # GPT-5 of August 2025, at which `incident_rate` is stated
US, CN, EU, ALIGNED, NONALIGNED = range(len(REGIONS))
MOST_INCIDENTS = 6


@dataclass(frozen=True)
class Response:
    """What full rules of a fully responsive government add to a lever."""

    government: int
    lever: str
    full: float


RESPONSES: tuple[Response, ...] = (
    Response(US, "us_open_licence_threshold", -3.5),
    Response(US, "us_open_liability", 300.0),
    Response(US, "us_foreign_model_ban", 0.5),
    Response(US, "us_frontier_gate", 6.0),
    Response(CN, "cn_weight_export_limits", 0.5),
    Response(EU, "eu_open_burden", 10.0),
    Response(EU, "eu_open_delay", 3.0),
    Response(EU, "eu_foreign_model_ban", 0.4),
    Response(ALIGNED, "third_country_alignment", 0.5),
)


@dataclass
class Governments:
    """State of the five governments in the order of REGIONS; `due` are those that review now."""

    fear: list[float] = field(default_factory=lambda: [0.0] * len(REGIONS))
    rules: list[float] = field(default_factory=lambda: [0.0] * len(REGIONS))
    due: list[int] = field(default_factory=list)


def review_clock(
    clock: simpy.Environment, state: Governments, government: int, wait: int
) -> Generator[simpy.Event, None, None]:
    """Ring after `wait` months and then whenever a government's half-yearly review is due."""
    yield clock.timeout(wait)
    while True:
        state.due.append(government)
        yield clock.timeout(REVIEW_MONTHS)


def incidents(uniform: float, best_open: float, best_closed: float, p: StateParameters) -> int:
    """Return how many incidents happen this month: Poisson, by inverting its distribution."""
    within_reach = max(best_open, best_closed - p.jailbreak_gap_eci)
    if not math.isfinite(within_reach):
        return 0
    monthly = p.incident_rate / 12.0
    rate = monthly * exp_one((within_reach - REFERENCE_ECI) / p.incident_growth_eci)
    chance, total, count = exp_one(-rate), 0.0, 0
    while count < MOST_INCIDENTS:
        total += chance
        if uniform < total:
            break
        count += 1
        chance *= rate / count
    return count


def lead_of_rivals(best: Floats) -> tuple[float, ...]:
    """Return how far rivals' best open model leads each government's own side, ECI.

    `best` has shape (origins, closed and open). The side of the United States, Europe and aligned
    countries is every origin but China; China's rival is the United States' best model of any kind,
    and non-aligned countries have no side.
    """
    rows = dict(zip(ORIGINS, best.tolist(), strict=True))
    chinese = rows["CN"][1]
    trusted = max(opened for origin, (_, opened) in rows.items() if origin != "CN")
    american, own = max(rows["US"]), max(rows["CN"])
    vacuum = _positive(chinese - trusted)
    return vacuum, _positive(american - own), vacuum, vacuum, 0.0


def _positive(difference: float) -> float:
    return max(0.0, difference) if math.isfinite(difference) else 0.0


def remember(state: Governments, count: int, leads: tuple[float, ...], p: StateParameters) -> None:
    """Move fear by one month; an incident also calls every government to a review."""
    for k, lead in enumerate(leads):
        state.fear[k] += (
            -p.fear_decay * state.fear[k]
            + p.fear_incident * count
            + p.fear_foreign_lead * lead / 10
        )
    if count:
        state.due.extend(range(len(REGIONS)))


def review(state: Governments, p: StateParameters) -> list[tuple[int, float]]:
    """Let the governments whose review is due move their rules; return who moved, and to what."""
    moved = []
    for k in sorted(set(state.due)):
        step = (state.fear[k] > p.fear_high) - (state.fear[k] < p.fear_low)
        rules = min(1.0, max(0.0, state.rules[k] + STEP * step))
        if rules != state.rules[k]:
            state.rules[k] = rules
            moved.append((k, rules))
    state.due.clear()
    return moved


def realised(levers: Policy, state: Governments, responsiveness: float) -> Policy:
    """Return the levers with what governments add, held within each lever's range."""
    if responsiveness == 0.0 or not any(state.rules):
        return levers
    return _with_responses(levers, tuple(state.rules), responsiveness)


@lru_cache(maxsize=1024)
def _with_responses(levers: Policy, rules: tuple[float, ...], responsiveness: float) -> Policy:
    changes = {}
    for response in RESPONSES:
        added = responsiveness * rules[response.government] * response.full
        if added:
            lever = BY_ID[response.lever]
            changed = getattr(levers, lever.id) + added
            changes[lever.id] = min(lever.high, max(lever.low, changed))
    return levers._replace(**changes)
