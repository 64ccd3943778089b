"""What happens by chance: every draw is a pure function of what it decides.

A draw is keyed by (seed, replicate, purpose, agent, month) and never taken from a shared stream.
Adding an agent, an event or a purpose therefore shifts no other draw, and two scenarios that
differ nowhere differ by exactly zero. The mixing is the finaliser of SplitMix64 (Steele, Lea and
Flood 2014, https://doi.org/10.1145/2660193.2660195), applied once to the key and once to the
combination with agent and month.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt

from sim.arithmetic import log
from sim.twins import twin

UInts = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]

_MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
MONTH = 0xD1B54A32D192ED03
AGENT_FACTOR = 0x8CB92BA72F3D8DD7
MIX_ONE, MIX_TWO = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


class Purpose(IntEnum):
    """What a draw decides. Numbers are part of the model: never reuse or renumber one."""

    CELL = 1
    VOLUME = 2
    PRICE_TASTE = 3
    ORIGIN_TYPE = 4
    PEERS = 5
    CLEARED_AT_START = 6
    EVENT = 7
    CHOICE = 8
    SECOND_CHOICE = 9
    CLEARANCE = 10
    BAN_COVERAGE = 11
    BAN_COMPLIANCE = 12
    PROCUREMENT = 13
    RATIONING = 14
    RATIONED_CHOICE = 15
    RELEASE_CLOCK = 20
    RELEASE_LUCK = 21
    OPENNESS = 22
    TRAILING = 23
    LICENCE_TERMS = 24
    WEIGHT_EXPORT = 25
    GATE = 26
    INCIDENT = 27
    REVIEW_PHASE = 28
    LICENSING = 29
    SAMPLED_SHOCK = 30
    EXPOSURE_SCALE = 31
    WORLD = 32
    WEIGHTS_DELAY = 33
    FRINGE_PICK = 34
    RATIONED_SECOND = 35
    MEASUREMENT = 36
    ORDER = 37
    GENERATION_SIZE = 38
    REVERSAL = 39


def _mix_int(value: int) -> int:
    value = (value ^ (value >> 30)) * MIX_ONE & _MASK
    value = (value ^ (value >> 27)) * MIX_TWO & _MASK
    return value ^ (value >> 31)


def _mix(values: UInts) -> UInts:
    values = (values ^ (values >> np.uint64(30))) * np.uint64(MIX_ONE)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(MIX_TWO)
    return values ^ (values >> np.uint64(31))


@twin("uniform")
def uniforms(agents: UInts, key: int) -> Floats:
    """Return one uniform in (0, 1) per agent number under a key, shape of `agents`."""
    bits = _mix((agents * np.uint64(AGENT_FACTOR)) ^ np.uint64(key)) >> np.uint64(12)
    return (bits.astype(np.float64) + 0.5) * 2.0**-52


class Dice:
    """The draws of one replicate under one seed."""

    def __init__(self, seed: int, replicate: int) -> None:
        self._base = _mix_int(_mix_int(seed + GOLDEN & _MASK) + replicate * MONTH & _MASK)

    @property
    def base(self) -> int:
        """The 64-bit number all keys are mixed from."""
        return self._base

    def key(self, purpose: Purpose, month: int = 0) -> int:
        """Return the 64-bit key of a purpose and month, from which an agent's draw is mixed."""
        return _mix_int(self._base + int(purpose) * GOLDEN + (month + 1) * MONTH & _MASK)

    def uniform(self, purpose: Purpose, agents: UInts, month: int = 0) -> Floats:
        """Return one uniform in (0, 1) per agent number, shape of `agents`."""
        return uniforms(agents, self.key(purpose, month))

    def table(self, purpose: Purpose, agents: UInts, months: UInts) -> Floats:
        """Return the uniforms of many agents in many months, shape (agents, months): those of
        `one`."""
        steps = (months + np.uint64(1)) * np.uint64(MONTH)
        keys = _mix(steps + np.uint64(self._base + int(purpose) * GOLDEN & _MASK))
        bits = _mix((agents * np.uint64(AGENT_FACTOR))[:, None] ^ keys) >> np.uint64(12)
        return (bits.astype(np.float64) + 0.5) * 2.0**-52

    def normal(self, purpose: Purpose, agents: UInts, month: int = 0) -> Floats:
        """Return one standard normal per agent number, the quantile of its uniform."""
        return normal_quantile(self.uniform(purpose, agents, month))

    def one(self, purpose: Purpose, agent: int, month: int = 0) -> float:
        """Return one uniform in (0, 1) for a single agent."""
        bits = _mix_int((agent * AGENT_FACTOR & _MASK) ^ self.key(purpose, month)) >> 12
        return (bits + 0.5) * 2.0**-52


@twin("normal_quantile")
def normal_quantile(u: Floats) -> Floats:
    """Return the standard normal quantile of `u` in (0, 1), error below 1.2e-9 relative.

    Rational approximation of P. J. Acklam (2003), which is accurate enough for draws and, unlike
    rejection methods, monotone in `u`.
    """
    tail = np.sqrt(-2.0 * log(np.minimum(u, 1.0 - u)))
    far = np.polyval(FAR_TOP, tail) / np.polyval(FAR_BOTTOM, tail) * np.where(u < 0.5, 1.0, -1.0)
    q = u - 0.5
    near = np.polyval(NEAR_TOP, q * q) * q / np.polyval(NEAR_BOTTOM, q * q)
    return np.where(np.abs(q) <= NEAR, near, far)


NEAR = 0.47575  # from the middle, beyond which the tails have a formula of their own
NEAR_TOP = (
    -3.969683028665376e01,
    2.209460984245205e02,
    -2.759285104469687e02,
    1.383577518672690e02,
    -3.066479806614716e01,
    2.506628277459239e00,
)
NEAR_BOTTOM = (
    -5.447609879822406e01,
    1.615858368580409e02,
    -1.556989798598866e02,
    6.680131188771972e01,
    -1.328068155288572e01,
    1.0,
)
FAR_TOP = (
    -7.784894002430293e-03,
    -3.223964580411365e-01,
    -2.400758277161838e00,
    -2.549732539343734e00,
    4.374664141464968e00,
    2.938163982698783e00,
)
FAR_BOTTOM = (
    7.784695709041462e-03,
    3.224671290700398e-01,
    2.445134137142996e00,
    3.754408661907416e00,
    1.0,
)
