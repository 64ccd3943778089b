"""World default or changed, policy off or on: the policy's effect in either world."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from sim import InputError, LeverSetting, Scenario
from sim.calendar import month_index
from sim.ensemble import run_all
from sim.four_lines import four_scenarios, policy_effects

OFF = Scenario("off", "Off", horizon=month_index("2024-03"), assumptions={"spillover": 0.5})
ON = dataclasses.replace(
    OFF,
    name="on",
    assumptions={},
    levers={"us_foreign_model_ban": LeverSetting(0.9, start=6)},
)
SIZE: dict[str, Any] = {"replicates": 2, "streams": 200, "workers": 1}
SHARE = "cn_open_share_tokens", "world"


def test_policy_and_world_change_one_at_a_time() -> None:
    off, on, changed_off, changed_on = four_scenarios(
        OFF, ON, assumptions={"quality_weight": 7.0}, mechanisms_off=("ecosystem",)
    )
    assert on.levers == changed_on.levers == ON.levers
    assert off.levers == changed_off.levers == {}
    assert on.assumptions == off.assumptions == {"spillover": 0.5}
    assert changed_on.assumptions == changed_off.assumptions
    assert changed_on.assumptions == {"spillover": 0.5, "quality_weight": 7.0}
    assert (off.off, changed_off.off) == ((), ("ecosystem",))


def test_the_gap_is_the_change_of_the_policy_s_effect() -> None:
    scenarios = four_scenarios(OFF, ON, assumptions={"quality_weight": 7.0})
    results = run_all(scenarios, **SIZE)
    found = policy_effects(results, *SHARE)
    a, b, c, d = (result.series(*SHARE) for result in results)
    expected = ((d - c) - (b - a))[:, 1:]  # in the first month nobody has chosen yet
    np.testing.assert_allclose(found.gap[:, 1:], expected, atol=1e-12)
    assert not found.gap[:, :6].any()
    assert found.gap[:, -1].any()


def test_an_unchanged_world_leaves_no_gap() -> None:
    results = run_all(four_scenarios(OFF, ON, assumptions={}), **SIZE)
    assert not policy_effects(results, *SHARE).gap.any()


def test_a_value_out_of_range_is_refused() -> None:
    with pytest.raises(InputError, match="quality_weight"):
        four_scenarios(OFF, ON, assumptions={"quality_weight": 1e9})
