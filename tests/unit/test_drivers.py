"""What drives a result: a planted driver is found, noise is not called one."""

from __future__ import annotations

import numpy as np

from sim import Result, Scenario
from sim.drivers import drivers
from sim.outcomes import ROW, SERIES
from sim.worlds import world_of

KEY = ("open_share_tokens", "world")


def made(scenario: Scenario, told: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Result:
    values = np.zeros((len(told), len(SERIES), scenario.n_months))
    values[:, ROW[KEY]] = told[:, None]
    return Result(scenario, 1, 200, "fc-made", values)


def world(name: str, count: int = 64) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([world_of("prior", 1, r)[name] for r in range(count)])


def test_a_planted_driver_comes_first_with_its_sign() -> None:
    scenario = Scenario("a", "A", horizon=3, worlds="prior")
    spread = world("spillover")
    found = drivers(made(scenario, -spread), *KEY, 2)
    assert (found[0].assumption, round(found[0].correlation, 6)) == ("spillover", -1.0)
    assert abs(found[1].correlation) < 1.0 if len(found) > 1 else True


def test_noise_has_a_driver_in_few_cases_only() -> None:
    scenario = Scenario("a", "A", horizon=3, worlds="prior")
    noise = [np.random.default_rng(k).normal(size=64) for k in range(40)]
    named = sum(bool(drivers(made(scenario, told), *KEY, 2)) for told in noise)
    assert named <= 6  # 2 expected at one in twenty; 7 or more in one of 200 such tests


def test_one_world_or_one_value_has_no_drivers() -> None:
    spread = world("spillover")
    central = Scenario("a", "A", horizon=3, worlds="central")
    assert drivers(made(central, spread), *KEY, 2) == ()
    prior = Scenario("a", "A", horizon=3, worlds="prior")
    assert drivers(made(prior, np.full(64, 0.5)), *KEY, 2) == ()
    assert drivers(made(prior, np.full(64, np.nan)), *KEY, 2) == ()


def test_what_the_scenario_sets_itself_is_no_driver() -> None:
    held = Scenario("a", "A", horizon=3, worlds="prior", assumptions={"spillover": 0.08})
    found = drivers(made(held, world("spillover")), *KEY, 2)
    assert "spillover" not in [driver.assumption for driver in found]
