"""Scenarios to open: presets, which are files and never change, and those in the library."""

from __future__ import annotations

import os
from collections.abc import Callable

import streamlit as st

from sim.declare import InputError
from sim.scenario import Scenario, load_scenario, preset_names
from sim.store import Conflict, Saved, Store
from sim.store.database import ENVIRONMENT
from views import state
from views.opened import Opened, of_record
from views.plain import plain

CONNECTION = "scenarios"
RECENT = 20
_IN_HAND = ""  # the name of nothing: what is in hand came from a file or a link


@st.cache_resource(show_spinner=False, on_release=lambda store: store.close())
def store() -> Store:
    """Return the library, opened once a server.

    FRONTIER_COMMONS_DB says where it is, or else [connections.scenarios] in secrets.toml.
    """
    if os.environ.get(ENVIRONMENT) or not _has_connection():
        return Store()
    connection = st.connection(CONNECTION, type="sql", ttl=0, pool_pre_ping=True)
    return Store(connection.engine)


def _has_connection() -> bool:
    return st.secrets.load_if_toml_exists() and CONNECTION in st.secrets.get("connections", {})


def who() -> str | None:
    """Return who is logged in, None where nobody is or there is no login."""
    if not st.user.get("is_logged_in", False):
        return None
    found = st.user.get("email") or st.user.get("name")
    return str(found) if found else None


@st.cache_data(show_spinner=False)
def _preset(name: str) -> Scenario:
    return load_scenario(name)


def presets() -> list[Scenario]:
    """Return the shipped presets, status quo first."""
    return [_preset(name) for name in preset_names()]


def titles() -> dict[str, str]:
    """Return name -> title of everything that can be opened, presets first."""
    return _preset_titles() | {name: f"Saved: {name}" for name in asked(Store.names)}


def find(name: str) -> Scenario:
    """Return a preset or a saved scenario by name; InputError if it is gone or unreadable."""
    return _preset(name) if name in preset_names() else store().get(name).scenario


def picker() -> None:
    """Draw the choice of what to open: presets, and what was saved last."""
    opened = state.session().opened
    offered = _preset_titles()
    offered |= {name: f"Saved: {name}" for name in asked(lambda held: held.recent(RECENT))}
    chosen = opened.record.name if opened.record else opened.scenario.name
    if opened.record is None and chosen not in preset_names():
        chosen = _IN_HAND
        offered[chosen] = f"Opened: {opened.scenario.title}"
    offered.setdefault(chosen, f"Saved: {chosen}")
    st.selectbox(
        "Scenario",
        list(offered),
        format_func=lambda name: offered.get(name, name),
        help="Presets ship with the simulator and never change. Of the saved ones the latest "
        f"{RECENT} are here and all of them under “Saved”.",
        **state.widget("open", chosen, _open),
    )


def open_saved(record: Saved) -> None:
    """Put a saved scenario in hand as it is stored now; InputError if it is gone or unreadable."""
    state.put_in_hand(of_record(store().get(record.id)))


def trying(act: Callable[[], object]) -> None:
    """Do something with the library from a callback; keep what went wrong, in one line, to show."""
    now = state.session()
    now.refused = ""
    try:
        act()
    except (Conflict, InputError) as error:
        now.refused = str(error)


def refusal() -> None:
    """Draw what went wrong, if anything did."""
    refused = state.session().refused
    if refused:
        st.error(plain(refused), icon=":material/error:")


def _open(name: str) -> None:
    now = state.session()
    try:
        opened = Opened(_preset(name)) if name in preset_names() else of_record(store().get(name))
    except InputError as error:
        now.message = str(error)
    else:
        state.put_in_hand(opened)


def _preset_titles() -> dict[str, str]:
    return {preset.name: preset.title for preset in presets()}


def asked(ask: Callable[[Store], list[str]]) -> list[str]:
    """Return names of the library; none, and a message, if the database is out of reach."""
    try:
        return ask(store())
    except InputError as error:
        state.session().message = str(error)
        return []
