"""Fear turns into rules slowly, fades more slowly still, and never leaves the levers' ranges."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import simpy

from sim import governments
from sim.assumptions.state import StateParameters
from sim.governments import (
    ALIGNED,
    CN,
    EU,
    MOST_INCIDENTS,
    NONALIGNED,
    REFERENCE_ECI,
    RESPONSES,
    REVIEW_MONTHS,
    STEP,
    US,
    Governments,
)
from sim.levers import BY_ID
from sim.outcomes import ORIGINS
from tests.worlds import policy

P = StateParameters()
EVERYBODY = list(range(5))


def frightened(fear: float, rules: float = 0.5) -> Governments:
    return Governments([fear] * 5, [rules] * 5, EVERYBODY.copy())


@pytest.mark.parametrize(
    ("fear", "rules"),
    [
        (P.fear_high + 0.01, 0.5 + STEP),
        (P.fear_high, 0.5),
        (P.fear_low, 0.5),
        (P.fear_low - 0.01, 0.5 - STEP),
    ],
)
def test_rules_tighten_above_one_fear_relax_below_another_and_stand_still_between(
    fear: float, rules: float
) -> None:
    state = frightened(fear)
    governments.review(state, P)
    assert state.rules == [rules] * 5


def test_rules_outlast_the_fear_that_made_them() -> None:
    state = frightened(P.fear_high + 0.1, 0.0)
    governments.review(state, P)
    middle = 0.5 * (P.fear_high + P.fear_low)
    state.fear[:], state.due[:] = [middle] * 5, EVERYBODY
    governments.review(state, P)
    assert state.rules == [STEP] * 5


def test_rules_stay_between_none_and_all() -> None:
    for fear, rules in ((9.0, 1.0), (0.0, 0.0)):
        state = frightened(fear, rules)
        assert governments.review(state, P) == []
        assert state.rules == [rules] * 5


def test_only_governments_whose_review_is_due_move_and_each_once() -> None:
    state = frightened(9.0)
    state.due[:] = [EU, US, EU]
    assert governments.review(state, P) == [(US, 0.75), (EU, 0.75)]
    assert state.rules[CN] == 0.5
    assert state.due == []


def test_fear_fades_by_its_rate_and_an_incident_adds_to_it() -> None:
    state = Governments(fear=[2.0] * 5)
    governments.remember(state, 0, (0.0,) * 5, P)
    assert state.fear == pytest.approx([2.0 * (1.0 - P.fear_decay)] * 5)
    governments.remember(state, 2, (0.0,) * 5, P)
    wanted = 2.0 * (1.0 - P.fear_decay) ** 2 + 2.0 * P.fear_incident
    assert state.fear == pytest.approx([wanted] * 5)


def test_fear_without_cause_is_forgotten_and_steady_cause_gives_steady_fear() -> None:
    state = Governments()
    for _ in range(400):
        governments.remember(state, 0, (10.0, 0.0, 0.0, 0.0, 0.0), P)
    assert state.fear[US] == pytest.approx(P.fear_foreign_lead / P.fear_decay)
    for _ in range(400):
        governments.remember(state, 0, (0.0,) * 5, P)
    assert state.fear[US] == pytest.approx(0.0, abs=1e-12)


def test_an_incident_calls_everybody_to_a_review() -> None:
    state = Governments()
    governments.remember(state, 0, (0.0,) * 5, P)
    assert state.due == []
    governments.remember(state, 1, (0.0,) * 5, P)
    assert sorted(set(state.due)) == EVERYBODY


def rate(best_open: float, best_closed: float, p: StateParameters = P) -> float:
    """Return the monthly rate of incidents by the formula."""
    within_reach = max(best_open, best_closed - p.jailbreak_gap_eci)
    return p.incident_rate / 12.0 * math.exp((within_reach - REFERENCE_ECI) / p.incident_growth_eci)


@pytest.mark.parametrize(
    ("best_open", "best_closed", "yearly"), [(150.0, 100.0, 0.4), (180.0, 150.0, 4.0)]
)
def test_incidents_are_poisson_drawn_by_inversion(
    best_open: float, best_closed: float, yearly: float
) -> None:
    p = replace(P, incident_rate=yearly)
    uniforms = (np.arange(20_000) + 0.5) / 20_000
    counts = [governments.incidents(u, best_open, best_closed, p) for u in uniforms]
    mean = rate(best_open, best_closed, p)
    share = np.bincount(counts, minlength=MOST_INCIDENTS + 1) / len(counts)
    poisson = [math.exp(-mean) * mean**k / math.factorial(k) for k in range(MOST_INCIDENTS)]
    np.testing.assert_allclose(share[:MOST_INCIDENTS], poisson, atol=1e-4)
    assert counts == sorted(counts)


def test_a_closed_model_counts_less_its_safeguards() -> None:
    u = 1.0 - 1e-3
    behind = 150.0 + P.jailbreak_gap_eci
    assert governments.incidents(u, 150.0, 0.0, P) == governments.incidents(u, 0.0, behind, P) > 0


def test_nothing_happens_before_there_are_models_and_never_more_than_six_at_once() -> None:
    assert governments.incidents(0.999999, -math.inf, -math.inf, P) == 0
    assert governments.incidents(1.0 - 1e-16, 400.0, 400.0, P) == MOST_INCIDENTS


def best(**released: float) -> np.ndarray:
    """Return the best model by origin and openness: "cn_open" and the like."""
    table = np.full((len(ORIGINS), 2), -np.inf)
    for name, eci in released.items():
        origin, kind = name.split("_")
        table[ORIGINS.index(origin.upper()), int(kind == "open")] = eci
    return table


def test_the_west_fears_chinese_open_models_and_china_american_ones_of_any_kind() -> None:
    leads = governments.lead_of_rivals(
        best(cn_open=150.0, us_open=145.0, eu_open=147.0, us_closed=165.0, cn_closed=149.0)
    )
    assert leads == (3.0, 15.0, 3.0, 3.0, 0.0)


def test_nobody_fears_a_rival_that_is_behind_or_has_nothing() -> None:
    assert governments.lead_of_rivals(best(cn_open=140.0, us_open=145.0)) == (0, 5.0, 0, 0, 0)
    assert governments.lead_of_rivals(best()) == (0.0,) * 5


def test_a_responsive_government_adds_to_its_levers_what_its_rules_call_for() -> None:
    state = Governments(rules=[0.5, 0.0, 0.0, 0.0, 0.0])
    levers = policy(us_open_liability=10.0)
    moved = governments.realised(levers, state, 0.4)
    for response in RESPONSES:
        added = 0.4 * 0.5 * response.full * (response.government == US)
        before = getattr(levers, response.lever)
        assert getattr(moved, response.lever) == pytest.approx(before + added)
    untouched = set(levers._fields) - {response.lever for response in RESPONSES}
    assert all(getattr(moved, name) == getattr(levers, name) for name in untouched)


@pytest.mark.parametrize(("responsiveness", "rules"), [(0.0, 1.0), (1.0, 0.0)])
def test_a_government_that_does_not_respond_or_has_no_rules_leaves_its_levers_alone(
    responsiveness: float, rules: float
) -> None:
    levers = policy()
    assert governments.realised(levers, frightened(0.0, rules), responsiveness) == levers


@pytest.mark.parametrize("response", RESPONSES, ids=lambda response: response.lever)
def test_no_response_leaves_the_range_of_its_lever(response: governments.Response) -> None:
    lever = BY_ID[response.lever]
    for value in (lever.low, lever.default, lever.high):
        levers = policy()._replace(**{lever.id: value})
        moved = governments.realised(levers, frightened(0.0, 1.0), 1.0)
        assert lever.low <= getattr(moved, lever.id) <= lever.high
    stricter = governments.realised(policy(), frightened(0.0, 1.0), 1.0)
    assert (getattr(stricter, lever.id) - lever.default) * response.full > 0.0


def test_every_side_has_a_response_but_the_non_aligned_who_have_none_to_fear() -> None:
    assert {response.government for response in RESPONSES} == {US, CN, EU, ALIGNED}
    assert NONALIGNED not in {response.government for response in RESPONSES}


def test_a_review_comes_every_six_months_from_its_phase_on() -> None:
    clock, state = simpy.Environment(), Governments()
    clock.process(governments.review_clock(clock, state, EU, 2))
    seen = []
    for month in range(1, 16):
        clock.run(until=month)
        if state.due:
            seen.append(month - 1)
            state.due.clear()
    assert seen == [2, 2 + REVIEW_MONTHS, 2 + 2 * REVIEW_MONTHS]
