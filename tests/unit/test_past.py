"""A future that starts at the end of the record has the bits of one that starts in 2023."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from sim import past, replicate
from sim.calendar import month_index
from sim.past import BY_MONTH, CARRIED, END, REMADE, Past, Pasts, key_of
from sim.replicate import Future
from sim.scenario import LeverSetting, Scenario
from sim.shocks import Shock
from sim.world import World
from tests.worlds import order_with, scenario, unfolded

UNTIL = "2029-06"
LATE = month_index("2026-12")
BASE = scenario(until=UNTIL)
LIVELY = {"incident_rate": 4.0, "responsiveness": 1.0, "api_capacity_share": 0.2}


@pytest.fixture(autouse=True)
def pasts(monkeypatch: pytest.MonkeyPatch) -> Pasts:
    """States of the test's own."""
    own = Pasts()
    monkeypatch.setattr(replicate, "_pasts", own)
    return own


def bits(future: Future) -> tuple[bytes, bytes]:
    return future.values.tobytes(), future.log.tobytes()


def licensed() -> Scenario:
    return scenario(until=UNTIL, start=LATE, us_open_licence_threshold=24.0, licensing_reviewers=2)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (BASE, scenario(until=UNTIL, start=LATE, us_foreign_model_ban=1.0)),
        (BASE, licensed()),
        (licensed(), BASE),
        (BASE, scenario(until="2031-01", start=END, chip_export_controls=0.0)),
        (BASE, scenario(until=UNTIL, shocks=[Shock("lab_reversal", 60, 1, 1.0, "meta")])),
        (
            scenario(until=UNTIL, assumptions=LIVELY),
            scenario(until=UNTIL, assumptions=LIVELY, start=LATE, us_frontier_gate=6.0),
        ),
    ],
    ids=["ban", "office", "office gone", "longer", "shock", "lively"],
)
def test_a_later_start_gives_the_same_bits(
    before: Scenario, after: Scenario, pasts: Pasts, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = unfolded(after)
    again = Pasts()
    monkeypatch.setattr(replicate, "_pasts", again)
    first = unfolded(before)
    resumed: list[Past] = []
    resume = Past.resume
    monkeypatch.setattr(
        Past, "resume", lambda self, world: (resumed.append(self), resume(self, world))[1]
    )
    assert bits(unfolded(after)) == bits(alone)
    assert bits(unfolded(before)) == bits(first)  # what is kept is not changed by who uses it
    assert len(resumed) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"levers": {"chip_export_controls": LeverSetting(0.0, END - 1)}},
        {"assumptions": {"spillover": 0.0}},
        {"off": ("spillovers",)},
        {"worlds": "prior"},
        {"shocks": (Shock("incident", END - 1, 1, 1.0),)},
    ],
    ids=["lever", "assumption", "mechanism", "worlds", "shock"],
)
def test_what_differs_before_today_has_a_past_of_its_own(changes: dict[str, Any]) -> None:
    other = dataclasses.replace(BASE, **changes)
    size = {"seed": 1, "replicate": 0, "streams": 400}
    assert key_of(other, **size) != key_of(BASE, **size)
    unfolded(BASE)
    resumed = unfolded(other)
    replicate._pasts = Pasts()
    assert bits(unfolded(other)) == bits(resumed)


def test_a_history_that_labs_decide_and_one_that_ends_with_the_record_have_none() -> None:
    size = {"seed": 1, "replicate": 0, "streams": 400}
    assert key_of(scenario(supply="simulated"), **size) is None
    assert key_of(dataclasses.replace(BASE, horizon=END - 1), **size) is None


def test_futures_that_are_looked_into_start_at_the_beginning(pasts: Pasts) -> None:
    seen: list[int] = []
    unfolded(BASE)
    unfolded(BASE, order=order_with(lambda world: seen.append(world.month)))
    assert seen == list(range(BASE.n_months))


def test_every_part_of_a_world_is_carried_or_made_again() -> None:
    fields = [field.name for field in dataclasses.fields(World)]
    assert sorted(fields) == sorted([*CARRIED, *BY_MONTH, *REMADE])


def test_the_longest_unused_goes_first_when_bytes_run_out(pasts: Pasts) -> None:
    one: dict[str, Any] = {
        "who": None,
        "carried": {},
        "by_month": {},
        "ledger": None,
        "reviewers": 0,
    }
    small = Pasts(most_bytes=100)
    for name in ("a", "b"):
        small.put(name, Past(**one, n_bytes=50))
    assert small.get("a") is not None
    small.put("c", Past(**one, n_bytes=40))
    assert small.get("b") is None
    assert small.get("a") is not None
    small.put("c", Past(**one, n_bytes=50))
    assert len(small) == 2
    small.put("huge", Past(**one, n_bytes=101))
    assert len(small) == 0


def test_pasts_can_be_forgotten(pasts: Pasts) -> None:
    unfolded(BASE)
    assert len(pasts) == 1
    replicate.forget_pasts()
    assert len(pasts) == 0


def test_a_state_counts_its_bytes() -> None:
    unfolded(BASE)
    (kept,) = replicate._pasts._kept.values()
    held = kept.carried["use"].held
    assert kept.n_bytes > 6 * held.row.nbytes + sum(a.nbytes for a in kept.ledger)
    assert kept.n_bytes < past.MOST_BYTES / 50
