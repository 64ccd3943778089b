"""What drives a result of the scenario in hand, and how good the evidence for it is."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from sim.drivers import Driver, drivers
from sim.parameters import ASSUMPTIONS
from views import engine, state
from views.headlines import HEADLINES
from views.plain import plain

WEAK = "assumption"
WORDS = (
    "Futures live in different worlds. The rank correlation between an assumption and a result, "
    "over the futures of the scenario in hand, says how much of their spread goes with it. Shown "
    "are those beyond what chance alone would reach in one of twenty results."
)


def draw() -> None:
    """Draw the choice of a result and, on ask, what drives it, weakest evidence marked."""
    st.markdown("#### The weakest evidence behind a result")
    st.caption(WORDS)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = st.selectbox(
            "Result",
            HEADLINES,
            format_func=lambda item: f"{item.label}, {item.where}",
            key="driven",
            width=420,
        )
        asked = st.button("What drives it?", icon=":material/query_stats:", key="drive")
    if not asked:
        return
    scenario = state.session().scenario
    with st.spinner("Running the futures of the scenario in hand"):
        (result,) = engine.finished([scenario])
    picture = chosen.picture
    found = drivers(result, picture.outcome.id, picture.group, len(result.months) - 1)
    if not found:
        st.info("No single assumption stands out from chance.", icon=":material/query_stats:")
        return
    st.table(driver_table(found), hide_index=True)
    weak = [ASSUMPTIONS[item.assumption].label for item in found if item.confidence == WEAK]
    if weak:
        st.markdown(f"**Weakest evidence driving this result**: {plain('; '.join(weak))}.")


def driver_table(found: tuple[Driver, ...]) -> pd.DataFrame:
    """Return one row a driver: its rank correlation, the grade of its evidence and its source."""
    return pd.DataFrame(
        [
            {
                "Assumption": plain(ASSUMPTIONS[item.assumption].label),
                "Rank correlation": f"{item.correlation:+.2f}",
                "Evidence": item.confidence,
                "Source": plain(ASSUMPTIONS[item.assumption].source),
            }
            for item in found
        ]
    )
