"""What stands on the time axis: acts of governments, releases, policy, shocks, frequent reviews."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from sim.catalogue import load_models
from sim.evidence import load_policy_events
from sim.levers import BY_ID as LEVERS
from sim.log import Event
from sim.outcomes import REGIONS
from sim.place_names import REGION_LABELS
from sim.result import Result
from sim.shocks import BY_ID as SHOCKS
from sim.wording import dial

OFTEN = 0.4  # of futures in which a review falls in the same month
LONGEST = 110


def by_month(result: Result) -> list[str | None]:
    """Return in words what happens in each month, None where nothing is told."""
    told: list[list[str]] = [[] for _ in result.months]
    happened = (*_recorded(), *_releases(), *_policy(result), *_shocks(result), *_reviews(result))
    for month, words in happened:
        if 0 <= month < len(told):
            told[month].append(words)
    return ["; ".join(words) or None for words in told]


@lru_cache(maxsize=1)
def _recorded() -> tuple[tuple[int, str], ...]:
    """Return the weighty acts of the policy timeline."""
    return tuple(
        (event.month, f"{event.actor}: {_cut(event.event)}")
        for event in load_policy_events()
        if event.strength == "high"
    )


@lru_cache(maxsize=1)
def _releases() -> tuple[tuple[int, str], ...]:
    """Return the releases on record that were the best closed, or the best open, model so far."""
    known = [
        (model.release_month, -model.eci, model.name, model.openness)
        for model in load_models()
        if model.release_month is not None and model.eci is not None
    ]
    told: list[tuple[int, str]] = []
    best = {"open": -np.inf, "closed": -np.inf}
    for month, below, name, openness in sorted(known, key=lambda row: row[:2]):
        kind = "closed" if openness == "closed_api" else "open"
        if -below > best[kind]:
            best[kind] = -below
            words = f"Release: {name}, best {kind} model so far ({-below:.0f} ECI)"
            told.append((month, words))
    return tuple(told)


def _policy(result: Result) -> Iterator[tuple[int, str]]:
    for name, setting in result.scenario.changed_levers().items():
        shown = dial(LEVERS[name])
        change = f"{shown.say(LEVERS[name].default)} → {shown.say(setting.value)}"
        yield setting.start, f"Scenario: {LEVERS[name].label} {change}"


def _shocks(result: Result) -> Iterator[tuple[int, str]]:
    for shock in result.scenario.shocks:
        yield shock.month, f"Shock: {SHOCKS[shock.kind].label}"


def _reviews(result: Result) -> Iterator[tuple[int, str]]:
    """Yield the months in which a government's review moves its rules in many futures."""
    moved = np.zeros((len(REGIONS), len(result.months)))
    for log in result.logs:
        reviews = log[log["event"] == Event.REVIEW]
        np.add.at(moved, (reviews["actor"], reviews["month"]), 1.0)
    for region, month in np.argwhere(moved >= OFTEN * max(1, len(result.logs))):
        share = round(100 * moved[region, month] / len(result.logs))
        where = REGION_LABELS[REGIONS[region]]
        yield int(month), f"{where}: a review moves rules in {share} of 100 futures"


def _cut(words: str) -> str:
    return words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"
