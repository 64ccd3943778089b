"""Which pages there are, in which order, and what the browser's tab shows."""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st

HERE = Path(__file__).resolve().parent
if str(HERE.parent) not in sys.path:
    sys.path.insert(0, str(HERE.parent))  # pages import `views` and `sim` from the project's root

STATIC = HERE.parent / "static"

st.set_page_config(
    page_title="Frontier & Commons",
    page_icon=str(STATIC / "favicon.png"),
    layout="wide",
    initial_sidebar_state=340,
)
st.logo(str(STATIC / "mark.svg"), size="large")
st.navigation(
    [
        st.Page(HERE / "simulate.py", title="Simulate", icon=":material/tune:", default=True),
        st.Page(HERE / "compare.py", title="Compare", icon=":material/compare_arrows:"),
        st.Page(HERE / "claims.py", title="Claims", icon=":material/science:"),
        st.Page(HERE / "evidence.py", title="Evidence", icon=":material/fact_check:"),
        st.Page(HERE / "briefing.py", title="Briefing", icon=":material/slideshow:"),
    ],
    position="top",
).run()
