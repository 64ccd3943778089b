"""What a visitor can do with saved scenarios, without a browser; nobody's work is lost silently."""

from __future__ import annotations

import dataclasses

import pytest
from streamlit.testing.v1 import AppTest

from sim import Scenario
from sim.outgoing import packed, toml_of
from sim.store import Saved, Store
from tests.app.desk import BAN, AtOnce, Open, fine, kept, opened, press, save, words
from tests.unit.test_listing import fill, queries
from views import keeping
from views.library import store as shared_store
from views.plain import plain


@pytest.fixture(autouse=True)
def kept_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_clerk", AtOnce)


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
