"""Where a scenario leaves what any real policy has come near, and what is then said on the page."""

from __future__ import annotations

import streamlit as st

from sim.levers import BY_ID, Lever
from sim.scenario import Scenario
from sim.wording import and_list
from views.wording import dial

NAMED = 3


def beyond(lever: Lever, value: float) -> bool:
    """Return whether a value lies outside the evidence of its lever and is not the status quo."""
    low, high = lever.evidence
    return value != lever.default and not low <= value <= high


def outside(scenario: Scenario) -> list[str]:
    """Return the changed levers that stand beyond the evidence, as words with their values."""
    return [
        f"{BY_ID[name].label} at {dial(BY_ID[name]).say(setting.value)}"
        for name, setting in scenario.changed_levers().items()
        if beyond(BY_ID[name], setting.value)
    ]


def warning(scenario: Scenario) -> str:
    """Return what to say of levers, and of their combination, that no record covers; or nothing."""
    found = outside(scenario)
    if not found:
        return ""
    more = len(found) - NAMED
    named = [*found[:NAMED], *([f"{more} more"] if more > 0 else [])]
    words = f"Beyond the evidence: {and_list(named)}. No real policy has come near; the model "
    if len(found) == 1:
        return words + "extrapolates."
    return words + (
        f"extrapolates, and how {len(found)} such measures act together has never been seen."
    )


def tell(scenario: Scenario) -> None:
    """Draw the warning where there is one."""
    words = warning(scenario)
    if words:
        with st.container(key="beyond"):
            st.markdown(f":orange-badge[:material/warning: Extrapolation] :small[{words}]")
