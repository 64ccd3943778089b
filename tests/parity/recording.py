"""Real arguments of every twin and kernel, recorded in futures that take every turn of the code."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from sim import Scenario, twins
from sim.replicate import simulate
from sim.shocks import Shock
from tests.worlds import scenario

STREAMS = 300
SEED, REPLICATE = 7, 3
# Which calls of a function in one future are kept: a few early ones and fewer later.
KEPT = frozenset({0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610, 987, 1597, 2584})
Call = tuple[tuple[Any, ...], dict[str, Any]]

RULES = {
    "us_foreign_model_ban": 0.5,
    "eu_foreign_model_ban": 0.4,
    "third_country_alignment": 0.6,
    "trusted_open_procurement": 0.5,
    "foreign_api_tariff": 0.4,
    "closed_price_levy": 0.2,
    "us_frontier_gate": 6.0,
    "eu_open_delay": 3.0,
    "cn_weight_export_limits": 0.5,
    "us_open_licence_threshold": 25.0,
    "licensing_reviewers": 1.0,
}
SCARCE = {"api_capacity_share": 0.1}
OFF = (
    "good_enough",
    "price_collapse",
    "scarcity_rent",
    "licence_cost",
    "frontier_following",
    "peer_cascade",
    "retained_control",
)
SCENARIOS: dict[str, Scenario] = {
    "the status quo": scenario(until="2029-06"),
    "bans, tariffs, a shut gate, licences": scenario(until="2029-06", **RULES),
    "a simulated history short of chips": scenario(
        until="2027-12", supply="simulated", assumptions=SCARCE, **RULES
    ),
    "shocks, and mechanisms off": scenario(
        until="2028-12",
        off=OFF,
        assumptions=SCARCE | {"shock_rate": 3.0, "incident_rate": 4.0, "responsiveness": 1.0},
        shocks=[Shock("lab_reversal", 55, 1, 1.0, "deepseek")],
        worlds="prior",
    ),
}


@lru_cache(maxsize=1)
def calls() -> dict[str, list[Call]]:
    """Return some arguments with which each function was called, by its name."""
    found: dict[str, list[Call]] = {name: [] for name in twins.references()}
    with twins.only("reference"):
        for told in SCENARIOS.values():
            for name, reference in twins.references().items():
                twins._installed[name] = _recorder(reference, found[name])
            simulate(told, seed=SEED, replicate=REPLICATE, streams=STREAMS)
    return found


def _recorder(reference: Callable[..., Any], kept: list[Call]) -> Callable[..., Any]:
    """Return the reference, which notes the arguments of some of its calls."""
    count = 0

    def run(*args: Any, **kwargs: Any) -> Any:
        nonlocal count
        if count in KEPT:
            kept.append(copy.deepcopy((args, kwargs)))
        count += 1
        return reference(*args, **kwargs)

    return run


def outcome(form: Callable[..., Any], call: Call) -> tuple[Any, Any]:
    """Return what a form answers, and what it leaves of its arguments."""
    args, kwargs = copy.deepcopy(call)
    return form(*args, **kwargs), (args, kwargs)


def differences(one: Any, other: Any, where: str = "result") -> list[str]:
    """Return the places in which two structures do not hold the same bits."""
    if isinstance(one, np.ndarray):
        return [] if _same_bits(one, np.asarray(other)) else [where]
    if is_dataclass(one) and not isinstance(one, type):
        names = [item.name for item in fields(one)]
        pairs = [(name, getattr(one, name), getattr(other, name)) for name in names]
    elif isinstance(one, dict):
        pairs = [(str(key), one[key], other[key]) for key in one]
    elif isinstance(one, tuple | list):
        names = getattr(one, "_fields", None) or [str(k) for k in range(len(one))]
        pairs = list(zip(names, one, other, strict=True))
    else:
        return [] if _same_value(one, other) else [where]
    return [found for name, a, b in pairs for found in differences(a, b, f"{where}.{name}")]


def _same_bits(one: np.ndarray, other: np.ndarray) -> bool:
    same_kind = one.dtype == other.dtype and one.shape == other.shape
    return same_kind and one.tobytes() == other.tobytes()


def _same_value(one: Any, other: Any) -> bool:
    if isinstance(one, float | np.floating):
        return np.float64(one).tobytes() == np.float64(other).tobytes()
    return bool(one == other)
