"""Saved scenarios survive renames, deletions and two people at once."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from sim import InputError, LeverSetting, Scenario
from sim.run_id import run_id
from sim.scenario import MAX_STORY
from sim.shocks import Shock
from sim.store import Conflict, Stale, Store, check_name, check_tags
from sim.store.tables import SCENARIOS

BAN = Scenario(
    "draft",
    "A ban",
    story="Why?\nBecause.",
    levers={"us_foreign_model_ban": LeverSetting(0.9, 60, 12)},
    assumptions={"quality_weight": 7.0},
    off=("ecosystem",),
    supply="simulated",
    shocks=(Shock("lab_reversal", 50, 1, 1.0, "meta"), Shock("chip_tightening", 60, 24, 0.2)),
)
THEIRS = Scenario("x", "Theirs")


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    store = Store(database)
    yield store
    store.close()


def test_a_saved_scenario_keeps_shocks_and_supply_and_names_its_run(store: Store) -> None:
    saved = store.save(BAN, "Ban", author="anna@example.org")
    assert dataclasses.replace(saved.scenario, name="draft") == BAN
    assert saved.run_id == run_id(BAN, seed=1, replicates=64, streams=4000)
    assert saved.author == "anna@example.org"
    assert store.save(THEIRS, "Other", run_id="fc-000000000000").run_id == "fc-000000000000"


def test_saving_over_what_was_read_raises_the_revision(store: Store) -> None:
    first = store.save(BAN, "Ban", tags=["eu"])
    second = store.save(Scenario("x", "No ban"), "Ban", revision=first.revision)
    assert (second.id, second.revision, second.title) == (first.id, 2, "No ban")
    assert second.scenario.levers == {}
    assert second.tags == ("eu",)
    third = store.save(BAN, first.id, revision=2, tags=[])
    assert (third.name, third.tags) == ("Ban", ())


def test_saving_over_what_somebody_else_changed_is_refused_and_shows_theirs(store: Store) -> None:
    mine = store.save(BAN, "Ban")
    store.save(THEIRS, "Ban", revision=1, author="Ben")
    for change in (
        lambda: store.save(BAN, "Ban", revision=mine.revision),
        lambda: store.rename(mine.id, "Other", revision=mine.revision),
        lambda: store.annotate(mine.id, revision=mine.revision, story="Mine"),
        lambda: store.delete(mine.id, revision=mine.revision),
        lambda: store.overwrite(BAN, mine),
    ):
        with pytest.raises(Stale, match="revision 2, not 1: it was changed") as refused:
            change()
        theirs = refused.value.theirs
        assert (theirs.title, theirs.revision, theirs.author) == ("Theirs", 2, "Ben")
    assert store.get("Ban").title == "Theirs"
    assert store.deleted() == []


def test_saving_over_what_somebody_else_deleted_is_refused(store: Store) -> None:
    mine = store.save(BAN, "Ban")
    store.delete(mine.id)
    with pytest.raises(Stale, match="it was deleted meanwhile") as refused:
        store.save(BAN, mine.id, revision=1)
    assert refused.value.theirs.deleted_at is not None
    with pytest.raises(Stale):
        store.annotate(mine.id, revision=2, story="Mine")


def test_what_is_overwritten_on_purpose_can_be_had_back(store: Store) -> None:
    mine = store.save(BAN, "Ban", tags=["eu"])
    theirs = store.save(THEIRS, "Ban", revision=1, tags=["us"])
    now = store.overwrite(BAN, theirs, author="Anna")
    assert (now.id, now.revision, now.title, now.tags) == (mine.id, 3, "A ban", ("us",))
    (left,) = store.deleted()
    assert (left.name, left.title) == ("Ban (overwritten, revision 2)", "Theirs")
    back = store.undelete(left.id)
    assert (back.toml, back.tags) == (theirs.toml, ("us",))
    assert len(store.list()) == 2


def test_names_are_unique_whatever_their_case(store: Store) -> None:
    store.save(BAN, "Straße Ä")
    for name in ("strasse ä", "STRASSE Ä", " Straße A\u0308 "):
        with pytest.raises(Conflict, match="is taken"):
            store.save_as(BAN, name)
        with pytest.raises(Conflict):
            store.save(BAN, name)


def test_the_database_itself_keeps_names_unique(store: Store) -> None:
    saved = store.save(BAN, "Ban")
    columns = {c.name: getattr(saved, c.name, "") for c in SCENARIOS.columns}
    columns |= {"id": "x", "tags": "", "name_key": "ban"}
    with pytest.raises(Conflict), store._database.transaction() as connection:
        connection.execute(SCENARIOS.insert().values(**columns))


def test_a_scenario_can_be_renamed_also_in_case_only(store: Store) -> None:
    saved = store.save(BAN, "Ban")
    store.save(BAN, "Other")
    assert store.rename(saved.id, "BAN").name == "BAN"
    assert store.rename(saved.id, "Third").revision == 3
    with pytest.raises(Conflict, match="'other' is taken"):
        store.rename(saved.id, "other")


def test_note_and_tags_change_without_touching_the_scenario(store: Store) -> None:
    saved = store.save(BAN, "Ban")
    noted = store.annotate(saved.id, revision=1, story="New\nnote", tags=["EU", "eu ", "draft"])
    assert (noted.story, noted.tags, noted.revision) == ("New\nnote", ("EU", "draft"), 2)
    assert noted.scenario.story == "New\nnote"
    assert dataclasses.replace(noted.scenario, name="draft", story=BAN.story) == BAN
    assert store.annotate(saved.id, revision=2, name="B").tags == ("EU", "draft")


def test_copies_get_the_first_free_name(store: Store) -> None:
    saved = store.save(BAN, "B" * 80, tags=["eu"])
    names = [store.duplicate(saved.id).name for _ in range(2)]
    assert names == ["B" * 76 + " (2)", "B" * 76 + " (3)"]
    copy = store.duplicate(saved.id, "Copy", author="Ben")
    assert (copy.toml, copy.revision, copy.tags) == (saved.toml, 1, ("eu",))
    assert (copy.author, copy.run_id) == ("Ben", saved.run_id)
    assert copy.id != saved.id


def test_a_deletion_can_be_undone_and_is_no_change_of_the_scenario(store: Store) -> None:
    saved = store.save(BAN, "Ban")
    assert store.delete(saved.id).deleted_at is not None
    assert store.list() == []
    assert store.named("Ban") is None
    with pytest.raises(InputError, match="no saved scenario"):
        store.get("Ban")
    back = store.undelete(saved.id)
    assert (back.name, back.deleted_at, back.toml) == ("Ban", None, saved.toml)
    assert back.updated_at == saved.updated_at
    assert store.undelete(saved.id) == back
    with pytest.raises(InputError, match="no deleted scenario"):
        store.undelete("nothing")


def test_the_last_ten_deletions_are_offered_latest_first(store: Store) -> None:
    for number in range(12):
        store.delete(store.save(BAN, f"Ban {number}").id)
    assert [s.name for s in store.deleted()] == [f"Ban {n}" for n in range(11, 1, -1)]


def test_undoing_a_deletion_yields_to_who_took_the_name(store: Store) -> None:
    saved = store.save(BAN, "Ban")
    store.delete(saved.id)
    store.save(BAN, "ban")
    assert store.undelete(saved.id).name == "Ban (2)"
    assert [s.name for s in store.list()] == ["ban", "Ban (2)"]


@pytest.mark.parametrize(
    "name",
    [
        "",
        "   ",
        "a" * 81,
        "a\nb",
        "a\x00",
        "a/b",
        "a\\b",
        "..",
        "\u202eevil",
        "Status_Quo",
        "\ufdfa" * 30,
        7,
        None,
    ],
)
def test_a_name_that_is_not_allowed_is_refused_in_one_line(name: object) -> None:
    with pytest.raises(InputError) as error:
        check_name(name)
    assert str(error.value).startswith("name: ")
    assert len(str(error.value).splitlines()) == 1


@pytest.mark.parametrize(
    "name", ["'; DROP TABLE scenarios; --", "Bans 2.0 – 100 %", "禁令", "=1+1", "<b>x", "\ufdfa"]
)
def test_other_names_are_kept_as_they_are(store: Store, name: str) -> None:
    assert store.save(BAN, name).name == name
    assert store.get(name).scenario.title == "A ban"


def test_a_name_nearly_right_is_suggested(store: Store) -> None:
    store.save(BAN, "Chip ban")
    with pytest.raises(InputError, match="did you mean 'Chip ban'"):
        store.get("Chip bann")


@pytest.mark.parametrize("tag", ["", " ", "x" * 31, "a\nb", "a\x00", 7, None])
def test_a_tag_that_is_not_allowed_is_refused_in_one_line(tag: object) -> None:
    with pytest.raises(InputError, match="tags: ") as error:
        check_tags(["fine", tag])
    assert len(str(error.value).splitlines()) == 1


def test_there_may_be_twelve_tags_and_no_more() -> None:
    assert len(check_tags([f"tag {n}" for n in range(12)])) == 12
    with pytest.raises(InputError, match="13 of them; allowed 12"):
        check_tags([f"tag {n}" for n in range(13)])


def test_signs_nobody_sees_never_reach_the_database(store: Store) -> None:
    dirty = dataclasses.replace(BAN, title="A\x00b\x1b[31m", story="one\x00\r\ntwo\ud800")
    saved = store.save(dirty, "Dirty", author="A\x00nna\n")
    assert (saved.title, saved.story, saved.author) == ("Ab[31m", "one\ntwo", "Anna")
    assert saved.scenario.story == "one\ntwo"
    noted = store.annotate(saved.id, revision=1, story="\x07bell")
    assert noted.story == "bell"


def test_a_note_too_long_to_be_read_back_is_refused_before_it_is_stored(store: Store) -> None:
    long = dataclasses.replace(BAN, story="x" * (MAX_STORY + 1))
    with pytest.raises(InputError, match="note: must be text of at most 4000"):
        store.save(long, "Long")
    assert store.list() == []


def test_a_scenario_of_an_older_model_is_listed_and_opens_with_what_is_gone(store: Store) -> None:
    store.save(BAN, "Old")
    old = "title = 'A'\n[levers]\ngone = 1\nus_foreign_model_ban = 0.5"
    with store._database.transaction() as connection:
        connection.execute(sa.update(SCENARIOS).values(toml=old, model_version="0.0.1"))
    (record,) = store.list()
    assert not record.of_today
    with pytest.raises(InputError, match="unknown lever 'gone'"):
        _ = record.scenario
    scenario, left_out = record.read()
    assert scenario.levers["us_foreign_model_ban"].value == 0.5
    assert (scenario.title, scenario.story) == ("A ban", BAN.story)
    assert left_out == ("unknown lever 'gone'",)


def test_of_many_who_change_one_scenario_at_once_one_succeeds(store: Store) -> None:
    store.save(BAN, "Ban")
    outcomes: list[str] = []

    def change() -> None:
        try:
            store.save(BAN, "Ban", revision=1)
            outcomes.append("saved")
        except Stale:
            outcomes.append("conflict")

    at_once(change, 8)
    assert sorted(outcomes) == ["conflict"] * 7 + ["saved"]
    assert store.get("Ban").revision == 2


def test_of_many_who_take_one_name_at_once_one_succeeds(store: Store) -> None:
    outcomes: list[str] = []

    def take() -> None:
        try:
            store.save_as(BAN, "Ban")
            outcomes.append("saved")
        except Conflict:
            outcomes.append("conflict")

    at_once(take, 6)
    assert sorted(outcomes) == ["conflict"] * 5 + ["saved"]


def test_copies_made_at_once_all_get_names_of_their_own(store: Store) -> None:
    saved = store.save(BAN, "Ban")
    at_once(lambda: store.duplicate(saved.id), 4)
    assert [s.name for s in store.list()] == ["Ban", *(f"Ban ({n})" for n in range(2, 6))]


def at_once(act: object, times: int) -> None:
    """Call `act` from several threads at once; a thread that fails fails the test."""
    assert callable(act)
    threads = [threading.Thread(target=act) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
