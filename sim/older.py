"""How a scenario of an older model is read: what this model still knows is kept, the rest is told.

A lever, assumption, mechanism or shock that is gone, or a value that is no longer allowed, is left
out and named in one line each. What is not TOML at all, or too large, stays an error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sim.declare import InputError, printable
from sim.mechanisms import mechanism
from sim.parameters import assumption
from sim.scenario import (
    KNOWN_KEYS,
    MAX_SHOCKS,
    MAX_STORY,
    MAX_TITLE,
    Scenario,
    check_setting,
    check_shock,
    scenario_from_dict,
)

_MOST_LEFT_OUT = 50
_HUGE = (OverflowError, RecursionError, ValueError)  # from float, repr or str of a value


def read_older(raw: Mapping[str, Any], name: str) -> tuple[Scenario, tuple[str, ...]]:
    """Return the scenario a table of an older model still describes, and what was left out."""
    left_out = [f"unknown key {printable(key)!r}" for key in raw if key not in KNOWN_KEYS]
    kept: dict[str, Any] = {
        "levers": _kept(raw.get("levers"), check_setting, left_out),
        "assumptions": _kept(
            raw.get("assumptions"), lambda key, value: assumption(key).check(value), left_out
        ),
        "off": _listed(raw.get("off"), lambda item: mechanism(str(item)), left_out),
        "shocks": _listed(raw.get("shocks"), check_shock, left_out),
        "title": _text(raw.get("title"), MAX_TITLE) or printable(name) or "?",
        "story": _text(raw.get("story"), MAX_STORY),
    }
    if len(kept["shocks"]) > MAX_SHOCKS:
        left_out.append(f"shocks: those after the first {MAX_SHOCKS}")
        kept["shocks"] = kept["shocks"][:MAX_SHOCKS]
    scenario = scenario_from_dict(kept, name)
    for key in ("horizon", "supply", "worlds"):
        if key in raw:
            kept, scenario = _with(kept, key, raw[key], scenario, left_out)
    return scenario, tuple(left_out[:_MOST_LEFT_OUT])


def _kept(
    table: object, check: Callable[[str, Any], object], left_out: list[str]
) -> dict[str, object]:
    if not isinstance(table, dict):
        return {}
    return {key: value for key, value in table.items() if _allowed(check, (key, value), left_out)}


def _listed(items: object, check: Callable[[Any], object], left_out: list[str]) -> list[object]:
    if not isinstance(items, list):
        return []
    return [item for item in items if _allowed(check, (item,), left_out)]


def _allowed(
    check: Callable[..., object], arguments: tuple[object, ...], left_out: list[str]
) -> bool:
    try:
        check(*arguments)
    except InputError as error:
        left_out.append(printable(error, 200))
    except _HUGE:
        left_out.append("a value that is too large or too deeply nested")
    else:
        return True
    return False


def _with(
    kept: dict[str, Any], key: str, value: object, scenario: Scenario, left_out: list[str]
) -> tuple[dict[str, Any], Scenario]:
    """Return table and scenario with one more key, or as they were if it is not allowed."""
    more = {**kept, key: value}
    try:
        return more, scenario_from_dict(more, scenario.name)
    except InputError as error:
        left_out.append(printable(error, 200))
    return kept, scenario


def _text(value: object, limit: int) -> str:
    return value[:limit] if isinstance(value, str) else ""
