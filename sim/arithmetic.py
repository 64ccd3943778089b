"""How exponentials and logarithms are computed: the same bits on every machine of one architecture.

numpy and the C library choose different code for different processors, so the last bit of their
exp and log is not the same everywhere, and a run identifier could not promise equal tables. Here
both are built from operations that IEEE 754 fixes exactly (add, multiply, divide, round, scale),
in one order. The compiled kernels (compiled.py) use the same constants in the same order, so that
a future is the same bits whichever served it.

exp(x) = 2^k exp(r), k = round(x / ln 2), |r| <= ln(2) / 2, with a Taylor series of exp(r);
log(x) = e ln 2 + 2 artanh(s), x = m 2^e, s = (m - 1) / (m + 1), with the series of artanh.
Error of the double-precision forms: below 1e-15 relative; of `exp_single`: below 2e-7.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from sim.twins import kernel, twin

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

LOG2_E = 1.4426950408889634
LN2_HIGH = 6.93147180369123816490e-01  # the leading bits of ln 2, so that k LN2_HIGH is exact
LN2_LOW = 1.90821492927058770002e-10
SQRT_HALF = 0.7071067811865476
EXP_TERMS = tuple(1.0 / math.factorial(n) for n in range(13, -1, -1))
LOG_TERMS = tuple(1.0 / n for n in range(21, 0, -2))
LOWEST, HIGHEST = -700.0, 700.0

SINGLE_LOG2_E = np.float32(LOG2_E)
SINGLE_LN2_HIGH = np.float32(0.693359375)
SINGLE_LN2_LOW = np.float32(-2.12194440e-4)
# The polynomial of Cephes' expf (Moshier 1989, http://www.netlib.org/cephes/).
SINGLE_TERMS = tuple(
    np.float32(term)
    for term in (
        1.9875691500e-4,
        1.3981999507e-3,
        8.3334519073e-3,
        4.1665795894e-2,
        1.6666665459e-1,
        5.0000001201e-1,
    )
)
SINGLE_ONE, SINGLE_HALF = np.float32(1.0), np.float32(0.5)
# exp(80) times the slots of a shortlist is still a number; exp(88) is not.
SINGLE_LOWEST, SINGLE_HIGHEST = np.float32(-100.0), np.float32(80.0)
_BIAS, _MANTISSA = 127, 23


@twin("exp")
def exp(x: Floats) -> Floats:
    """Return e to the power of each element; arguments are held within +-700."""
    held = np.minimum(np.maximum(x, LOWEST), HIGHEST)
    k = np.floor(held * LOG2_E + 0.5)
    r = held - k * LN2_HIGH
    r -= k * LN2_LOW
    y = r * EXP_TERMS[0]
    for term in EXP_TERMS[1:-1]:
        y += term
        y *= r
    y += EXP_TERMS[-1]
    return np.ldexp(y, k.astype(np.int32))


@twin("log")
def log(x: Floats) -> Floats:
    """Return the natural logarithm of each element, all above zero."""
    m, e = np.frexp(x)
    low = m < SQRT_HALF
    m = m * (1.0 + low)
    scale = e - low.astype(np.float64)
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    y = z * LOG_TERMS[0]
    for term in LOG_TERMS[1:-1]:
        y += term
        y *= z
    y += LOG_TERMS[-1]
    y *= s
    total: Floats = scale * LN2_LOW + 2.0 * y
    total += scale * LN2_HIGH
    return total


@twin("exp_one")
def exp_one(x: float) -> float:
    """Return e to the power of x: the bits of `exp` for one number."""
    held = min(max(x, LOWEST), HIGHEST)
    k = math.floor(held * LOG2_E + 0.5)
    r = held - k * LN2_HIGH
    r -= k * LN2_LOW
    y = r * EXP_TERMS[0]
    for term in EXP_TERMS[1:-1]:
        y += term
        y *= r
    y += EXP_TERMS[-1]
    return math.ldexp(y, int(k))


@twin("log_one")
def log_one(x: float) -> float:
    """Return the natural logarithm of x above zero: the bits of `log` for one number."""
    m, e = math.frexp(x)
    if m < SQRT_HALF:
        m, e = m * 2.0, e - 1
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    y = z * LOG_TERMS[0]
    for term in LOG_TERMS[1:-1]:
        y += term
        y *= z
    y += LOG_TERMS[-1]
    y *= s
    total = e * LN2_LOW + 2.0 * y
    return total + e * LN2_HIGH


def exp_single(x: Singles) -> Singles:
    """Return e to the power of each element in single precision; below -88 it is exactly zero,
    above 80 it is held.

    `x` is used as working space and holds nothing afterwards.
    """
    np.maximum(x, SINGLE_LOWEST, out=x)
    np.minimum(x, SINGLE_HIGHEST, out=x)
    k = x * SINGLE_LOG2_E
    k += SINGLE_HALF
    np.floor(k, out=k)
    part = k * SINGLE_LN2_HIGH
    x -= part
    np.multiply(k, SINGLE_LN2_LOW, out=part)
    x -= part
    y = x * SINGLE_TERMS[0]
    y += SINGLE_TERMS[1]
    for term in SINGLE_TERMS[2:]:
        y *= x
        y += term
    np.multiply(x, x, out=part)
    y *= part
    y += x
    y += SINGLE_ONE
    power = k.astype(np.int32)
    power += _BIAS
    np.maximum(power, 0, out=power)
    power <<= _MANTISSA
    y *= power.view(np.float32)
    return y


@kernel
def logistic(x: Floats) -> Floats:
    """Return 1 / (1 + exp(-x))."""
    return 1.0 / (1.0 + exp(-x))


@kernel
def logistic_one(x: float) -> float:
    """Return 1 / (1 + exp(-x)) for one number: the bits of `logistic`."""
    return 1.0 / (1.0 + exp_one(-x))
