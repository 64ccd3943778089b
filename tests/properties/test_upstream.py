"""An intervention on one stream changes nothing that was decided before it, and no draw at all."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sim import Scenario
from sim.log import Event
from sim.order import ORDER
from sim.replicate import Future
from sim.world import World
from tests.worlds import CHOOSE, entries, order_with, same, scenario, unfolded

STREAM, MONTH = 17, 60
STREAMS = 300
Snapshot = dict[str, bytes]
OBSERVED = scenario(until="2026-10")
LATER = scenario(until="2030-12")


def snapshot(world: World) -> Snapshot:
    """Return what labs, governments and markets have come to, as bytes."""
    parts = {
        f"labs.{name}": value for name, value in zip(world.labs._fields, world.labs, strict=True)
    }
    for name in ("line", "shelf"):
        record = getattr(world, name)
        if record is not None:
            parts |= {f"{name}.{k}": value for k, value in zip(record._fields, record, strict=True)}
    parts |= {"best": world.best, "releases": world.releases, "frontiers": world.frontiers}
    parts |= {"fear": np.array(world.governments.fear), "policy": np.array(world.policy)}
    return {name: np.ascontiguousarray(value).tobytes() for name, value in parts.items()}


def steps_of_the_month(told: Scenario, change: Callable[[World], None]) -> dict[str, Snapshot]:
    """Return the state after each step of MONTH, when `change` acts just before streams choose."""
    seen: dict[str, Snapshot] = {}

    def act(world: World) -> None:
        if world.month == MONTH:
            change(world)

    def after(label: str) -> Callable[[World], None]:
        def look(world: World) -> None:
            if world.month == MONTH:
                seen[label] = snapshot(world)

        return look

    order = []
    for label, step in ORDER:
        order += [("act", act)] if label == CHOOSE else []
        order += [(label, step), ("look", after(label))]
    unfolded(told, streams=STREAMS, order=tuple(order))
    return seen


def nothing(world: World) -> None:
    """Leave the world as it is."""


def be_unlike_oneself(world: World) -> None:
    """Let one stream care ten times as much about price, and leave what it uses."""
    world.who.alpha[STREAM] *= 10.0
    world.use.held.version[STREAM] = -1


def test_what_one_stream_does_changes_nothing_that_was_decided_before_it_in_the_month() -> None:
    usual, other = (steps_of_the_month(LATER, act) for act in (nothing, be_unlike_oneself))
    labels = [label for label, _ in ORDER]
    before = labels[: labels.index(CHOOSE)]
    for label in before:
        assert usual[label] == other[label], label
    moved = [
        name for name in usual[labels[-1]] if usual[labels[-1]][name] != other[labels[-1]][name]
    ]
    assert "labs.first_party" in moved  # the intervention was felt downstream


def choices(told: Scenario, change: Callable[[World], None], month: int) -> dict[int, np.ndarray]:
    """Return what every stream uses in each month; `change` acts before they choose in one."""
    seen: dict[int, np.ndarray] = {}

    def act(world: World) -> None:
        if world.month == month:
            change(world)

    def look(world: World) -> None:
        held = world.use.held
        seen[world.month] = np.stack([held.version, held.kind, held.second_version])

    steps = list(order_with(look))
    steps.insert([label for label, _ in steps].index(CHOOSE), ("act", act))
    unfolded(told, streams=STREAMS, order=tuple(steps))
    return seen


@pytest.mark.parametrize("month", [30, 40])
def test_one_stream_changes_nobody_elses_choice_of_the_month_and_nobodys_before(
    month: int,
) -> None:
    usual, other = (choices(OBSERVED, act, month) for act in (nothing, be_unlike_oneself))
    for earlier in range(month):
        assert same(usual[earlier], other[earlier])
    others = np.arange(STREAMS) != STREAM
    assert same(usual[month][:, others], other[month][:, others])
    assert not same(usual[month], other[month])


def release_draws(future: Future) -> dict[tuple[int, int, int], tuple[float, ...]]:
    """Return the draws that settled releases, by month, lab and product."""
    found = {}
    for event in (Event.RELEASE, Event.PREDECESSOR, Event.TERMS_ASKED):
        for entry in entries(future.log, event):
            key = int(entry["month"]), int(entry["actor"]), int(entry["product"])
            found[(*key, int(event))] = float(entry["draw"])
    return found


def with_change(act: Callable[[World], None]) -> Future:
    def change(world: World) -> None:
        if world.month == MONTH:
            act(world)

    order = order_with(change, before=CHOOSE)
    return unfolded(LATER, streams=STREAMS, order=order)


def more_streams() -> Future:
    return unfolded(LATER, streams=STREAMS + 1)


def usual_future() -> Future:
    return unfolded(LATER, streams=STREAMS)


@pytest.mark.parametrize("other", [lambda: with_change(be_unlike_oneself), more_streams])
def test_labs_draws_are_untouched_by_a_stream_that_changes_and_by_one_more(
    other: Callable[[], Future],
) -> None:
    one, two = release_draws(usual_future()), release_draws(other())
    shared = one.keys() & two.keys()
    assert len(shared) > 0.95 * len(one)
    assert all(one[key] == two[key] for key in shared)


def test_labs_release_in_the_same_months_however_many_streams_there_are() -> None:
    few, many = usual_future(), unfolded(LATER, streams=3 * STREAMS)
    clocks = [
        {(int(e["month"]), int(e["actor"])) for e in entries(future.log, Event.RELEASE)}
        for future in (few, many)
    ]
    left = [set(entries(future.log, Event.EXIT)["actor"].tolist()) for future in (few, many)]
    kept = [
        {(month, lab) for month, lab in rung if lab not in left[0] | left[1]} for rung in clocks
    ]
    assert kept[0] == kept[1]
    assert len(kept[0]) > 100


def test_incidents_gates_and_shocks_come_to_a_scenario_as_they_come_to_any_other() -> None:
    lively = {"shock_rate": 3.0, "incident_rate": 4.0}
    usual = unfolded(scenario(until="2030-12", assumptions=lively), streams=STREAMS)
    banned = unfolded(
        scenario(until="2030-12", assumptions=lively, us_foreign_model_ban=0.9), streams=STREAMS
    )
    for event in (Event.SHOCK, Event.GATE):
        one, other = (entries(future.log, event) for future in (usual, banned))
        assert one.size
        assert one.tobytes() == other.tobytes()
