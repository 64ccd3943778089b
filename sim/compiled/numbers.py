"""Compiled exponentials and logarithms: see arithmetic.py."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from sim import arithmetic
from sim.arithmetic import EXP_TERMS, HIGHEST, LN2_HIGH, LN2_LOW, LOG2_E, LOG_TERMS, LOWEST
from sim.compiled.bits import bits_of_double, double_of_bits
from sim.compiled.jit import compiled

Floats = npt.NDArray[np.float64]
SQRT_HALF = arithmetic.SQRT_HALF
# Added to a whole number of modest size, this leaves the number in the lowest bits: 1.5 x 2^52.
WHOLE = 6755399441055744.0
BIAS = np.int64(1023)
EXPONENT_AT, EXPONENT_OF_HALF = np.int64(52), np.int64(1022)
MANTISSA_BITS, HALF_BITS = np.int64((1 << 52) - 1), np.int64(1022 << 52)
LEAST_NORMAL, MOST = float(np.finfo(np.float64).tiny), float(np.finfo(np.float64).max)


@compiled
def exp_of(x: float) -> float:
    """Return e to the power of x.

    Scales by the number whose bits are 2 to the k: exact, as ldexp is, since |k| is below 1022.
    """
    held = min(max(x, LOWEST), HIGHEST)
    k = np.floor(held * LOG2_E + 0.5)
    r = held - k * LN2_HIGH
    r = r - k * LN2_LOW
    y = r * EXP_TERMS[0]
    for n in range(1, 13):
        y = y + EXP_TERMS[n]
        y = y * r
    y = y + EXP_TERMS[13]
    scaled: float = y * double_of_bits((bits_of_double(k + WHOLE) + BIAS) << EXPONENT_AT)
    return scaled


@compiled
def exp_in_place(x: Floats) -> None:
    """Replace each element by its exponential; the loop has no call and no branch in it."""
    for k in range(x.size):
        x[k] = exp_of(x[k])


@compiled
def log_of(x: float) -> float:
    """Return the natural logarithm of x above zero."""
    m, e = math.frexp(x)
    if m < SQRT_HALF:
        m = m * 2.0
        e = e - 1
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    y = z * LOG_TERMS[0]
    for n in range(1, 10):
        y = y + LOG_TERMS[n]
        y = y * z
    y = y + LOG_TERMS[10]
    y = y * s
    total = e * LN2_LOW + 2.0 * y
    return total + e * LN2_HIGH


@compiled
def log_in_place(x: Floats) -> None:
    """Replace each element, a normal number above zero, by its natural logarithm.

    Takes exponent and mantissa from the bits, as frexp does, so that the loop has no call in it.
    """
    for k in range(x.size):
        bits = bits_of_double(x[k])
        e = np.float64((bits >> EXPONENT_AT) - EXPONENT_OF_HALF)
        m = double_of_bits((bits & MANTISSA_BITS) | HALF_BITS)
        low = 1.0 if m < SQRT_HALF else 0.0
        m = m * (1.0 + low)
        e = e - low
        s = (m - 1.0) / (m + 1.0)
        z = s * s
        y = z * LOG_TERMS[0]
        for n in range(1, 10):
            y = y + LOG_TERMS[n]
            y = y * z
        y = y + LOG_TERMS[10]
        y = y * s
        total = e * LN2_LOW + 2.0 * y
        x[k] = total + e * LN2_HIGH


@compiled
def pairwise_sum(x: Floats) -> float:
    """Return the sum of the elements, in the order in which numpy adds up what lies together:
    one by one below eight, in eight sums up to 128, in halves beyond."""
    n = x.size
    total = 0.0
    if n < 8:
        for k in range(n):
            total += x[k]
        return total
    if n > 128:
        half = n // 2
        half -= half % 8
        return pairwise_sum(x[:half]) + pairwise_sum(x[half:])
    s0, s1, s2, s3, s4, s5, s6, s7 = x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7]
    end = n - n % 8
    for k in range(8, end, 8):
        s0 += x[k]
        s1 += x[k + 1]
        s2 += x[k + 2]
        s3 += x[k + 3]
        s4 += x[k + 4]
        s5 += x[k + 5]
        s6 += x[k + 6]
        s7 += x[k + 7]
    summed: float = ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7))
    for k in range(end, n):
        summed += x[k]
    return summed


@compiled
def exp_array(x: Floats) -> Floats:
    """Return e to the power of each element, any shape."""
    out = np.empty(x.shape, dtype=np.float64)
    out[:] = x
    exp_in_place(out.reshape(-1))
    return out


@compiled
def log_array(x: Floats) -> Floats:
    """Return the natural logarithm of each element, any shape."""
    out = np.empty(x.shape, dtype=np.float64)
    out[:] = x
    flat, normal = out.reshape(-1), True
    for k in range(flat.size):
        normal &= (flat[k] >= LEAST_NORMAL) & (flat[k] <= MOST)
    if normal:
        log_in_place(flat)
    else:
        for k in range(flat.size):
            flat[k] = log_of(flat[k])
    return out
