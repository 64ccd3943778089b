"""A thousand saved scenarios are looked through by words, tag and order, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from sim import Scenario
from sim.store import Search, Store
from sim.store.record import derived_columns
from sim.store.rows import copy_of
from sim.store.tables import SCENARIOS

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    store = Store(database)
    yield store
    store.close()


def fill(store: Store, count: int) -> None:
    """Store many records, each a minute later than the one before."""
    pattern = store.save(Scenario("x", "A ban", story="Why not?"), "pattern")
    rows = []
    for number in range(count):
        tags = ("even",) if number % 2 == 0 else ("odd", "EU")
        told = copy_of(pattern) | {"name": f"Scenario {number:04d}", "tags": tags}
        described = {key: told[key] for key in ("name", "title", "story", "tags")}
        moment = BEGIN + timedelta(minutes=number)
        rows.append(
            told
            | derived_columns(**described)
            | {"id": str(number), "created_at": moment, "updated_at": moment, "revision": 1}
        )
    with store._database.transaction() as connection:
        connection.execute(SCENARIOS.delete())
        connection.execute(SCENARIOS.insert(), rows)


@contextmanager
def queries(store: Store) -> Iterator[list[str]]:
    """Note the queries that are sent."""
    noted: list[str] = []

    def note(*told: object) -> None:
        if str(told[2]).startswith("SELECT"):
            noted.append(str(told[2]))

    sa.event.listen(store._database.engine, "before_cursor_execute", note)
    yield noted
    sa.event.remove(store._database.engine, "before_cursor_execute", note)


def test_a_page_of_a_thousand_costs_two_queries_and_its_own_rows(store: Store) -> None:
    fill(store, 1000)
    with queries(store) as noted:
        page = store.page(Search(page=3))
    assert len(noted) == 2
    assert "LIMIT" in noted[1]
    assert (len(page.records), page.total, page.number, page.of) == (10, 1000, 3, 100)
    assert page.records[0].name == "Scenario 0979"


def test_the_names_of_a_thousand_are_read_without_the_scenarios(store: Store) -> None:
    fill(store, 1000)
    with queries(store) as noted:
        assert len(store.names()) == 1000
        assert store.recent(2) == ["Scenario 0999", "Scenario 0998"]
    assert len(noted) == 2
    assert not [query for query in noted if "toml" in query or "story" in query]


def test_pages_hold_every_record_once_in_any_order(store: Store) -> None:
    fill(store, 23)
    with store._database.transaction() as connection:  # all at one moment: ties must be broken
        connection.execute(SCENARIOS.update().values(updated_at=BEGIN))
    for order in ("changed", "created", "name"):
        pages = [store.page(Search(order=order, page=n, page_size=5)) for n in range(1, 6)]
        names = [record.name for page in pages for record in page.records]
        assert len(names) == len(set(names)) == 23
        assert {page.of for page in pages} == {5}


def test_a_page_that_does_not_exist_becomes_the_last_one(store: Store) -> None:
    fill(store, 11)
    assert store.page(Search(page=99)).number == 2
    assert store.page(Search(page=-1)).number == 1
    nothing = store.page(Search(text="nothing"))
    assert (nothing.records, nothing.total, nothing.number, nothing.of) == ((), 0, 1, 1)


def test_each_order_is_the_one_it_says(store: Store) -> None:
    first = store.save(Scenario("x", "A"), "beta")
    store.save(Scenario("x", "A"), "Alpha")
    store.save(Scenario("x", "A"), "gamma")
    store.annotate(first.id, revision=1, story="changed last")
    for order, names in (
        ("changed", ["beta", "gamma", "Alpha"]),
        ("created", ["gamma", "Alpha", "beta"]),
        ("name", ["Alpha", "beta", "gamma"]),
    ):
        assert [s.name for s in store.page(Search(order=order)).records] == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", {"Chip ban", "100 % open", "Straße"}),
        ("ban", {"Chip ban"}),
        ("BAN chip", {"Chip ban"}),
        ("ban open", set()),
        ("%", {"100 % open"}),
        ("_", set()),
        ("strasse", {"Straße"}),
        ("second line", {"Chip ban"}),
        ("the title", {"100 % open"}),
        ("Draft", {"Straße"}),
        ("' OR 1=1 --", set()),
        ("x" * 10_000, set()),
    ],
)
def test_words_are_looked_for_in_name_title_note_and_tags(
    store: Store, text: str, names: set[str]
) -> None:
    store.save(Scenario("x", "A", story="First\nsecond line"), "Chip ban")
    store.save(Scenario("x", "The title"), "100 % open")
    store.save(Scenario("x", "A"), "Straße", tags=["draft"])
    assert {s.name for s in store.page(Search(text=text)).records} == names


def test_search_follows_what_was_changed_without_opening(store: Store) -> None:
    saved = store.save(Scenario("x", "A"), "Ban", tags=["draft"])
    store.annotate(saved.id, revision=1, name="Tax", story="on tokens", tags=["final"])
    for text, total in (("ban", 0), ("draft", 0), ("tax tokens final", 1)):
        assert store.page(Search(text=text)).total == total


def test_a_tag_finds_those_that_carry_it_and_no_longer_word(store: Store) -> None:
    fill(store, 10)
    store.save(Scenario("x", "A"), "Other", tags=["eu-wide", "100%"])
    assert store.tags() == {"100%": 1, "EU": 5, "eu-wide": 1, "even": 5, "odd": 5}
    assert store.page(Search(tag="eu")).total == 5
    assert [s.name for s in store.page(Search(tag="100%")).records] == ["Other"]
    assert store.page(Search(tag="EU", text="0003")).total == 1
    assert len(store.selected(Search(tag="even"))) == 5


def test_deleted_scenarios_are_found_by_nothing(store: Store) -> None:
    saved = store.save(Scenario("x", "A"), "Ban", tags=["eu"])
    store.delete(saved.id)
    assert store.page(Search(text="ban")).total == 0
    assert (store.names(), store.recent(5), store.tags()) == ([], [], {})
