"""One number as a field for the exact value and, below it, a slider; either moves the other.

style.py puts the field beside its label.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from sim.declare import Quantity
from sim.wording import Dial
from views import state


def draw(
    quantity: Quantity,
    shown: Dial,
    key: str,
    value: float,
    step: float,
    told: str,
    store: Callable[[float], None],
) -> None:
    """Draw both; `value` and `step` are in the unit the reader sees, `store` takes a new value in
    it, `told` is the help beside the label."""
    same: dict[str, Any] = {
        "min_value": shown.shown(quantity.low),
        "max_value": shown.shown(quantity.high),
        "step": step,
    }
    st.number_input(
        quantity.label,
        help=told,
        format="%g",
        **same,
        **state.widget(f"number_{key}", value, store),
    )
    st.slider(
        quantity.label,
        label_visibility="collapsed",
        format=shown.format,
        value=shown.shown(quantity.default),  # set anyway: without it, all state is looked through
        **same,
        **state.widget(f"slider_{key}", value, store),
    )
