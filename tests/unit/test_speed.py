"""The benchmarks time the same work on every side, and say what they could not time."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from benchmarks.__main__ import _with_command
from benchmarks.speed import kernels, table, timing
from benchmarks.speed.work import Work, by_machine_code, by_numpy, choices_of_a_month, lower_bound
from tests.worlds import machine_code

STREAMS = 1500
KEYS = (
    "lower_bound_ms numpy_kernel_over_lower_bound compiled_kernel_over_lower_bound "
    "mesa_over_compiled_kernel agentpy_over_compiled_kernel replicate_ms_compiled "
    "replicate_ms_numpy replicate_ms_resumed ensemble_64_s ensemble_64_next_s contrast_100_s "
    "million_streams_s million_streams_gb exponent_streams exponent_months "
    "workers_2_over_1 cold_start_s warm_start_s cache_hit_ms"
)


@pytest.fixture(scope="module")
def work() -> Work:
    machine_code()
    return choices_of_a_month(STREAMS)


class Replayed:
    """Draws that were made before, one stream's two after another's."""

    def __init__(self, work: Work) -> None:
        self._draws = iter(np.stack([work.who.first, work.who.second], axis=1).ravel().tolist())

    def random(self) -> float:
        return float(next(self._draws))


@pytest.mark.parametrize("name", list(kernels.PEERS))
def test_a_peer_chooses_what_the_kernel_chooses_from_the_same_draws(name: str, work: Work) -> None:
    made = by_machine_code(work)
    market = kernels.peer(name, work)
    market.random = Replayed(work)
    market.step()
    # The peers add in double precision, so a draw on the edge between two offers may differ.
    same = np.array(market.chosen()) == np.stack([made.row, made.second], axis=1)
    assert same.mean() > 0.999
    assert len({row for row, _ in market.chosen()}) > 20


def test_a_peer_works_out_the_same_losses(work: Work) -> None:
    made = by_machine_code(work)
    market = kernels.peer("mesa", work)
    market.step()
    for name in ("log_sum", "ban", "stop", "gate"):
        told = np.array([getattr(stream, name) for stream in market.agents])
        np.testing.assert_allclose(told, getattr(made, name), atol=2e-4)


def test_both_kernels_do_the_same_work(work: Work) -> None:
    one, other = by_numpy(work), by_machine_code(work)
    assert all(a.tobytes() == b.tobytes() for a, b in zip(one, other, strict=True))


def test_the_lower_bound_takes_every_uniform_and_every_exponential(work: Work) -> None:
    drawn = float(work.who.first.sum() + work.who.second.sum())
    blocks = -(-work.size // 32)
    assert lower_bound(work)() == pytest.approx(drawn + blocks * np.exp(-20.0), rel=1e-9)


def test_a_peer_that_is_not_installed_is_null_and_the_reason_is_told(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(kernels.PEERS, "agentpy", "benchmarks.speed.no_such_peer")
    monkeypatch.setattr(kernels, "choices_of_a_month", lambda _: work)
    monkeypatch.setattr(kernels, "ROUNDS", 1)
    found, missing = kernels.kernels()
    assert found["agentpy_over_compiled_kernel"] is None
    assert found["mesa_over_compiled_kernel"] is not None
    assert missing == ["agentpy is not timed: No module named 'benchmarks.speed.no_such_peer'"]


def test_the_figures_are_the_ones_agreed_on() -> None:
    assert [figure.key for figure in table.FIGURES] == KEYS.split()


def test_a_figure_meets_its_target_on_the_right_side() -> None:
    by_key = {figure.key: figure for figure in table.FIGURES}
    assert table.verdict(by_key["million_streams_s"], 2.9) == "met"
    assert table.verdict(by_key["million_streams_s"], 3.1) == "missed"
    assert table.verdict(by_key["workers_2_over_1"], 1.7) == "missed"
    assert table.verdict(by_key["mesa_over_compiled_kernel"], None) == ""


def test_what_was_not_measured_is_told_and_not_made_up() -> None:
    found: dict[str, Any] = dict.fromkeys(KEYS.split(), 1.0)
    told = table.text(found | {"agentpy_over_compiled_kernel": None}, (5.0, 5.1))
    assert sum("not measured" in line for line in told.splitlines()) == 1
    assert "5.00 ms before, 5.10 ms after" in told


def test_the_exponent_of_a_power_is_found() -> None:
    sizes = (1000, 4000, 16000)
    assert timing.exponent(sizes, [3.0 * n**1.3 for n in sizes]) == pytest.approx(1.3)


def test_what_is_compared_is_timed_in_turn() -> None:
    told: list[str] = []
    actions = {name: lambda name=name: told.append(name) for name in ("a", "b")}
    assert set(timing.interleaved(actions, 3)) == {"a", "b"}
    assert "".join(told) == "ab" * 4


def test_no_command_is_the_command_that_times() -> None:
    assert _with_command([]) == ["speed"]
    assert _with_command(["--json"]) == ["speed", "--json"]
    assert _with_command(["dock", "--json"]) == ["dock", "--json"]
    assert _with_command(["--help"]) == ["--help"]


def test_json_is_one_flat_object(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from benchmarks.__main__ import main
    from benchmarks.speed import futures, processes
    from sim import compiling

    monkeypatch.setattr(compiling, "load", lambda: None)
    parts = dict.fromkeys(KEYS.split(), 1.5)
    monkeypatch.setattr(processes, "starting", lambda: parts | {"cold_start_s": 2.5})
    monkeypatch.setattr(processes, "million", dict)
    monkeypatch.setattr(kernels, "kernels", lambda: ({"mesa_over_compiled_kernel": None}, ["why"]))
    for name in ("one_future", "growth", "in_workers"):
        monkeypatch.setattr(futures, name, dict)
    assert main(["--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out) == parts | {"cold_start_s": 2.5, "mesa_over_compiled_kernel": None}
    assert list(json.loads(out)) == KEYS.split()
    assert "why" in err
    assert "processor probe" in err
