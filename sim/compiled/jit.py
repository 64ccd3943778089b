"""How functions are compiled: strictly, so that no bit differs from the reference."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compile without fast-math (no reordering, no fusing), without the GIL, kept on disk."""
    result: F = numba.njit(cache=True, nogil=True, fastmath=False, error_model="numpy")(function)
    return result


def inlined(function: F) -> F:
    """The same for a small function that is called in inner loops."""
    result: F = numba.njit(
        cache=True, nogil=True, fastmath=False, error_model="numpy", inline="always"
    )(function)
    return result
