"""The Claims page: ten claims of the debate, each tested against its rival, and what came of it."""

from __future__ import annotations

import dataclasses
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import altair as alt
import pandas as pd
import streamlit as st

from sim.claims import Claim, load_claims, load_rules
from sim.mechanisms import BY_ID as MECHANISMS
from sim.outcomes import BY_ID as OUTCOMES
from sim.scenario import Scenario
from sim.studies import Study, kept
from sim.wording import measure
from views import shipped, state, style
from views.downloads import DISCLAIMER
from views.opened import Opened
from views.pictures import group_label
from views.plain import plain

Colour = Literal["green", "orange", "gray"]
COLOURS: dict[str, Colour] = {
    "supported": "green",
    "not supported": "orange",
    "cannot tell": "gray",
}
ICONS = {"supported": "check_circle", "not supported": "cancel", "cannot tell": "help"}
SIMULATE = Path(__file__).with_name("simulate.py")
READINGS = {
    "mechanism": "the mechanism alone",
    "rival": "the rival alone",
    "both": "both",
    "neither": "neither",
}
READ = (
    "Each experiment runs the same futures four times: as they are, with the claimed mechanism "
    "switched off, with a rival explanation switched off, and with both off. The rules of the "
    "verdict were written down before the first run. A verdict is a statement about this model; it "
    "is no statement about the world."
)


def heading(study: Study | None) -> None:
    """Draw what the page is, how many claims came out how, and which model said so."""
    st.markdown("### Claims")
    st.caption(READ)
    if study is None:
        shipped.not_made("python -m sim claims --twice --prior --keep", ":material/science:")
        return
    shipped.of_today(study)
    counts = pd.Series([item["verdict"] for item in study.found]).value_counts()
    with st.container(horizontal=True, gap="small"):
        for verdict, colour in COLOURS.items():
            st.badge(
                f"{counts.get(verdict, 0)} {verdict}",
                icon=f":material/{ICONS[verdict]}:",
                color=colour,
            )


def card(claim: Claim, found: dict[str, Any] | None) -> None:
    """Draw one claim: its words, the verdict and, one click deeper, what it rests on."""
    with st.container(border=True, key=f"claim_{claim.number}", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{claim.number}. {plain(claim.title)}**", width="stretch")
            if found is not None:
                verdict = found["verdict"]
                st.badge(
                    f"{verdict} in this model",
                    icon=f":material/{ICONS[verdict]}:",
                    color=COLOURS[verdict],
                )
        st.markdown(plain(claim.claim))
        if found is not None:
            st.caption(plain(_sentence(found)))
        with st.expander("How it was tested", key=f"how_{claim.number}"):
            _method(claim, found)
        with st.container(horizontal=True, gap="small"):
            _openers(claim)


def _sentence(found: dict[str, Any]) -> str:
    test = found["tests"][0]
    unit = measure(test["unit"])
    again = found["verdict_on_other_futures"]
    other = (
        f" On other futures the verdict is: {again}."
        if again not in (None, found["verdict"])
        else ""
    )
    if test["effect"] is None:
        return f"{_name(test)} does not exist in these futures.{other}"
    return (
        f"With the mechanism, {_name(test)} moves by {unit.say_change(test['effect'])} (90 % of "
        f"futures: {unit.say_change(test['low'])} to {unit.say_change(test['high'])}); the claimed "
        f"sign in {round(100 * test['share_with_sign'])} of 100 futures.{other}"
    )


def _name(test: dict[str, Any]) -> str:
    label = OUTCOMES[test["outcome"]].label
    return f"{label[0].lower()}{label[1:]}, {group_label(test['group'])}"


def _method(claim: Claim, found: dict[str, Any] | None) -> None:
    mechanism, rival = MECHANISMS[claim.mechanism], MECHANISMS[claim.rival]
    st.markdown(
        f"**Mechanism**: {plain(mechanism.label)}. {plain(mechanism.meaning)}  \n"
        f"**Rival**: {plain(rival.label)}. {plain(rival.meaning)}  \n"
        f"**Needs**: {plain(claim.requires)}"
    )
    if found is None:
        return
    st.table(pd.DataFrame([_row(test) for test in found["tests"]]), hide_index=True)
    flips = "; ".join(found["flips_when"]) or "no end of a range that was tried"
    st.markdown(f"**What would change the verdict**: {plain(flips)}")
    table = worlds_table(found["worlds"])
    st.markdown("**In which worlds it would be so**")
    st.altair_chart(worlds_chart(table), key=f"worlds_{claim.number}")
    st.caption(plain(_told(found["worlds"])))


def _row(test: dict[str, Any]) -> dict[str, str]:
    unit = measure(test["unit"])

    def said(part: dict[str, Any]) -> str:
        if part["effect"] is None:
            return "does not exist"
        ends = f"{unit.say_change(part['low'])} to {unit.say_change(part['high'])}"
        return f"{unit.say_change(part['effect'])} ({ends})"

    least = unit.say_change(test["smallest"]).lstrip("+")
    words = {"+": f"up by {least} or more", "-": f"down by {least} or more"}
    return {
        "Outcome": f"{OUTCOMES[test['outcome']].label}, {group_label(test['group'])}",
        "Claimed": words.get(test["sign"], f"not down by {least}"),
        "Effect of the mechanism": said(test),
        "The same with the rival off": said(test["rival_off"]),
        "Effect of the rival": said(test["rival"]),
    }


def worlds_table(worlds: dict[str, dict[str, Any] | None]) -> pd.DataFrame:
    """Return the shares of worlds in which mechanism, rival, both or neither are at work."""
    return pd.DataFrame(
        [
            {"Worlds": drawn, "At work": words, "order": place, "Share": 100.0 * shares[name]}
            for drawn, shares in worlds.items()
            if shares is not None
            for place, (name, words) in enumerate(READINGS.items())
        ]
    )


def worlds_chart(table: pd.DataFrame) -> alt.Chart:
    """Return one bar for each set of worlds, cut by what is at work."""
    return (
        alt.Chart(table)
        .mark_bar(size=18)
        .encode(
            x=alt.X("Share:Q", title="% of worlds", scale=alt.Scale(domain=[0, 100])),
            y=alt.Y("Worlds:N", title=None),
            color=alt.Color(
                "At work:N",
                sort=list(READINGS.values()),
                legend=alt.Legend(orient="top", title=None, columns=1),
            ),
            order="order:Q",
            tooltip=["Worlds", "At work", alt.Tooltip("Share", format=".0f", title="% of worlds")],
        )
        .properties(height=34 * table["Worlds"].nunique() + 180)
    )


def _told(worlds: dict[str, dict[str, Any] | None]) -> str:
    lines = []
    for drawn, shares in worlds.items():
        if shares is not None:
            reading = shares["reading"]
            words = READINGS.get(reading)
            parts = ", ".join(f"{name} {round(100 * shares[name])}" for name in READINGS)
            which = f"{words} in most of them" if words else "cannot tell"
            lines.append(f"Of 100 {drawn} worlds: {parts}; {which}.")
    return " ".join(lines)


def _openers(claim: Claim) -> None:
    names = {
        "with": ("Open in Simulate", ()),
        "without": ("Open with the mechanism off", (claim.mechanism,)),
    }
    for which, (words, off) in names.items():
        if st.button(words, icon=":material/tune:", type="tertiary", key=f"{which}_{claim.number}"):
            state.put_in_hand(Opened(scenario_of(claim, off)))
            st.switch_page(st.Page(SIMULATE, default=True))


def scenario_of(claim: Claim, off: tuple[str, ...]) -> Scenario:
    """Return the scenario of an experiment, as the Simulate page opens it."""
    ending = " (mechanism off)" if off else ""
    return dataclasses.replace(
        claim.scenario,
        name="claim",
        title=f"Claim {claim.number}: {claim.title}{ending}",
        story=claim.claim,
        off=tuple(sorted({*claim.scenario.off, *off})),
    )


@lru_cache(maxsize=1)
def _claims() -> tuple[Claim, ...]:
    return load_claims()


def page() -> None:
    """Draw the page."""
    study = kept("claims")
    heading(study)
    found = {item["claim"]: item for item in study.found} if study is not None else {}
    for claim in _claims():
        card(claim, found.get(claim.number))
    rules = load_rules()
    st.caption(
        f"A claim is supported if in at least {round(100 * rules.most)} % of {rules.replicates} "
        "futures every effect has the claimed sign and reaches the smallest size worth its words, "
        "with the rival on and with it off; not supported if some effect fails in as many; else "
        f"it cannot be told. **{DISCLAIMER}**"
    )


style.apply()
state.session()
page()
