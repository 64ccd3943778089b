"""The Compare page: two to six scenarios on the same futures, side by side and as differences."""

from __future__ import annotations

import streamlit as st

from sim.calendar import LAST_OBSERVED_MONTH
from sim.compare import Comparison, compare, month_columns
from sim.declare import InputError
from sim.outcomes import BY_ID
from sim.result import Result
from sim.scenario import Scenario
from sim.version import MODEL_VERSION
from sim.wording import month_words
from views import briefing_files, closer, contrast, engine, library, state, style
from views.downloads import DISCLAIMER, chart_file, futures_file
from views.pictures import OUTCOME_IDS, Picture, choices, group_label, named
from views.plain import plain

MOST = 6
IN_HAND = "in hand"
DEFAULT = ("status_quo", "fear_lockdown", "american_open_push")
LINK_KEY = "c"
FIRST_PICTURE = named("cn_open_share_tokens.router")


def chosen() -> list[Scenario]:
    """Draw the choice of scenarios and return them, the first being the reference."""
    offered = library.titles()
    if state.session().edited:
        offered[IN_HAND] = f"In hand: {state.session().title}"
    if "compared" not in st.session_state:
        st.session_state["compared"] = _from_link(offered)
    known = [name for name in st.session_state["compared"] if name in offered]
    if known != st.session_state["compared"]:  # what is set is sent, over a choice just being made
        st.session_state["compared"] = known
    names = st.multiselect(
        "Scenarios, two to six; the first is what the others are compared with",
        list(offered),
        format_func=lambda name: offered.get(name, name),
        max_selections=MOST,
        key="compared",
        persist_state="session",
    )
    st.query_params.from_dict({LINK_KEY: names} if names != list(DEFAULT) else {})
    found = []
    for name in names:
        try:
            found.append(_scenario(name))
        except InputError as error:
            st.error(plain(str(error)), icon=":material/error:")
    return found


def _from_link(offered: dict[str, str]) -> list[str]:
    names = list(dict.fromkeys(st.query_params.get_all(LINK_KEY))) or list(DEFAULT)
    known = [name for name in names if name in offered][:MOST]
    if len(known) < len(names):
        st.error(
            "The link names scenarios that are not here; the others are shown.",
            icon=":material/link_off:",
        )
    return known


def _scenario(name: str) -> Scenario:
    if name == IN_HAND:
        return state.session().scenario
    return library.find(name)


def what(n_months: int) -> contrast.View:
    """Draw the choice of what is shown: outcome, group, month, layout, and which way is better."""
    left, right, third, fourth, fifth = st.columns([5, 4, 2.4, 3, 2.6], vertical_alignment="bottom")
    outcome = BY_ID[
        left.selectbox(
            "Outcome",
            OUTCOME_IDS,
            format_func=lambda name: BY_ID[name].label,
            key="compare_outcome",
            persist_state="session",
        )
    ]
    groups = [group for group in choices(outcome) if group in outcome.groups]
    start = groups.index(FIRST_PICTURE.group) if FIRST_PICTURE.group in groups else 0
    group = right.selectbox(
        "Where or whose",
        groups,
        index=start,
        format_func=group_label,
        key=f"compare_group_{outcome.id}",
        persist_state="session",
        disabled=len(groups) == 1,
    )
    months = [month for month in month_columns(None, n_months) if month >= LAST_OBSERVED_MONTH]
    month = third.selectbox(
        "Month in tables",
        months or [n_months - 1],
        index=max(0, len(months) - 1),
        format_func=month_words,
        key=f"compare_month_{n_months}",
    )
    layout = fourth.segmented_control(
        "Charts",
        contrast.LAYOUTS,
        default=contrast.OVERLAY,
        required=True,
        key="compare_layout",
        persist_state="session",
    )
    better = fifth.segmented_control(
        "Better is",
        contrast.WAYS,
        default=contrast.WAYS[0],
        required=True,
        key="compare_better",
        persist_state="session",
    )
    sign = 1 if better == contrast.WAYS[0] else -1
    return contrast.View(Picture(outcome, group), int(month), str(layout), sign)


def results(scenarios: list[Scenario], view: contrast.View) -> Comparison:
    """Draw charts and tables from a few futures, then redraw them in place from more."""
    status = st.caption("Running the first futures.")
    sheet = contrast.Sheet(view, contrast.short([s.title for s in scenarios]))
    words = ["Running the first futures."]

    def waiting(finished: int) -> None:
        of = engine.how_many() * len(scenarios)
        if finished == of:
            return
        status.caption(f"{words[0]} {finished} of {of} run so far.")

    for runs in engine.refine(scenarios, waiting=waiting):
        final = runs[0].replicates >= engine.how_many()
        count = f"**{runs[0].replicates} futures of each.**"
        words[0] = count if final else f":orange-badge[Preview] {count}"
        status.caption(
            f"{words[0]} Lines: medians. Bands: 90 % of the futures. Every scenario meets the same "
            "futures, so that a difference is policy and not chance."
        )
        comparison = compare(*runs)
        sheet.draw(comparison, final=final)
    return comparison


def footer(comparison: Comparison) -> None:
    """Offer everything as files; say which runs these are and what they are not."""
    runs: tuple[Result, ...] = comparison.results
    with st.container(horizontal=True, gap="small"):
        for words, make, name in (
            ("Levers (CSV)", chart_file(comparison.lever_differences(), *runs), "levers.csv"),
            ("Outcomes (CSV)", chart_file(comparison.summary(), *runs), "outcomes.csv"),
            ("All futures (Parquet)", futures_file(*runs), "futures.parquet"),
        ):
            st.download_button(
                words,
                data=make,
                file_name=name,
                icon=":material/download:",
                on_click="ignore",
                key=f"download_{name}",
            )
    names = [name for name in st.session_state["compared"] if name != IN_HAND]
    st.caption("The comparison as a brief, with ranges, limits and run ids:")
    briefing_files.offer_comparison(comparison, names)
    ids = ", ".join(f"{plain(run.scenario.title)}: {run.run_id}" for run in runs)
    st.caption(
        f"Runs {ids} · model {MODEL_VERSION} · seed {runs[0].seed} · {runs[0].replicates} futures "
        f"· **{DISCLAIMER}**"
    )


style.apply()
with st.container(key="page", gap="small"):
    st.markdown("### Compare scenarios")
    picked = chosen()
    if len(picked) < 2:
        st.info("Choose at least two scenarios.", icon=":material/compare_arrows:")
        st.stop()
    if len({scenario.horizon for scenario in picked}) > 1:
        ends = ", ".join(f"{plain(s.title)} {month_words(s.horizon)}" for s in picked)
        st.error(f"The scenarios end in different months ({ends}).", icon=":material/error:")
        st.stop()
    seen = what(picked[0].n_months)
    compared = results(picked, seen)
    place = st.container()
    footer(compared)
    with place:  # may take minutes, and what stands below it is already there
        closer.section(compared, seen.shown, seen.month)
