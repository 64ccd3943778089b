"""The few things about appearance that the theme file cannot say."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st

from sim.levers import LEVERS

_FILES = Path(__file__).parent
_SMALL_CHART = (_FILES / "small_chart.css").read_text("utf-8")
_draw_small_charts = st.components.v2.component(
    "small_charts", js=(_FILES / "small_chart.js").read_text("utf-8")
)
_CSS = """
div:has(> .st-key-style) { display: none; }
.st-key-world_panel {
  background: color-mix(in srgb, #c8620f 9%, transparent);
  border-color: color-mix(in srgb, #c8620f 55%, transparent);
}
[class*="st-key-headline_"], [class*="st-key-card_"] { padding: 0.7rem 0.9rem; }
/* room for what comes later, so that nothing moves when it does */
[class*="st-key-headline_"] { min-height: 12.25rem; }
[class*="st-key-card_large_"] { min-height: 20rem; }
[class*="st-key-card_small_"] { min-height: 14.625rem; }
[class*="st-key-card_wide_"] { min-height: 25.25rem; }
.st-key-page .stMarkdownBadge { vertical-align: top; line-height: 1.2; }
[class*="st-key-details_"] button, [class*="st-key-reset_"] button,
[class*="st-key-data_"] button, [class*="st-key-choose_"] button {
  min-height: 1.5rem; padding-top: 0; padding-bottom: 0;
}
.st-key-page [data-stale="true"] { opacity: 1 !important; }  /* a run in progress dims nothing */
/* buttons that show an icon: their words are for those who listen */
:is([class*="st-key-tool_"], [class*="st-key-reset_"], [class*="st-key-data_small"])
  button [data-testid="stMarkdownContainer"] {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
}
:is([class*="st-key-tool_"], [class*="st-key-reset_"], [class*="st-key-data_small"]) button {
  min-width: 1.5rem; justify-content: center;
}
/* rows that do not wrap hold what they show; they are no places to scroll */
:is(.st-key-page, [class*="st-key-lever_"], .st-key-world_panel) [data-test-wrap="false"] {
  overflow: visible !important;
}
/* what a chart says, for those who do not see it */
[class*="st-key-spot_"] { position: relative; }
[class*="st-key-spot_"] .stElementContainer:has([data-testid="stCaptionContainer"]),
.small-chart-told {
  position: absolute; top: 0; left: 0; width: 1px; height: 1px;
  overflow: hidden; clip-path: inset(50%);
}
.st-key-beyond { min-height: 1.75rem; }
/* what the pointer is told comes in lines */
#vg-tooltip-element { white-space: pre-line; }
/* names of numbers are never clipped */
[data-testid="stMetric"] * {
  white-space: normal !important; overflow: visible !important; text-overflow: clip !important;
}
/* nor broken within a word: what a change is measured against may go below it */
[data-testid="stMetric"] :has(> [data-testid="stMetricDelta"]) { flex-wrap: wrap; }
/* a number's label and its field for the exact value stand in one row */
[class*="st-key-number_"] .stNumberInput { display: flex; align-items: center; gap: 0.75rem; }
[class*="st-key-number_"] [data-testid="stWidgetLabel"] { flex: 1; margin: 0; min-height: 0; }
[class*="st-key-number_"] [data-testid="stNumberInputContainer"] { flex: none; width: 84px; }
[class*="st-key-number_"] [data-testid="stNumberInputContainer"] button { display: none; }
/* below a slider: the part of its range with evidence, along the slider's own track */
[class*="st-key-lever_"] .stSlider::after {
  display: block; height: 4px; min-width: 4px; margin: -0.3rem 0 0.35rem; border-radius: 2px;
  opacity: 0.75;
  margin-left: calc(0.35rem + (100% - 0.7rem) * var(--from));
  width: calc((100% - 0.7rem) * var(--span));
  background: repeating-linear-gradient(90deg, #6d7480 0 3px, transparent 3px 5px);
}
.st-key-why { min-height: 6rem; }
.st-key-why_told [data-stale="true"] { opacity: 0.45 !important; }  /* but old reasons look old */
[class*="st-key-why_labs"], [class*="st-key-why_governments"],
[class*="st-key-why_developers"] { padding: 0.7rem 0.9rem; }
.stMainBlockContainer { padding-left: 1.75rem; padding-right: 1.75rem; }
[class*="st-key-saved_"] { padding: 0.5rem 0.9rem; }
[class*="st-key-saved_"] button { min-height: 1.75rem; padding-top: 0; padding-bottom: 0; }
.stMultiSelect [data-tag] { background: #205aad; }  /* white is drawn on it, light or dark */
.st-key-story p {
  font-size: 0.875rem;
  display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden;
}
@media (max-width: 640px) {
  .stMainBlockContainer { padding-left: 1rem; padding-right: 1rem; }
  .st-key-story p { -webkit-line-clamp: 6; }
}
"""


def apply() -> None:
    """Apply it before anything is drawn: as Markdown, since the page loads `st.html` too late."""
    with st.container(key="style"):
        made = f"<style>{_CSS}{_colours()}{_SMALL_CHART}{_evidence()}</style>"
        st.markdown(made, unsafe_allow_html=True)
        _draw_small_charts(key="small_charts")


@cache
def _colours() -> str:
    """Return the theme's colours for what this project draws itself, on light and on dark."""
    names = {
        "lead": ("chartCategoricalColors", 0),
        "ink": ("chartSequentialColors", -1),
        "paper": ("backgroundColor", None),
    }
    told = []
    for name, (option, at) in names.items():
        pair = [st.get_option(f"theme.{base}.{option}") for base in ("light", "dark")]
        light, dark = pair if at is None else (colours[at] for colours in pair)
        told.append(f"--{name}: light-dark({light}, {dark});")
    return f".small-chart {{ {' '.join(told)} }}\n"


@cache
def _evidence() -> str:
    """Return which part of each lever's range has evidence, in parts of the range."""
    rules = []
    for lever in LEVERS:
        (low, high), span = lever.evidence, lever.high - lever.low
        if high > low:
            begin, width = (low - lever.low) / span, (high - low) / span
            rules.append(
                f".st-key-lever_{lever.id} .stSlider::after "
                f'{{ content: ""; --from: {begin:.3f}; --span: {width:.3f}; }}'
            )
    return "\n".join(rules)
