"""The four lines, on the Compare page: world default or changed, policy off or on."""

from __future__ import annotations

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from sim.compare import difference_bands
from sim.four_lines import four_scenarios, policy_effects
from sim.mechanisms import MECHANISMS
from sim.parameters import ASSUMPTIONS
from sim.result import Result
from sim.scenario import Scenario
from sim.wording import dial, month_words
from views import charts, engine, tables, takeaway
from views.pictures import Picture, axis
from views.plain import plain
from views.tables import Line

HEIGHT = 340
_SHORT = ("Default, off", "Default, on", "Changed, off", "Changed, on")
_FIRST = "maker_aversion"
Change = tuple[str, float]  # an assumption and its value, or a mechanism and nought


def section(
    off: Scenario, on: Scenario, shown: Picture, month: int, names: tuple[str, str]
) -> None:
    """Draw the choice of another world, and the four lines in it."""
    st.caption(
        f"Off: the levers of {plain(names[0])}. On: those of {plain(names[1])}. Each in the world "
        f"of {plain(names[0])} and in one changed world. If the policy does the same in both, its "
        "effect does not rest on what was changed."
    )
    change = _asked()
    pressed = st.button("Draw the four lines", icon=":material/show_chart:", key="four_go")
    asked = (off.name, on.name, change)
    if pressed:
        st.session_state["four_asked"] = asked
    if st.session_state.get("four_asked") != asked:
        return
    name, value = change
    is_assumption = name in ASSUMPTIONS
    scenarios = four_scenarios(
        off,
        on,
        assumptions={name: value} if is_assumption else {},
        mechanisms_off=() if is_assumption else (name,),
    )
    status, spot = st.empty(), st.empty()
    of = engine.how_many() * len(scenarios)
    waiting = st.empty()
    for runs in engine.refine(scenarios, waiting=lambda done: _tell(waiting, done, of)):
        final = runs[0].replicates >= engine.how_many()
        count = f"**{runs[0].replicates} futures of each.**"
        status.caption(count if final else f":orange-badge[Preview] {count}")
        with spot.container():
            _draw(runs, shown, month, change, key=str(runs[0].replicates))
    waiting.empty()


def _tell(place: DeltaGenerator, done: int, of: int) -> None:
    place.caption(f"{done} of {of} run so far.")


def _asked() -> Change:
    """Draw the choice of what is changed and return it."""
    offered = {name: quantity.label for name, quantity in ASSUMPTIONS.items()}
    offered |= {item.id: f"Without: {item.label}" for item in MECHANISMS}
    left, right = st.columns(2)
    name = left.selectbox(
        "What is changed about the world",
        list(offered),
        index=list(offered).index(_FIRST) if _FIRST in offered else 0,
        format_func=lambda name: offered[name],
        key="four_what",
        persist_state="session",
    )
    if name not in ASSUMPTIONS:
        return name, 0.0
    quantity = ASSUMPTIONS[name]
    shown = dial(quantity)
    low, high = shown.shown(quantity.low), shown.shown(quantity.high)
    value = right.slider(
        f"To ({quantity.unit}); the default is {shown.say(quantity.default)}",
        low,
        high,
        value=high if quantity.default < quantity.high else low,
        step=(high - low) / 50,
        key=f"four_value_{name}",
        persist_state="session",
    )
    return name, min(max(shown.stored(value), quantity.low), quantity.high)


def _draw(
    runs: tuple[Result, ...], shown: Picture, month: int, change: Change, *, key: str
) -> None:
    lines = [
        Line(name, tables.bands_of(run.series(shown.outcome.id, shown.group), shown.measure.scale))
        for name, run in zip(_SHORT, runs, strict=True)
    ]
    ends = axis(shown, *tables.extent([line.bands for line in lines]))
    look = charts.Look(
        domain=ends,
        until=charts.FIRST_YEAR + len(runs[0].months) / 12,
        measure=shown.measure,
        size="named",
        height=HEIGHT,
        log=shown.log,
    )
    table, spec = tables.line_table(lines, look), charts.lines(look, _SHORT)
    title = f"{shown.title}: policy off and on, in two worlds"
    note = f"{shown.subtitle}; changed world: {words_of(change)}"
    files = takeaway.headed(f"**{title}**  \n:small[:gray[{note}]]")
    told = "; ".join(
        f"{line.name} {shown.measure.say(line.bands['median'][-1] / shown.measure.scale)}"
        for line in lines
    )
    st.vega_lite_chart(
        table,
        spec,
        height=HEIGHT,
        alt=f"{title}, medians in the last month: {told}.",
        key=f"four_{key}",
    )
    _effects(runs, shown, month)
    if runs[0].replicates >= engine.how_many():
        with files:
            takeaway.figure_files(spec, table, title=title, note=note, results=runs, key="four")


def words_of(change: Change) -> str:
    """Return what is changed about the world, in words."""
    name, value = change
    if name in ASSUMPTIONS:
        quantity = ASSUMPTIONS[name]
        return f"{quantity.label} {dial(quantity).say(value)}"
    return next(f"without {item.label}" for item in MECHANISMS if item.id == name)


def _effects(runs: tuple[Result, ...], shown: Picture, month: int) -> None:
    """Draw what the policy does in either world, and the difference of the two."""
    found = policy_effects(runs, shown.outcome.id, shown.group)
    unit, rows, numbers = shown.measure, {}, []
    for words, values in (
        ("What the policy does in the default world", found.default),
        ("What it does in the changed world", found.changed),
        ("Difference of the two", found.gap),
    ):
        told = {key: float(value) for key, value in difference_bands(values[:, month]).items()}
        rows[words] = {
            f"Median, {month_words(month)}": unit.say_change(told["difference"]),
            "90 of 100 futures": unit.say_change_range(
                told["difference_low90"], told["difference_high90"]
            ),
            "Mean ± standard error": f"{unit.say_change(told['difference_mean'])} ± "
            f"{unit.say_change(told['standard_error']).lstrip('+')}",
        }
        numbers.append({"effect": words, "month": runs[0].months[month], **told})
    files = takeaway.headed("**What the policy does**")
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("Effect")
    st.table(table, border="horizontal")
    if runs[0].replicates >= engine.how_many():
        frame = pd.DataFrame(numbers).assign(unit=shown.outcome.unit)
        with files:
            takeaway.table_files(frame, name="policy-in-two-worlds", results=runs, key="effects")
