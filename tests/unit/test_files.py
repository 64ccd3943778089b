"""Scenarios leave the library as files and come back equal; what is no scenario is refused."""

from __future__ import annotations

import dataclasses
import io
import tomllib
import zipfile
from pathlib import PurePath

import pytest

from sim import LeverSetting, Scenario, load_scenario
from sim.incoming import MAX_ENTRIES, MAX_UPLOAD, Found, Outcome, found_in, take
from sim.outgoing import file_name, packed, toml_of
from sim.scenario import MAX_FILE_BYTES, scenario_from_toml
from sim.shocks import Shock
from sim.store import Store, check_name
from sim.version import MODEL_VERSION

BAN = Scenario(
    "draft",
    "A ban",
    story='Why?\n"Because"',
    levers={"us_foreign_model_ban": LeverSetting(0.9, 60, 12)},
    supply="simulated",
    shocks=(Shock("lab_reversal", 50, 1, 1.0, "meta"),),
)
OLDER = b"""title = "Older"
[levers]
gone = 1
us_foreign_model_ban = 0.5

[library]
name = "From before"
tags = ["old"]
model = "0.0.1"
run = "fc-0123456789ab"
"""


@pytest.fixture
def store() -> Store:
    return Store("sqlite://")


def zipped(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def taken(store: Store, file: str, content: bytes) -> list[Outcome]:
    found, refused = found_in(file, content)
    return take(store, found, author="Ben") + refused


def refused(file: str, content: bytes) -> str:
    """Return the one line with which a file is refused."""
    found, (outcome,) = found_in(file, content)
    assert found == []
    assert outcome.name is None
    assert outcome.words.isprintable()
    assert len(outcome.words) <= 300
    return outcome.words


def test_a_file_brings_back_scenario_name_and_tags(store: Store) -> None:
    saved = store.save(BAN, "Ban: 100 %", tags=["eu", 'a "b"'])
    text = toml_of(saved)
    other = Store("sqlite://")
    assert taken(other, "x.toml", text.encode()) == [Outcome("x.toml", "Ban: 100 %")]
    again = other.get("Ban: 100 %")
    assert (again.tags, again.author, again.run_id) == (saved.tags, "Ben", saved.run_id)
    assert dataclasses.replace(again.scenario, name="draft") == BAN
    assert toml_of(again) == text


def test_a_file_of_the_library_is_read_by_the_command_line_as_any_other(store: Store) -> None:
    saved = store.save(BAN, "Ban", tags=["eu"])
    assert scenario_from_toml(toml_of(saved), "draft") == BAN


def test_many_leave_in_one_archive_and_come_back(store: Store) -> None:
    names = ["Ban", "ban!", "BAN?", "Über", "禁令", "con", "=1+1", "...x", "a" * 80]
    records = [store.save(BAN, name, tags=["t"]) for name in names]
    content = packed(records)
    assert content == packed(records), "the same scenarios give the same bytes"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = archive.namelist()
    assert len({file.casefold() for file in files}) == len(names)
    other = Store("sqlite://")
    assert {outcome.name for outcome in taken(other, "all.zip", content)} == set(names)
    assert [dataclasses.replace(r.scenario, name="draft") for r in other.list()] == [BAN] * 9


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Half a ban", "Half_a_ban.toml"),
        ("../../etc/passwd", "etc_passwd.toml"),
        ("C:\\x", "C_x.toml"),
        ("NUL", "scenario_NUL.toml"),
        ("com1", "scenario_com1.toml"),
        ("=cmd|' /C calc'!A0", "cmd_C_calc_A0.toml"),
        ("\x00\n", "scenario.toml"),
        ("…", "scenario.toml"),
        ("Straße", "Straße.toml"),
    ],
)
def test_a_file_name_is_safe_everywhere(name: str, file: str) -> None:
    assert file_name(name) == file
    assert PurePath(file).name == file
    assert file_name(name, {file.casefold()}) == file.replace(".toml", "_2.toml")


def test_what_is_here_already_is_passed_over_and_what_is_not_gets_a_free_name(
    store: Store,
) -> None:
    text = toml_of(store.save(BAN, "Ban"))
    assert taken(store, "a.toml", text.encode()) == [
        Outcome("a.toml", None, "“Ban” is here already, the same")
    ]
    other = text.replace("value = 0.9", "value = 0.8")
    assert taken(store, "b.toml", other.encode()) == [
        Outcome("b.toml", "Ban (2)", "“Ban” was taken")
    ]


def test_a_scenario_of_an_older_model_is_stored_as_it_stands(store: Store) -> None:
    assert taken(store, "old.toml", OLDER) == [
        Outcome("old.toml", "From before", "unknown lever 'gone'")
    ]
    record = store.get("From before")
    assert (record.model_version, record.run_id) == ("0.0.1", "fc-0123456789ab")
    assert record.tags == ("old",)
    assert "gone = 1" in record.toml
    assert "library" not in record.toml
    assert record.read()[0].levers["us_foreign_model_ban"].value == 0.5
    (again,) = taken(store, "old.toml", OLDER)
    assert again.words.endswith("is here already, the same")
    renamed = store.annotate(record.id, revision=1, name="Renamed", tags=[])
    assert tomllib.loads(toml_of(renamed)) == {
        "title": "Older",
        "levers": {"gone": 1, "us_foreign_model_ban": 0.5},
        "library": {
            "name": "Renamed",
            "tags": [],
            "model": "0.0.1",
            "run": "fc-0123456789ab",
        },
    }


def test_an_older_file_written_by_hand_in_another_order_is_kept_whole(store: Store) -> None:
    text = b"[library]\nmodel = '0.0.1'\nname = 'Mine'\n[levers]\ngone = 1\n"
    taken(store, "x.toml", text)
    record = store.get("Mine")
    assert record.toml == text.decode()
    assert toml_of(record) == record.toml


@pytest.mark.parametrize("preset", ["status_quo", "fear_lockdown"])
def test_a_preset_comes_in_under_its_title(store: Store, preset: str) -> None:
    text = toml_of(store.save(load_scenario(preset), "x")).replace('"x"', f'"{preset}"')
    (outcome,) = taken(store, f"{preset}.toml", text.encode())
    assert outcome.name == load_scenario(preset).title


@pytest.mark.parametrize(
    ("library", "name"),
    [
        ("name = '../../etc/passwd'", "..-..-etc-passwd"),
        (r'name = "a\u0000b\u001b[31m\u202e"', "a b [31m"),
        ("name = '<img src=x onerror=alert(1)>'", "<img src=x onerror=alert(1)>"),
        (f"name = '{'n' * 500}'", "n" * 80),
        ("name = 7", "T"),
        ("name = ''", "T"),
        ("name = ['a']", "T"),
        ("tags = 'not a list'", "T"),
        (r'tags = [7, "", "a\nb", "ok"]', "T"),
        ("model = 7\nrun = 7", "T"),
        ("model = '99999.1.1'\nrun = '../../x'", "T"),
        ("surplus = {a = {b = 1}}", "T"),
    ],
)
def test_what_a_file_says_for_the_library_is_neutralised(
    store: Store, library: str, name: str
) -> None:
    (outcome,) = taken(store, "x.toml", f"title = 'T'\n[library]\n{library}\n".encode())
    assert outcome.name == check_name(name) == name
    record = store.get(name)
    assert record.model_version == MODEL_VERSION
    assert record.tags in ((), ("ok",))


@pytest.mark.parametrize(
    ("file", "content", "told"),
    [
        ("x.toml", b"", "empty"),
        ("x.toml", b"\xff\xfe\x00", "not text in UTF-8"),
        ("x.toml", b"title = 'A'\n\x00", "not valid TOML"),
        ("x.toml", b"title = 'A'\n[levers]\nus_foreign_model_bam = 1", "did you mean"),
        ("x.toml", b"title = {a = 1}", "title: must be text"),
        ("x.toml", b"a = " + b"[" * 90_000, "not valid TOML"),
        ("x.toml", b"a" + b".a" * 40_000 + b" = 1", "too many dots"),
        ("x.toml", b"#" * (MAX_FILE_BYTES + 1), "too large; allowed 100,000 bytes"),
        ("x.toml", b"#" * (MAX_UPLOAD + 1), "too large; allowed 5,000,000 bytes"),
        ("x.csv", b"=1+1", "not a .toml file"),
        ("../../x\x1b.exe", b"MZ", "not a .toml file"),
        ("x.zip", b"not one", "not a .zip that can be read"),
        ("x.zip", b"", "not a .zip that can be read"),
        ("x.toml", zipped({"a.toml": b"title = 'A'"}), "not text in UTF-8"),
    ],
)
def test_what_is_no_scenario_is_refused_in_one_line(file: str, content: bytes, told: str) -> None:
    assert told in refused(file, content)


def test_a_bad_file_in_an_archive_does_not_keep_the_others_out(store: Store) -> None:
    content = zipped(
        {
            "folder/": b"",
            "folder/a.toml": b"title = 'A'",
            "../../etc/b.toml": b"title = 'B'",
            "/root/c.toml": b"title = 7",
            "..\\d.toml": b"title = 'D'",
            "e.zip": zipped({"f.toml": b"title = 'F'"}),
            "g.toml": b"#" * 200_000,
        }
    )
    outcomes = {o.file: o.name for o in taken(store, "x.zip", content)}
    assert outcomes == {
        "a.toml": "A",
        "b.toml": "B",
        "d.toml": "D",
        "c.toml": None,
        "e.zip": None,
        "g.toml": None,
    }


def test_an_archive_of_more_files_than_allowed_is_refused() -> None:
    content = zipped({f"{n}.toml": b"" for n in range(MAX_ENTRIES + 1)})
    assert refused("x.zip", content) == "2001 files in it; allowed 2000"


def test_an_archive_that_unpacks_to_more_than_allowed_is_stopped() -> None:
    content = zipped({f"{n}.toml": b"title = 'A' #" + b" " * 99_000 for n in range(300)})
    assert len(content) < 200_000
    found, (outcome,) = found_in("bomb.zip", content)
    assert "too large unpacked; allowed 20,000,000 bytes" in outcome.words
    assert len(found) == 201


def test_an_entry_that_lies_about_its_size_is_read_no_further_than_allowed() -> None:
    content = zipped({"a.toml": b" " * 50_000_000})
    assert len(content) < 100_000
    assert "too large; allowed 100,000 bytes" in refused("x.zip", content)


def test_a_damaged_or_locked_entry_is_refused_alone(store: Store) -> None:
    content = bytearray(zipped({"a.toml": b"title = 'A' # " + b"abc" * 50, "b.toml": b"title='B'"}))
    content[45] ^= 0xFF  # within the packed text of the first
    names = {o.file: o.name for o in taken(store, "x.zip", bytes(content))}
    assert names == {"a.toml": None, "b.toml": "B"}
    locked = bytearray(zipped({"c.toml": b"title = 'C'"}))
    locked[6] |= 1
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    assert "locked with a password" in refused("x.zip", bytes(locked))


def test_a_found_scenario_knows_which_file_it_came_from() -> None:
    (found,), _ = found_in("x.zip", zipped({"deep/down/a.toml": b"title = 'A'"}))
    assert isinstance(found, Found)
    assert (found.file, found.scenario.name, found.left_out) == ("a.toml", "A", ())
