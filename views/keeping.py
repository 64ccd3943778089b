"""Which runs of the page are kept: every finished one, in the background, within the bounds."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor

import streamlit as st

from sim.declare import InputError
from sim.result import Result
from sim.store import Store
from views.library import store

LOG = logging.getLogger(__name__)


def keep(result: Result) -> None:
    """Keep a finished run; nobody waits for it."""
    try:
        _clerk().submit(_keep, store(), result)
    except InputError:  # the page has said already that the database is out of reach
        return


@st.cache_resource(show_spinner=False, on_release=lambda clerk: clerk.shutdown())
def _clerk() -> ThreadPoolExecutor:
    """Return the one thread that writes runs, one after another."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="kept-runs")


def _keep(held: Store, result: Result) -> None:
    try:
        held.runs.keep(result)
    except InputError as error:
        LOG.warning("Run %s is not kept: %s", result.run_id, error)
