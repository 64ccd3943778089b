"""Where a scenario leaves what any real policy has come near, and what is then said on the page."""

from __future__ import annotations

import streamlit as st

from sim.levers import BY_ID, Lever
from sim.scenario import Scenario
from sim.wording import and_list, dial


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
    if len(found) == 1:
        return f"{found[0]} is beyond what any real policy has come near: the model extrapolates."
    return (
        f"{len(found)} levers stand beyond what any real policy has come near, and nobody has seen "
        "them together: the model extrapolates."
    )


def tell(scenario: Scenario) -> None:
    """Draw the warning with the levers it means on ask, or in its place that there is none."""
    words, changed = warning(scenario), scenario.changed_levers()
    with st.container(key="beyond"):
        if words:
            st.markdown(
                f":orange-badge[:material/warning: Extrapolation] :small[{words}]",
                help=f"{and_list(outside(scenario))}.",
            )
        elif changed:
            st.markdown(":small[:gray[The levers moved stand where some real policy has been.]]")
        else:
            st.markdown(":small[:gray[No lever is moved: scenario and status quo are one.]]")
