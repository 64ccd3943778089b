"""Frontier & Commons: an agent-based simulator of open and closed AI model releases.

The public surface. What needs the engine or pandas is imported on first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from sim.compare import Comparison, compare, compare_scenarios
from sim.declare import InputError
from sim.levers import LEVERS
from sim.outcomes import OUTCOMES
from sim.parameters import ASSUMPTIONS
from sim.scenario import (
    LeverSetting,
    Scenario,
    load_scenario,
    preset_names,
    scenario_from_toml,
    scenario_to_toml,
    with_changes,
)
from sim.version import MODEL_VERSION as __version__

if TYPE_CHECKING:
    from sim.ensemble import iter_run, iter_runs, run, run_all
    from sim.pool import Pool
    from sim.result import Result

__all__ = [
    "ASSUMPTIONS",
    "LEVERS",
    "OUTCOMES",
    "Comparison",
    "InputError",
    "LeverSetting",
    "Pool",
    "Result",
    "Scenario",
    "__version__",
    "compare",
    "compare_scenarios",
    "iter_run",
    "iter_runs",
    "load_scenario",
    "preset_names",
    "run",
    "run_all",
    "scenario_from_toml",
    "scenario_to_toml",
    "with_changes",
]


_LATER = {
    "Pool": "sim.pool",
    "Result": "sim.result",
    "iter_run": "sim.ensemble",
    "iter_runs": "sim.ensemble",
    "run": "sim.ensemble",
    "run_all": "sim.ensemble",
}


def __getattr__(name: str) -> object:
    if name in _LATER:
        return getattr(importlib.import_module(_LATER[name]), name)
    raise AttributeError(f"module 'sim' has no attribute {name!r}")
