"""How near the choice kernel comes to what cannot be avoided, and how far peers are from it."""

from __future__ import annotations

import importlib
from typing import Any

from benchmarks.speed.timing import Action, interleaved
from benchmarks.speed.work import (
    Work,
    by_machine_code,
    by_numpy,
    choices_of_a_month,
    lower_bound,
)

CHOICES = 10_000
ROUNDS = 7
PEERS = {"mesa": "benchmarks.speed.mesa_peer", "agentpy": "benchmarks.speed.agentpy_peer"}


def kernels() -> tuple[dict[str, float | None], list[str]]:
    """Return the bound, kernels over it, peers over the compiled kernel; and why one is missing."""
    work = choices_of_a_month(CHOICES)
    actions: dict[str, Action] = {
        "bound": lower_bound(work),
        "compiled": lambda: by_machine_code(work),
        "numpy": lambda: by_numpy(work),
    }
    missing = []
    for name in PEERS:
        try:
            actions[name] = peer(name, work).step
        except ImportError as error:
            missing.append(f"{name} is not timed: {error}")
    best = interleaved(actions, ROUNDS)
    found: dict[str, float | None] = {
        "lower_bound_ms": best["bound"] * 1e3,
        "numpy_kernel_over_lower_bound": best["numpy"] / best["bound"],
        "compiled_kernel_over_lower_bound": best["compiled"] / best["bound"],
    }
    for name in PEERS:
        ratio = best[name] / best["compiled"] if name in best else None
        found[f"{name}_over_compiled_kernel"] = ratio
    return found, missing


def peer(name: str, work: Work) -> Any:
    """Return the work on a peer framework; ImportError where it is not installed."""
    return importlib.import_module(PEERS[name]).Market(work)
