"""The four numbers on top: median, 90 % range, change against the status quo, and how sure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from sim.compare import difference_bands, level_bands, paired_difference
from sim.result import Result
from views.pictures import Picture, named
from views.wording import MINUS, futures


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
        named("cn_open_share_tokens.router"),
        "Share of tokens on one router, where price-sensitive start-ups choose freely. Routers "
        "carry only one or two per cent of the world's spend.",
    ),
    Headline(
        "All open models",
        "tokens in US enterprises",
        named("open_share_tokens.enterprise"),
        "Share of tokens in US enterprises that runs on models with released weights, wherever "
        "made.",
    ),
    Headline(
        "Trusted-open vacuum",
        "capability points (ECI)",
        named("trusted_open_vacuum_eci.world"),
        "How far the best open model from a maker outside China trails the best open model of all, "
        "in points of the Epoch Capabilities Index (ECI). GPT-4 of March 2023 has about 126; the "
        "frontier gains roughly 12 a year.",
    ),
    Headline(
        "US leverage abroad",
        "foreign spend it could stop",
        named("leverage.US"),
        "Share of spend outside the United States that Washington could have stopped within a "
        "month: closed American models and anything American hosts serve. Released weights cannot "
        "be recalled.",
    ),
)


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


class Cards:
    """The four cards, drawn once and then redrawn in place."""

    def __init__(self) -> None:
        with st.grid(4, min_column_width=150, gap="small"):
            self._places = [self._place(at) for at in range(len(HEADLINES))]
        self._drawn: list[tuple[DeltaGenerator, DeltaGenerator]] = []

    @staticmethod
    def _place(at: int) -> DeltaGenerator:
        return st.container(border=True, key=f"headline_{at}", gap="xxsmall", height="stretch")

    def draw(self, result: Result, baseline: Result, month: int) -> None:
        """Write the numbers of one month."""
        places = self._drawn or [(place, place) for place in self._places]
        drawn = []
        for headline, (upper, lower) in zip(HEADLINES, places, strict=True):
            told = tell(headline.picture, result, baseline, month)
            moved = told.change[:1] in ("+", MINUS)
            metric = upper.metric(
                f"**{headline.label}**  \n:small[:gray[{headline.where}]]",
                told.value,
                told.change or "no change",
                delta_color="blue" if moved else "off",
                delta_arrow=("up" if told.change[0] == "+" else "down") if moved else "off",
                delta_description="vs status quo" if told.change else "",
                help=headline.note,
            )
            caption = lower.caption(f"{told.range}  \n{told.sure}")
            drawn.append((metric, caption))
        self._drawn = drawn
