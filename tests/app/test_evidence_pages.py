"""The pages of claims and evidence, without a browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from sim import studies
from sim.claims import load_claims
from tests.app.desk import ROOT, fine, press, words
from views import evidence_charts as charts

Open = Callable[..., AppTest]


def test_every_claim_has_a_card_with_its_verdict_and_opens_in_simulate(open_page: Open) -> None:
    page = fine(open_page().switch_page(str(ROOT / "views" / "claims.py")).run())
    told = words(page)
    for claim in load_claims():
        assert f"**{claim.number}. " in told
    assert sum("in this model" in text.value for text in page.markdown) >= 10
    press(page, "without_7")
    claim = load_claims()[6]
    assert page.session_state["session"].scenario.off == (claim.mechanism,)
    assert page.session_state["session"].title.startswith("Claim 7")


def test_without_a_study_the_page_says_which_command_makes_it(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setattr(studies, "FOLDER", tmp_path_factory.mktemp("none"))
    page = fine(open_page().switch_page(str(ROOT / "views" / "claims.py")).run())
    assert "python -m sim claims" in page.info[0].value
    page = fine(page.switch_page(str(ROOT / "views" / "evidence.py")).run())
    assert "python -m sim backtest" in page.info[0].value


def test_evidence_begins_with_what_is_known_against_the_model(open_page: Open) -> None:
    page = fine(open_page().switch_page(str(ROOT / "views" / "evidence.py")).run())
    assert page.markdown[1].value == "### Evidence"
    headings = [text.value for text in page.markdown if text.value.startswith("#### ")]
    assert headings[0] == "#### What is known against this model"
    told = words(page)
    assert "outside the 90 % band" in told
    assert "Held out" in told
    fine(page.toggle(key="rivals").set_value(True).run())
    press(page, "drive")
    assert any("stands out" in text.value for text in page.info) or page.table


def test_no_fact_is_left_out_of_the_charts_and_misses_are_marked() -> None:
    study = studies.kept("backtest")
    assert study is not None
    table = charts.fact_table(study.found["facts"])
    assert len(table) == len(study.found["facts"])
    outside = (table["Recorded"] < table["low90"] - 1e-9) | (
        table["Recorded"] > table["high90"] + 1e-9
    )
    assert ((table["Inside"] == "missed") == outside).all()
    counts = {part: study.found[part]["facts"] for part in ("in_sample", "held_out")}
    assert sum(counts.values()) == len(table)
