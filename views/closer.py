"""The second half of the Compare page: one scenario against the first, looked at more closely."""

from __future__ import annotations

import streamlit as st

from sim.compare import Comparison
from views import four, shares, stakes
from views.contrast import labels
from views.pictures import Picture

SHARES, STAKES, FOUR = "Which lever did it", "Who gains", "Which world"


def section(comparison: Comparison, shown: Picture, month: int) -> None:
    """Draw the choice of what to look at, and that alone."""
    st.markdown("#### Look closer")
    names = labels(comparison.results)
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        part = st.segmented_control(
            "Look closer at",
            [SHARES, STAKES, FOUR],
            default=SHARES,
            key="closer_part",
            required=True,
            label_visibility="collapsed",
            persist_state="session",
        )
        at = 1
        if len(names) > 2:
            at = st.selectbox(
                "Which scenario, against the first",
                range(1, len(names)),
                format_func=lambda number: names[number],
                key=f"closer_at_{len(names)}",
                width=300,
            )
    first, second = comparison.results[0], comparison.results[at]
    pair = names[0], names[at]
    if part == STAKES:
        stakes.section(first, second, month, pair)
    elif part == FOUR:
        four.section(first.scenario, second.scenario, shown, month, pair)
    else:
        shares.section(first, second, shown, month, pair)
