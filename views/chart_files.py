"""A chart as a picture to take away: PNG and SVG with title, unit, what it is not, and its runs.

The page's specification leaves colours to the theme in the browser; a file gets those of the light
theme. It is drawn when it is asked for, outside any session.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from functools import partial

import pyarrow as pa
import streamlit as st

from sim.brief.look import FALLBACK_SANS, GREY, INK, RULE
from sim.brief.write_picture import png, svg
from sim.result import Result
from views.charts import Spec
from views.downloads import DISCLAIMER

WIDTH, HEIGHT = 760, 320
MAKERS: dict[str, Callable[[Spec], str | bytes]] = {"png": png, "svg": svg}
MIME = {"png": "image/png", "svg": "image/svg+xml"}


def picture_file(
    spec: Spec, table: pa.Table, title: str, subtitle: str, results: Sequence[Result], kind: str
) -> Callable[[], str | bytes]:
    """Return a maker of one chart as "png" or "svg"."""
    colours = {
        "category": list(st.get_option("theme.light.chartCategoricalColors") or [INK]),
        "ramp": list(st.get_option("theme.light.chartSequentialColors") or [GREY, INK]),
    }
    made = standalone(spec, table, title, subtitle, results, colours)
    return partial(MAKERS[kind], made)


def standalone(
    spec: Spec,
    table: pa.Table,
    title: str,
    subtitle: str,
    results: Sequence[Result],
    colours: dict[str, list[str]],
) -> Spec:
    """Return a specification with its data, its title and where it comes from."""
    runs = ", ".join(result.run_id for result in results)
    note = f"{results[0].replicates} futures. {DISCLAIMER} Runs {runs}."
    made = copy.deepcopy(spec)
    made["data"] = {"values": table.to_pylist()}
    made |= {"width": WIDTH, "height": HEIGHT, "background": "#ffffff"}
    made["title"] = {
        "text": title,
        "subtitle": [subtitle, note],
        "anchor": "start",
        "fontSize": 17,
        "subtitleFontSize": 12,
        "subtitleColor": GREY,
        "color": INK,
        "offset": 12,
    }
    made["padding"] = 14
    config = made.setdefault("config", {})
    config["font"] = FALLBACK_SANS
    config["range"] = colours
    config["view"] = {"stroke": None}
    config["axis"] = config.get("axis", {}) | {"labelColor": GREY, "gridColor": RULE}
    return made
