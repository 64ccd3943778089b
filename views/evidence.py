"""The Evidence page: why believe it, where it misses, and what nobody can know from the record."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from sim.backtest.replay import experiments
from sim.data.cells import DATA
from sim.evidence import load_facts, load_policy_events
from sim.observation import unspoken_facts
from sim.outcomes import BY_ID as OUTCOMES
from sim.parameters import ASSUMPTIONS
from sim.studies import Study, kept
from sim.wording import measure
from sim.worlds import POSTERIOR
from views import drivers, shipped, state, style
from views import evidence_charts as charts
from views.downloads import DISCLAIMER
from views.pictures import group_label
from views.plain import plain

TEXT = Path(__file__).parent / "text"
KINDS = (charts.SHARES, charts.INDEX, charts.PRICES)
PARTS = {"in_sample": "What the model was fitted to", "held_out": "What it had not seen"}
SCORE = (
    "Coverage is the share of facts inside a band; a band that is honest about itself covers what "
    "its name says. The interval score counts width and misses in units of each fact's error: less "
    "is better. Rivals are given the same data and are scored on the facts they can speak to."
)


def critiques() -> None:
    """Draw what is known to be wrong or doubtful, first."""
    st.markdown("### Evidence")
    st.markdown("#### What is known against this model")
    with st.container(border=True, key="critiques"):
        st.markdown((TEXT / "critiques.md").read_text(encoding="utf-8"))


def backtest(study: Study | None) -> None:
    """Draw the model beside the record, misses in view, and the score against naive rivals."""
    st.markdown("#### The model beside the record")
    if study is None:
        shipped.not_made("python -m sim backtest --keep", ":material/fact_check:")
        return
    shipped.of_today(study)
    found = study.found
    st.table(score_table(found), hide_index=True)
    st.markdown(plain(f"Held out: {found['held_out']['best']}."))
    st.caption(SCORE)
    rivals = st.toggle(
        "Show the naive rivals: L last value, T trend, P plain nested logit", key="rivals"
    )
    table = charts.fact_table(found["facts"])
    table["Held out"] = [item["held_out"] for item in found["facts"]]
    for part, words in PARTS.items():
        rows = table[table["Held out"] == (part == "held_out")]
        missed = int((rows["Inside"] == "missed").sum())
        st.markdown(f"**{words}**: {len(rows)} facts, {missed} outside the 90 % band")
        for kind in KINDS:
            of_kind = rows[rows["Kind"] == kind]
            if len(of_kind):
                st.altair_chart(
                    charts.facts_chart(of_kind, rivals=rivals), key=f"facts_{part}_{kind}"
                )
    st.caption(
        "Dark bar: half of the model's futures with the errors of the record; pale bar: nine in "
        "ten; line: median. Diamond: recorded and inside; orange cross: recorded and missed."
    )
    with st.expander("The same as a table", key="facts_table"):
        st.dataframe(table, hide_index=True)
    _unspoken()


def score_table(found: dict[str, Any]) -> pd.DataFrame:
    """Return coverage, score and bias of the model and each rival, on either set of facts."""
    rows = []
    for part, words in PARTS.items():
        rows.append({"Facts": words, "Who": "the model", **_scores(found[part]), "Model there": ""})
        for name, rival in found[part]["naive"].items():
            same = rival["model_on_same_facts"]["interval_score"]
            rows.append(
                {
                    "Facts": words,
                    "Who": charts.RIVALS[name],
                    **_scores(rival),
                    "Model there": "" if same is None else f"{same:.1f}",
                }
            )
    return pd.DataFrame(rows).rename(columns={"Model there": "Model's score on the same facts"})


def _scores(scores: dict[str, Any]) -> dict[str, str]:
    if not scores["facts"]:
        return {"Number": "0", "In 50 %": "", "In 90 %": "", "Interval score": ""}
    return {
        "Number": str(scores["facts"]),
        "In 50 %": f"{100 * scores['coverage_50']:.0f} %",
        "In 90 %": f"{100 * scores['coverage_90']:.0f} %",
        "Interval score": f"{scores['interval_score']:.1f}",
    }


def _unspoken() -> None:
    rows = unspoken_facts()
    with st.expander(f"{len(rows)} facts the model cannot speak to, and why", key="unspoken"):
        facts = {fact.id: fact for fact in load_facts()}
        st.dataframe(
            pd.DataFrame(
                [
                    {
                        "Fact": name,
                        "What": facts[name].quantity if name in facts else "",
                        "Why not": reason,
                    }
                    for name, reason in rows.items()
                ]
            ),
            hide_index=True,
        )


def replays(study: Study | None) -> None:
    """Draw the natural experiments: what each shows and does not show."""
    if study is None or "natural_experiments" not in study.found:
        return
    st.markdown("#### The past without one event")
    st.caption(
        "The record is run again on the same futures without the event. The difference is what the "
        "event did in the model; beside it stands what was recorded."
    )
    told = {item["id"]: item for item in study.found["natural_experiments"]}
    for item in experiments():
        if item.id not in told:
            continue
        gap = told[item.id]["difference"]
        unit = measure(OUTCOMES[item.outcome].unit)
        with st.expander(item.title, key=f"replay_{item.id}"):
            st.markdown(
                f"**In the model**, {plain(OUTCOMES[item.outcome].label)}, "
                f"{plain(group_label(item.group))}, with the event less without it: "
                f"{plain(unit.say_change(gap['median']))} ({plain(unit.say_change(gap['low']))} to "
                f"{plain(unit.say_change(gap['high']))}).  \n"
                f"**Recorded**: {plain(item.recorded)}  \n"
                f"**It shows**: {plain(item.shows)}  \n"
                f"**It does not show**: {plain(item.does_not_show)}"
            )


def parameters(recovery: Study | None) -> None:
    """Draw what the record narrowed, what it could not, and where every number comes from."""
    st.markdown("#### What the record says about the assumptions")
    file = POSTERIOR.with_name("posterior_diagnostics.json")
    if file.is_file():
        fit = json.loads(file.read_text(encoding="utf-8"))
        table = charts.range_table(fit["free"])
        st.caption(
            f"{fit['sets']} weighted sets of assumptions reproduce the record; effective sample "
            f"{fit['effective_sample_size']:.0f} of {fit['plan']['candidates']} candidates after "
            f"{fit['trials']:,} trials. A bar from 0 to 100 means that the record says nothing."
        )
        st.altair_chart(charts.ranges_chart(table), key="ranges")
    else:
        shipped.not_made("python -m sim calibrate", ":material/tune:")
    _recovery(recovery)
    with st.expander(f"All {len(ASSUMPTIONS)} assumptions, with source", key="assumptions"):
        st.dataframe(assumption_table(), hide_index=True)


def _recovery(study: Study | None) -> None:
    with st.expander("Would the method find the truth? Made-up records", key="recovery"):
        if study is None:
            shipped.not_made("python -m sim calibrate --synthetic --keep", ":material/labs:")
            return
        shipped.of_today(study)
        rows = [
            {
                "Assumption": ASSUMPTIONS[name].label,
                "Width over the range before": f"{item['width']:.2f}",
                "Truth in the 90 % range": f"{100 * item['covered']:.0f} %",
                "Called identified": "yes" if item["identified"] else "no",
            }
            for name, item in study.found["assumptions"].items()
        ]
        st.dataframe(pd.DataFrame(rows), hide_index=True)
        pairs = "; ".join(
            f"{ASSUMPTIONS[pair['one']].label} and {ASSUMPTIONS[pair['other']].label} "
            f"({pair['correlation']:+.2f})"
            for pair in study.found["ridges"]
        )
        st.markdown(f"**Trade off against each other**: {plain(pairs) or 'no pair'}.")


def assumption_table() -> pd.DataFrame:
    """Return every assumption with default, range, unit, source and grade."""
    return pd.DataFrame(
        [
            {
                "Assumption": item.label,
                "Default": item.default,
                "From": item.low,
                "To": item.high,
                "Unit": item.unit,
                "Grade": item.confidence,
                "Source": item.source,
                "Name": name,
            }
            for name, item in ASSUMPTIONS.items()
        ]
    )


def timeline() -> None:
    """Draw what governments and labs did, by date."""
    events = load_policy_events()
    with st.expander(f"{len(events)} policy events and decisions of labs", key="timeline"):
        rows = [{name: getattr(event, name) for name in vars(event)} for event in events]
        st.dataframe(pd.DataFrame(rows), hide_index=True)


style.apply()
state.session()
critiques()
found_backtest = kept("backtest")
backtest(found_backtest)
replays(found_backtest)
parameters(kept("recovery"))
drivers.draw()
timeline()
st.caption(f"Data and their terms: {DATA.name}/README.md. **{DISCLAIMER}**")
