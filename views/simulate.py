"""The Simulate page: move levers on the left, see what follows, against the status quo."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from sim.mechanisms import BY_ID as MECHANISM
from sim.settings import REPLICATES
from sim.version import MODEL_VERSION
from views import engine, lever_panel, library, state, style, world_panel
from views.board import Board
from views.downloads import DISCLAIMER, futures_file
from views.headlines import Cards
from views.wording import month_words

TEXT = Path(__file__).parent / "text"
LEVERS, WORLD = "Policy levers", "World assumptions"

style.apply()
now = state.session()
state.show_link()

with st.sidebar:
    library.picker()
    panel = st.segmented_control(
        "Panel",
        [LEVERS, WORLD],
        default=LEVERS,
        required=True,
        label_visibility="collapsed",
        width="stretch",
        key="panel",
        persist_state="session",
    )
    if panel == WORLD:
        world_panel.draw()
    else:
        lever_panel.draw()

page = st.container(key="page", gap="xsmall")
title, tools = page.columns([5, 6], vertical_alignment="center")
with title:
    st.markdown(f"### {now.title}")
with tools, st.container(horizontal=True, horizontal_alignment="right", gap="xsmall"):
    st.button(
        ":material/undo:",
        help="Undo",
        on_click=state.undo,
        disabled=not now.past,
        key="undo",
        type="tertiary",
    )
    st.button(
        ":material/redo:",
        help="Redo",
        on_click=state.redo,
        disabled=not now.future,
        key="redo",
        type="tertiary",
    )
    st.button(
        "Reset",
        help="Take back every change since this scenario was opened",
        on_click=state.reset,
        disabled=not now.edited,
        key="reset_all",
        type="tertiary",
    )
    if st.button("Save", icon=":material/bookmark:", key="save"):
        library.save_dialog()
    if st.button("Saved", icon=":material/folder_open:", key="library"):
        library.library_dialog()
    library.share()

if now.message:
    st.error(now.message, icon=":material/link_off:", title="This could not be opened")
if now.scenario.story:
    with st.container(key="story"):
        st.caption(now.scenario.story.replace("\n", " "))
world = [f"{name} changed" for name in now.scenario.assumptions] + [
    f"{MECHANISM[name].label}: off" for name in now.scenario.off
]
if world:
    st.markdown(
        f":orange-badge[:material/public: Other world] :small[In both scenario and status quo: "
        f"{'; '.join(world)}.]"
    )

cards = Cards()
status = st.caption("Starting …")
board = Board()

month = now.scenario.horizon


def waiting(finished: int) -> None:
    """Say how far the run is; a lever moved meanwhile interrupts here."""
    status.caption(f"{shown_words} Refining: {finished} futures finished.")


shown_words = "Starting the first futures."
pair = (now.scenario, engine.baseline_of(now.scenario))
for result, baseline in engine.refine(pair, waiting=waiting):
    final = result.replicates >= REPLICATES
    count = result.replicates
    shown_words = (
        f"**{count} futures.**" if final else f":orange-badge[Preview] **{count} futures.**"
    )
    status.caption(
        f"{shown_words} Numbers above: {month_words(month)}. Lines: medians. Darker band: half of "
        "the futures; lighter: 90 %. Diamonds: published observations."
    )
    cards.draw(result, baseline, month)
    board.draw(result, baseline, final=final)

board.offer_data(result, baseline)
with st.expander("How to read this page", icon=":material/help:"):
    st.markdown((TEXT / "reading.md").read_text("utf-8"))
with st.container(horizontal=True, vertical_alignment="center"):
    st.caption(
        f"Run {result.run_id} · model {MODEL_VERSION} · seed {result.seed} · "
        f"{result.replicates} futures · **{DISCLAIMER}**",
        width="stretch",
    )
    st.download_button(
        "All futures",
        data=futures_file(result, baseline),
        file_name=f"{result.run_id}.parquet",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
        key="download_all",
    )
