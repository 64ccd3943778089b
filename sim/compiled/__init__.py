"""The compiled twins of the simulator's hot functions, by the names twins.py knows them by.

Each does the operations of its reference in the same order, without fused or reordered
arithmetic, and so returns the same bits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sim.compiled.chance import normal_quantile, uniform
from sim.compiled.choice import choose, pick
from sim.compiled.crowd import remember, stir
from sim.compiled.jit import compiled
from sim.compiled.ledger import by_line, price_tables, trust_sums, welfare
from sim.compiled.makers import makers
from sim.compiled.market import market
from sim.compiled.menu import build_menu
from sim.compiled.numbers import exp_array, exp_of, log_array, log_of
from sim.compiled.orders import sums_of_orders
from sim.compiled.people import mingle
from sim.compiled.shortlist import shortlists

__all__ = ["PRIMITIVES", "STEPS", "TWINS", "compiled"]

# What kernels may call: these work on arrays of any shape inside compiled code.
PRIMITIVES: dict[str, Callable[..., Any]] = {
    "exp": exp_array,
    "log": log_array,
    "exp_one": exp_of,
    "log_one": log_of,
}
# Steps of the month that are one call, by the name order.py has for them.
STEPS: dict[str, Callable[..., Any]] = {"makers": makers, "market": market}
TWINS: dict[str, Callable[..., Any]] = PRIMITIVES | {
    "uniform": uniform,
    "normal_quantile": normal_quantile,
    "menu": build_menu,
    "shortlists": shortlists,
    "stir": stir,
    "remember": remember,
    "choose": choose,
    "pick": pick,
    "sums_of_orders": sums_of_orders,
    "price_tables": price_tables,
    "mingle": mingle,
    "by_line": by_line,
    "trust_sums": trust_sums,
    "welfare": welfare,
}
