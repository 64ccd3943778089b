"""One actor's story: what it decides in one future, in the status quo and in the scenario."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from sim.catalogue import load_labs
from sim.explain.effects import Effect
from sim.explain.statements import Statement
from sim.explain.story import (
    Moment,
    developer_story,
    effect_future,
    government_story,
    lab_number,
    lab_story,
    say,
    typical_of_lab,
)
from sim.outcomes import FOREIGN, REGIONS
from sim.place_names import REGION_LABELS
from sim.result import Result
from sim.wording import month_words


@st.dialog("One actor's story", width="large", icon=":material/timeline:")
def story_dialog(statement: Statement, result: Result, baseline: Result) -> None:
    """Show the story of an actor of one sentence, or of any other of its kind."""
    st.markdown(statement.text)
    kind = statement.effect.kind
    tell = {"labs": _lab, "governments": _government, "developers": _developers}[kind]
    moments, words = tell(statement, result, baseline)
    differ = sum(moment.differs for moment in moments)
    only = st.toggle(f"Only what differs ({differ} of {len(moments)} moments)", True, key="differs")
    shown = [moment for moment in moments if moment.differs] if only else moments
    st.caption(words)
    if shown:
        st.table(_rows(shown, with_terms=kind == "labs"), hide_index=True)
    else:
        st.markdown("In this future it does the same in both.")


def _lab(statement: Statement, result: Result, baseline: Result) -> tuple[list[Moment], str]:
    names = dict.fromkeys([*statement.actors, *(lab.name for lab in load_labs())])
    left, right = st.columns(2)
    who = left.selectbox("Laboratory", list(names), key="story_lab")
    lab = lab_number(who)
    usual = typical_of_lab(baseline, result, lab, statement.start)
    with right:
        future = _future(result, usual)
    moments = lab_story(baseline, result, lab, future, statement.start)
    return moments, (
        "A lab decides about weights at each release. “What turned it” is the one term that alone, "
        "put back to its value in the status quo, turns the decision back."
    )


def _government(statement: Statement, result: Result, baseline: Result) -> tuple[list[Moment], str]:
    left, right = st.columns(2)
    with left:
        region = _region(REGIONS, statement.effect.who, "Government of")
    usual = effect_future(Effect("governments", region), baseline, result, statement.start)
    with right:
        future = _future(result, usual)
    moments = government_story(baseline, result, REGIONS.index(region), future, statement.start)
    return moments, "Rules run from 0 to 1; a review follows every six months and after incidents."


def _developers(statement: Statement, result: Result, baseline: Result) -> tuple[list[Moment], str]:
    region = _region(FOREIGN, statement.effect.who, "Developers in")
    moments = developer_story(baseline, result, region, statement.start)
    return moments, "Each December, medians over all futures."


def _region(regions: tuple[str, ...], first: str, label: str) -> str:
    order = [first, *(region for region in regions if region != first)]
    say_region: Callable[[str], str] = REGION_LABELS.__getitem__
    chosen: str = st.selectbox(label, order, format_func=say_region, key=f"story_{label}")
    return chosen


def _future(result: Result, usual: int) -> int:
    """Return the future to tell, counted from nought; at first the typical one."""
    count = result.replicates
    number = st.number_input(
        f"Future, 1 to {count}: in {usual + 1} its change is nearest to the median",
        min_value=1,
        max_value=count,
        value=usual + 1,
    )
    return int(number) - 1


def _rows(moments: list[Moment], *, with_terms: bool) -> list[dict[str, str]]:
    rows = []
    for moment in moments:
        row = {
            "Month": month_words(moment.month),
            "Status quo": say(moment.before),
            "Scenario": say(moment.after),
        }
        rows.append(row | ({"What turned it": moment.turned or "–"} if with_terms else {}))
    return rows
