"""What pages get from the server's engine: few futures first, all at last, and nothing twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st

from sim import LeverSetting, Scenario, run
from sim.calendar import month_index
from sim.shocks import Shock
from views import engine

PATIENCE = 60.0  # seconds after which a test gives up waiting
WORLD = Scenario("world", "World", horizon=month_index("2023-06"))
BAN = Scenario(
    "ban",
    "Ban",
    levers={"us_foreign_model_ban": LeverSetting(0.9, start=2)},
    horizon=WORLD.horizon,
)


@pytest.fixture(autouse=True)
def own_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give each test workers and runs of its own."""
    monkeypatch.setenv("FRONTIER_COMMONS_CACHE", str(tmp_path))
    monkeypatch.setenv("FRONTIER_COMMONS_FUTURES", "8")
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


def test_a_page_is_given_the_same_futures_of_each_scenario_in_step() -> None:
    steps = list(engine.refine([BAN, WORLD]))
    assert [[result.replicates for result in step] for step in steps] == [[4, 4], [8, 8]]
    alone = run(WORLD, replicates=8, workers=1)
    assert steps[-1][1].values.tobytes() == alone.values.tobytes()
    assert steps[-1][1].run_id == alone.run_id


def test_a_page_that_comes_back_waits_for_nothing() -> None:
    (*_, first) = engine.refine([BAN, WORLD])
    asked: list[int] = []
    (again,) = engine.refine([BAN, WORLD], waiting=asked.append)
    assert [result.replicates for result in again] == [8, 8]
    assert again[0].values.tobytes() == first[0].values.tobytes()
    assert asked == [16]


def test_what_can_wait_is_drawn_once_while_workers_are_busy_and_last_where_all_is_known() -> None:
    order: list[str] = []
    for _ in range(2):
        steps = engine.Asked([WORLD]).refine(meanwhile=lambda: order.append("rest"))
        order.extend(str(results[0].replicates) for results in steps)
    assert order == ["rest", "4", "8", "8", "rest"]


def test_what_was_decided_in_each_future_comes_along_from_the_cache() -> None:
    (*_, first) = engine.refine([WORLD])
    (again,) = engine.refine([WORLD])
    assert len(again[0].logs) == 8
    assert [log.tobytes() for log in again[0].logs] == [log.tobytes() for log in first[0].logs]


def test_a_new_server_finds_the_runs_of_the_last() -> None:
    (*_, first) = engine.refine([WORLD])
    st.cache_resource.clear()
    (again,) = engine.refine([WORLD])
    assert again[0].values.tobytes() == first[0].values.tobytes()


def test_a_page_that_asks_anew_frees_the_workers() -> None:
    steps = engine.refine([BAN, WORLD])
    next(steps)
    steps.close()
    list(engine.refine([WORLD]))
    assert engine.pool().waiting == 0


def test_a_lever_moved_while_futures_run_interrupts_them() -> None:
    def moved(finished: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        list(engine.refine([WORLD], waiting=moved))


def test_workers_begin_when_a_page_asks_and_stop_when_it_is_left() -> None:
    asked = engine.Asked([BAN, WORLD])
    until = time.monotonic() + PATIENCE
    while not engine.pool().waiting:
        assert time.monotonic() < until
        time.sleep(0.01)
    asked.close()
    list(engine.refine([WORLD]))
    assert engine.pool().waiting == 0


def test_the_warm_up_leaves_the_workers_to_a_first_visitor_and_then_ends_its_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left: list[bool] = []

    def leave() -> None:
        left.append(engine._visited.is_set())
        real()

    real = engine._leave_to_visitor
    monkeypatch.setattr(engine, "_leave_to_visitor", leave)
    monkeypatch.setattr(engine, "_visited", threading.Event())
    monkeypatch.setattr(engine, "WARMING_SECONDS", 0.01)
    monkeypatch.setattr(engine, "load_scenario", lambda name: WORLD)
    engine.warm()
    assert not any(left)
    st.cache_resource.clear()
    left.clear()
    with monkeypatch.context() as page:
        page.setattr(engine, "_is_page", lambda: True)
        engine.Asked([WORLD]).close()
    engine.warm()
    assert left == [True]  # looked once, and was gone
    told: list[int] = []
    list(engine.refine([WORLD], waiting=told.append))
    assert told == [8]  # all of it is known


def test_a_page_can_be_left_oftener_than_it_is_told_how_many_futures_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[int] = []
    looked: list[bool] = []
    monkeypatch.setattr(engine, "TELL_SECONDS", PATIENCE)
    monkeypatch.setattr(engine, "give_way", lambda: looked.append(True))
    list(engine.refine([BAN, WORLD], waiting=told.append))
    assert len(told) == 1
    assert len(looked) > 16  # futures of both, and while none came


def test_the_baseline_is_the_status_quo_in_the_same_world() -> None:
    shock = Shock("incident", month_index("2023-04"), 1, 1.0)
    world = Scenario(
        "a",
        "A",
        levers=BAN.levers,
        assumptions={"price_sensitivity": 1.5},
        off=("spillovers",),
        horizon=WORLD.horizon,
        supply="simulated",
        shocks=(shock,),
    )
    baseline = engine.baseline_of(world)
    assert not baseline.changed_levers()
    for name in ("assumptions", "off", "horizon", "supply", "shocks"):
        assert getattr(baseline, name) == getattr(world, name)
