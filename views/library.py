"""Scenarios to open and keep: presets, saved ones, files, and the dialogs that manage them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from urllib.parse import urlencode

import streamlit as st

from sim.declare import InputError
from sim.scenario import (
    Scenario,
    load_scenario,
    preset_names,
    scenario_from_toml,
    scenario_to_toml,
)
from sim.store import Conflict, Saved, Store
from views import state

MAX_NOTE = 4000


@st.cache_resource(show_spinner=False)
def store() -> Store:
    """Return the database of saved scenarios, opened once a server."""
    return Store()


def saved() -> list[Saved]:
    """Return the saved scenarios by name; none, and a message, if the database is out of reach."""
    try:
        return store().list()
    except InputError as error:
        state.session().message = str(error)
        return []


@st.cache_data(show_spinner=False)
def _preset(name: str) -> Scenario:
    return load_scenario(name)


def presets() -> list[Scenario]:
    """Return the shipped presets, status quo first."""
    return [_preset(name) for name in preset_names()]


def titles() -> dict[str, str]:
    """Return name -> title of everything that can be opened, presets first."""
    found = {preset.name: preset.title for preset in presets()}
    return found | {record.name: f"Saved: {record.name}" for record in saved()}


def find(name: str) -> Scenario:
    """Return a preset or a saved scenario by name; InputError if it is gone or unreadable."""
    return _preset(name) if name in preset_names() else store().get(name).scenario


def picker() -> None:
    """Draw the choice of what to open."""
    now = state.session()
    offered = titles()
    options = list(offered)
    if now.origin.name not in offered:
        offered[now.origin.name] = f"From a file: {now.origin.title}"
        options.append(now.origin.name)
    st.selectbox(
        "Scenario",
        options,
        format_func=lambda name: offered.get(name, name),
        help="Presets ship with the simulator and never change. Saved ones are yours.",
        **state.widget("open", now.origin.name, _open),
    )


def _open(name: str) -> None:
    now = state.session()
    try:
        found = find(name)
    except InputError as error:
        now.message = str(error)
        return
    state.open_scenario(found)
    now.revision = store().get(name).revision if name not in preset_names() else None


def _trying(act: Callable[[], object]) -> bool:
    """Do something with the store; say what went wrong in one line and return whether it worked."""
    try:
        act()
    except (Conflict, InputError) as error:
        st.error(str(error), icon=":material/error:")
        return False
    return True


@st.dialog("Save scenario", icon=":material/bookmark:")
def save_dialog() -> None:
    """Ask for a name and a note, and keep the scenario in hand."""
    now = state.session()
    mine = now.origin.name not in preset_names() and now.revision is not None
    with st.form("save", border=False):
        name = st.text_input(
            "Name",
            value=now.origin.name if mine else "",
            max_chars=80,
            placeholder="For example: ban without funding",
            key="save_name",
        )
        note = st.text_area(
            "Note",
            value=now.scenario.story.replace("\n", " "),
            max_chars=MAX_NOTE,
            height=150,
            help="What the scenario is for; it is shown with it and travels in its file.",
            key="save_note",
        )
        go = st.form_submit_button("Save", type="primary", icon=":material/bookmark:")
    if go and _trying(lambda: _save(name, note, mine)):
        st.rerun()


def _save(name: str, note: str, mine: bool) -> None:
    now = state.session()
    title = name.strip() or now.origin.title
    scenario = dataclasses.replace(now.scenario, name=name.strip(), title=title, story=note.strip())
    over = now.revision if mine and name.strip() == now.origin.name else None
    record = store().save(scenario, name, revision=over)
    now.scenario = now.origin = record.scenario
    now.revision = record.revision
    st.toast(f"Saved “{record.name}”", icon=":material/bookmark_added:")


@st.dialog("Saved scenarios", width="large", icon=":material/folder_open:")
def library_dialog() -> None:
    """List what is saved: open, rename, duplicate, delete and undo; read a file."""
    now = state.session()
    records = saved()
    if not records:
        st.caption("Nothing saved yet. Move a lever and choose Save.")
    for record in records:
        _record(record)
    if now.deleted:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"Deleted “{now.deleted[1]}”.", width="stretch")
            if st.button("Undo delete", icon=":material/undo:", key="undelete") and _trying(
                lambda: store().undelete(now.deleted[0])
            ):
                now.deleted = ("", "")
                st.rerun(scope="fragment")
    st.markdown("##### Read a scenario file")
    _import()


def _record(record: Saved) -> None:
    with st.container(border=True, key=f"saved_{record.id}", gap="xsmall"):
        st.markdown(f"**{record.name}**")
        if record.story:
            st.caption(record.story[:240] + ("…" if len(record.story) > 240 else ""))
        st.caption(
            f"Saved {record.updated_at:%d %B %Y, %H:%M} UTC under model {record.model_version}"
        )
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            if st.button("Open", key=f"open_{record.id}", icon=":material/open_in_new:"):
                _open(record.name)
                st.rerun()
            with st.popover("Rename", icon=":material/edit:"):
                name = st.text_input("New name", value=record.name, key=f"name_{record.id}")
                if st.button("Rename", key=f"rename_{record.id}") and _trying(
                    lambda: _rename(record, name)
                ):
                    st.rerun(scope="fragment")
            if st.button("Duplicate", key=f"copy_{record.id}", icon=":material/content_copy:"):
                if _trying(lambda: store().duplicate(record.id)):
                    st.rerun(scope="fragment")
            if st.button("Delete", key=f"delete_{record.id}", icon=":material/delete:"):
                if _trying(lambda: store().delete(record.id)):
                    state.session().deleted = (record.id, record.name)
                    st.rerun(scope="fragment")


def _rename(record: Saved, name: str) -> None:
    now = state.session()
    renamed = store().rename(record.id, name, revision=record.revision)
    if now.origin.name == record.name:
        now.origin = dataclasses.replace(now.origin, name=renamed.name)
        now.scenario = dataclasses.replace(now.scenario, name=renamed.name)
        now.revision = renamed.revision


def _import() -> None:
    """Draw the upload; what is in a file is untrusted and may only be a scenario."""
    file = st.file_uploader("Scenario file (.toml)", type="toml", max_upload_size=1, key="upload")
    if file is None:
        return
    try:
        scenario = scenario_from_toml(file.getvalue().decode("utf-8"), "file")
    except UnicodeDecodeError:
        st.error("The file is not text in UTF-8.", icon=":material/error:")
        return
    except InputError as error:
        st.error(str(error), icon=":material/error:")
        return
    st.markdown(f"**{scenario.title}**, {len(scenario.changed_levers())} levers changed")
    if st.button("Open this file", type="primary", key="open_file"):
        state.open_scenario(scenario)
        state.session().revision = None
        st.rerun()


def share() -> None:
    """Draw the link and the file of the scenario in hand."""
    with st.popover("Share", icon=":material/link:", key="share", on_change="rerun") as shared:
        if not shared.open:
            return
        base = (st.context.url or "").split("?")[0]
        query = urlencode(state.link(), safe=":,@")
        st.markdown("**Link to this scenario**")
        st.code(f"{base}?{query}" if query else base, language=None, wrap_lines=True)
        st.caption("It holds every changed lever and assumption, and needs nothing saved.")
        now = state.session()
        scenario = dataclasses.replace(now.scenario, title=now.title[:120])
        st.download_button(
            "Download scenario file",
            data=scenario_to_toml(scenario),
            file_name=f"{scenario.name.replace(' ', '_')}.toml",
            mime="application/toml",
            icon=":material/download:",
            on_click="ignore",
            key="download_toml",
        )
