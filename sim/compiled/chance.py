"""Compiled draws: see chance.py."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.chance import AGENT_FACTOR, MIX_ONE, MIX_TWO
from sim.compiled.jit import compiled

UInts = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]
_AGENT, _ONE, _TWO = np.uint64(AGENT_FACTOR), np.uint64(MIX_ONE), np.uint64(MIX_TWO)
_30, _27, _31, _12 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(12)
_UNIT = 2.0**-52


@compiled
def draw_of(agent: np.uint64, key: np.uint64) -> float:
    """Return the uniform in (0, 1) of one agent."""
    bits = (agent * _AGENT) ^ key
    bits = (bits ^ (bits >> _30)) * _ONE
    bits = (bits ^ (bits >> _27)) * _TWO
    bits = bits ^ (bits >> _31)
    return (float(bits >> _12) + 0.5) * _UNIT


@compiled
def _draw_all(agents: UInts, key: np.uint64, out: Floats) -> None:
    for k in range(agents.size):
        out[k] = draw_of(agents[k], key)


def uniform(agents: UInts, key: int) -> Floats:
    """Return one uniform in (0, 1) per agent number, shape of `agents`."""
    flat = np.ascontiguousarray(agents)
    out = np.empty(flat.shape)
    _draw_all(flat.reshape(-1), np.uint64(key), out.reshape(-1))
    return out
