"""What the two panels offer: every lever, every assumption, every mechanism, and the way back."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from sim.mechanisms import MECHANISMS
from sim.parameters import ASSUMPTIONS
from tests.app.desk import BAN, fine, press, words
from views.world_panel import PARTS

Open = Callable[..., AppTest]


def world(page: AppTest) -> AppTest:
    for part in PARTS:
        page.session_state[f"more_{part}"] = True
    return fine(page.get_by_key("panel").set_value("world").run())


def test_every_assumption_and_every_mechanism_can_be_moved(open_page: Open) -> None:
    page = world(fine(open_page()))
    assert {f"slider_world_{name}" for name in ASSUMPTIONS} <= {
        slider.key for slider in page.slider
    }
    assert {f"mechanism_{item.id}" for item in MECHANISMS} <= {box.key for box in page.toggle}
    fine(page.toggle(key="mechanism_peer_cascade").set_value(False).run())
    assert page.session_state["session"].scenario.off == ("peer_cascade",)
    assert "Labs follow their peers: off" in words(page)
    assert ":orange-badge[1 off]" in words(page)


def test_a_lever_beyond_the_evidence_is_marked_and_named_on_the_page(open_page: Open) -> None:
    page = fine(open_page(l="us_foreign_model_ban:0.9"))
    assert "US ban on Chinese models at 90\xa0% is beyond what any real policy" in words(page)
    assert "beyond evidence" in words(page)
    press(page, "reset_us_foreign_model_ban")
    assert "beyond evidence" not in words(page)


def test_a_replay_is_one_look_back_and_changes_nothing(open_page: Open) -> None:
    page = fine(open_page())
    assert page.button(key="tool_replay").disabled
    fine(page.slider(key=BAN).set_value(50.0).run())
    numbers = [(metric.value, metric.delta) for metric in page.metric]
    press(page, "tool_replay")
    assert [(metric.value, metric.delta) for metric in page.metric] == numbers
    assert page.slider(key=BAN).value == 50.0
    assert not page.session_state["session"].replaying
    assert len(page.session_state["session"].past) == 1


def test_the_numbers_on_top_can_be_chosen_and_travel_in_the_link(open_page: Open) -> None:
    page = fine(open_page(q="hhi.maker,hhi.host,leverage.CN,made.up"))
    assert page.metric[0].label.startswith("**Chinese open models**")  # not all four are known
    page = fine(open_page(q="hhi.maker,hhi.host,leverage.CN,attraction.CN"))
    assert [metric.label.split("**")[1] for metric in page.metric] == [
        "Concentration (HHI)",
        "Concentration (HHI)",
        "Foreign use a country can switch off",
        "Foreign use of a country's models",
    ]
    assert page.query_params["q"] == "hhi.maker,hhi.host,leverage.CN,attraction.CN"
