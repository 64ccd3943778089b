"""Shocks act while they last, on what they are about, and come as often as assumed."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from sim import InputError, shocks
from sim.chance import Dice
from sim.labs import lab_ids, lab_origins
from sim.log import Event
from sim.outcomes import ORIGINS
from sim.shocks import BY_ID, KINDS, Shock
from sim.world import World
from tests.worlds import entries, order_with, policy, scenario, series, unfolded

LABS = lab_ids()
MONTH = 60  # 2028-01
run = partial(unfolded, streams=200, served_by="reference")


def shock(kind: str, *, months: int = 1, size: float = 1.0, lab: str = "") -> Shock:
    return Shock(kind, MONTH, months, size, lab)


def test_a_shock_acts_from_its_month_for_its_length() -> None:
    three = shock("access_gate", months=3)
    acting = [month for month in range(50, 70) if shocks.in_force([three], month)]
    assert acting == [60, 61, 62]


@pytest.mark.parametrize(
    ("kind", "size", "lever", "before", "after"),
    [
        ("chip_tightening", 0.15, "chip_export_controls", 0.7, 0.85),
        ("chip_tightening", 0.5, "chip_export_controls", 0.7, 1.0),
        ("access_gate", 1.0, "us_frontier_gate", 0.5, 12.0),
        ("model_ban", 0.5, "us_foreign_model_ban", 0.05, 0.5),
        ("model_ban", 0.5, "us_foreign_model_ban", 0.9, 0.9),
    ],
)
def test_a_shock_to_policy_is_a_lever_moved_while_it_lasts(
    kind: str, size: float, lever: str, before: float, after: float
) -> None:
    levers = policy(**{lever: before})
    shocked = shocks.shocked(levers, [shock(kind, size=size)])
    assert getattr(shocked, lever) == pytest.approx(after)
    assert shocked._replace(**{lever: before}) == levers


def test_other_shocks_move_no_lever() -> None:
    for kind in ("incident", "lab_reversal", "chip_breakthrough"):
        assert shocks.shocked(policy(), [shock(kind)]) == policy()


def test_shocks_are_drawn_as_often_as_assumed_each_kind_alike() -> None:
    years, rate = 40, 3.0
    counts = dict.fromkeys(BY_ID, 0)
    for replicate in range(30):
        for drawn in shocks.drawn(Dice(1, replicate), rate, 12 * years, LABS):
            counts[drawn.kind] += 1
    each = 30 * years * rate / len(KINDS)
    assert all(abs(count - each) < 4.5 * np.sqrt(each) for count in counts.values())


def test_drawn_shocks_have_the_usual_size_and_length_and_a_lab_only_where_it_strikes_one() -> None:
    found = shocks.drawn(Dice(1, 0), 3.0, 400, LABS)
    assert {drawn.kind for drawn in found} == set(BY_ID)
    for drawn in found:
        kind = BY_ID[drawn.kind]
        assert (drawn.size, drawn.months) == (kind.size, kind.months)
        assert (drawn.lab in LABS) == (drawn.kind == "lab_reversal")


def test_a_higher_rate_brings_all_shocks_of_a_lower_one_and_none_is_none() -> None:
    few, many = (set(shocks.drawn(Dice(1, 0), rate, 400, LABS)) for rate in (1.0, 3.0))
    assert few < many
    assert shocks.drawn(Dice(1, 0), 0.0, 400, LABS) == []


def test_an_unknown_kind_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(InputError, match="did you mean 'access_gate'"):
        shocks.shock_kind("acces_gate")


def test_a_scheduled_incident_frightens_every_government() -> None:
    quiet = scenario(until="2028-06", assumptions={"incident_rate": 0.0})
    struck = scenario(
        until="2028-06",
        assumptions={"incident_rate": 0.0},
        shocks=[shock("incident", size=2.0)],
    )
    before, after = run(quiet), run(struck)
    incidents = entries(after.log, Event.INCIDENT)
    assert incidents["month"].tolist() == [MONTH]
    assert incidents["value"].tolist() == [2.0]
    assert not entries(before.log, Event.INCIDENT).size
    for region in ("US", "CN", "EU", "ALIGNED", "NONALIGNED"):
        rise = series(after, "fear", region) - series(before, "fear", region)
        assert rise[MONTH - 1] == 0.0
        assert rise[MONTH] == pytest.approx(2.0)


def test_a_gate_is_shut_for_as_long_as_the_shock_lasts() -> None:
    shut = scenario(until="2028-12", us_frontier_gate=0.0, shocks=[shock("access_gate", months=4)])
    gate = entries(run(shut).log, Event.GATE)["month"]
    assert gate.tolist() == [60, 61, 62, 63]


def test_a_breakthrough_makes_chinese_compute_jump_once_and_nobody_elses() -> None:
    struck = scenario(until="2028-03", shocks=[shock("chip_breakthrough", size=0.3, months=2)])
    seen: list[np.ndarray] = []

    def look(world: World) -> None:
        seen.append(world.labs.inference.copy())

    run(struck, order=order_with(look))
    usual = seen.copy()
    seen.clear()
    run(scenario(until="2028-03"), order=order_with(look))
    ratio = np.array(usual) / np.array(seen)
    chinese = lab_origin("CN")
    np.testing.assert_allclose(ratio[MONTH - 1], 1.0)
    np.testing.assert_allclose(ratio[MONTH + 1, chinese], np.exp(0.3))
    np.testing.assert_allclose(ratio[MONTH + 1, ~chinese], 1.0)


def lab_origin(origin: str) -> np.ndarray:
    return lab_origins() == ORIGINS.index(origin)


def anchors(lab: int, struck: list[Shock]) -> tuple[np.ndarray, np.ndarray]:
    """Return the log-odds of opening in MONTH, of one lab's products and of all others."""
    seen: list[tuple[np.ndarray, np.ndarray]] = []

    def look(world: World) -> None:
        if world.month == MONTH and world.line is not None:
            own = world.line.lab == lab
            seen.append((world.line.anchor[own].copy(), world.line.anchor[~own].copy()))

    quiet = scenario(until="2028-01", shocks=struck, off=["changes_of_mind"])
    run(quiet, order=order_with(look))
    return seen[0]


@pytest.mark.parametrize(("lab", "opened"), [("deepseek", True), ("openai", False)])
def test_a_lab_that_reverses_its_stance_turns_its_odds_and_no_other_labs(
    lab: str, opened: bool
) -> None:
    number = LABS.index(lab)
    usual, others = anchors(number, [])
    turned, untouched = anchors(number, [shock("lab_reversal", lab=lab)])
    assert (usual[0] > 0.0) == opened
    assert (turned[0] > 0.0) != opened
    np.testing.assert_array_equal(untouched, others)
