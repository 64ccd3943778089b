"""Compare, without a browser: which lever did it, who gains, what rests on the world, files."""

from __future__ import annotations

import dataclasses
import io
import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from pyarrow import parquet
from streamlit.testing.v1 import AppTest

from sim.attribution import attribute, plan_for
from sim.attribution_report import Bar
from sim.calendar import month_index
from sim.ensemble import run_all
from sim.levers import LEVERS
from sim.scenario import LeverSetting, Scenario
from sim.store import Store
from sim.wording import measure
from tests.app.desk import EVIL, fine, words
from views import closer, contrast, shares, takeaway, waterfall

Open = Callable[..., AppTest]
ROOT = Path(__file__).resolve().parents[2]
BASE = Scenario("base", "Base", horizon=month_index("2024-03"))
PACKAGE = dataclasses.replace(
    BASE,
    name="package",
    title="Package",
    levers={
        "us_foreign_model_ban": LeverSetting(0.9, start=6),
        "closed_price_levy": LeverSetting(0.3, start=6),
    },
)


@pytest.fixture
def page(open_page: Open) -> AppTest:
    """Return Compare with two short scenarios."""
    for scenario in (BASE, PACKAGE):
        Store().save_as(scenario, scenario.title)
    opened = fine(open_page())
    opened.session_state["compared"] = ["Base", "Package"]
    return fine(opened.switch_page(str(ROOT / "views" / "compare.py")).run())


def charts_of(page: AppTest) -> int:
    return len(page.get("vega_lite_chart")) or len(page.get("arrow_vega_lite_chart"))


def test_how_often_a_scenario_is_better_turns_with_what_counts_as_better(page: AppTest) -> None:
    def told() -> tuple[int, int]:
        found = re.search(
            r"better in \*\*(\d+) ± \d+ of 100 futures\*\*, worse in (\d+)", words(page)
        )
        assert found
        return int(found[1]), int(found[2])

    better, worse = told()
    fine(page.get_by_key("compare_better").set_value("Lower").run())
    assert told() == (worse, better)
    assert better + worse > 0


def test_each_scenario_may_have_a_chart_of_its_own(page: AppTest) -> None:
    assert charts_of(page) == 2
    fine(page.get_by_key("compare_layout").set_value("One each").run())
    assert charts_of(page) == 2
    assert "**Package**" in words(page)


def test_levers_are_shared_out_on_a_press_and_kept(page: AppTest) -> None:
    before = charts_of(page)
    assert "All 4 combinations of 2 levers on 4 futures: 8 runs" in words(page)
    fine(page.button(key="attribute").click().run())
    assert charts_of(page) == before + 2
    assert "Exact: all 4 coalitions of 2 levers in each of 4 futures" in words(page)
    interactions = page.table[-1].value
    assert len(interactions) == 1
    fine(page.get_by_key("compare_better").set_value("Lower").run())  # anything redraws the page
    assert charts_of(page) == before + 2


def test_winners_are_listed_and_weights_only_reorder_them(page: AppTest) -> None:
    fine(page.get_by_key("closer_part").set_value(closer.STAKES).run())

    def told() -> dict[str, tuple[str, ...]]:
        return {row: tuple(cells) for row, *cells in page.table[-1].value.itertuples()}

    before = told()
    assert any("EU labs" in row for row in before)
    fine(page.get_by_key("weight_labs").set_value(5.0).run())
    after = told()
    assert after == before
    assert list(after) != list(before)
    fine(page.get_by_key("weight_labs").set_value(0.0).run())
    assert not any("labs" in row.split("  \n")[0] for row in told())


def test_the_policy_is_seen_in_two_worlds(page: AppTest) -> None:
    fine(page.get_by_key("closer_part").set_value(closer.FOUR).run())
    before = charts_of(page)
    fine(page.button(key="four_go").click().run())
    assert charts_of(page) == before + 1
    effects = page.table[-1].value
    assert list(effects.index)[-1] == "Difference of the two"


def test_scenarios_of_different_length_are_refused_in_words(page: AppTest) -> None:
    Store().save_as(dataclasses.replace(BASE, horizon=month_index("2024-02")), "Shorter")
    fine(page.multiselect(key="compared").set_value(["Base", "Shorter"]).run())
    assert "end in different months" in page.error[0].value


def test_names_from_anyone_stand_as_they_are(page: AppTest) -> None:
    Store().save_as(dataclasses.replace(PACKAGE, title=EVIL), "Evil")
    fine(page.multiselect(key="compared").set_value(["Base", "Evil"]).run())
    fine(page.button(key="attribute").click().run())
    assert "![x](evil)" not in words(page)
    assert ":red[r]" not in words(page)


def test_bars_of_the_waterfall_reach_from_one_scenario_to_the_other() -> None:
    unit = measure("share")
    told = [
        Bar("a", "A", -0.2, 0.01, -0.3, -0.1, 0.0, 1.0, 8),
        Bar("b", "B", 0.05, 0.02, 0.0, 0.1, 0.9, 0.1, 8),
    ]
    table = waterfall.waterfall_table(told, 0.5, ends=("Off", "On"), unit=unit).to_pydict()
    assert table["end"] == pytest.approx([50.0, 30.0, 35.0, 35.0])
    assert table["start"][1:3] == pytest.approx([50.0, 30.0])
    assert table["kind"] == [None, waterfall.LOWERS, waterfall.RAISES, None]
    assert table["words"][1].replace("\xa0", " ") == "−20 ± 1 points"


def test_every_lever_s_label_fits_a_step() -> None:
    for lever in LEVERS:
        bar = Bar("a", lever.label, 0.1, 0.01, 0.0, 0.1, 1.0, 0.0, 8)
        table = waterfall.waterfall_table([bar], 0.5, ends=("Off", "On"), unit=measure("share"))
        assert "[...]" not in table.to_pydict()["name"][1]


def test_a_picture_holds_data_title_and_runs_and_is_drawn() -> None:
    results = run_all([BASE, PACKAGE], replicates=2, streams=200, workers=1)
    told = [Bar("a", "A", -0.2, 0.01, -0.3, -0.1, 0.0, 1.0, 2)]
    table = waterfall.waterfall_table(told, 0.5, ends=("Off", "On"), unit=measure("share"))
    spec = waterfall.waterfall(table.num_rows, waterfall.domain(table))
    made = takeaway.picture(
        spec, table.to_pandas(), title="What did it", note="share", results=results
    )
    assert "data" not in spec  # the one on the page is as it was
    svg = takeaway._svg(made)
    for text in ("What did it", results[1].run_id, "not a forecast", "−20"):
        assert text in svg
    assert takeaway._png(made).startswith(b"\x89PNG")


def test_tables_are_safe_in_a_spreadsheet_and_say_where_they_come_from() -> None:
    (run,) = run_all([BASE], replicates=2, streams=200, workers=1)
    frame = pd.DataFrame({"=name": ["=1+1", "plain"], "value": [1.0, -2.0]})
    told = takeaway.safe(frame)
    assert list(told.columns) == ["'=name", "value"]
    assert told["'=name"].tolist() == ["'=1+1", "plain"]
    assert told["value"].tolist() == [1.0, -2.0]
    read = parquet.read_table(io.BytesIO(takeaway.parquet_file(frame, [run])()))
    assert read.to_pandas().equals(frame)
    assert run.run_id.encode() in read.schema.metadata[b"run_ids"]


def test_short_names_differ() -> None:
    long = "A very long title of a scenario that goes on"
    assert len(set(contrast.short([long, long, "Other"]))) == 3


def test_shares_are_kept_as_far_as_memory_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    ends = run_all([BASE, PACKAGE], replicates=1, streams=200, workers=1)
    found = attribute(*ends, plan_for(*ends), workers=1)
    kept, keys = shares.Kept(), [("a", "b", n, 0) for n in range(3)]
    each = found.shares.nbytes + 2 * found.pair_mean.nbytes
    monkeypatch.setattr(shares, "MOST_BYTES", 2 * each)
    for key in keys:
        kept.put(key, found)
    assert [kept.get(key) is not None for key in keys] == [False, True, True]
    monkeypatch.setattr(shares, "MOST_BYTES", 1)
    kept.put(keys[0], found)
    assert [kept.get(key) is not None for key in keys] == [True, False, False]
