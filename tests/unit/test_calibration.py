"""The fit reads what it may, finds what was planted, goes on after a stop and repeats itself."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from sim.calibration import bank, emulator, matching, posterior
from sim.calibration.matching import wanted
from sim.calibration.posterior import Plan, calibrate, weighted_quantiles, write_posterior
from sim.calibration.prior import COLUMNS, FREE, assumptions, design
from sim.observation import HELD_OUT, fit_targets
from sim.parameters import ASSUMPTIONS
from sim.worlds import VARIED, worlds_in_use

Floats = npt.NDArray[np.float64]
ROOT = Path(__file__).resolve().parents[2]
SMALL = Plan(first=256, later=64, waves=2, candidates=200)

_opened: list[str] = []
_listening = False


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if _listening and event == "open" and isinstance(arguments[0], str | bytes | Path):
        _opened.append(str(arguments[0]))


sys.addaudithook(_hook)


@contextmanager
def files_opened() -> Iterator[list[str]]:
    """Collect the name of every file that this process opens."""
    global _listening
    _opened.clear()
    _listening = True
    try:
        yield _opened
    finally:
        _listening = False


def nothing(*_: object) -> None: ...


def linear(points: Floats, seed: int, *_: object) -> Floats:
    """Show, for each target, its recorded value plus a line through the first few assumptions."""
    record = wanted(fit_targets())
    lean = np.random.default_rng(7).normal(size=(len(FREE), len(record.value)))
    lean[4:] = 0.0
    luck = np.random.default_rng(seed).normal(size=(len(points), len(record.value)))
    shown: Floats = record.value + record.sd * ((points[:, COLUMNS] - 0.7) @ lean * 6 + 0.3 * luck)
    return shown


class Fit:
    """A fit of the planted line: what it told, the files it opened, and what it wrote."""

    def __init__(self, folder: Path) -> None:
        file = folder / "posterior.csv"
        with files_opened() as names:
            fit_targets.cache_clear()
            self.told = calibrate(SMALL, folder, 1, nothing, nothing, file)
            bank.show_chunk(design(1, 3), np.array([3]))
            self.opened = tuple(names)
        self.written = file.read_bytes()


@pytest.fixture(scope="module")
def fits(tmp_path_factory: pytest.TempPathFactory) -> tuple[Fit, Fit]:
    """Put a known line in the place of the model; the record is what it shows at 0.7. Fit twice."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(posterior, "run_bank", linear)
        patch.setattr(emulator, "MEMBERS", 2)
        patch.setattr(emulator, "LAYERS", (24,))
        patch.setattr(matching, "STEPS", 600)
        patch.setattr(matching, "BURN", 200)
        return Fit(tmp_path_factory.mktemp("one")), Fit(tmp_path_factory.mktemp("two"))


def test_the_fit_never_opens_what_is_held_out(fits: tuple[Fit, Fit]) -> None:
    names = fits[0].opened
    assert any(name.endswith("targets_fit.csv") for name in names)
    assert not [name for name in names if HELD_OUT in name or "backtest" in name]


def test_no_module_of_the_fit_names_what_is_held_out() -> None:
    for path in (ROOT / "sim" / "calibration").glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        names |= {a.name for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) for a in n.names}
        assert not names & {"held_out_targets", "HELD_OUT"}, path.name
        modules = {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
        assert not [m for m in modules if m.startswith("sim.backtest")], path.name


def test_what_was_planted_is_found_and_what_was_not_stays_wide(fits: tuple[Fit, Fit]) -> None:
    told = fits[0].told
    for name in FREE[:4]:
        assert told["free"][name]["width"] < 0.5
        assert told["free"][name]["low"] <= 0.7 <= told["free"][name]["high"]
    assert np.mean([told["free"][name]["width"] for name in FREE[4:]]) > 0.85
    assert told["effective_sample_size"] > 20


def test_the_same_seeds_give_the_same_file(fits: tuple[Fit, Fit]) -> None:
    assert fits[0].written == fits[1].written


def test_a_candidate_that_lacks_an_outcome_has_no_weight() -> None:
    points = design(8, 2)
    record = wanted(fit_targets())
    shown = np.broadcast_to(record.value, (2, 8, len(record.value))).copy()
    shown[1, 3, 0] = np.nan
    weight = np.exp(posterior.weigh(points, shown, Flat(), record))
    assert weight[3] == 0.0
    assert (np.delete(weight, 3) > 0.0).all()


class Flat:
    """An emulator that says the record everywhere."""

    def predict(self, free: Floats) -> tuple[Floats, Floats]:
        """Return mean and variance, shape (n, targets) each."""
        value = wanted(fit_targets()).value
        return np.tile(value, (len(free), 1)), np.ones((len(free), len(value)))


def test_a_stopped_bank_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bank, "CHUNK", 1)
    points = design(3, 5)[:2]
    whole = bank.run_bank(points, 5, tmp_path, 1)
    kept = sorted(tmp_path.glob("*.npy"))
    assert len(kept) == 2
    kept[0].unlink()
    (tmp_path / "half.part").write_bytes(b"half")  # what a kill leaves behind
    counted: list[tuple[int, int]] = []
    again = bank.run_bank(points, 5, tmp_path, 1, lambda done, of: counted.append((done, of)))
    assert counted == [(2, 2)]  # one of two was run
    assert again.tobytes() == whole.tobytes()


def test_a_posterior_is_read_back_as_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sim import worlds

    file = tmp_path / "posterior.csv"
    points = design(4, 1)
    write_posterior(points, np.array([0.1, 0.2, 0.3, 0.4]), file)
    monkeypatch.setattr(worlds, "POSTERIOR", file)
    worlds.posterior.cache_clear()
    try:
        found = worlds.posterior()
        assert found is not None
        sets, weight = found
        told = [[row[name] for name in VARIED] for row in assumptions(points)]
        np.testing.assert_allclose(sets, told, rtol=1e-5)
        np.testing.assert_allclose(weight, [0.1, 0.2, 0.3, 0.4])
        counts = [
            tuple(worlds.world_of("posterior", 3, replicate).values()) for replicate in range(100)
        ]
        met = sorted(counts.count(item) for item in set(counts))
        assert np.abs(np.array(met) - [10, 20, 30, 40]).max() <= 2
    finally:
        worlds.posterior.cache_clear()


def test_the_shipped_posterior_has_a_few_hundred_sets_inside_their_ranges() -> None:
    from sim.worlds import posterior as shipped

    assert worlds_in_use("posterior") == "posterior"
    found = shipped()
    assert found is not None
    sets, weight = found
    assert 200 <= len(sets) <= 500
    assert weight.sum() == pytest.approx(1.0)
    assert weight.max() < 0.1
    for k, name in enumerate(VARIED):
        low, high = ASSUMPTIONS[name].low, ASSUMPTIONS[name].high
        span = 1e-5 * (abs(low) + abs(high))
        assert low - span <= sets[:, k].min() <= sets[:, k].max() <= high + span, name


def test_weighted_quantiles_are_those_of_repeated_values() -> None:
    values, weight = np.array([3.0, 1.0, 2.0]), np.array([0.5, 0.25, 0.25])
    assert weighted_quantiles(values, weight, (0.1, 0.4, 0.9)) == [1.0, 2.0, 3.0]
