"""Winners and losers, on the Compare page: in how many futures each party is better off."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from sim.calendar import month_label
from sim.compare import difference_bands
from sim.outcomes import BY_ID
from sim.result import Result
from sim.winners import KINDS, Kind, Standing, ranked, standings
from sim.wording import GAP, measure, month_words
from views import takeaway
from views.plain import plain

_WEIGHTS = (0.0, 0.5, 1.0, 2.0, 3.0, 5.0)


def section(first: Result, second: Result, month: int, names: tuple[str, str]) -> None:
    """Draw the weights, and the parties from who gains most often to who loses most often."""
    st.caption(
        f"{plain(names[1])} against {plain(names[0])} in {month_words(month)}: in how many futures "
        "each party is better off by the outcome named. The weights are yours: they change the "
        "order and leave every number as it is."
    )
    weights = _weights()
    told = ranked(standings(first, second, month), weights)
    if not told:
        st.info("Every weight is nought.", icon=":material/info:")
        return
    files = takeaway.headed("**From who gains most often to who loses most often**")
    st.table(as_words(told), border="horizontal")
    frame = as_numbers(told, weights, month)
    with files:
        takeaway.table_files(
            frame, name="winners-and-losers", results=(first, second), key="winners"
        )


def _weights() -> dict[Kind, float]:
    weights: dict[Kind, float] = {}
    with st.grid(4, min_column_width=150, gap="small"):
        for kind, words in KINDS.items():
            weights[kind] = float(
                st.select_slider(
                    f"Weight: {words.lower()}",
                    _WEIGHTS,
                    value=1.0,
                    format_func=lambda weight: f"{weight:g}",
                    key=f"weight_{kind}",
                    persist_state="session",
                )
            )
    return weights


def as_words(told: list[Standing]) -> pd.DataFrame:
    """Return a row a stake: who, by which outcome, in how many futures, by how much."""
    rows = {}
    for each in told:
        stake, found = each.stake, each.better
        better = "less" if stake.sign < 0 else "more"
        who = f"**{stake.party}** :small[:gray[{KINDS[stake.kind]}]]"
        row = f"{who}  \n{BY_ID[stake.outcome].label} ({better} is better)"
        rows[row] = {
            "Better off, of 100 futures": _often(found.better, found.n, found.error),
            "Worse off, of 100 futures": _often(found.worse, found.n),
            "Median change": _change(each),
        }
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.index.name = "Who, and by what"
    return table


def as_numbers(told: list[Standing], weights: dict[Kind, float], month: int) -> pd.DataFrame:
    """Return the same with plain columns, for a file."""
    return pd.DataFrame(
        [
            {
                "kind": each.stake.kind,
                "party": each.stake.party,
                "outcome": each.stake.outcome,
                "group": each.stake.group,
                "month": month_label(month),
                "more_is_better": each.stake.sign > 0,
                "share_better": each.better.better,
                "share_worse": each.better.worse,
                "standard_error": each.better.error,
                "n": each.better.n,
                "median_change": _median(each),
                "unit": BY_ID[each.stake.outcome].unit,
                "weight": weights[each.stake.kind],
            }
            for each in told
        ]
    )


def _often(share: float, n: int, error: float | None = None) -> str:
    if not n:
        return "not available"
    sure = "" if error is None else f"{GAP}±{GAP}{max(1, round(100 * error))}"
    return f"**{round(100 * share)}**{sure}"


def _median(each: Standing) -> float:
    return float(difference_bands(each.differences)["difference"])


def _change(each: Standing) -> str:
    median = _median(each)
    return (
        "no change" if median == 0.0 else measure(BY_ID[each.stake.outcome].unit).say_change(median)
    )
