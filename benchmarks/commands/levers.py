"""`levers`: each lever over its range, six outcomes, as small multiples and as a table."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.commands.common import count, whole
from sim.declare import InputError
from sim.levers import LEVERS
from sim.levers import lever as declared_lever
from sim.progress import shown_progress

if TYPE_CHECKING:
    import pandas as pd

    from sim.levers import Lever
    from sim.result import Result

NAME, HELP = "levers", "sweep each lever over its range"
POINTS, REPLICATES, STREAMS = 5, 16, 1000
MOST_POINTS = 100
OUTCOMES = (
    ("cn_open_share_tokens", "world"),
    ("open_share_tokens", "world"),
    ("open_release_share", "US"),
    ("open_closed_lag_months", "world"),
    ("price_paid_usd_per_mtok", "closed"),
    ("leverage", "US"),
)
START = "2027-01"
LEAST_TURN = 0.25  # of the range of a curve: smaller turns are not called a turn


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    more = parser.add_argument
    more("--only", metavar="LEVER", help="sweep this lever alone")
    more("--points", default=str(POINTS), metavar="N", help="values of each lever")
    more("--replicates", default=str(REPLICATES), metavar="N", help="futures of each value")
    more("--streams", default=str(STREAMS), metavar="N", help="streams in each future")
    more("--seed", default="1", metavar="N", help="which futures")
    more("--workers", metavar="N", help="processes (default: as many as processors)")
    more("--picture", metavar="FILE", help="write the small multiples here (.png or .svg)")
    more("--out", metavar="FILE", help="write the table here (.csv)")
    more("--quiet", action="store_true", help="print nothing but the turns")


def run(options: argparse.Namespace) -> int:
    """Run the sweep, and print the curves that turn."""
    table = sweep(options)
    if options.out:
        table.to_csv(options.out, index=False)
    if options.picture:
        from sim.brief.write_picture import png, svg

        spec, file = picture(table).to_dict(), Path(options.picture)
        file.write_bytes(svg(spec).encode() if file.suffix == ".svg" else png(spec))
    if not options.quiet:
        print(table.to_string(index=False, float_format="%.4g"))
    print("\n".join(turns(table)) or "No curve turns.")
    return 0


def sweep(options: argparse.Namespace) -> pd.DataFrame:
    """Return one row a lever, value and outcome: means over 2028 to 2030 of the same futures."""
    import pandas as pd

    from sim.ensemble import run as run_scenario
    from sim.pool import Pool
    from sim.scenario import load_scenario, parse_set, with_changes

    points, replicates = _points(options.points), count("replicates", options.replicates)
    workers = None if options.workers is None else count("workers", options.workers)
    levers = LEVERS if options.only is None else (declared_lever(options.only),)
    base = dataclasses.replace(load_scenario("status_quo"), horizon=95)
    rows: list[dict[str, Any]] = []
    total = len(levers) * points
    with shown_progress(quiet=options.quiet) as bar, Pool(workers) as pool:
        for place, lever in enumerate(levers):
            for at, value in enumerate(_values(lever, points)):
                change = dict([parse_set(f"{lever.id}={value}@{START}")])
                scenario = with_changes(base, levers=change)
                result = run_scenario(
                    scenario,
                    replicates=replicates,
                    streams=count("streams", options.streams),
                    seed=count("seed", options.seed),
                    pool=pool,
                )
                rows += _rows(lever, value, result)
                bar(place * points + at + 1, total)
    return pd.DataFrame(rows)


def _points(text: str) -> int:
    points = whole("points", text)
    if not 2 <= points <= MOST_POINTS:
        raise InputError(f"points: {points}; allowed 2 to {MOST_POINTS}")
    return points


def _values(lever: Lever, points: int) -> list[float]:
    found: list[float] = np.linspace(lever.low, lever.high, points).round(6).tolist()
    return found


def _rows(lever: Lever, value: float, result: Result) -> list[dict[str, Any]]:
    rows = []
    for outcome, group in OUTCOMES:
        values = result.series(outcome, group)[:, 60:]
        known = values[~np.isnan(values).any(axis=1)].mean(axis=1)
        rows.append(
            {
                "lever": lever.id,
                "value": value,
                "outcome": f"{outcome} {group}",
                "median": float(np.median(known)) if len(known) else np.nan,
                "mean": float(known.mean()) if len(known) else np.nan,
                "se": float(known.std(ddof=1) / len(known) ** 0.5) if len(known) > 1 else np.nan,
            }
        )
    return rows


def turns(table: pd.DataFrame) -> list[str]:
    """Return the curves of means that rise and fall by more than a quarter of their range each."""
    found = []
    for (lever, outcome), rows in table.groupby(["lever", "outcome"], sort=False):
        means = rows["mean"].to_numpy()
        spread = float(np.nanmax(means) - np.nanmin(means))
        steps = np.diff(means)
        up, down = steps[steps > 0].sum(), -steps[steps < 0].sum()
        if spread > 0.0 and min(up, down) > LEAST_TURN * spread:
            told = ", ".join(f"{mean:.4g}" for mean in means)
            found.append(f"turns: {outcome} over {lever}: {told}")
    return found


def picture(table: pd.DataFrame) -> Any:
    """Return small multiples: a row a lever, a column an outcome, change from the lowest value."""
    import altair as alt

    shown = table.copy()
    shown["change"] = shown["mean"] - shown.groupby(["lever", "outcome"])["mean"].transform("first")
    line = (
        alt.Chart(shown)
        .mark_line(point=alt.OverlayMarkDef(size=16))
        .encode(
            x=alt.X("value:Q", title=None, axis=alt.Axis(tickCount=3)),
            y=alt.Y("change:Q", title=None, axis=alt.Axis(tickCount=3)),
        )
        .properties(width=130, height=60)
    )
    return line.facet(
        row=alt.Row("lever:N", sort=None, header=alt.Header(labelAngle=0, labelAlign="left")),
        column=alt.Column("outcome:N", sort=None, title=None),
    ).resolve_scale(x="independent", y="independent")
