"""The compiled twins of the simulator's hot functions, by the names twins.py knows them by.

Each does the operations of its reference in the same order, without fused or reordered
arithmetic, and so returns the same bits. Machine code is kept on disk beside the source, or where
NUMBA_CACHE_DIR says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sim.compiled.chance import uniform
from sim.compiled.choice import choose
from sim.compiled.numbers import exp, log
from sim.compiled.orders import sums_of_orders
from sim.compiled.people import mingle
from sim.compiled.shortlist import shortlists

TWINS: dict[str, Callable[..., Any]] = {
    "exp": exp,
    "log": log,
    "uniform": uniform,
    "choose": choose,
    "shortlists": shortlists,
    "sums_of_orders": sums_of_orders,
    "mingle": mingle,
}
