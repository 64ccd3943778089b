"""What a visitor can do with saved scenarios, without a browser; nobody's work is lost silently."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
import streamlit as st
from streamlit.testing.v1 import AppTest

from sim import LeverSetting, Scenario
from sim.kept import to_parquet
from sim.link_items import Size
from sim.links import encode, stamped
from sim.outcomes import SERIES
from sim.outgoing import packed, toml_of
from sim.scenario import load_scenario
from sim.store import Saved, Store
from sim.store.tables import RUN_VALUES, RUNS, SCENARIOS
from tests.postgres import Cluster
from tests.unit.test_listing import fill, queries
from views import keeping
from views.library import store as shared_store
from views.plain import plain

Open = Callable[..., AppTest]
BAN = "slider_us_foreign_model_ban"
EVIL = "![x](evil) <b>b :red[r] $x$ `c` **d**"


ROOT = Path(__file__).resolve().parents[2]


class AtOnce:
    """In place of the thread that writes runs: writes them before the page goes on."""

    def submit(self, act: Callable[..., None], *arguments: object) -> None:
        act(*arguments)

    def shutdown(self) -> None: ...


@pytest.fixture(autouse=True)
def kept_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_clerk", AtOnce)


def fine(page: AppTest) -> AppTest:
    assert not page.exception, page.exception[0].value
    return page


def words(page: AppTest) -> str:
    """Return everything the page says in Markdown."""
    return "\n".join(text.value for text in (*page.markdown, *page.caption, *page.info))


def press(page: AppTest, key: str) -> AppTest:
    return fine(page.button(key=key).click().run())


def save(page: AppTest, name: str | None = None, note: str | None = None) -> AppTest:
    press(page, "save")
    if name is not None:
        page.text_input(key="save_name").set_value(name)
    if note is not None:
        page.text_area(key="save_note").set_value(note)
    return press(page, "save_go")


def opened(open_page: Open, name: str) -> AppTest:
    page = fine(open_page())
    return fine(page.selectbox(key="open").select(name).run())


def kept(name: str = "Ours") -> Saved:
    return Store().save_as(load_scenario("eu_middle_way"), name, tags=["eu"])


def test_saving_over_what_was_opened_keeps_one_record_and_under_another_name_two(
    open_page: Open,
) -> None:
    kept()
    page = opened(open_page, "Ours")
    fine(page.slider(key=BAN).set_value(60.0).run())
    save(page, note="Second thoughts")
    (record,) = Store().list()
    assert (record.revision, record.story, record.tags) == (2, "Second thoughts", ("eu",))
    assert record.scenario.levers["us_foreign_model_ban"].value == 0.6
    save(page, name="Another")
    assert [(r.name, r.revision) for r in Store().list()] == [("Another", 1), ("Ours", 2)]
    assert page.session_state["session"].opened.record.name == "Another"


def test_tags_are_saved_with_the_scenario(open_page: Open) -> None:
    kept()
    page = opened(open_page, "Ours")
    press(page, "save")
    page.multiselect(key="save_tags").set_value(["eu", "draft"])
    press(page, "save_go")
    assert Store().get("Ours").tags == ("eu", "draft")


def clash(open_page: Open) -> tuple[AppTest, Saved]:
    """Return a page whose save came second, and what the other one saved."""
    mine = kept()
    page = opened(open_page, "Ours")
    fine(page.slider(key=BAN).set_value(60.0).run())
    work = dataclasses.replace(mine.scenario, title="Theirs", story="Their note")
    theirs = Store().save(work, mine.id, revision=1, author="Ben", tags=["theirs"])
    save(page)
    assert Store().get("Ours") == theirs, "nothing is overwritten before it was chosen"
    return page, theirs


def test_who_saves_second_is_shown_what_the_other_one_changed(open_page: Open) -> None:
    page, _ = clash(open_page)
    assert "**Ben** has saved revision 2 since" in words(page)
    table = page.table[0].value
    rows = {row[0]: list(row[1:]) for row in table.itertuples(index=False)}
    assert rows["Note"][1] == plain("Their note")
    assert rows["Tags"] == ["eu", "theirs", "eu"]
    before, theirs, mine = rows["US ban on Chinese models"]
    assert before == theirs != mine
    assert mine.startswith(plain("60\xa0%"))
    assert len(rows) == 3


def test_mine_can_be_kept_as_a_new_scenario(open_page: Open) -> None:
    page, theirs = clash(open_page)
    press(page, "clash_add")
    assert Store().get("Ours") == theirs
    mine = Store().get("Ours (mine)").scenario
    assert mine.levers["us_foreign_model_ban"].value == 0.6


def test_theirs_can_be_taken_and_mine_is_one_undo_away(open_page: Open) -> None:
    page, theirs = clash(open_page)
    press(page, "clash_download")
    now = page.session_state["session"]
    assert now.opened.record == theirs
    assert now.scenario.story == "Their note"
    press(page, "tool_undo")
    assert page.slider(key=BAN).value == 60.0
    assert Store().list() == [theirs]


def test_theirs_can_be_overwritten_and_had_back(open_page: Open) -> None:
    page, theirs = clash(open_page)
    assert "revision 2" in page.button(key="clash_edit").label
    press(page, "clash_edit")
    record = Store().get("Ours")
    assert (record.revision, record.tags) == (3, ("eu",))
    assert record.scenario.levers["us_foreign_model_ban"].value == 0.6
    (left,) = Store().deleted()
    assert left.toml == theirs.toml


def test_a_third_who_is_faster_still_is_not_overwritten_unseen(open_page: Open) -> None:
    page, theirs = clash(open_page)
    again = Store().save(Scenario("x", "Third"), theirs.id, revision=2, author="Cleo")
    press(page, "clash_edit")
    assert Store().get("Ours") == again
    assert "**Cleo** has saved revision 3 since" in words(page)
    press(page, "clash_edit")
    assert Store().get("Ours").revision == 4


def test_saving_what_somebody_deleted_offers_a_new_scenario_only(open_page: Open) -> None:
    mine = kept()
    page = opened(open_page, "Ours")
    Store().delete(mine.id)
    save(page)
    assert "deleted it since" in words(page)
    keys = {button.key for button in page.button}
    assert "clash_add" in keys
    assert not keys & {"clash_download", "clash_edit"}
    press(page, "clash_add")
    assert [record.name for record in Store().list()] == ["Ours (mine)"]


def test_a_save_after_undo_names_the_revision_that_was_read(open_page: Open) -> None:
    first, other = kept(), kept("Other")
    page = opened(open_page, "Ours")
    Store().save(Scenario("x", "Theirs"), first.id, revision=1)
    Store().annotate(other.id, revision=1, story="x")  # so that both are at revision 2
    fine(page.selectbox(key="open").select("Other").run())
    press(page, "tool_undo")
    assert page.session_state["session"].opened.record.name == "Ours"
    save(page)
    assert Store().get("Ours").title == "Theirs", "the other one's work was overwritten"
    assert "saved revision 2 since" in words(page)


def test_a_visitor_is_no_rival_of_their_own(open_page: Open) -> None:
    kept()
    page = opened(open_page, "Ours")
    for value in (50.0, 60.0):
        fine(page.slider(key=BAN).set_value(value).run())
        save(page)
    press(page, "tool_undo")
    save(page)
    record = Store().get("Ours")
    assert record.revision == 4
    assert page.session_state["session"].clash is None


def test_name_tags_and_note_change_without_opening(open_page: Open) -> None:
    record = kept()
    page = fine(open_page())
    press(page, "library")
    press(page, f"edit_{record.id}")
    page.text_input(key=f"name_{record.id}_1").set_value("Renamed")
    page.text_area(key=f"note_{record.id}_1").set_value("A note")
    page.multiselect(key=f"tags_{record.id}_1").set_value([])
    press(page, f"check_{record.id}")
    changed = Store().get("Renamed")
    assert (changed.story, changed.tags, changed.revision) == ("A note", (), 2)
    assert page.session_state["session"].scenario.name == "status_quo"


def test_a_note_typed_while_somebody_else_saved_is_still_there(open_page: Open) -> None:
    record = kept()
    page = fine(open_page())
    press(page, "library")
    press(page, f"edit_{record.id}")
    Store().annotate(record.id, revision=1, story="Theirs")
    page.text_area(key=f"note_{record.id}_1").set_value("Mine")
    press(page, f"check_{record.id}")
    assert Store().get("Ours").story == "Theirs"
    assert "at revision 2, not 1" in page.session_state["session"].refused
    assert page.text_area(key=f"note_{record.id}_2").value == "Mine"
    press(page, f"check_{record.id}")
    assert Store().get("Ours").story == "Mine"


def test_renaming_what_is_open_does_not_break_saving_it(open_page: Open) -> None:
    record = kept()
    page = opened(open_page, "Ours")
    press(page, "library")
    press(page, f"edit_{record.id}")
    page.text_input(key=f"name_{record.id}_1").set_value("Renamed")
    press(page, f"check_{record.id}")
    fine(page.slider(key=BAN).set_value(60.0).run())
    save(page)
    assert [(r.name, r.revision) for r in Store().list()] == [("Renamed", 3)]


def test_deletions_can_be_undone_one_by_one(open_page: Open) -> None:
    records = [kept(f"Ours {n}") for n in range(2)]
    page = fine(open_page())
    press(page, "library")
    for record in records:
        press(page, f"delete_{record.id}")
    assert Store().list() == []
    press(page, f"undelete_{records[0].id}")
    assert [record.name for record in Store().list()] == ["Ours 0"]


def test_a_thousand_scenarios_open_as_a_page_of_eight(open_page: Open) -> None:
    fill(Store(), 1000)
    page = fine(open_page())
    with queries(shared_store()) as noted:
        press(page, "library")
    cards = [button for button in page.button if str(button.key).startswith("open_in_new_")]
    assert len(cards) == 8
    assert len(noted) <= 12
    assert len([query for query in noted if "toml" in query]) <= 3
    assert "1,000 scenarios saved" in words(page)
    assert len(page.selectbox(key="open").options) < 40


def test_search_narrows_the_list_and_starts_at_its_first_page(open_page: Open) -> None:
    fill(Store(), 30)
    page = fine(open_page())
    press(page, "library")
    page.session_state["search_page"] = 3
    fine(page.text_input(key="search_text").set_value("scenario 0007").run())
    assert "1 scenario found" in words(page)
    fine(page.text_input(key="search_text").set_value("nothing").run())
    assert "Nothing found." in words(page)


def test_files_are_taken_skipped_or_refused_and_each_is_told(open_page: Open) -> None:
    record = kept()
    text = toml_of(record).encode()
    other = text.replace(b'name = "Ours"', b'name = "New"')
    page = fine(open_page())
    press(page, "library")
    upload = page.file_uploader[0]
    upload.set_value(
        [
            ("same.toml", text, "application/toml"),
            ("new.toml", other, "application/toml"),
            ("bad.toml", b"title = 7", "application/toml"),
            ("many.zip", packed([record]), "application/zip"),
        ]
    )
    fine(page.run())
    press(page, "take_files")
    assert [r.name for r in Store().list()] == ["New", "Ours"]
    told = words(page)
    assert "**1 taken, 3 not.**" in told
    assert f"{plain('new.toml')}: taken as “New”" in told
    assert f"{plain('same.toml')}: **skipped**" in told
    assert f"{plain('bad.toml')}: **refused**" in told


def test_a_single_file_can_be_opened_without_saving(open_page: Open) -> None:
    page = fine(open_page())
    press(page, "library")
    text = b"title = 'From a file'\n[levers]\nus_foreign_model_ban = 0.7"
    page.file_uploader[0].set_value([("x.toml", text, "application/toml")])
    fine(page.run())
    press(page, "open_file")
    assert page.slider(key=BAN).value == 70.0
    assert Store().list() == []
    assert page.query_params["t"] == "From a file"


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
    open_page: Open, monkeypatch: pytest.MonkeyPatch, postgres: Cluster
) -> None:
    monkeypatch.delenv("FRONTIER_COMMONS_DB")
    url = postgres.new_database()
    page = AppTest.from_file(str(ROOT / "views" / "navigation.py"), default_timeout=120)
    page.secrets["connections"] = {"scenarios": {"url": url}}
    fine(page.run())
    save(page, name="In PostgreSQL")
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
