"""Long studies that are stopped go on where they were, and never from another study's results."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim import InputError, checkpoint
from sim.backend import Here
from sim.checkpoint import Checkpoint
from sim.task import Task

ROOT = Path(__file__).resolve().parents[2]
STUDY: dict[str, Any] = {"scenarios": ["status_quo"], "replicates": 4, "range": [0.5, 2.0]}
ROOT_OF = Task("math:sqrt")
PATIENCE = 60.0  # seconds after which a test gives up waiting for what should come


class Recorder(Here):
    """This process, and a record of the items it was asked for."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def map(
        self, task: Task, items: Sequence[Any], **options: Any
    ) -> Generator[tuple[Any, Any], None, None]:
        """Yield (item, result), and remember the items."""
        self.asked += items
        return super().map(task, items, **options)


def opened(folder: Path, **changes: Any) -> Checkpoint:
    """Return the study's checkpoint, or that of a changed study."""
    return Checkpoint(folder, "demo", STUDY | changes)


def test_what_is_written_down_is_not_done_again(tmp_path: Path) -> None:
    first, second = Recorder(), Recorder()
    with opened(tmp_path) as kept:
        assert dict(kept.map(first, ROOT_OF, [1.0, 4.0])) == {1.0: 1.0, 4.0: 2.0}
    with opened(tmp_path) as kept:
        assert dict(kept.map(second, ROOT_OF, [4.0, 9.0, 1.0])) == {1.0: 1.0, 4.0: 2.0, 9.0: 3.0}
    assert (first.asked, second.asked) == ([1.0, 4.0], [9.0])


def test_progress_counts_what_was_written_down_too(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    with opened(tmp_path) as kept:
        list(kept.map(Here(), ROOT_OF, [1.0, 4.0]))
        list(kept.map(Here(), ROOT_OF, [1.0, 4.0, 9.0], progress=lambda *told: seen.append(told)))
    assert seen == [(3, 3)]


@pytest.mark.parametrize(
    "change",
    [{"replicates": 5}, {"range": [0.5, 2.5]}, {"scenarios": ["no_policy"]}, {"more": None}],
)
def test_a_changed_study_does_not_resume(tmp_path: Path, change: dict[str, Any]) -> None:
    with opened(tmp_path) as kept:
        kept.put("a", 1.0)
    with opened(tmp_path, **change) as other:
        assert "a" not in other
    with opened(tmp_path) as again:
        assert again["a"] == 1.0


@pytest.mark.parametrize("name", ["MODEL_VERSION", "data_digest"])
def test_another_model_or_other_data_do_not_resume(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with opened(tmp_path) as kept:
        kept.put("a", 1.0)
    other = "9.9.9" if name == "MODEL_VERSION" else lambda: "other data"
    monkeypatch.setattr(checkpoint, name, other)
    with opened(tmp_path) as changed:
        assert "a" not in changed


def test_studies_of_different_names_share_a_folder(tmp_path: Path) -> None:
    with opened(tmp_path) as one, Checkpoint(tmp_path, "other", STUDY) as two:
        one.put("a", 1.0)
        assert len(one) == 1
        assert len(two) == 0


@pytest.mark.parametrize(
    "array",
    [
        np.array([[1.0, np.nan], [np.inf, -0.0]]),
        np.arange(6, dtype=np.int16).reshape(2, 3),
        np.zeros(0),
        np.array([(1, 2.5)], dtype=[("month", np.int16), ("value", np.float32)]),
    ],
)
def test_arrays_are_kept_to_the_last_bit(tmp_path: Path, array: Any) -> None:
    with opened(tmp_path) as kept:
        kept.put("alone", array)
        kept.put("named", {"values": array, "other": np.ones(2)})
    with opened(tmp_path) as kept:
        for found in (kept["alone"], kept["named"]["values"]):
            assert found.dtype == array.dtype
            assert found.tobytes() == array.tobytes()
        assert set(kept["named"]) == {"values", "other"}


def test_records_are_kept_to_the_last_digit(tmp_path: Path) -> None:
    record = {"name": "Ö", "values": [0.1 + 0.2, 1e-300, float("inf")], "none": None, "n": 2**60}
    with opened(tmp_path) as kept:
        kept.put("a", record)
        kept.put("b", np.float64(0.1))
    with opened(tmp_path) as kept:
        assert kept["a"] == record
        assert kept["b"] == 0.1


def test_what_is_not_plain_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path) as kept:
        with pytest.raises(TypeError, match="not a plain value"):
            kept.put("a", object())
        with pytest.raises(ValueError, match="allow_pickle"):
            kept.put("b", np.array([object()]))
        assert len(kept) == 0


def test_items_are_known_by_their_values(tmp_path: Path) -> None:
    with opened(tmp_path) as kept:
        kept.put({"lever": "a", "at": (1, 2.0)}, "found")
        assert kept[{"at": [1, 2.0], "lever": "a"}] == "found"
        assert {"at": [1, 2.5], "lever": "a"} not in kept
        with pytest.raises(KeyError):
            kept["b"]


def test_the_first_result_of_an_item_stays(tmp_path: Path) -> None:
    with opened(tmp_path) as one, opened(tmp_path) as two:
        one.put("a", 1)
        two.put("a", 2)
        assert one["a"] == two["a"] == 1


def test_an_interrupted_study_keeps_what_it_had(tmp_path: Path) -> None:
    with opened(tmp_path) as kept:
        study = kept.map(Here(), ROOT_OF, [float(n) for n in range(100)])
        for _ in range(10):
            next(study)
        study.close()
        assert len(kept) == 10
    with opened(tmp_path) as again:
        assert len(again) == 10


def test_a_failing_item_does_not_take_the_finished_ones_along(tmp_path: Path) -> None:
    with opened(tmp_path) as kept:
        with pytest.raises(ValueError, match=r"math domain|nonnegative"):
            list(kept.map(Here(), ROOT_OF, [1.0, 4.0, -1.0, 9.0]))
        assert len(kept) == 2


def test_a_file_that_is_no_checkpoint_is_named_in_one_line(tmp_path: Path) -> None:
    with opened(tmp_path) as kept:
        path = kept.path
    path.write_bytes(b"this was a checkpoint once" * 400)
    with pytest.raises(InputError, match=r"checkpoint: .*demo-[0-9a-f]{12}.* cannot be used"):
        opened(tmp_path)


def test_a_folder_that_cannot_be_made_is_named_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be used"):
        opened(tmp_path / "file" / "folder")


@pytest.mark.parametrize("name", ["", "../up", "Upper", "a" * 41])
def test_a_study_has_a_plain_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="allowed a-z"):
        Checkpoint(tmp_path, name, STUDY)


def test_a_study_that_is_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    items = [0.02 + n / 10_000 for n in range(120)]
    script = (
        "from pathlib import Path\n"
        "from sim.checkpoint import Checkpoint\n"
        "from sim.pool import Pool\n"
        "from sim.task import Task\n"
        f"with Checkpoint(Path({str(tmp_path)!r}), 'demo', {STUDY!r}) as kept, "
        "Pool(2, compiled=False) as pool:\n"
        f"    list(kept.map(pool, Task('time:sleep'), {items!r}))\n"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with (
        opened(tmp_path) as watched,
        subprocess.Popen([sys.executable, "-c", script], env=environment) as process,
    ):
        until = time.monotonic() + PATIENCE
        while len(watched) < 5:
            assert process.poll() is None, "it ended before it could be killed"
            assert time.monotonic() < until, "nothing was ever written down"
            time.sleep(0.01)
        process.kill()
    here = Recorder()
    with opened(tmp_path) as kept:
        before = len(kept)
        assert 5 <= before < len(items)
        found = dict(kept.map(here, Task("time:sleep"), items))
    assert found == dict.fromkeys(items)
    assert len(here.asked) == len(items) - before
