"""What older runs, links, names and databases bring to the page, without a browser."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import sqlalchemy as sa
import streamlit as st
from streamlit import config
from streamlit.runtime.secrets import secrets_singleton
from streamlit.testing.v1 import AppTest

from sim import LeverSetting
from sim.kept import to_parquet
from sim.link_items import Size
from sim.links import encode, stamped
from sim.outcomes import SERIES
from sim.scenario import load_scenario
from sim.store import Store
from sim.store.tables import RUN_VALUES, RUNS, SCENARIOS
from tests.app.desk import BAN, EVIL, AtOnce, Open, fine, kept, opened, press, save, words
from tests.postgres import Cluster
from views import keeping
from views.plain import plain


@pytest.fixture(autouse=True)
def kept_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_clerk", AtOnce)


def test_a_finished_run_is_kept_under_the_id_the_page_shows(open_page: Open) -> None:
    page = fine(open_page())
    (footer,) = [text.value for text in page.caption if text.value.startswith("Run fc-")]
    run = Store().runs.get(footer.split()[1])
    assert run is not None
    assert (run.replicates, run.seed) == (4, 1)
    assert Store().runs.numbers(run.run_id) is not None


def make_older(run_id: str, *, model: str = "0.0.1") -> None:
    """Make a kept run one of an older model, in which open models had 10 points less."""
    store = Store()
    numbers = store.runs.numbers(run_id)
    assert numbers is not None
    values = numbers.values.copy()
    values[:, numbers.series.index(("open_share_tokens", "world")), 60:] -= 0.1
    changed = dataclasses.replace(numbers, values=values)
    with store._database.transaction() as connection:
        connection.execute(RUN_VALUES.update().values(content=to_parquet(changed)))
        connection.execute(RUNS.update().values(digest=changed.digest, model_version=model))
        connection.execute(sa.update(SCENARIOS).values(model_version=model))
    store.close()


def test_a_scenario_saved_under_an_older_model_opens_and_says_what_moved(
    open_page: Open,
) -> None:
    page = fine(open_page())
    fine(page.slider(key=BAN).set_value(60.0).run())
    save(page, name="Old")
    record = Store().get("Old")
    assert record.run_id is not None
    make_older(record.run_id)
    again = opened(open_page, "Old")
    assert "**Made under model 0" in words(again)
    assert f"1 of {len(SERIES)} series moved" in words(again)
    row = again.table[0].value.iloc[0]
    assert row["Outcome"] == "Open models, token share, World"
    assert row["Since"] == "2028-01"
    assert row["Change"].startswith("+10")
    fine(again.slider(key=BAN).set_value(50.0).run())
    assert "Made under model" not in words(again), "an edited scenario is another question"


def test_without_the_older_numbers_it_opens_and_says_that_they_are_missing(
    open_page: Open,
) -> None:
    kept()
    store = Store()
    with store._database.transaction() as connection:
        connection.execute(sa.update(SCENARIOS).values(model_version="0.0.1"))
    page = opened(open_page, "Ours")
    assert "Its numbers are not kept here" in words(page)


def test_an_older_run_of_another_question_is_not_compared(open_page: Open) -> None:
    page = fine(open_page())
    shown = page.session_state["session"].scenario
    run_id = stamped({}, shown, size_of(page))["r"]
    make_older(run_id)
    again = fine(open_page(v="0.0.1", r=run_id, s="status_quo", l="us_foreign_model_ban:0.9"))
    assert "Made under model" not in words(again)
    same = fine(open_page(v="0.0.1", r=run_id, s="status_quo"))
    assert "series moved" in words(same)


def size_of(page: AppTest) -> Size:
    return Size(page.session_state["session"].opened.seed, 4)


def test_an_older_link_opens_with_what_is_gone_left_out_and_said(open_page: Open) -> None:
    page = fine(open_page(v="0.0.1", l="gone:1,us_foreign_model_ban:0.9"))
    assert not page.error
    assert page.slider(key=BAN).value == 90.0
    assert plain("unknown lever 'gone'") in words(page)


def test_a_link_cut_short_is_noticed(open_page: Open) -> None:
    scenario = dataclasses.replace(
        load_scenario("status_quo"), levers={"us_foreign_model_ban": LeverSetting(0.9)}
    )
    told = stamped(encode(scenario, load_scenario("status_quo")), scenario, Size(1, 4))
    assert "cut short" not in words(fine(open_page(**told)))
    del told["l"]
    assert "cut short" in words(fine(open_page(**told)))


def test_a_link_with_a_seed_runs_those_futures(open_page: Open) -> None:
    page = fine(open_page(s="fear_lockdown", n="7"))
    assert any("seed 7" in text.value for text in page.caption)
    assert page.query_params["n"] == "7.4.4000"


def test_the_link_of_what_is_in_hand_names_its_run_and_its_digest(open_page: Open) -> None:
    page = fine(open_page(s="fear_lockdown"))
    page.session_state["share"] = True  # the popover is open
    fine(page.run())
    (link,) = [code.value for code in page.code]
    run = Store().runs.get(page.query_params["r"])
    assert run is not None
    assert f"r={run.run_id}" in link
    assert f"d={run.digest[:16]}" in link
    assert "s=fear_lockdown" in link


def test_names_and_notes_are_shown_letter_by_letter(open_page: Open) -> None:
    evil = dataclasses.replace(load_scenario("status_quo"), title=EVIL, story=f"{EVIL} note")
    Store().save_as(evil, EVIL, tags=["![t](x)"], author="*eve*")
    page = fine(open_page())
    fine(page.selectbox(key="open").select(EVIL).run())
    press(page, "library")
    shown = [text.value for text in (*page.markdown, *page.caption) if "evil" in text.value]
    assert len(shown) >= 4
    for text in shown:
        assert "![" not in text.replace("\\!\\[", "")
        assert "<b>" not in text
        assert ":red[" not in text


@pytest.mark.parametrize("key", ["s", "l", "t", "v", "x"])
def test_what_a_link_holds_is_never_shown_as_markdown(open_page: Open, key: str) -> None:
    page = fine(open_page(**{key: "![x](http://127.0.0.1:9/x.png)"}))
    for text in (*page.error, *page.markdown, *page.caption, *page.info):
        assert "![x](" not in text.value


def test_who_is_logged_in_is_written_down(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "user", {"is_logged_in": True, "email": "anna@example.org"})
    page = fine(open_page())
    save(page, name="Anna's")
    assert Store().get("Anna's").author == "anna@example.org"
    monkeypatch.setattr(st, "user", {"is_logged_in": False})
    save(page)
    assert Store().get("Anna's").author is None


@pytest.mark.postgres
def test_secrets_name_another_database(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, postgres: Cluster, tmp_path: Path
) -> None:
    monkeypatch.delenv("FRONTIER_COMMONS_DB")
    url = postgres.new_database()
    secrets = tmp_path / "secrets.toml"
    secrets.write_text(f"[connections.scenarios]\nurl = {url!r}\n", encoding="utf-8")
    monkeypatch.setattr(secrets_singleton, "_secrets", None)
    files = config.get_option("secrets.files")
    config.set_option("secrets.files", [str(secrets)])
    try:
        save(fine(open_page()), name="In PostgreSQL")
    finally:
        config.set_option("secrets.files", files)
    store = Store(url)
    assert [record.name for record in store.list()] == ["In PostgreSQL"]
    store.close()


def test_a_database_out_of_reach_leaves_the_page_usable(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FRONTIER_COMMONS_DB", str(tmp_path))  # a folder
    page = fine(open_page())
    assert "saved scenarios cannot be used" in page.error[0].value
    fine(page.slider(key=BAN).set_value(60.0).run())
    press(page, "library")
    save(page, name="Lost?")
    assert "cannot be used" in page.session_state["session"].refused
