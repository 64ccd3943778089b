"""What can happen to the world beside policy: shocks, scheduled in a scenario or drawn by chance.

A scheduled shock has a month, a length and a size; a drawn one comes at `shock_rate` a year, each
kind as likely as another, with the length and size given here. Scenario and status quo meet the
same drawn shocks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sim.chance import Dice, Purpose
from sim.declare import unknown
from sim.levers import Policy


@dataclass(frozen=True)
class ShockKind:
    """A kind of shock: what its size means, and the usual size and length of a drawn one."""

    id: str
    label: str
    size_unit: str
    low: float
    high: float
    size: float
    months: int


KINDS: tuple[ShockKind, ...] = (
    ShockKind(
        "chip_tightening", "Chip controls tighten", "added strength, 0 to 1", 0.0, 1.0, 0.15, 24
    ),
    ShockKind("access_gate", "The US gate is shut to foreigners", "none", 0.0, 1.0, 1.0, 3),
    ShockKind(
        "model_ban", "Chinese models are banned in the US", "share covered", 0.0, 1.0, 0.5, 12
    ),
    ShockKind("incident", "A misuse incident", "number of incidents", 1.0, 6.0, 1.0, 1),
    ShockKind("lab_reversal", "A lab reverses its stance", "none", 0.0, 1.0, 1.0, 1),
    ShockKind(
        "chip_breakthrough", "A Chinese chip breakthrough", "log gain of compute", 0.0, 2.0, 0.3, 1
    ),
)
BY_ID = {kind.id: kind for kind in KINDS}


@dataclass(frozen=True)
class Shock:
    """One shock: its kind, first month, length in months, size, and the lab it strikes if any."""

    kind: str
    month: int
    months: int
    size: float
    lab: str = ""


def shock_kind(name: str) -> ShockKind:
    """Return the kind called `name`, or raise InputError naming the nearest one."""
    if name not in BY_ID:
        raise unknown("shock", name, BY_ID)
    return BY_ID[name]


def drawn(dice: Dice, rate_per_year: float, n_months: int, labs: tuple[str, ...]) -> list[Shock]:
    """Return the shocks chance brings, by month."""
    if rate_per_year == 0.0:  # no draw is below it
        return []
    found = []
    for number, kind in enumerate(KINDS):
        for month in range(n_months):
            if dice.one(Purpose.SAMPLED_SHOCK, number, month) < rate_per_year / 12.0 / len(KINDS):
                pick = dice.one(Purpose.SAMPLED_SHOCK, len(KINDS) + number, month)
                lab = labs[int(pick * len(labs))] if kind.id == "lab_reversal" else ""
                found.append(Shock(kind.id, month, kind.months, kind.size, lab))
    return found


def in_force(shocks: Iterable[Shock], month: int) -> list[Shock]:
    """Return the shocks that act in `month`."""
    return [s for s in shocks if s.month <= month < s.month + s.months]


def shocked(levers: Policy, acting: list[Shock]) -> Policy:
    """Return levers as shocks leave them."""
    for shock in acting:
        if shock.kind == "chip_tightening":
            stronger = min(1.0, levers.chip_export_controls + shock.size)
            levers = levers._replace(chip_export_controls=stronger)
        elif shock.kind == "access_gate":
            levers = levers._replace(us_frontier_gate=12.0)
        elif shock.kind == "model_ban":
            covered = max(levers.us_foreign_model_ban, shock.size)
            levers = levers._replace(us_foreign_model_ban=covered)
    return levers
