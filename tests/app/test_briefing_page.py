"""What a visitor can do on the Briefing page, without a browser and without running the model."""

from __future__ import annotations

import dataclasses
import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from sim.brief.content import brief_of
from sim.brief.decks import Decks
from sim.brief.exports import FORMATS
from sim.brief.templates import deck as from_template
from views import briefing_files

ROOT = Path(__file__).resolve().parents[2]
Open = Callable[..., AppTest]


def _made_by_hand() -> ModuleType:
    place = ROOT / "tests" / "brief" / "made.py"
    spec = importlib.util.spec_from_file_location("made_results", place)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Decks:
    """Return a folder with one briefing, frozen from results made by hand."""
    monkeypatch.setenv("FRONTIER_COMMONS_DB", str(tmp_path / "scenarios.sqlite"))
    monkeypatch.delenv("FRONTIER_COMMONS_DECKS", raising=False)
    brief = brief_of(_made_by_hand().comparison("status_quo", "ban"), date="2026-11-25")
    decks = Decks(tmp_path / "decks")
    deck = from_template("five", ("status_quo", "fear_lockdown"), title="Ban or build")
    decks.save("Mine", decks.freeze(deck, brief))
    return decks


@pytest.fixture
def open_briefing(kept: Decks) -> Iterator[Open]:
    """Return a function that opens the page, at a link if parameters are given."""
    st.cache_resource.clear()

    def opened(**params: str) -> AppTest:
        page = AppTest.from_file(str(ROOT / "views" / "briefing.py"), default_timeout=120)
        for key, value in params.items():
            page.query_params[key] = value
        return fine(page.run())

    yield opened
    st.cache_resource.clear()


def fine(page: AppTest) -> AppTest:
    assert not page.exception, page.exception[0].value
    return page


def kinds(decks: Decks) -> list[str]:
    return [slide.kind for slide in decks.get("Mine").slides]


def test_a_briefing_is_chosen_and_offered_in_every_format(open_briefing: Open) -> None:
    page = open_briefing()
    assert not page.error
    fine(page.selectbox(key="briefing_choice").select("Mine").run())
    assert page.query_params["deck"] == "Mine"
    keys = {button.key for button in page.get("download_button")}
    assert {f"export_{kind}" for kind in FORMATS} | {"export_all"} <= keys


def test_a_link_opens_a_briefing_or_says_that_there_is_none(open_briefing: Open) -> None:
    assert "frozen 25 November 2026" in open_briefing(deck="Mine").caption[0].value
    assert (
        "unknown briefing 'Minne'; did you mean 'Mine'?"
        in open_briefing(deck="Minne").error[0].value
    )
    assert "name: " in open_briefing(deck="../../etc/passwd").error[0].value


def test_slides_are_moved_taken_out_and_added(open_briefing: Open, kept: Decks) -> None:
    page = open_briefing(deck="Mine")
    fine(page.button(key="down_1").click().run())
    assert kinds(kept)[:3] == ["question", "reveal", "guess"]
    fine(page.button(key="up_2").click().run())
    fine(page.button(key="drop_3").click().run())
    assert kinds(kept) == ["question", "guess", "reveal", "limits", "share"]
    fine(page.selectbox(key="a_kind").select("replay").run())
    fine(page.button(key="a_go").click().run())
    assert kinds(kept) == ["question", "guess", "reveal", "replay", "limits", "share"]


def test_words_are_kept_as_they_are_typed(open_briefing: Open, kept: Decks) -> None:
    page = open_briefing(deck="Mine")
    fine(page.text_input(key="d_question_Mine").set_value("What does a ban change?").run())
    assert kept.get("Mine").question == "What does a ban change?"
    assert kept.brief(kept.get("Mine")) is not None


def test_presenting_opens_the_stage_and_leaving_closes_it(open_briefing: Open) -> None:
    page = open_briefing(deck="Mine")
    assert not page.session_state["briefing"].presenting
    fine(page.button(key="present").click().run())
    assert page.session_state["briefing"].presenting
    assert open_briefing(deck="Mine", notes="1").session_state["briefing"].notes


def test_a_deleted_briefing_can_be_had_back(open_briefing: Open, kept: Decks) -> None:
    page = open_briefing(deck="Mine")
    fine(page.button(key="delete_deck").click().run())
    assert kept.list() == []
    fine(page.button(key="undo_deck").click().run())
    assert [one.name for one in kept.list()] == ["Mine"]
    assert page.query_params["deck"] == "Mine"


def test_a_briefing_frozen_under_another_model_says_so(open_briefing: Open, kept: Decks) -> None:
    old = dataclasses.replace(kept.get("Mine"), model_version="0.0.1")
    kept.save("Mine", old, replace=True)
    assert "Frozen under model 0.0.1" in open_briefing(deck="Mine").warning[0].value


def test_what_is_typed_never_makes_a_deck_that_cannot_be_read(
    open_briefing: Open, kept: Decks
) -> None:
    page = open_briefing(deck="Mine")
    fine(page.text_input(key="d_title_Mine").set_value("").run())
    assert "title: missing" in page.error[0].value
    assert kept.get("Mine").title == "Ban or build"


def test_the_link_of_the_last_slide_names_each_scenario_as_compare_reads_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = SimpleNamespace(context=SimpleNamespace(url="https://example.org/app/briefing?deck=A"))
    monkeypatch.setattr(briefing_files, "st", here)
    link = urlsplit(briefing_files.compare_link(["status_quo", "my ban, strong"]))
    assert link.path == "/app/compare"
    assert parse_qs(link.query)["c"] == ["status_quo", "my ban, strong"]


def test_a_comparison_is_a_brief_in_one_click() -> None:
    made = _made_by_hand()
    comparison = made.comparison("status_quo", "ban")
    for kind in briefing_files.DOCUMENTS:
        file = briefing_files._brief_maker(kind, comparison, "https://example.org/compare?c=a")()
        assert len(file) > 10_000


def test_a_new_briefing_starts_with_what_was_compared_last(open_briefing: Open) -> None:
    page = open_briefing()
    page.session_state["compared"] = ["status_quo", "eu_middle_way"]
    fine(page.button(key="new_briefing").click().run())
    assert page.multiselect(key="n_scenarios").value == ["status_quo", "eu_middle_way"]
