"""The Simulate page: move levers on the left, see what follows, against the status quo."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from sim.mechanisms import BY_ID as MECHANISM
from sim.parameters import ASSUMPTIONS
from sim.result import Result
from sim.version import MODEL_VERSION
from sim.wording import month_words
from views import (
    beyond,
    engine,
    keeping,
    lever_panel,
    library,
    since,
    state,
    style,
    why,
    world_panel,
)
from views.board import Board
from views.downloads import DISCLAIMER, futures_file
from views.files import share
from views.headlines import Cards, chooser
from views.plain import plain
from views.saving import save_dialog
from views.shelves import library_dialog

TEXT = Path(__file__).parent / "text"
LEGEND = "Lines: medians. Bands: 50 and 90 % of futures. Diamonds: published observations."
REPLAY_STEPS, REPLAY_STEP_SECONDS = 20, 0.1
PANELS = {"levers": "Policy levers", "world": "World assumptions"}


def panel() -> Callable[[], None]:
    """Draw the left-hand side down to what is to be moved; return what draws that below it, levers
    or assumptions."""
    with st.sidebar:
        library.picker()
        chosen = st.segmented_control(
            "What to move",
            list(PANELS),
            format_func=lambda name: PANELS[name],
            default="levers",
            required=True,
            label_visibility="collapsed",
            width="stretch",
            key="panel",
            persist_state="session",
        )
        below = st.container()

    def draw() -> None:
        with below:
            (world_panel if chosen == "world" else lever_panel).draw()

    return draw


def heading() -> None:
    """Draw title, story and what can be done with the scenario in hand."""
    now = state.session()
    title, tools = st.columns([1, 1], vertical_alignment="center")
    title.markdown(f"### {plain(now.title)}", help=plain(now.scenario.story) or None)
    with tools, st.container(horizontal=True, horizontal_alignment="right", gap="xsmall"):
        tool("undo", "Undo", state.undo, bool(now.past))
        tool("redo", "Redo", state.redo, bool(now.future))
        tool("replay", "Replay the last change", state.replay, bool(now.past))
        tool("restart_alt", "Take back every change since it was opened", state.reset, now.edited)
        ask = state.open_dialog
        st.button("Save", icon=":material/bookmark:", key="save", on_click=ask, args=("save",))
        st.button(
            "Saved", icon=":material/folder_open:", key="library", on_click=ask, args=("library",)
        )
        share()
    if now.done and not now.dialog:
        st.toast(now.done, icon=":material/check:")
        now.done = ""
    if now.dialog:
        {"save": save_dialog, "library": library_dialog}[now.dialog]()
    if now.message:
        st.error(plain(now.message), icon=":material/link_off:", title="This could not be opened")
    if now.scenario.story:
        with st.container(key="story"):
            st.caption(plain(now.scenario.story))


def tool(icon: str, words: str, act: Callable[[], None], able: bool) -> None:
    """Draw one small button that shows its icon and is called by its words."""
    st.button(
        words,
        icon=f":material/{icon}:",
        help=words,
        on_click=act,
        disabled=not able,
        key=f"tool_{icon}",
        type="tertiary",
    )


def other_world() -> None:
    """Say which assumptions differ from their defaults, since both lines then move."""
    scenario = state.session().scenario
    changes = [ASSUMPTIONS[name].label for name in scenario.assumptions]
    changes += [f"{MECHANISM[name].label}: off" for name in scenario.off]
    if changes:
        st.markdown(
            ":orange-badge[:material/public: Another world] :small[for scenario and status quo "
            f"alike: {'; '.join(changes)}.]"
        )


def ask() -> engine.Asked:
    """Have the workers begin with the scenario in hand, while the rest of the page is drawn."""
    now = state.session()
    pair = (now.scenario, engine.baseline_of(now.scenario))
    return engine.Asked(pair, seed=now.opened.seed)


def results(asked: engine.Asked, draw_levers: Callable[[], None]) -> tuple[Result, Result]:
    """Draw numbers and charts from a few futures, then redraw them in place from more; at last say
    what changed and why.

    Levers are drawn while workers are busy. Where nothing has to be run they come last, so that
    what was asked for is there sooner.
    """
    now = state.session()
    cards = Cards()
    status = st.caption("Running the first futures.")  # a row of its own: its length changes
    with st.container(horizontal=True, gap="small"):
        st.caption(LEGEND, width="content")
        chooser()
    board = Board()
    reasons = why.place()
    words = ["Running the first futures."]

    def waiting(finished: int) -> None:
        status.caption(f"{words[0]} {finished} run so far.")

    before = state.before_last()
    if before is not None:
        draw_levers()
        was = engine.finished(
            (before, engine.baseline_of(before)), seed=now.opened.seed, waiting=waiting
        )
        cards.draw(*was, now.scenario.horizon)
        board.draw(*was, final=True)
        _hold(status)
    for result, baseline in asked.refine(waiting, draw_levers if before is None else None):
        final = result.replicates >= engine.how_many()
        words[0] = count_words(result, final)
        status.caption(words[0])
        cards.draw(result, baseline, now.scenario.horizon)
        board.draw(result, baseline, final=final)
    status.caption(words[0])  # without the last count of runs
    board.offer_data(result, baseline)
    why.tell(reasons, result, baseline)
    return result, baseline


def _hold(status: DeltaGenerator) -> None:
    """Leave what is drawn on the page for a while; a lever moved meanwhile interrupts."""
    for _ in range(REPLAY_STEPS):
        status.caption(":blue-badge[Replay] As it was **before the last change**.")
        time.sleep(REPLAY_STEP_SECONDS)


def count_words(result: Result, final: bool) -> str:
    """Say how many futures are shown, whether more are coming, and for when the numbers are."""
    until = month_words(len(result.months) - 1)
    if final:
        return f"**{result.replicates} futures.** Numbers above: {until}."
    return f":orange-badge[Preview] **{result.replicates} futures.** Numbers above: {until}."


def footer(result: Result, baseline: Result) -> None:
    """Say which run this is and what it is not."""
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


style.apply()
state.session()
state.show_link()
with closing(ask()) as begun:
    draw_levers = panel()
    with st.container(key="page", gap="xsmall"):
        heading()
        other_world()
        beyond.tell(state.session().scenario)
        notice = since.place()
        finished, base = results(begun, draw_levers)
        since.tell(notice, finished)
        footer(finished, base)
        keeping.keep(finished)
