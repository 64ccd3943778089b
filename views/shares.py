"""Which lever did it, on the Compare page: on a press, growing in place, kept for all sessions."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from contextlib import closing

import numpy as np
import pandas as pd
import pyarrow as pa
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from sim.attribution import (
    MOST_EXACT,
    Attribution,
    Plan,
    iter_attribution,
    plan_for,
)
from sim.attribution_report import bars, label_of, method, pairs
from sim.declare import InputError
from sim.progress import Rate, span
from sim.result import Result
from sim.wording import month_words
from views import charts, engine, tables, takeaway, waterfall
from views.pictures import Picture, change_axis
from views.plain import plain
from views.tables import Line

MOST_BYTES = 300_000_000  # six levers on 16 futures take 25 MB, eight on 64 take 130
MOST_LINES = 7  # levers with a line of their own; the theme has eight colours
REDRAW_SECONDS = 0.3
_EXACT, _SAMPLED = "Exact", "Quick sample"
Key = tuple[str, str, int, int]


class Kept:
    """Attributions for all sessions, those asked for last."""

    def __init__(self) -> None:
        self._found: OrderedDict[Key, Attribution] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key) -> Attribution | None:
        """Return what was found, None if it was not or is forgotten."""
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
            return self._found.get(key)

    def put(self, key: Key, found: Attribution) -> None:
        """Keep it, and forget the oldest."""
        with self._lock:
            self._found[key] = found
            while len(self._found) > 1 and self._n_bytes() > MOST_BYTES:
                self._found.popitem(last=False)

    def _n_bytes(self) -> int:
        return sum(
            found.shares.nbytes + 2 * found.pair_mean.nbytes for found in self._found.values()
        )


@st.cache_resource(show_spinner=False)
def kept() -> Kept:
    """Return what was found for any session."""
    return Kept()


def section(
    first: Result, second: Result, shown: Picture, month: int, names: tuple[str, str]
) -> None:
    """Draw how to share out the difference, and what came of it."""
    st.caption(
        f"Shares of the difference between {plain(names[0])} and {plain(names[1])}. A lever's "
        "share is what moving it does, averaged over all orders in which the levers can be moved "
        "(its Shapley value), future by future. The shares add up to the whole."
    )
    try:
        plan = _asked(first, second)
    except InputError as error:
        st.info(plain(str(error).removeprefix("attribute: ")), icon=":material/info:")
        return
    key = (first.run_id, second.run_id, plan.replicates, plan.orders)
    wanted = st.button(
        "Share the difference out",
        icon=":material/account_tree:",
        key="attribute",
        help="Runs what lies between the two scenarios. All outcomes and months come from it.",
    )
    found = kept().get(key)
    place = st.container()
    if found is not None:
        _draw(place, found, (first, second), shown, month, names)
    elif wanted:
        _run(place, plan, key, (first, second), shown, month, names)


def _asked(first: Result, second: Result) -> Plan:
    """Draw how exact it is to be, and return which runs that takes."""
    usual = plan_for(first, second)
    can_be_exact = len(usual.players) <= MOST_EXACT
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        way = st.segmented_control(
            "How",
            [_SAMPLED, _EXACT] if can_be_exact else [_SAMPLED],
            default=_SAMPLED if usual.orders else _EXACT,
            required=True,
            key=f"attribute_way_{can_be_exact}_{usual.orders}",
        )
        orders = 0 if way == _EXACT else 1
        steps = [n for n in (4, 8, 16, 32, 64) if n < first.replicates] + [first.replicates]
        start = plan_for(first, second, orders=orders).replicates
        futures = st.selectbox(
            "Futures used",
            steps,
            index=steps.index(start) if start in steps else 0,
            key=f"attribute_futures_{way}_{len(usual.players)}_{first.replicates}",
            width=140,
        )
    plan = plan_for(first, second, futures=int(futures), orders=orders)
    what = (
        f"One order of {len(plan.players)} levers in each future,"
        if plan.orders
        else f"All {1 << len(plan.players)} combinations of {len(plan.players)} levers"
    )
    st.caption(
        f"{what} on {plan.replicates} futures: {plan.runs:,} runs. More futures make the ± smaller "
        "and take longer."
    )
    return plan


def _run(
    place: DeltaGenerator,
    plan: Plan,
    key: Key,
    runs: tuple[Result, Result],
    shown: Picture,
    month: int,
    names: tuple[str, str],
) -> None:
    """Run and redraw as futures come; whatever is pressed meanwhile ends it."""
    with place:
        bar = st.progress(0.0, "Starting.")
        spot = st.empty()
    rate, last = Rate(), [0.0]

    def tell(done: int, total: int) -> None:
        engine.give_way()
        now = time.monotonic()
        rate.add(now, done)
        if now - last[0] < REDRAW_SECONDS and done < total:
            return
        last[0] = now
        left = rate.seconds_left(now, total)
        words = f"{done:,} of {total:,} runs" + (f", about {span(left)} left" if left else "")
        bar.progress(done / total, words)

    steps = iter_attribution(*runs, plan, pool=engine.pool(), progress=tell, cache=engine.runs())
    with closing(steps):
        for found in steps:
            if found.replicates == plan.replicates:
                kept().put(key, found)
                spot.empty()
                _draw(place, found, runs, shown, month, names)
            elif found.replicates >= engine.PREVIEW:
                with spot.container():
                    st.caption(f":orange-badge[Preview] {found.replicates} futures so far.")
                    _waterfall(found, shown, month, names, key=f"preview_{found.replicates}")
    bar.empty()


def _draw(
    place: DeltaGenerator,
    found: Attribution,
    runs: tuple[Result, Result],
    shown: Picture,
    month: int,
    names: tuple[str, str],
) -> None:
    with place:
        files = takeaway.headed(
            f"**{shown.title}: from {plain(names[0])} to {plain(names[1])}**  \n"
            f":small[:gray[{shown.subtitle}, {month_words(month)}, mean over "
            f"{found.replicates} futures ± standard error]]"
        )
        table, spec = _waterfall(found, shown, month, names, key="waterfall")
        if not spec:
            return
        note = f"{shown.subtitle}, {month_words(month)}, mean ± standard error"
        title = f"{shown.title}: which lever did it"
        with files:
            takeaway.figure_files(
                spec, table, title=title, note=note, results=runs, key="waterfall"
            )
        st.caption(method(found))
        _over_time(found, runs, shown)
        _together(found, runs, shown, month)


def _waterfall(
    found: Attribution, shown: Picture, month: int, names: tuple[str, str], key: str
) -> tuple[pa.Table, charts.Spec]:
    series, unit = (shown.outcome.id, shown.group), shown.measure
    told = bars(found, series, month)
    known = ~np.isnan(found.of(*series)[:, :, month]).any(axis=0)
    if not known.any():
        st.info("This number does not exist in that month.", icon=":material/info:")
        return waterfall.waterfall_table([], 0.0, ends=names, unit=unit), {}
    base = float(found.base_of(*series)[known, month].mean())
    table = waterfall.waterfall_table(told, base, ends=names, unit=unit)
    spec = waterfall.waterfall(table.num_rows, waterfall.domain(table))
    st.vega_lite_chart(
        table,
        spec,
        height=waterfall.ROW * table.num_rows + 30,
        alt=waterfall.told(told, unit, names),
        key=key,
    )
    return table, spec


def _over_time(found: Attribution, runs: tuple[Result, Result], shown: Picture) -> None:
    """Draw how the shares grow: a line a lever, and the whole."""
    lines = share_lines(found, shown)
    names = tuple(line.name for line in lines)
    ends = change_axis(*tables.extent([line.bands for line in lines]))
    months = found.shares.shape[3]
    look = charts.Look(
        domain=ends,
        until=charts.FIRST_YEAR + months / 12,
        measure=shown.measure,
        size="named",
        height=340,
        change=True,
    )
    table = tables.line_table(lines, look)
    spec = charts.lines(look, names)
    title = f"{shown.title}: shares over time"
    files = takeaway.headed(f"**{title}**  \n:small[:gray[{shown.subtitle}, mean over futures]]")
    last = "; ".join(
        f"{line.name} {shown.measure.say_change(line.bands['median'][-1] / shown.measure.scale)}"
        for line in lines
    )
    st.vega_lite_chart(table, spec, height=340, alt=f"{title}, in the last month: {last}.")
    note = f"{shown.subtitle}, mean over {found.replicates} futures"
    with files:
        takeaway.figure_files(spec, table, title=title, note=note, results=runs, key="over_time")


def share_lines(found: Attribution, shown: Picture) -> list[Line]:
    """Return the mean share by month of the whole, of the largest levers, and of the rest."""
    scale = shown.measure.scale
    shares = found.of(shown.outcome.id, shown.group) * scale
    exists = ~np.isnan(shares).any(axis=0)
    some = np.where(exists.any(axis=0), exists.sum(axis=0), np.nan)
    means = np.where(exists, shares, 0.0).sum(axis=1) / some
    order = np.argsort(-np.nanmax(np.abs(np.nan_to_num(means)), axis=1), kind="stable")
    room = MOST_LINES if len(order) <= MOST_LINES else MOST_LINES - 1
    told = [("All together", means.sum(axis=0))]
    told += [(_short(label_of(found.plan.players[at])), means[at]) for at in order[:room]]
    if len(order) > room:
        told.append(("All others", means[order[room:]].sum(axis=0)))
    return [Line(name, dict.fromkeys(tables.QUANTILES, values)) for name, values in told]


def _short(label: str) -> str:
    return label if len(label) <= 30 else f"{label[:29].rstrip()}…"


def _together(found: Attribution, runs: tuple[Result, Result], shown: Picture, month: int) -> None:
    """Draw what pairs of levers do together beyond what each does alone."""
    told = pairs(found, (shown.outcome.id, shown.group), month)
    if not told:
        if found.plan.orders:
            st.caption("Interactions are told with exact shares only.")
        return
    unit = shown.measure
    rows = [
        {
            "Levers": f"{plain(pair.labels[0])} **and** {plain(pair.labels[1])}",
            "Together beyond each alone": unit.say_change(pair.mean),
            "± standard error": unit.say_change(pair.standard_error).lstrip("+"),
        }
        for pair in told
    ]
    files = takeaway.headed(
        "**What pairs of levers do together**  \n:small[:gray[Above nought they reinforce each "
        "other, below nought they do part of the same work]]"
    )
    st.table(pd.DataFrame(rows).set_index("Levers"), border="horizontal")
    frame = pd.DataFrame(
        [
            {
                "lever": pair.players[0],
                "other_lever": pair.players[1],
                "effect": pair.mean,
                "standard_error": pair.standard_error,
                "unit": shown.outcome.unit,
            }
            for pair in told
        ]
    )
    with files:
        takeaway.table_files(frame, name="interactions", results=runs, key="interactions")
