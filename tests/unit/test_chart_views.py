"""What the large charts are fed in each view: differences, single futures, dots, events, files."""

from __future__ import annotations

import dataclasses
from functools import lru_cache

import numpy as np
import pytest

from sim.log import ENTRY, Event
from sim.outcomes import ROW, SERIES
from sim.result import Result
from sim.scenario import LeverSetting, load_scenario
from sim.shocks import Shock
from sim.wording import measure
from views import charts, events, tables
from views.chart_files import standalone
from views.chart_view import LEVELS, View, view
from views.dots import DOTS, dot_domain, dot_table, dots
from views.pictures import named
from views.tables import Marks

SHOWN = named("cn_open_share_tokens.router")
FUTURES = 40
NONE = np.zeros(0, dtype=ENTRY)
LOOK = charts.Look(
    domain=(0.0, 60.0), until=2033, measure=SHOWN.measure, size="large", height=236, events=True
)


@lru_cache(maxsize=2)
def result(added: float = 0.0) -> Result:
    """Futures whose share rises with their number and the month; a scenario adds to all."""
    scenario = load_scenario("status_quo")
    values = np.zeros((FUTURES, len(SERIES), scenario.n_months))
    rise = np.linspace(0.0, 0.2, scenario.n_months)
    values[:, ROW["cn_open_share_tokens", "router"]] = (
        0.1 + added + np.arange(FUTURES)[:, None] / 400 + rise
    )
    if added:
        scenario = dataclasses.replace(
            scenario, levers={"us_foreign_model_ban": LeverSetting(0.5, 48, 0)}
        )
    return Result(scenario, 1, 4000, f"run{added:g}", values)


def test_a_view_survives_its_name_and_an_unknown_name_shows_levels() -> None:
    for way in (LEVELS, View("change"), View("levels", True), View("dots")):
        assert view(way.name) == way
    assert view("nonsense") == view("") == LEVELS


def test_a_difference_is_taken_future_by_future() -> None:
    look = dataclasses.replace(LOOK, change=True)
    table = tables.change_table(SHOWN, result(0.05), result(), look, Marks())
    last = table.slice(table.num_rows - 1).to_pylist()[0]
    assert last["median"] == pytest.approx(5.0)
    assert [last["low90"], last["high90"]] == pytest.approx([5.0, 5.0])  # chance has cancelled
    assert last["baseline"] == 0.0
    assert last["tip"].split("\n")[1] == "Difference, median: +5\xa0points"


def test_seven_futures_are_spread_from_the_lowest_to_the_highest_end() -> None:
    look = dataclasses.replace(LOOK, futures=7)
    table = tables.band_table(SHOWN, result(), result(), look, Marks())
    ends = [table[f"f{number}"][-1].as_py() for number in range(7)]
    assert ends == sorted(ends)
    assert len(set(ends)) == 7
    assert "f0" not in tables.band_table(SHOWN, result(), result(), LOOK, Marks()).column_names
    assert sum('"f' in str(layer).replace("'", '"') for layer in charts.bands(look)["layer"]) >= 7


def test_dots_are_twenty_a_side_and_count_futures() -> None:
    ours, base = (run.series(*SHOWN.id.split("."))[:, -1] * 100 for run in (result(0.05), result()))
    rows = dot_table(ours, base, SHOWN.measure, dot_domain(ours, base)).to_pylist()
    up, down = ([row for row in rows if row[side] is not None] for side in ("up", "down"))
    assert len(up) == len(down) == DOTS
    middle = float(np.median(ours))
    width = (dot_domain(ours, base)[1] - dot_domain(ours, base)[0]) / 26
    below = sum(row["x"] < middle - width for row in up)
    assert 8 <= below <= 10
    assert all(row["down"] < 0 for row in down)


def test_a_pile_of_equal_futures_stays_on_the_chart() -> None:
    same = np.full(30, 12.0)
    rows = dot_table(same, same, measure("share"), dot_domain(same, same)).to_pylist()
    assert max(row["up"] or 0.0 for row in rows) < DOTS * 0.62
    assert len({row["x"] for row in rows}) == 1
    assert dots(dataclasses.replace(LOOK, domain=(0.0, 24.0)))["layer"]


def test_events_tell_the_record_the_policy_and_the_shocks() -> None:
    run = result(0.05)
    shocked = dataclasses.replace(run.scenario, shocks=(Shock("incident", 60, 1, 1.0),))
    told = events.by_month(dataclasses.replace(run, scenario=shocked))
    assert "DeepSeek-R1 released under MIT" in (told[24] or "")
    assert "Scenario: US ban on Chinese models 5\xa0% → 50\xa0%" in (told[48] or "")
    assert told[60] == "Shock: A misuse incident"
    assert "Scenario" not in (events.by_month(result())[48] or "")


def test_a_review_stands_on_the_axis_where_it_moves_rules_in_many_futures() -> None:
    often, seldom = (np.zeros(1, dtype=ENTRY) for _ in range(2))
    often["month"], often["event"], often["actor"] = 70, Event.REVIEW, 2
    seldom["month"], seldom["event"], seldom["actor"] = 80, Event.REVIEW, 2
    logs = tuple(often if number % 2 else seldom if number < 4 else NONE for number in range(40))
    told = events.by_month(dataclasses.replace(result(), logs=logs))
    assert told[70] == "European Union: a review moves rules in 50 of 100 futures"
    assert told[80] is None


def test_events_reach_the_table_only_of_charts_that_show_them() -> None:
    marks = Marks(48, events.by_month(result(0.05)))
    table = tables.band_table(SHOWN, result(0.05), result(), LOOK, marks)
    assert table["event"][48].as_py() == f"Jan 2027\n{marks.events[48]}"
    assert table["policy"][48].as_py() == "policy starts"
    without = dataclasses.replace(LOOK, events=False)
    bare = tables.band_table(SHOWN, result(0.05), result(), without, marks)
    assert bare["event"].null_count == bare.num_rows


def test_a_picture_to_take_away_has_title_colours_and_runs_and_leaves_the_page_alone() -> None:
    from sim.brief.write_picture import svg

    spec = charts.bands(LOOK)
    table = tables.band_table(SHOWN, result(0.05), result(), LOOK, Marks())
    colours = {"category": ["#123456"], "ramp": ["#eeeeee", "#654321"]}
    made = standalone(spec, table, "A title", "% of tokens", (result(0.05), result()), colours)
    drawn = svg(made)
    assert "data" not in spec
    assert all(word in drawn for word in ("A title", "run0.05", "not a forecast", "#123456"))


def test_the_table_of_a_chart_tells_levels_and_differences() -> None:
    table = tables.data_table(SHOWN, result(0.05), result())
    last = table.iloc[-1]
    assert last["Median"] - last["Status quo, median"] == pytest.approx(5.0, abs=1e-3)
    assert last["Difference, median"] == pytest.approx(5.0, abs=1e-3)
