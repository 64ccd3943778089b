"""`open` makes a run again from its id or a link, anywhere, and says whether it is byte-equal."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from sim.cli import main
from sim.link_items import Size
from sim.reopen import asked
from sim.scenario import LeverSetting
from sim.store import Store
from sim.store.tables import RUN_VALUES, RUNS
from sim.version import MODEL_VERSION

ROOT = Path(__file__).resolve().parents[2]
QUICK = ["--replicates", "2", "--streams", "200", "--until", "2023-12", "--workers", "1"]
CHANGES = ["--set", "us_foreign_model_ban=0.5@2023-03+2", "--assume", "quality_weight=7"]
Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def own_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    path = tmp_path / "saved.sqlite"
    monkeypatch.setenv("FRONTIER_COMMONS_DB", str(path))
    return path


def keep(capsys: Captured, *options: str) -> tuple[str, str]:
    """Keep a small run; return its id and its link."""
    assert main(["run", "fear_lockdown", *QUICK, *CHANGES, "--keep", *options]) == 0
    link = capsys.readouterr().out.rstrip().rpartition("open '")[2].removesuffix("'")
    return link.partition("r=")[2][:15], link


def opened(capsys: Captured, what: str, *options: str) -> str:
    assert main(["open", what, "--workers", "1", *options]) == 0
    return capsys.readouterr().out


def told(capsys: Captured, what: str) -> dict[str, object]:
    document: dict[str, object] = json.loads(opened(capsys, what, "--json"))["reproduced"]
    return document


def test_a_kept_run_is_byte_equal_by_its_id_and_by_its_link(capsys: Captured) -> None:
    run_id, link = keep(capsys)
    for what in (run_id, link, f"http://localhost:8501/{link}"):
        assert f"Byte-equal to run {run_id}." in opened(capsys, what)
        document = told(capsys, what)
        assert (document["byte_equal"], document["moves"]) == (True, None)
        assert document["run_id"] == document["asked_run_id"] == run_id


def test_the_table_of_a_run_opened_again_is_the_same_file(capsys: Captured, tmp_path: Path) -> None:
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    _, link = keep(capsys, "--out", str(first))
    opened(capsys, link, "--out", str(second))
    assert first.read_bytes() == second.read_bytes()


def test_a_link_gives_byte_equal_tables_in_a_fresh_clone(capsys: Captured, tmp_path: Path) -> None:
    first = tmp_path / "first.csv"
    run_id, link = keep(capsys, "--out", str(first))
    clone, home = tmp_path / "clone", tmp_path / "home"
    for folder in ("sim", "scenarios"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / folder, clone / folder, ignore=ignored)
    home.mkdir()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("FRONTIER_COMMONS")}
    done = subprocess.run(
        [sys.executable, "-m", "sim", "open", link, "--workers", "1", "--out", "table.csv"],
        cwd=clone,
        env=environment | {"HOME": str(home)},
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    assert f"Byte-equal to run {run_id}." in done.stdout
    assert (clone / "table.csv").read_bytes() == first.read_bytes()
    assert not (home / ".local/share/frontier-commons/scenarios.sqlite").exists()


def alter(store: Store, **changes: object) -> None:
    """Change what is noted of the kept runs, as if an older model had made them."""
    with store._database.transaction() as connection:
        connection.execute(RUNS.update().values(**changes))


def test_a_run_of_an_older_model_says_what_moved_and_by_how_much(
    capsys: Captured, own_store: Path
) -> None:
    run_id, link = keep(capsys)
    store = Store(str(own_store))
    numbers = store.runs.numbers(run_id)
    kept = store.runs.get(run_id)
    assert numbers is not None
    assert kept is not None
    values = numbers.values.copy()
    row = numbers.series.index(("open_share_tokens", "world"))
    values[:, row, 6:] -= 0.1
    from sim.kept import to_parquet

    older = dataclasses.replace(numbers, values=values)
    with store._database.transaction() as connection:
        connection.execute(RUN_VALUES.update().values(content=to_parquet(older)))
    alter(store, digest=older.digest, model_version="0.0.1")
    shown = opened(capsys, run_id)
    assert f"Not byte-equal to run {run_id} (model 0.0.1; this is" in shown
    assert f"1 of {len(numbers.series)} series moved" in shown
    line = next(line for line in shown.splitlines() if line.endswith("2023-07"))
    assert line.startswith("Open models, token share, World")
    assert "+10.0 pt" in line
    document = told(capsys, link.replace(f"v={MODEL_VERSION}", "v=0.0.1").replace("&d=", "&z="))
    assert document["byte_equal"] is False
    moves = document["moves"]
    assert isinstance(moves, dict)
    assert [m["outcome"] for m in moves["moved"]] == ["open_share_tokens"]


def test_without_numbers_only_the_digest_is_compared(capsys: Captured, own_store: Path) -> None:
    run_id, link = keep(capsys)
    store = Store(str(own_store))
    with store._database.transaction() as connection:
        connection.execute(sa.delete(RUN_VALUES))
    assert "Byte-equal" in opened(capsys, run_id)
    alter(store, digest="0" * 64)
    shown = opened(capsys, run_id)
    assert "Not byte-equal" in shown
    assert "what moved cannot be told" in shown
    with store._database.transaction() as connection:
        connection.execute(sa.delete(RUNS))
    bare = link.replace("&d=", "&z=")
    assert "Nothing is known of the numbers of run" in opened(capsys, bare)
    assert told(capsys, bare)["byte_equal"] is None


def test_a_link_changed_by_hand_is_said_not_to_be_the_run_it_names(capsys: Captured) -> None:
    run_id, link = keep(capsys)
    shown = opened(capsys, link.replace("ban:0.5", "ban:0.4"))
    assert f"The link names run {run_id}, but what it describes is run fc-" in shown
    assert "Not byte-equal" in shown


def test_what_an_older_link_names_and_is_gone_is_said(capsys: Captured) -> None:
    _, link = keep(capsys)
    older = link.replace(f"v={MODEL_VERSION}", "v=0.0.1").replace("&l=", "&l=gone:1,")
    assert "Left out, since this model does not know it: unknown lever 'gone'" in opened(
        capsys, older
    )


def test_a_link_says_all_that_decides_the_run(capsys: Captured) -> None:
    _, link = keep(capsys, "--supply", "simulated", "--off", "ecosystem", "--seed", "9")
    found = asked(link)
    assert found.size == Size(9, 2, 200)
    assert found.scenario.levers["us_foreign_model_ban"] == LeverSetting(0.5, 2, 2)
    assert found.scenario.assumptions == {"quality_weight": 7.0}
    assert (found.scenario.supply, found.scenario.horizon) == ("simulated", 11)
    assert "ecosystem" in found.scenario.off


@pytest.mark.parametrize(
    ("what", "named"),
    [
        ("fc-000000000000", "is not known here"),
        ("fc-1", "neither a run id nor a link"),
        ("fear_lockdown", "neither a run id nor a link"),
        ("../../etc/passwd", "neither a run id nor a link"),
        ("?s=nothing", "is not a preset"),
        ("?l=us_foreign_model_ban:7", "out of range"),
        ("http://[/?s=a", "cannot be read"),
        ("", "neither a run id nor a link"),
    ],
)
def test_what_cannot_be_opened_is_refused_in_one_line(
    capsys: Captured, own_store: Path, what: str, named: str
) -> None:
    assert main(["open", what]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert named in printed.err
    assert len(printed.err.splitlines()) == 1
    assert not own_store.exists(), "looking makes no database"
