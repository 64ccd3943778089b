"""How functions are compiled: strictly, so that no bit differs from the reference."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

from sim.twins import code_folder

R = TypeVar("R")
config: Any = numba.config
if not config.CACHE_DIR:  # before the first function is marked, whoever imports this first
    config.CACHE_DIR = str(code_folder())


def compiled(function: Callable[..., R]) -> Callable[..., R]:
    """Compile without fast-math (no reordering, no fusing), without the GIL, kept on disk."""
    jit = numba.njit(cache=True, nogil=True, fastmath=False, error_model="numpy")
    return cast(Callable[..., R], cast(Any, jit)(function))
