"""Compiled draws: see chance.py."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.chance import (
    AGENT_FACTOR,
    FAR_BOTTOM,
    FAR_TOP,
    GOLDEN,
    MIX_ONE,
    MIX_TWO,
    MONTH,
    NEAR,
    NEAR_BOTTOM,
    NEAR_TOP,
)
from sim.compiled.jit import compiled
from sim.compiled.numbers import log_in_place

UInts = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]
_AGENT, _ONE, _TWO = np.uint64(AGENT_FACTOR), np.uint64(MIX_ONE), np.uint64(MIX_TWO)
_30, _27, _31, _12 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(12)
_UNIT = 2.0**-52
_GOLDEN_STEP, _MONTH_STEP = np.uint64(GOLDEN), np.uint64(MONTH)


@compiled
def draw_of(agent: np.uint64, key: np.uint64) -> float:
    """Return the uniform in (0, 1) of one agent."""
    bits = (agent * _AGENT) ^ key
    bits = (bits ^ (bits >> _30)) * _ONE
    bits = (bits ^ (bits >> _27)) * _TWO
    bits = bits ^ (bits >> _31)
    return (float(bits >> _12) + 0.5) * _UNIT


@compiled
def key_of(base: np.uint64, purpose: int, month: int) -> np.uint64:
    """Return the key of a purpose and month: see Dice.key."""
    bits = base + np.uint64(purpose) * _GOLDEN_STEP + np.uint64(month + 1) * _MONTH_STEP
    bits = (bits ^ (bits >> _30)) * _ONE
    bits = (bits ^ (bits >> _27)) * _TWO
    return bits ^ (bits >> _31)


@compiled
def draw_all(agents: UInts, key: np.uint64, out: Floats) -> None:
    """Write the uniform in (0, 1) of each agent."""
    for k in range(agents.size):
        out[k] = draw_of(agents[k], key)


def uniform(agents: UInts, key: int) -> Floats:
    """Return one uniform in (0, 1) per agent number, shape of `agents`."""
    flat = np.ascontiguousarray(agents)
    out = np.empty(flat.shape)
    draw_all(flat.reshape(-1), np.uint64(key), out.reshape(-1))
    return out


@compiled
def quantiles(u: Floats, tail: Floats, out: Floats) -> None:
    """Write the standard normal quantiles of `u`; `tail` is working space."""
    for k in range(u.size):
        tail[k] = min(u[k], 1.0 - u[k])
    log_in_place(tail)
    for k in range(u.size):
        t = np.sqrt(-2.0 * tail[k])
        top, bottom = FAR_TOP[0], FAR_BOTTOM[0]
        for n in range(1, len(FAR_TOP)):
            top = top * t + FAR_TOP[n]
        for n in range(1, len(FAR_BOTTOM)):
            bottom = bottom * t + FAR_BOTTOM[n]
        far = top / bottom * (1.0 if u[k] < 0.5 else -1.0)
        q = u[k] - 0.5
        z = q * q
        top, bottom = NEAR_TOP[0], NEAR_BOTTOM[0]
        for n in range(1, len(NEAR_TOP)):
            top = top * z + NEAR_TOP[n]
        for n in range(1, len(NEAR_BOTTOM)):
            bottom = bottom * z + NEAR_BOTTOM[n]
        out[k] = top * q / bottom if abs(q) <= NEAR else far


def normal_quantile(u: Floats) -> Floats:
    """Return the standard normal quantile of `u` in (0, 1), any shape."""
    flat = np.ascontiguousarray(u)
    out = np.empty(flat.shape)
    quantiles(flat.reshape(-1), np.empty(flat.size), out.reshape(-1))
    return out
