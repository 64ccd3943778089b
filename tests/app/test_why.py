"""What the Simulate page says of who decided otherwise, and what it lets a visitor try."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tests.app.desk import fine, press, words

Open = Callable[..., AppTest]


def test_nothing_is_said_to_differ_while_no_lever_is_moved(open_page: Open) -> None:
    page = fine(open_page())
    assert "No lever is moved" in words(page)
    assert not [button for button in page.button if str(button.key).startswith("story_")]


def test_a_sentence_is_told_checked_and_opened_to_a_story(open_page: Open) -> None:
    page = fine(open_page(l="us_open_liability:400"))
    assert "American labs open the weights of fewer releases in 100 of 100 futures" in words(page)
    assert "Checked" not in words(page)
    press(page, "check_labs_US")
    assert "with “US liability for open frontier releases” held at the status quo" in words(page)
    assert "instead of 100" in words(page)
    press(page, "story_labs_US")
    assert page.selectbox(key="story_lab").value in words(page)
    story = page.table[0].value
    assert {"Status quo", "Scenario", "What turned it"} <= {*story.columns}
    assert len(story) > 0
    assert set(story["Status quo"]) != set(story["Scenario"])


def test_a_check_is_forgotten_when_another_lever_moves(open_page: Open) -> None:
    page = fine(open_page(l="us_open_liability:400"))
    press(page, "check_labs_US")
    fine(page.slider(key="slider_us_open_funding").set_value(300.0).run())
    assert "Checked" not in words(page)
