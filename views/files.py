"""Scenarios as files and links: reading files into the library, and sharing what is in hand."""

from __future__ import annotations

from dataclasses import asdict

import streamlit as st

from sim import links
from sim.declare import InputError
from sim.incoming import MAX_UPLOAD, Found, Outcome, found_in, take
from sim.outgoing import file_name
from sim.run_id import run_id
from sim.scenario import scenario_to_toml
from views import state
from views.library import store, trying, who
from views.opened import of_file
from views.plain import plain

_SHOWN = 50


def read_files() -> None:
    """Draw the upload and what was found in it; nothing in a file is trusted."""
    now = state.session()
    files = st.file_uploader(
        "Scenario files (.toml), or many in a .zip",
        type=["toml", "zip"],
        accept_multiple_files=True,
        max_upload_size=MAX_UPLOAD // 1_000_000,
        key=f"upload_{now.uploads}",
    )
    found: list[Found] = []
    refused: list[Outcome] = []
    for file in files:
        more, wrong = found_in(file.name, file.getvalue())
        found, refused = [*found, *more], [*refused, *wrong]
    if files:
        _offer(found, refused)
    elif now.outcomes:
        st.markdown("\n".join(now.outcomes))


def _offer(found: list[Found], refused: list[Outcome]) -> None:
    lines = [f"- {plain(o.file)}: **refused**, {plain(o.words)}" for o in refused]
    lines += [f"- {plain(f.file)}: {plain(f.scenario.title)}" for f in found]
    st.markdown("\n".join(_first(lines)))
    with st.container(horizontal=True, gap="small"):
        if found:
            st.button(
                "Add to the library" if len(found) == 1 else f"Add {len(found)} to the library",
                icon=":material/library_add:",
                type="primary",
                key="take_files",
                on_click=trying,
                args=(lambda: _take(found, refused),),
            )
        if len(found) == 1:
            st.button("Open without saving", key="open_file", on_click=_open_file, args=(found[0],))


def _take(found: list[Found], refused: list[Outcome]) -> None:
    """Store what was found, and keep what became of each file to say it."""
    now = state.session()
    outcomes = take(store(), found, author=who())
    lines = [_line(outcome) for outcome in outcomes]
    lines += [f"- {plain(o.file)}: **refused**, {plain(o.words)}" for o in refused]
    taken = sum(outcome.name is not None for outcome in outcomes)
    head = f"**{taken} taken, {len(lines) - taken} not.**"
    now.outcomes = (head, "", *_first(lines))
    now.uploads += 1  # a new key empties the upload


def _line(outcome: Outcome) -> str:
    words = f", {plain(outcome.words)}" if outcome.words else ""
    if outcome.name is None:
        return f"- {plain(outcome.file)}: **skipped**{words}"
    return f"- {plain(outcome.file)}: taken as “{plain(outcome.name)}”{words}"


def _first(lines: list[str]) -> list[str]:
    more = len(lines) - _SHOWN
    return [*lines[:_SHOWN], f"- and {more} more"] if more > 0 else lines


def _open_file(found: Found) -> None:
    state.put_in_hand(of_file(found))
    state.session().done = "Opened"


def share() -> None:
    """Draw the link and the file of the scenario in hand."""
    with st.popover("Share", icon=":material/link:", key="share", on_change="rerun") as shared:
        if not shared.open:
            return
        base = (st.context.url or "").split("?")[0]
        st.markdown("**Link to this scenario**")
        st.code(f"{base}?{links.query(state.link(_digest()))}", language=None, wrap_lines=True)
        st.caption(
            "It carries everything that decides the run and names the run and the model, so it "
            "opens anywhere, with nothing saved. In a terminal: python -m sim open 'LINK'."
        )
        scenario = state.shared()
        st.download_button(
            "Download scenario file",
            data=scenario_to_toml(scenario),
            file_name=file_name(scenario.title),
            mime="application/toml",
            icon=":material/download:",
            on_click="ignore",
            key="download_toml",
        )


def _digest() -> str | None:
    """Return the digest of the run in hand, None until it is finished and kept."""
    now = state.session()
    name = run_id(now.scenario, **asdict(state.size()))
    try:
        kept = store().runs.get(name)
    except InputError:
        return None
    return kept.digest if kept else None
