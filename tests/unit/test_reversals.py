"""Labs change their mind at the rate assumed, in any order of months, and never a whole fringe."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from sim import reversals
from sim.chance import Dice
from sim.labs import lab_ids
from sim.log import Event
from sim.world import World
from tests.firms import labs_of, line_of
from tests.worlds import entries, future, order_with, scenario, unfolded

LABS = lab_ids()
RELEASES = "releases due: openness, licence, price"
OFTEN = {"reversal_rate": 0.3}
run = partial(unfolded, streams=400)


def test_months_turn_at_the_rate_and_keep_their_draws_when_the_horizon_moves() -> None:
    single = np.ones(19)
    turns = np.stack([reversals.drawn(Dice(s, 0), 0.3, 120, single) for s in range(40)])
    expected = 40 * 120 * 19 * 0.3 / 12.0
    assert abs(turns.sum() - expected) < 4.0 * np.sqrt(expected)
    longer = reversals.drawn(Dice(3, 0), 0.3, 240, single)
    np.testing.assert_array_equal(longer[:120], turns[3])
    assert not reversals.drawn(Dice(3, 0), 0.0, 120, single).any()


def test_a_fringe_of_many_makers_has_no_mind_to_change() -> None:
    members = np.array([1.0, 30.0])
    turns = reversals.drawn(Dice(1, 0), 12.0, 600, members)
    assert turns[:, 0].all()
    assert not turns[:, 1].any()


@pytest.mark.parametrize("opened", [True, False])
def test_a_reversal_turns_all_products_of_one_lab(opened: bool) -> None:
    labs = labs_of("US", "CN", openness=float(opened))
    line = line_of(labs, 2, opened=opened, anchor=2.0 if opened else -2.0)
    before = line.anchor.copy()
    reversals.reverse(labs, line, 1)
    np.testing.assert_array_equal(line.anchor[:2], before[:2])
    assert ((line.anchor[2:] > 0.0) != opened).all()


def test_who_leads_turns_closed_but_never_open() -> None:
    behind: list[tuple[int, int, float]] = []

    def look(world: World) -> None:
        for lab in np.flatnonzero(world.turns[world.month]).tolist():
            best = max(0.0, float(world.labs.capability.max()))
            gap = best - float(world.labs.capability[lab])
            behind.append((world.month, lab, gap))

    turned = 0
    for seed in range(6):
        behind.clear()
        asked = scenario(until="2031-12", supply="simulated", assumptions=OFTEN)
        log = run(asked, order=order_with(look, before=RELEASES), seed=seed).log
        gaps = {(month, lab): gap for month, lab, gap in behind}
        for entry in entries(log, Event.CHANGE_OF_MIND):
            turned += 1
            gap = gaps[int(entry["month"]), int(entry["actor"])]
            assert entry["value"] == 0.0 or gap >= reversals.FOLLOWER_ECI
    assert turned > 20


def test_without_the_mechanism_nobody_changes_its_mind() -> None:
    asked = scenario(until="2031-12", assumptions=OFTEN, off=["changes_of_mind"])
    assert not entries(future(asked).log, Event.CHANGE_OF_MIND).size
    usual = scenario(until="2031-12", assumptions=OFTEN)
    assert entries(future(usual).log, Event.CHANGE_OF_MIND).size
