"""The style sheet marks on each slider what its lever declares, in colours of the theme."""

from __future__ import annotations

import re

import pytest

from sim.levers import LEVERS
from views import style

RULE = re.compile(
    r"\.st-key-lever_(\w+) \.stSlider::after { content: \"\"; --from: ([\d.]+); --span: ([\d.]+); }"
)


def test_the_part_of_a_range_with_evidence_is_marked_on_its_slider() -> None:
    marked = {name: (float(begin), float(width)) for name, begin, width in RULE.findall(rules())}
    assert set(marked) == {lever.id for lever in LEVERS if lever.evidence[1] > lever.evidence[0]}
    for lever in LEVERS:
        if lever.id in marked:
            begin, width = marked[lever.id]
            low = lever.low + begin * (lever.high - lever.low)
            high = low + width * (lever.high - lever.low)
            near = pytest.approx(lever.evidence, abs=0.002 * (lever.high - lever.low))
            assert (low, high) == near, lever.id


def test_small_charts_are_drawn_in_colours_of_both_themes() -> None:
    found = dict(re.findall(r"--(\w+): light-dark\((#\w{6}, #\w{6})\);", rules()))
    assert found == {
        "lead": "#205aad, #61a8fd",
        "ink": "#0f3066, #dbecff",
        "paper": "#ffffff, #14181f",
    }


def rules() -> str:
    """Return what is made from declarations and from the theme file."""
    return style._colours() + style._evidence()
