"""What can be taken away: tables as CSV, each stamped with run id, version and what it is not."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import pandas as pd

from sim.export import WRITERS
from sim.result import Result
from sim.version import MODEL_VERSION

DISCLAIMER = "Explanation and stress-testing, not a forecast."


def stamp(results: Sequence[Result]) -> str:
    """Return the lines that say where numbers come from."""
    lines = [
        f"# {r.scenario.title}: run {r.run_id}, model {MODEL_VERSION}, seed {r.seed}, "
        f"{r.replicates} futures, {r.streams} streams"
        for r in results
    ]
    return "\n".join([*lines, f"# {DISCLAIMER}"]) + "\n"


def chart_file(table: pd.DataFrame, *results: Result) -> Callable[[], str]:
    """Return a maker of the CSV of one table; it runs on the click, outside any session."""
    return lambda: stamp(results) + table.to_csv(index=False)


def futures_file(*results: Result) -> Callable[[], bytes]:
    """Return a maker of the Parquet table of every future, outcome and month."""

    def make() -> bytes:
        file = io.BytesIO()
        WRITERS[".parquet"](file, [(result.scenario.title, result) for result in results])
        return file.getvalue()

    return make
