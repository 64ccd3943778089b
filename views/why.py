"""What changed and why: two or three sentences from the event log, each open to one actor's story.

A sentence says what is counted and, of single decisions, what the log's own numbers show. That an
effect hangs on a mechanism or a lever is said only after both scenarios were run without it. All
words are the model's own, names of laboratories included.
"""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from sim.explain.statements import Statement, recount, say_check, statements
from sim.result import Result
from views import engine, state
from views.stories import story_dialog

KINDS = {"labs": "Laboratories", "governments": "Governments", "developers": "Developers"}
NOTHING_MOVED = (
    "No lever is moved, so every decision comes out as in the status quo. Move one, and this says "
    "which laboratories, governments and developers decide otherwise."
)
NO_ONE_WAY = (
    "The scenario changes numbers, but in no group of laboratories or developers do more than half "
    "of the futures go one way."
)


def place() -> DeltaGenerator:
    """Draw the heading and keep the room; return the place for what is told of all futures."""
    with st.container(key="why", gap="xsmall"):
        st.markdown("#### What changed and why")
        return st.container(key="why_told", gap="xsmall")


def tell(here: DeltaGenerator, result: Result, baseline: Result) -> None:
    """Tell who decided otherwise, in as many of these futures."""
    told = _statements(baseline.run_id, result.run_id, baseline, result)
    with here:
        if not told:
            same = not result.scenario.changed_levers()
            st.caption(NOTHING_MOVED if same else NO_ONE_WAY)
            return
        asked = None
        with st.grid(len(told), min_column_width=260, gap="small"):
            for statement in told:
                if _card(statement, result, baseline):
                    asked = statement
        st.caption(
            f"From the event logs of {result.replicates} futures, each met by scenario and status "
            "quo alike. In the model; a sentence with “checked” was tested by putting the named "
            "mechanism or lever back."
        )
    if asked is not None:
        story_dialog(asked, result, baseline)


@st.cache_data(show_spinner=False, max_entries=64)
def _statements(
    base_id: str, result_id: str, _base: Result, _result: Result
) -> tuple[Statement, ...]:
    """Return what is told of two runs; their ids say which they are."""
    return statements(_base, _result)


def _card(statement: Statement, result: Result, baseline: Result) -> bool:
    """Draw one sentence; return whether its story was asked for."""
    kind, who = statement.effect.kind, statement.effect.who
    with st.container(border=True, key=f"why_{kind}_{who}", gap="xsmall", height="stretch"):
        st.markdown(f":small[:gray[{KINDS[kind]}]]  \n{statement.text}")
        st.caption(statement.because)
        slot = st.container()
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            asked = st.button(
                "One actor's story",
                icon=":material/timeline:",
                type="tertiary",
                key=f"story_{kind}_{who}",
                help="What one of them decides in one future, in status quo and scenario",
            )
            if statement.switch is not None:
                st.button(
                    "Check it",
                    icon=":material/science:",
                    type="tertiary",
                    key=f"check_{kind}_{who}",
                    help=f"Run both again with {statement.switch.words}, and count again",
                    on_click=_ask_check,
                    args=(statement, result.run_id),
                )
        _checked(slot, statement, result, baseline)
    return asked


def _key(statement: Statement, run_id: str) -> str:
    return f"{run_id}.{statement.effect.kind}.{statement.effect.who}"


def _ask_check(statement: Statement, run_id: str) -> None:
    wanted: set[str] = st.session_state.setdefault("checks", set())
    wanted.add(_key(statement, run_id))


def _checked(slot: DeltaGenerator, statement: Statement, result: Result, baseline: Result) -> None:
    """Run and count again with the switch thrown, if that was asked for."""
    if _key(statement, result.run_id) not in st.session_state.get("checks", ()):
        return
    assert statement.switch is not None
    line = slot.caption("Running both again without it.")

    def waiting(finished: int) -> None:
        line.caption(f"Running both again without it: {finished} futures so far.")

    pair = statement.switch.put_back(baseline.scenario, result.scenario)
    base, other = engine.finished(pair, seed=state.session().opened.seed, waiting=waiting)
    words = say_check(statement, recount(statement, base, other))
    line.markdown(f":small[:material/check: {words}]")
