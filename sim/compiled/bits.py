"""Numbers taken apart into bits, inside compiled code: what C calls a union."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic


def _single_of_bits(_: Any, bits: Any) -> Any:
    """Return the single-precision number with these 32 bits."""

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], ir.FloatType())

    return types.float32(types.int32), build


def _bits_of_single(_: Any, number: Any) -> Any:
    """Return the 32 bits of a single-precision number."""

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], ir.IntType(32))

    return types.int32(types.float32), build


def _bits_of_double(_: Any, number: Any) -> Any:
    """Return the 64 bits of a double-precision number."""

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], ir.IntType(64))

    return types.int64(types.float64), build


def _double_of_bits(_: Any, bits: Any) -> Any:
    """Return the double-precision number with these 64 bits."""

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], ir.DoubleType())

    return types.float64(types.int64), build


bits_of_single: Any = intrinsic(_bits_of_single)
single_of_bits: Any = intrinsic(_single_of_bits)
bits_of_double: Any = intrinsic(_bits_of_double)
double_of_bits: Any = intrinsic(_double_of_bits)
