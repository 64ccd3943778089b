"""No scenario is changed by a link, a file or the library; no text makes any of them stumble."""

from __future__ import annotations

import contextlib
import dataclasses

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from sim import Scenario, links
from sim.incoming import found_in, take
from sim.link_items import Size
from sim.older import read_older
from sim.outgoing import file_name, packed, toml_of
from sim.run_id import run_id
from sim.scenario import load_scenario, preset_names, scenario_to_toml, table_from_toml
from sim.store import Conflict, Saved, Search, Stale, Store, check_name
from tests.properties.test_scenario_properties import (
    VALUES,
    is_one_line,
    refusal,
    scenarios,
)

PRESETS = st.sampled_from(preset_names()).map(load_scenario)
SIZES = st.builds(Size, st.integers(0, 2**31 - 1), st.integers(1, 10_000), st.integers(200, 10**6))
NAMES = st.sampled_from(["Ban", "ban", "BAN ", "Tax", "Ban (2)", "ﬁne", "禁令", "a" * 80])
TAGS = st.lists(st.sampled_from(["eu", "EU", "draft", "100%", "a_b"]), max_size=3)


def question(scenario: Scenario) -> Scenario:
    """Return a scenario without what changes no result and no link carries."""
    return dataclasses.replace(scenario, name="", title="T", story="")


@given(scenarios(), PRESETS, SIZES)
def test_every_scenario_survives_a_link_told_from_any_preset(
    scenario: Scenario, preset: Scenario, size: Size
) -> None:
    told = links.stamped(links.encode(scenario, preset), scenario, size)
    link = links.read(links.params_of("?" + links.query(told)))
    assert question(link.scenario) == question(scenario)
    assert link.scenario.title == scenario.title
    assert link.size == size
    assert link.whole
    sizes = dataclasses.asdict(size)
    assert link.run_id == run_id(link.scenario, **sizes) == run_id(scenario, **sizes)


@given(scenarios())
def test_every_scenario_survives_the_library_and_its_files(scenario: Scenario) -> None:
    store, other = Store("sqlite://"), Store("sqlite://")
    saved = store.save(scenario, "Any name", tags=["a", "b"])
    assert dataclasses.replace(saved.scenario, name=scenario.name) == scenario
    for content, file in ((toml_of(saved).encode(), "x.toml"), (packed([saved]), "x.zip")):
        found, refused = found_in(file, content)
        assert refused == []
        take(other, found)
    (again,) = other.list()
    assert dataclasses.replace(again.scenario, name=scenario.name) == scenario
    assert (again.name, again.tags) == (saved.name, saved.tags)


@given(scenarios())
def test_a_scenario_of_this_model_loses_nothing_when_read_as_an_older_one(
    scenario: Scenario,
) -> None:
    raw = table_from_toml(scenario_to_toml(scenario), scenario.name)
    assert read_older(raw, scenario.name) == (scenario, ())


KEYS = st.sampled_from([*links.KEYS, "p", "zz"])
PIECES = st.sampled_from(
    [
        *("us_foreign_model_ban", "spillover", "ecosystem", "incident", "status_quo", "gone"),
        *(":", "@", "+", "-", "~", ",", ".", "%", " ", "\x00", "=", "'", "<b>", "../"),
        *("0.5", "1e999", "nan", "2027-01", "0.2.0", "0.0.1", "fc-0123456789ab", "9" * 400),
    ]
)
HEAPS = st.lists(PIECES, max_size=8).map("".join) | st.text(max_size=60)


@settings(max_examples=300)
@given(st.dictionaries(KEYS, HEAPS, max_size=6))
def test_any_parameters_are_a_link_or_refused_in_one_line(params: dict[str, str]) -> None:
    refused = refusal(params, links.read)
    assert is_one_line(refused)
    if refused is None:
        link = links.read(params)
        assert all(line.isprintable() for line in link.left_out)
        scenario_to_toml(link.scenario)


@given(HEAPS)
def test_any_address_is_read_or_refused_in_one_line(text: str) -> None:
    for address in (text, f"http://x/?{text}"):
        assert is_one_line(refusal(address, links.params_of))


@given(st.sampled_from(["x.toml", "x.zip", "x"]), st.binary(max_size=300))
def test_any_upload_is_taken_or_refused_in_one_line(file: str, content: bytes) -> None:
    _, refused = found_in(file, content)
    assert all(outcome.words.isprintable() for outcome in refused)


SECTIONS = st.sampled_from(["title", "levers", "assumptions", "off", "shocks", "supply", "library"])


@given(st.dictionaries(SECTIONS | st.text(max_size=5), VALUES, max_size=5))
def test_any_table_opens_as_one_of_an_older_model(raw: dict[str, object]) -> None:
    scenario, left_out = read_older(raw, "old")
    assert scenario.title
    assert all(line.isprintable() for line in left_out)


@given(st.text(max_size=200))
def test_a_file_name_is_short_plain_and_no_path(name: str) -> None:
    found = file_name(name)
    assert len(found) <= 80
    assert found.endswith(".toml")
    assert found[0].isalnum()
    assert not set(found) & set('/\\:*?"<>|\x00\n')


@given(st.text(max_size=90))
def test_a_name_is_kept_as_it_is_or_refused(name: str) -> None:
    refused = refusal(name, check_name)
    assert is_one_line(refused)
    if refused is not None:
        return
    store, wanted = Store("sqlite://"), check_name(name)
    assert store.save(Scenario("x", "A"), name).name == wanted
    assert [record.name for record in store.page(Search(text=wanted)).records] == [wanted]


class Editors(RuleBasedStateMachine):
    """Two people at one library, each with what they last read; nothing they saved is ever lost."""

    def __init__(self) -> None:
        super().__init__()
        self.store = Store("sqlite://")
        self.read: dict[str, Saved] = {}
        self.saved: set[str] = set()  # everything that was ever said to be saved
        self.number = 0

    def _work(self) -> Scenario:
        self.number += 1
        return Scenario("x", f"Work {self.number}")

    def _done(self, record: Saved) -> None:
        self.saved.add(record.title)

    @rule(name=NAMES, tags=TAGS)
    def make(self, name: str, tags: list[str]) -> None:
        """Save something new."""
        with contextlib.suppress(Conflict):
            self._done(self.store.save_as(self._work(), name, tags=tags))

    @rule(who=st.sampled_from(["A", "B", "AB"]), data=st.data())
    def open(self, who: str, data: st.DataObject) -> None:
        """Read a record, one of them or both."""
        records = self.store.list()
        if records:
            self.read |= dict.fromkeys(who, data.draw(st.sampled_from(records)))

    @rule(who=st.sampled_from("AB"), choice=st.sampled_from(["new", "theirs", "overwrite"]))
    def save(self, who: str, choice: str) -> None:
        """Save over what was read; choose, if somebody else was first."""
        mine = self.read.get(who)
        if mine is None:
            return
        work = self._work()
        try:
            self.read[who] = self.store.save(work, mine.id, revision=mine.revision)
            self._replaced(mine)
        except Stale as stale:
            if choice == "overwrite" and stale.theirs.deleted_at is None:
                self.read[who] = self.store.overwrite(work, stale.theirs)
            elif choice == "new":
                self.read[who] = self.store.add(
                    dataclasses.replace(work, name="Mine"),
                    toml="",
                    model_version=mine.model_version,
                )
            else:
                self.read[who] = stale.theirs
                return
        self._done(self.read[who])

    def _replaced(self, old: Saved) -> None:
        """Forget what its own editor replaced, having read it, unless a copy has it too."""
        self.saved.discard(old.title)
        self.saved |= {r.title for r in self._all() if r.title == old.title}

    @rule(data=st.data(), name=NAMES)
    def rename(self, data: st.DataObject, name: str) -> None:
        """Rename a record, as it is now."""
        records = self.store.list()
        if records:
            record = data.draw(st.sampled_from(records))
            with contextlib.suppress(Conflict):
                self.store.annotate(record.id, revision=record.revision, name=name)

    @rule(data=st.data())
    def duplicate_or_delete(self, data: st.DataObject) -> None:
        """Copy a record and delete the copy or the record itself."""
        records = self.store.list()
        if records:
            record = data.draw(st.sampled_from(records))
            copy = self.store.duplicate(record.id)
            self.store.delete(data.draw(st.sampled_from([copy.id, record.id])))

    @rule(data=st.data())
    def undelete(self, data: st.DataObject) -> None:
        """Take a deletion back."""
        deleted = self.store.deleted()
        if deleted:
            assert self.store.undelete(data.draw(st.sampled_from(deleted)).id).deleted_at is None

    def _all(self) -> list[Saved]:
        return self.store.list() + self.store.deleted(1000)

    @invariant()
    def nothing_is_lost(self) -> None:
        """Everything saved and not replaced by who had read it is there, present or deleted."""
        assert self.saved <= {record.title for record in self._all()}

    @invariant()
    def names_are_unique_and_records_whole(self) -> None:
        """No two present records share a name, and each says the same in all its columns."""
        records = self.store.list()
        assert len({check_name(r.name).casefold() for r in records}) == len(records)
        for record in records:
            assert record.scenario.title == record.title
            assert self.store.page(Search(text=record.name, page_size=100)).total >= 1


def test_whatever_two_people_do_nothing_that_was_saved_is_lost() -> None:
    run_state_machine_as_test(
        Editors, settings=settings(max_examples=60, stateful_step_count=20, deadline=None)
    )
