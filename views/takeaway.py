"""Figures and tables to take away: a picture as PNG or SVG, the numbers as CSV or Parquet.

A picture is drawn by the converter that briefings use, from the very specification on the page, in
the light theme and on white. Title, unit and runs stand in it, so that it can travel alone. Files
are made on the click, outside any session.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from sim.brief.look import FALLBACK_SANS
from sim.export import spreadsheet_safe
from sim.result import Result
from sim.version import MODEL_VERSION
from views.charts import Spec
from views.downloads import DISCLAIMER, chart_file

WIDTH = 760
_HEIGHT, _TITLE_HEIGHT = 320, 96

_INK, _SOFT = "#12151b", "#5c636f"


def headed(words: str) -> DeltaGenerator:
    """Draw a heading and return the place to its right, for the files; nothing moves later."""
    with st.container(horizontal=True, gap="small", vertical_alignment="top"):
        st.markdown(words, width="stretch")
        return st.container(width="content")


def figure_files(
    spec: Spec,
    table: pa.Table,
    *,
    title: str,
    note: str,
    results: Sequence[Result],
    key: str,
) -> None:
    """Draw the buttons that make a picture of a chart, and a table of what is drawn in it."""
    frame = table.to_pandas()
    standalone = picture(spec, frame, title=title, note=note, results=results)
    name = file_stem(title)
    with st.popover("Files", icon=":material/download:", type="tertiary", key=f"files_{key}"):
        _button("Picture (PNG)", lambda: _png(standalone), f"{name}.png", key)
        _button("Picture (SVG)", lambda: _svg(standalone), f"{name}.svg", key)
        _tables(frame, results, name, key)


def table_files(frame: pd.DataFrame, *, name: str, results: Sequence[Result], key: str) -> None:
    """Draw the buttons that make files of a table."""
    with st.popover("Files", icon=":material/download:", type="tertiary", key=f"files_{key}"):
        _tables(frame, results, name, key)


def picture(
    spec: Spec, frame: pd.DataFrame, *, title: str, note: str, results: Sequence[Result]
) -> Spec:
    """Return a specification that holds its data, its colours, its title and its runs."""
    ids = ", ".join(dict.fromkeys(result.run_id for result in results))
    source = f"Runs {ids} · model {MODEL_VERSION} · {DISCLAIMER}"
    rows = [
        {key: None if value != value else value for key, value in row.items()}
        for row in frame.to_dict("records")
    ]
    config: dict[str, Any] = dict(spec.get("config", {}))
    config |= {
        "background": "#ffffff",
        "font": FALLBACK_SANS,
        "range": {
            "category": _theme("chartCategoricalColors"),
            "ramp": _theme("chartSequentialColors"),
        },
    }
    config["axis"] = dict(config.get("axis", {})) | {
        "labelColor": _SOFT,
        "titleColor": _SOFT,
        "gridColor": "#e4e0d7",
        "domainColor": "#c9c5bb",
        "tickColor": "#c9c5bb",
    }
    return spec | {
        "data": {"values": rows},
        "width": WIDTH,
        "height": int(spec.get("height", _HEIGHT)) + _TITLE_HEIGHT,
        "padding": 14,
        "config": config,
        "title": {
            "text": title,
            "subtitle": [note, source],
            "anchor": "start",
            "frame": "group",
            "color": _INK,
            "subtitleColor": _SOFT,
            "fontSize": 16,
            "subtitleFontSize": 11,
            "offset": 12,
            "limit": WIDTH,
        },
    }


def parquet_file(frame: pd.DataFrame, results: Sequence[Result]) -> Callable[[], bytes]:
    """Return a maker of the Parquet file of a table; the runs are in its metadata."""

    def make() -> bytes:
        table = pa.Table.from_pandas(frame, preserve_index=False)
        about = {
            "model_version": MODEL_VERSION,
            "run_ids": ", ".join(result.run_id for result in results),
            "note": DISCLAIMER,
        }
        file = io.BytesIO()
        kept = table.schema.metadata or {}
        from pyarrow import parquet

        parquet.write_table(table.replace_schema_metadata({**kept, **about}), file)
        return file.getvalue()

    return make


def safe(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table so that no spreadsheet takes a word in it, or over it, for a formula."""
    words = {
        name: [spreadsheet_safe(cell) if isinstance(cell, str) else cell for cell in column]
        for name, column in frame.items()
        if column.dtype == object or isinstance(column.dtype, pd.StringDtype)
    }
    told = frame.assign(**{str(name): column for name, column in words.items()})
    return told.rename(columns={name: spreadsheet_safe(str(name)) for name in told.columns})


def file_stem(title: str) -> str:
    """Return a file name, without its ending, for a title."""
    kept = "".join(
        letter.lower() if letter.isascii() and letter.isalnum() else " " for letter in title
    )
    return "-".join(kept.split())[:60] or "figure"


def _tables(frame: pd.DataFrame, results: Sequence[Result], name: str, key: str) -> None:
    _button("Numbers (CSV)", chart_file(safe(frame), *results), f"{name}.csv", key)
    _button("Numbers (Parquet)", parquet_file(frame, results), f"{name}.parquet", key)


def _button(words: str, make: Callable[[], Any], file: str, key: str) -> None:
    st.download_button(
        words,
        data=make,
        file_name=file,
        on_click="ignore",
        type="tertiary",
        key=f"take_{key}_{file.rpartition('.')[2]}",
    )


def _png(spec: Spec) -> bytes:
    from sim.brief.write_picture import png

    return png(spec)


def _svg(spec: Spec) -> str:
    from sim.brief.write_picture import svg

    return svg(spec)


def _theme(option: str) -> list[str]:
    """Return colours of the light theme."""
    found = st.get_option(f"theme.light.{option}")
    return [str(colour) for colour in found] if found else []
