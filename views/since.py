"""What is said of a scenario of another model: that it is one, and which outcomes moved since."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from sim.declare import InputError
from sim.kept import Numbers, numbers_of
from sim.moved import Move, Moves, moves, where
from sim.result import Result
from sim.store import Store
from sim.version import MODEL_VERSION
from sim.wording import measure
from views import state
from views.library import store
from views.opened import Opened
from views.plain import plain

SHOWN = 6


def place() -> DeltaGenerator:
    """Draw what can be said at once; return the place for what has to be run first."""
    here = st.container(key="since", gap="xsmall")
    for note in state.session().opened.notes:
        here.info(plain(note), icon=":material/info:")
    return here


def tell(here: DeltaGenerator, result: Result) -> None:
    """Say what moved since the older run, now that today's is finished."""
    now = state.session()
    if now.opened.version is None or now.edited:
        return
    before, older = _before(store(), now.opened), now.opened.run_id
    told = _moves(older, result.run_id, before, result) if before and older else None
    made = f"**Made under model {plain(now.opened.version)}; this is model {MODEL_VERSION}.**"
    with here.container(border=True, key="moved", gap="xsmall"):
        if told is None:
            st.markdown(f"{made} Its numbers are not kept here, so nothing says what moved.")
        elif not told.moved:
            st.markdown(f"{made} No outcome has moved.")
        else:
            count = f"{len(told.moved)} of {told.compared} series moved"
            st.markdown(f"{made} {count}; medians, furthest first:")
            st.table(_rows(told.moved[:SHOWN]), hide_index=True)
            if len(told.moved) > SHOWN:
                with st.expander(f"All {len(told.moved)}", key="moved_all"):
                    st.dataframe(_rows(told.moved), hide_index=True)


def _before(held: Store, opened: Opened) -> Numbers | None:
    """Return the numbers it had, None if they are not kept or are those of another question."""
    if opened.run_id is None:
        return None
    try:
        kept = held.runs.get(opened.run_id)
        if kept is None or not state.same(kept.read()[0], opened.scenario):
            return None
        return held.runs.numbers(opened.run_id)
    except InputError:
        return None


@st.cache_data(show_spinner=False, max_entries=32)
def _moves(before_id: str, after_id: str, _before: Numbers, _after: Result) -> Moves:
    """Return what moved; the two run ids say which runs they are."""
    return moves(_before, numbers_of(_after))


def _rows(moved: tuple[Move, ...]) -> list[dict[str, str]]:
    return [
        {
            "Outcome": where(move),
            "In": move.month,
            "Then": measure(move.unit).say(move.before),
            "Today": measure(move.unit).say(move.after),
            "Change": measure(move.unit).say_change(move.after - move.before),
            "Since": move.first_month,
        }
        for move in moved
    ]
