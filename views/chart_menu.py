"""The menu of a large chart: which outcome, counted how, where or whose, and shown in which way."""

from __future__ import annotations

import dataclasses

import streamlit as st

from sim.outcomes import BY_ID, OUTCOMES
from views import state
from views.chart_view import KINDS, View
from views.pictures import ALL, Picture, choices, group_label, picture

WEIGHTINGS = {"tokens": "Tokens", "choice": "Choices", "spend": "Spend"}


def draw(shown: Picture, view: View, at: int) -> None:
    """Draw the menu of one chart; made only when open."""
    menu = st.popover("Change", type="tertiary", key=f"choose_{at}", on_change="rerun")
    if not menu.open:
        return
    with menu:
        _outcome(shown, at)
        _weighting(shown, at)
        _group(shown, at)
        _view(shown, view, at)
        st.caption(shown.outcome.meaning)


def _outcome(shown: Picture, at: int) -> None:
    stem = _stem(shown.outcome.id)
    st.selectbox(
        "Show",
        list(dict.fromkeys(_stem(outcome.id) for outcome in OUTCOMES)),
        format_func=lambda name: _named(name).split(", ")[0] if _weights(name) else _named(name),
        **state.widget(f"outcome_{at}", stem, lambda name: _show(at, _whole(name), shown.group)),
    )


def _weighting(shown: Picture, at: int) -> None:
    stem = _stem(shown.outcome.id)
    known = _weights(stem)
    if len(known) > 1:
        st.segmented_control(
            "Each counted by",
            known,
            format_func=WEIGHTINGS.__getitem__,
            required=True,
            **state.widget(
                f"weighting_{at}",
                shown.outcome.id.removeprefix(stem),
                lambda weighting: _show(at, stem + weighting, shown.group),
            ),
        )


def _group(shown: Picture, at: int) -> None:
    groups = choices(shown.outcome)
    if len(groups) > 1:
        st.selectbox(
            "Where or whose",
            groups,
            format_func=lambda group: "All, side by side" if group == ALL else group_label(group),
            **state.widget(
                f"group_{at}", shown.group, lambda group: _show(at, shown.outcome.id, group)
            ),
        )


def _view(shown: Picture, view: View, at: int) -> None:
    single = len(shown.series) == 1
    kinds = [kind for kind in KINDS if single or kind != "dots"]
    st.segmented_control(
        "As",
        kinds,
        format_func=KINDS.__getitem__,
        required=True,
        **state.widget(
            f"kind_{at}",
            view.kind if view.kind in kinds else "levels",
            lambda kind: state.set_view(at, dataclasses.replace(view, kind=kind)),
        ),
    )
    if single and view.kind != "dots":
        st.toggle(
            "Seven single futures",
            help="Spread evenly by where they end, from low to high",
            **state.widget(
                f"futures_{at}",
                view.futures,
                lambda on: state.set_view(at, dataclasses.replace(view, futures=on)),
            ),
        )


def _stem(outcome_id: str) -> str:
    """Return an outcome's name without its weighting, where it comes in several."""
    stem, _, weighting = outcome_id.rpartition("_share_")
    several = weighting in WEIGHTINGS and f"{stem}_share_spend" in BY_ID
    return f"{stem}_share_" if several else outcome_id


def _weights(stem: str) -> list[str]:
    return [weighting for weighting in WEIGHTINGS if stem + weighting in BY_ID]


def _whole(stem: str) -> str:
    return stem if stem in BY_ID else stem + next(iter(WEIGHTINGS))


def _named(stem: str) -> str:
    return BY_ID[_whole(stem)].label


def _show(at: int, outcome_id: str, group: str) -> None:
    outcome = BY_ID[outcome_id]
    offered = choices(outcome)
    chosen = picture(f"{outcome_id}.{group if group in offered else offered[0]}")
    if chosen is not None:
        now = state.session()
        now.large = (chosen, now.large[1]) if at == 0 else (now.large[0], chosen)
