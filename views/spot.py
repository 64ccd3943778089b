"""One chart's place on a page: drawn there, redrawn in place, told to those who do not see it."""

from __future__ import annotations

import pyarrow as pa
from streamlit.delta_generator import DeltaGenerator

from views.charts import Spec
from views.plain import plain


class Spot:
    """Where one chart is drawn, and again from other futures.

    A chart's name is part of its specification, and the browser builds a chart anew where that
    changes, which takes it several times as long as new data do. So the name says what the chart
    shows, and the numbers stand in hidden words below it, which style.py keeps for those who
    listen.
    """

    def __init__(self, parent: DeltaGenerator, key: str) -> None:
        self._chart = self._words = parent.container(key=f"spot_{key}", gap=None)

    def draw(self, spec: Spec, table: pa.Table, *, height: int, name: str, told: str) -> None:
        """Draw the chart called `name`, and say in words what it shows."""
        self._chart = self._chart.vega_lite_chart(table, spec, height=height, alt=name)
        self._words = self._words.caption(plain(told))

    def show(self, html: str) -> None:
        """Draw a small chart, which says in words what it shows: see small_chart.py."""
        self._chart = self._chart.html(html)
