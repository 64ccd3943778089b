"""What a visitor can do on each page, without a browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from sim.levers import LEVERS
from sim.parameters import ASSUMPTIONS
from sim.scenario import load_scenario
from sim.store import Store
from views.world_panel import FIRST, PARTS

Open = Callable[..., AppTest]
ROOT = Path(__file__).resolve().parents[2]
BAN = "slider_us_foreign_model_ban"


def fine(page: AppTest) -> AppTest:
    assert not page.exception, page.exception[0].value
    return page


def headlines(page: AppTest) -> list[tuple[str, str]]:
    return [(metric.value, metric.delta) for metric in page.metric]


def badges(page: AppTest) -> str:
    return " ".join(text.value for text in page.markdown)


def test_simulate_opens_on_the_status_quo_with_four_headlines_and_no_change(
    open_page: Open,
) -> None:
    page = fine(open_page())
    assert [delta for _, delta in headlines(page)] == ["no change"] * 4
    assert not page.error


def test_every_lever_has_a_slider_and_a_field_for_its_exact_value(open_page: Open) -> None:
    page = fine(open_page())
    assert not {"slider_eu_open_funding", "number_eu_open_funding"} & {s.key for s in page.slider}
    page.session_state["more_levers"] = True
    fine(page.run())
    assert {f"slider_{lever.id}" for lever in LEVERS} <= {slider.key for slider in page.slider}
    assert {f"number_{lever.id}" for lever in LEVERS} <= {n.key for n in page.number_input}


def test_the_slider_and_the_field_move_each_other(open_page: Open) -> None:
    page = fine(open_page())
    field = BAN.replace("slider", "number")
    fine(page.number_input(key=field).set_value(35.0).run())
    assert page.slider(key=BAN).value == 35.0
    fine(page.slider(key=BAN).set_value(60.0).run())
    assert page.number_input(key=field).value == 60.0
    assert page.query_params["l"] == "us_foreign_model_ban:0.6"


def test_a_moved_lever_is_marked_changes_the_headlines_and_can_be_undone(
    open_page: Open,
) -> None:
    page = fine(open_page())
    before = headlines(page)
    fine(page.slider(key=BAN).set_value(90.0).run())
    assert "5\xa0% → 90\xa0%" in badges(page)
    assert headlines(page) != before
    assert page.query_params["l"] == "us_foreign_model_ban:0.9"
    fine(page.button(key="tool_undo").click().run())
    assert headlines(page) == before
    assert "l" not in page.query_params
    fine(page.button(key="tool_redo").click().run())
    assert page.slider(key=BAN).value == 90.0
    fine(page.button(key="reset_us_foreign_model_ban").click().run())
    assert page.slider(key=BAN).value == 5.0


def test_a_link_reopens_the_scenario(open_page: Open) -> None:
    page = fine(open_page(s="status_quo", l="us_foreign_model_ban:0.9@2027-01+12"))
    assert page.slider(key=BAN).value == 90.0
    assert "over 12 months" in badges(page)


@pytest.mark.parametrize(
    "params",
    [
        {"s": "nothing_like_it"},
        {"l": "us_foreign_model_ban:1e999"},
        {"l": "<script>alert(1)</script>:1"},
        {"a": "spillover:lots"},
        {"p": "made.up,things"},
    ],
)
def test_a_bad_link_gives_one_message_and_a_page_that_works(
    open_page: Open, params: dict[str, str]
) -> None:
    page = fine(open_page(**params))
    assert len(page.error) == (0 if "p" in params else 1)
    fine(page.slider(key=BAN).set_value(50.0).run())
    assert not page.error


def test_a_preset_can_be_opened(open_page: Open) -> None:
    page = fine(open_page())
    fine(page.selectbox(key="open").select("fear_lockdown").run())
    assert page.slider(key=BAN).value == 90.0
    assert page.query_params["s"] == "fear_lockdown"


def test_an_assumption_moves_the_status_quo_too(open_page: Open) -> None:
    page = fine(open_page())
    before = headlines(page)
    fine(page.get_by_key("panel").set_value("world").run())
    fine(page.slider(key="slider_world_maker_aversion").set_value(2.4).run())
    assert [delta for _, delta in headlines(page)] == ["no change"] * 4
    assert headlines(page) != before
    assert "Another world" in badges(page)
    assert page.number_input(key="number_world_maker_aversion").value == 2.4


def test_a_scenario_is_saved_under_its_name_and_offered_again(open_page: Open) -> None:
    page = fine(open_page())
    fine(page.slider(key=BAN).set_value(60.0).run())
    fine(page.button(key="save").click().run())
    page.text_input(key="save_name").set_value("Half a ban")
    page.text_area(key="save_note").set_value("Why not all of it?")
    fine(page.button(key="save_go").click().run())
    kept = Store().get("Half a ban")
    assert kept.scenario.levers["us_foreign_model_ban"].value == 0.6
    assert kept.story == "Why not all of it?"
    again = fine(open_page())
    fine(again.selectbox(key="open").select("Half a ban").run())
    assert again.slider(key=BAN).value == 60.0


def test_a_name_that_is_not_allowed_is_refused_and_nothing_is_kept(open_page: Open) -> None:
    page = fine(open_page())
    fine(page.button(key="save").click().run())
    page.text_input(key="save_name").set_value("status_quo")
    fine(page.button(key="save_go").click().run())
    assert "presets are read-only" in page.session_state["session"].refused
    assert not Store().list()


def test_a_saved_scenario_can_be_deleted_and_had_back(open_page: Open) -> None:
    kept = Store().save_as(load_scenario("eu_middle_way"), "Ours")
    page = fine(open_page())
    fine(page.button(key="library").click().run())
    fine(page.button(key=f"delete_{kept.id}").click().run())
    assert not Store().list()
    fine(page.button(key="library").click().run())
    fine(page.button(key=f"undelete_{kept.id}").click().run())
    assert [record.name for record in Store().list()] == ["Ours"]


def test_the_panel_knows_every_part_of_the_world_and_its_first_assumptions() -> None:
    assert {quantity.actor for quantity in ASSUMPTIONS.values()} == set(PARTS)
    assert set(FIRST) <= set(ASSUMPTIONS)


def test_compare_shows_levers_and_outcomes_side_by_side(open_page: Open) -> None:
    page = fine(open_page())
    fine(page.switch_page(str(ROOT / "views" / "compare.py")).run())
    assert not page.error
    outcomes, levers = (table.value for table in page.table)
    assert next(iter(outcomes.columns)).startswith("Status quo")
    assert len(outcomes.columns) == 3
    assert any("US ban on Chinese models" in row for row in levers.index)


def test_compare_asks_for_two(open_page: Open) -> None:
    page = fine(open_page())
    fine(page.switch_page(str(ROOT / "views" / "compare.py")).run())
    fine(page.multiselect(key="compared").set_value(["status_quo"]).run())
    assert "at least two" in page.info[0].value
