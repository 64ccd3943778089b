"""A page with one slider, four numbers and two charts, and nothing to work out: a lower bound.

`streamlit run benchmarks/browser/bare.py`. What a move takes here, browser and Streamlit take for
so much on this machine. Its charts are a band and a line over ten years of months.
"""

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

MONTHS = 120


def chart(phase: float) -> alt.LayerChart:
    """Return a chart that looks different for every phase."""
    month = np.arange(MONTHS)
    middle = np.sin(month / 10 + phase)
    table = pd.DataFrame({"month": month, "low": middle - 0.5, "y": middle, "high": middle + 0.5})
    drawn = alt.Chart(table)
    band = drawn.mark_area(opacity=0.2).encode(x="month", y="low", y2="high")
    return alt.layer(band, drawn.mark_line().encode(x="month", y="y"))


value = st.sidebar.slider("Lever", 0, 1000)
st.caption("1 futures. Numbers")  # by which the page is known to be there
for at, column in enumerate(st.columns(4)):
    column.metric(f"Number {at + 1}", value + at)
for at, column in enumerate(st.columns(2)):
    with column.container(key=f"card_large_{at}"):
        st.altair_chart(chart(value + at), key=f"chart_{at}")
