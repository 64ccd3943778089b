"""What a page says of a study that ships: that it was never made, or that another model made it."""

from __future__ import annotations

import streamlit as st

from sim.studies import Study
from views.plain import plain


def not_made(command: str, icon: str) -> None:
    """Say which command makes what is missing."""
    st.info(f"Not made with this model yet: `{command}`.", icon=icon)


def of_today(study: Study) -> None:
    """Warn if another model made the study than the one that runs."""
    if not study.of_today:
        st.warning(
            f"Made with model {plain(study.model_version)}, not with the one that runs here; make "
            f"it again with `{study.command}`.",
            icon=":material/history:",
        )
