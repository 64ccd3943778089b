"""What happens by chance: every draw is a pure function of what it decides.

A draw is keyed by (seed, replicate, purpose, agent, month) and never taken from a shared stream.
Adding an agent, an event or a purpose therefore shifts no other draw, and two scenarios that
differ nowhere differ by exactly zero. The mixing is the finaliser of SplitMix64 (Steele, Lea and
Flood 2014, https://doi.org/10.1145/2660193.2660195), applied once to the key and once to the
combination with agent and month.
"""

from __future__ import annotations

import math
from enum import IntEnum

import numpy as np
import numpy.typing as npt

UInts = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15
_MONTH = 0xD1B54A32D192ED03
_AGENT = 0x8CB92BA72F3D8DD7


class Purpose(IntEnum):
    """What a draw decides. Numbers are part of the model: never reuse or renumber one."""

    VOLUME = 1
    TASK = 2
    ORIGIN_TYPE = 3
    PRICE_TASTE = 4
    PEERS = 5
    CLEARED_AT_START = 6
    RECONSIDER = 7
    ENTRY = 8
    CHOICE = 9
    SECOND_CHOICE = 10
    CLEARANCE = 11
    BAN_COVERAGE = 12
    BAN_COMPLIANCE = 13
    PROCUREMENT = 14
    RELEASE_CLOCK = 15
    RELEASE_LUCK = 16
    OPENNESS = 17
    WEIGHT_EXPORT = 18
    GATE = 19


def _mix_int(value: int) -> int:
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9 & _MASK
    value = (value ^ (value >> 27)) * 0x94D049BB133111EB & _MASK
    return value ^ (value >> 31)


def _mix(values: UInts) -> UInts:
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


class Dice:
    """The draws of one replicate under one seed."""

    def __init__(self, seed: int, replicate: int) -> None:
        self._base = _mix_int(_mix_int(seed + _GOLDEN & _MASK) + replicate * _MONTH & _MASK)

    def _key(self, purpose: Purpose, month: int) -> int:
        return _mix_int(self._base + int(purpose) * _GOLDEN + (month + 1) * _MONTH & _MASK)

    def uniform(self, purpose: Purpose, agents: UInts, month: int = 0) -> Floats:
        """Return one uniform in (0, 1) per agent number, shape of `agents`."""
        key = np.uint64(self._key(purpose, month))
        bits = _mix((agents * np.uint64(_AGENT)) ^ key) >> np.uint64(11)
        return (bits.astype(np.float64) + 0.5) * 2.0**-53

    def normal(self, purpose: Purpose, agents: UInts, month: int = 0) -> Floats:
        """Return one standard normal per agent number, by Box and Muller."""
        radius = np.sqrt(-2.0 * np.log(self.uniform(purpose, agents * np.uint64(2), month)))
        angle = self.uniform(purpose, agents * np.uint64(2) + np.uint64(1), month)
        return radius * np.cos(2.0 * np.pi * angle)

    def one(self, purpose: Purpose, agent: int, month: int = 0) -> float:
        """Return one uniform in (0, 1) for a single agent."""
        bits = _mix_int((agent * _AGENT & _MASK) ^ self._key(purpose, month)) >> 11
        return (bits + 0.5) * 2.0**-53

    def one_normal(self, purpose: Purpose, agent: int, month: int = 0) -> float:
        """Return one standard normal for a single agent."""
        radius = math.sqrt(-2.0 * math.log(self.one(purpose, 2 * agent, month)))
        return radius * math.cos(2.0 * math.pi * self.one(purpose, 2 * agent + 1, month))


def normal_quantile(u: Floats) -> Floats:
    """Return the standard normal quantile of `u` in (0, 1), error below 1.2e-9 relative.

    Rational approximation of P. J. Acklam (2003), which is accurate enough for draws and, unlike
    rejection methods, monotone in `u`.
    """
    tail = np.sqrt(-2.0 * np.log(np.minimum(u, 1.0 - u)))
    far = np.polyval(_C, tail) / np.polyval(_D, tail) * np.where(u < 0.5, 1.0, -1.0)
    q = u - 0.5
    near = np.polyval(_A, q * q) * q / np.polyval(_B, q * q)
    return np.where(np.abs(q) <= 0.47575, near, far)


_A = (
    -3.969683028665376e01,
    2.209460984245205e02,
    -2.759285104469687e02,
    1.383577518672690e02,
    -3.066479806614716e01,
    2.506628277459239e00,
)
_B = (
    -5.447609879822406e01,
    1.615858368580409e02,
    -1.556989798598866e02,
    6.680131188771972e01,
    -1.328068155288572e01,
    1.0,
)
_C = (
    -7.784894002430293e-03,
    -3.223964580411365e-01,
    -2.400758277161838e00,
    -2.549732539343734e00,
    4.374664141464968e00,
    2.938163982698783e00,
)
_D = (
    7.784695709041462e-03,
    3.224671290700398e-01,
    2.445134137142996e00,
    3.754408661907416e00,
    1.0,
)
