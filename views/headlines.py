"""The four numbers on top, of the user's choice: median, 90 % range, change against the status quo,
and in how many of the futures it has that sign."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from sim.compare import difference_bands, level_bands, paired_difference
from sim.result import Result
from sim.wording import MINUS, futures
from views import state
from views.pictures import NUMBERS, OFFERED, Picture, group_label, named


@dataclass(frozen=True)
class Headline:
    """One number on top of the page, under a short name."""

    label: str
    where: str
    picture: Picture
    note: str


HEADLINES = (
    Headline(
        "Chinese open models",
        "tokens on one router",
        NUMBERS[0],
        "Share of tokens on one router, where price-sensitive start-ups choose freely. Routers "
        "carry only one or two per cent of the world's spend.",
    ),
    Headline(
        "All open models",
        "tokens in US enterprises",
        NUMBERS[1],
        "Share of tokens in US enterprises that runs on models with released weights, wherever "
        "made.",
    ),
    Headline(
        "Trusted-open vacuum",
        "capability points (ECI)",
        NUMBERS[2],
        "How far the best open model from a maker outside China trails the best open model of all, "
        "in points of the Epoch Capabilities Index (ECI). GPT-4 of March 2023 has about 126; the "
        "frontier gains roughly 12 a year.",
    ),
    Headline(
        "US leverage abroad",
        "foreign spend it could stop",
        NUMBERS[3],
        "Share of spend outside the United States that Washington could have stopped within a "
        "month: closed American models and anything American hosts serve. Released weights cannot "
        "be recalled.",
    ),
)


def headline(picture: Picture) -> Headline:
    """Return how one number is headed: by its short name where it has one."""
    for known in HEADLINES:
        if known.picture == picture:
            return known
    place = "" if len(picture.outcome.groups) == 1 else group_label(picture.group)
    label = picture.outcome.label.split(", ")[0] if picture.weighting else picture.outcome.label
    where = ": ".join(filter(None, [place, picture.unit]))
    return Headline(label, where, picture, picture.outcome.meaning)


@dataclass(frozen=True)
class Told:
    """What one card says."""

    value: str
    change: str
    range: str
    sure: str


def tell(picture: Picture, result: Result, baseline: Result, month: int) -> Told:
    """Return the words of one card for one month."""
    unit = picture.measure
    ours = result.series(picture.outcome.id, picture.group)[:, month]
    base = baseline.series(picture.outcome.id, picture.group)[:, month]
    level = {key: float(value) for key, value in level_bands(ours).items()}
    paired = paired_difference(ours, base)
    range_words = f"90 % range {unit.say_range(level['low90'], level['high90'])}"
    if not np.any(paired):
        return Told(unit.say(level["median"]), "", range_words, "the same in every future")
    change = {key: float(value) for key, value in difference_bands(paired).items()}
    words = unit.say_change(change["difference"])
    up = change["share_positive"] >= change["share_negative"]
    count = round(max(change["share_positive"], change["share_negative"]) * change["n"])
    return Told(
        unit.say(level["median"]),
        words,
        range_words,
        f"{'higher' if up else 'lower'} in {futures(count, round(change['n']))}",
    )


def chooser() -> None:
    """Draw the choice of the four numbers; made only when open."""
    menu = st.popover(
        "Choose numbers", type="tertiary", key="choose_numbers", on_change="rerun", width="content"
    )
    if not menu.open:
        return
    with menu:
        for at, picture in enumerate(state.session().numbers):
            st.selectbox(
                f"Number {at + 1}",
                OFFERED,
                format_func=_offer,
                **state.widget(f"number_at_{at}", picture.id, partial(_choose, at)),
            )
        st.button("The usual four", on_click=_usual, key="usual_numbers", type="tertiary")


def _offer(name: str) -> str:
    shown = named(name)
    return f"{shown.outcome.label}: {group_label(shown.group)}"


def _choose(at: int, name: str) -> None:
    now = state.session()
    now.numbers = (*now.numbers[:at], named(name), *now.numbers[at + 1 :])


def _usual() -> None:
    state.session().numbers = NUMBERS


class Cards:
    """The four cards, drawn once and then redrawn in place."""

    def __init__(self) -> None:
        self._shown = [headline(picture) for picture in state.session().numbers]
        with st.grid(4, min_column_width=150, gap="small"):
            self._places = [self._place(at) for at in range(len(self._shown))]
        self._drawn: list[tuple[DeltaGenerator, DeltaGenerator]] = []

    @staticmethod
    def _place(at: int) -> DeltaGenerator:
        return st.container(border=True, key=f"headline_{at}", gap="xxsmall", height="stretch")

    def draw(self, result: Result, baseline: Result, month: int) -> None:
        """Write the numbers of one month."""
        places = self._drawn or [(place, place) for place in self._places]
        drawn = []
        for shown, (upper, lower) in zip(self._shown, places, strict=True):
            told = tell(shown.picture, result, baseline, month)
            moved = told.change[:1] in ("+", MINUS)
            metric = upper.metric(
                f"**{shown.label}**  \n:small[:gray[{shown.where}]]",
                told.value,
                told.change or "no change",
                delta_color="blue" if moved else "off",
                delta_arrow=("up" if told.change[0] == "+" else "down") if moved else "off",
                delta_description="vs status quo" if told.change else "",
                help=shown.note,
            )
            caption = lower.caption(f"{told.range}  \n{told.sure}")
            drawn.append((metric, caption))
        self._drawn = drawn
