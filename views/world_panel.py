"""The second panel: what nobody controls. It moves the status quo and the scenario together."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import streamlit as st

from sim.declare import Quantity
from sim.mechanisms import BY_ID, MECHANISMS
from sim.parameters import ASSUMPTIONS
from sim.wording import dial
from views import exact, state
from views.lever_panel import CONFIDENCE

FIRST = (
    "maker_aversion",
    "host_aversion",
    "closed_premium",
    "price_sensitivity",
    "erosion_rate",
    "demand_growth",
    "compute_growth",
    "algorithmic_progress",
    "spillover",
    "cn_domestic_growth",
)
PARTS = {
    "trust": "Trust in foreign models",
    "developers": "How developers choose",
    "market": "Markets",
    "labs": "Laboratories",
    "release": "The decision to release weights",
    "state": "Governments and incidents",
}
TEXT = Path(__file__).parent / "text"


def draw() -> None:
    """Draw assumptions and mechanism switches on a ground of their own colour."""
    with st.container(key="world_panel", border=True):
        st.markdown((TEXT / "world.md").read_text("utf-8"))
        _assumptions()
        _mechanisms()


def _assumptions() -> None:
    """Draw each part of the world: the first of its assumptions and those held, the rest on ask."""
    held = state.session().scenario.assumptions
    for part, words in PARTS.items():
        own = [quantity for quantity in ASSUMPTIONS.values() if quantity.actor == part]
        first = [quantity for quantity in own if quantity.id in FIRST or quantity.id in held]
        rest = [quantity for quantity in own if quantity not in first]
        st.markdown(f"##### {words}")
        for quantity in first:
            _assumption(quantity)
        if rest:
            more = st.expander(
                f":small[{len(rest)} more]", type="compact", key=f"more_{part}", on_change="rerun"
            )
            if more.open:
                with more:
                    for quantity in rest:
                        _assumption(quantity)


def _assumption(quantity: Quantity) -> None:
    held = state.session().scenario.assumptions
    value = held.get(quantity.id, quantity.default)
    shown = dial(quantity)
    low, high = shown.shown(quantity.low), shown.shown(quantity.high)
    exact.draw(
        quantity,
        shown,
        f"world_{quantity.id}",
        shown.shown(value),
        _step(high - low),
        _help(quantity),
        lambda moved: state.set_assumption(quantity.id, _within(quantity, shown.stored(moved))),
    )
    if value != quantity.default:
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", wrap=False):
            st.markdown(
                f":orange-badge[{shown.say(quantity.default)} → {shown.say(value)}]",
                width="stretch",
            )
            words = f"Take “{quantity.label}” back to its default"
            st.button(
                words,
                icon=":material/undo:",
                key=f"reset_world_{quantity.id}",
                type="tertiary",
                help=words,
                on_click=state.set_assumption,
                args=(quantity.id, None),
            )


def _within(quantity: Quantity, value: float) -> float | None:
    clamped = min(max(value, quantity.low), quantity.high)
    return None if clamped == quantity.default else clamped


def _step(span: float) -> float:
    """Return a round step of which the span holds between 20 and 100."""
    return next(s for s in (0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 50.0, 500.0) if span / s <= 100)


def _help(quantity: Quantity) -> str:
    return (
        f"{quantity.meaning}\n\nUnit: {quantity.unit}. Default "
        f"{dial(quantity).say(quantity.default)}, {CONFIDENCE[quantity.confidence]}. "
        f"Source: {quantity.source}."
    )


def _mechanisms() -> None:
    off = state.session().scenario.off
    st.markdown("##### Mechanisms" + (f" :orange-badge[{len(off)} off]" if off else ""))
    st.caption("Each off removes one part of the model from scenario and status quo alike.")
    for item in MECHANISMS:
        st.toggle(
            item.label,
            help=f"{item.meaning}\n\nRival explanation: {BY_ID[item.rival].label}.",
            **state.widget(
                f"mechanism_{item.id}",
                item.id not in off,
                partial(state.switch, item.id),
            ),
        )
