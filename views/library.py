"""Scenarios to open and keep: presets, saved ones, files, and the dialogs that manage them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from urllib.parse import urlencode

import streamlit as st

from sim.declare import InputError
from sim.saved import Saved
from sim.scenario import (
    Scenario,
    load_scenario,
    preset_names,
    scenario_from_toml,
    scenario_to_toml,
)
from sim.store import Conflict, Store
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
    if name not in preset_names():
        now.revision = store().get(name).revision


def _trying(act: Callable[[], object]) -> None:
    """Do something with the store from a callback; keep what went wrong, in one line, to show."""
    now = state.session()
    now.refused = ""
    try:
        act()
    except (Conflict, InputError) as error:
        now.refused = str(error)


def _refusal() -> None:
    refused = state.session().refused
    if refused:
        st.error(refused, icon=":material/error:")


@st.dialog("Save scenario", icon=":material/bookmark:")
def save_dialog() -> None:
    """Ask for a name and a note, and keep the scenario in hand."""
    now = state.session()
    if now.done:
        st.toast(now.done, icon=":material/bookmark_added:")
        now.done = ""
        st.rerun()
    with st.form("save_form", border=False):
        st.text_input(
            "Name",
            value=now.origin.name if now.revision is not None else "",
            max_chars=80,
            placeholder="For example: ban without funding",
            key="save_name",
        )
        st.text_area(
            "Note",
            value=now.scenario.story.replace("\n", " "),
            max_chars=MAX_NOTE,
            height=150,
            help="What the scenario is for; it is shown with it and travels in its file.",
            key="save_note",
        )
        st.form_submit_button(
            "Save",
            type="primary",
            icon=":material/bookmark:",
            key="save_go",
            on_click=_trying,
            args=(_save,),
        )
    _refusal()


def _save() -> None:
    now = state.session()
    name, note = st.session_state["save_name"].strip(), st.session_state["save_note"].strip()
    scenario = dataclasses.replace(now.scenario, title=name[:120] or "?", story=note)
    mine = now.revision is not None and name == now.origin.name
    record = store().save(scenario, name, revision=now.revision if mine else None)
    now.scenario = now.origin = record.scenario
    now.revision = record.revision
    now.done = f"Saved “{record.name}”"


@st.dialog("Saved scenarios", width="large", icon=":material/folder_open:")
def library_dialog() -> None:
    """List what is saved: open, rename, duplicate, delete and undo; read a file."""
    now = state.session()
    if now.done:
        now.done = ""
        st.rerun()
    records = saved()
    if not records:
        st.caption("Nothing saved yet. Move a lever and choose Save.")
    for record in records:
        _record(record)
    if now.deleted[0]:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"Deleted “{now.deleted[1]}”.", width="stretch")
            st.button(
                "Undo delete",
                icon=":material/undo:",
                key="undelete",
                on_click=_trying,
                args=(_undelete,),
            )
    _refusal()
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
            _act("Open", "open_in_new", record, _open_saved)
            with st.popover("Rename", icon=":material/edit:", key=f"rename_{record.id}"):
                st.text_input("New name", value=record.name, key=f"name_{record.id}")
                _act("Give this name", "check", record, _rename)
            _act("Duplicate", "content_copy", record, _duplicate)
            _act("Delete", "delete", record, _delete)


def _act(words: str, icon: str, record: Saved, act: Callable[[Saved], None]) -> None:
    st.button(
        words,
        icon=f":material/{icon}:",
        key=f"{icon}_{record.id}",
        on_click=_trying,
        args=(partial(act, record),),
    )


def _open_saved(record: Saved) -> None:
    _open(record.name)
    state.session().done = "Opened"


def _rename(record: Saved) -> None:
    now = state.session()
    name = st.session_state[f"name_{record.id}"]
    renamed = store().rename(record.id, name, revision=record.revision)
    if now.origin.name == record.name:
        now.origin = dataclasses.replace(now.origin, name=renamed.name)
        now.scenario = dataclasses.replace(now.scenario, name=renamed.name)
        now.revision = renamed.revision


def _duplicate(record: Saved) -> None:
    store().duplicate(record.id)


def _delete(record: Saved) -> None:
    store().delete(record.id)
    state.session().deleted = (record.id, record.name)


def _undelete() -> None:
    now = state.session()
    store().undelete(now.deleted[0])
    now.deleted = ("", "")


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
    st.button(
        "Open this file",
        type="primary",
        key="open_file",
        on_click=_open_file,
        args=(scenario,),
    )


def _open_file(scenario: Scenario) -> None:
    state.open_scenario(scenario)
    state.session().done = "Opened"


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
