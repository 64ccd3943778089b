"""Labs grow with their chips, learn from better models, and leave when nobody pays any longer."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim import labs as lab_rules
from sim.assumptions.labs import LabParameters
from sim.calendar import LAST_OBSERVED_MONTH
from sim.labs import FUNDING_MONTHS, INVESTORS_GAP_ECI, KH100E_PER_MUSD, Labs
from sim.levers import Policy
from sim.mechanisms import On
from tests.firms import labs_of
from tests.worlds import on_but, policy

P = LabParameters()
TODAY = LAST_OBSERVED_MONTH
UNSEEN = -np.inf
STILL = policy(us_open_funding=0.0, us_public_compute=0.0, eu_open_funding=0.0)
ONLY_LEARNING = on_but("own_progress", "community")


def grow(
    labs: Labs,
    months: int = 1,
    *,
    p: LabParameters = P,
    levers: Policy = STILL,
    on: On = ONLY_LEARNING,
    **told: Any,
) -> None:
    """Let labs do research for some months after today; nothing is on sale unless `told`."""
    wanted: dict[str, Any] = {
        "month": TODAY + 2400,  # compute no longer grows
        "breakthrough": 0.0,
        "best_open": UNSEEN,
        "best_closed": UNSEEN,
        "open_source": False,
        "derivatives": np.zeros(labs.size),
        "learns": True,
    } | told
    month = wanted.pop("month")
    for _ in range(months):
        lab_rules.research(labs, month, p, levers, on, *wanted.values())


def yearly(origin: str, month: int = 0, **levers: float) -> float:
    """Return the log growth of compute a year."""
    where = ("US", "CN", "EU", "OTHER").index(origin)
    return 12.0 * float(lab_rules.compute_growth(month, P, policy(**levers))[where])


def test_compute_grows_as_assumed_to_today_and_by_half_as_much_a_half_life_later() -> None:
    assert math.exp(yearly("US")) == pytest.approx(P.compute_growth)
    later = TODAY + round(12 * P.compute_growth_halflife_years)
    for origin in ("US", "CN", "EU", "OTHER"):
        assert yearly(origin, later) == pytest.approx(0.5 * yearly(origin, TODAY))


def test_chinese_compute_grows_by_what_is_offered_not_refused_and_by_chinese_chips() -> None:
    levers = {
        "chip_export_controls": 0.8,
        "export_control_leakage": 0.25,
        "cn_foreign_chip_refusal": 0.5,
    }
    offered = math.log(P.compute_growth) * (1.0 - 0.8 * 0.75)
    wanted = offered * (0.5 + 0.5 * P.refusal_boost) + P.cn_domestic_growth
    assert yearly("CN", **levers) == pytest.approx(wanted)


def test_controls_bite_leakage_undoes_and_neither_touches_the_united_states() -> None:
    free, controlled, leaky = (
        {"chip_export_controls": control, "export_control_leakage": leakage}
        for control, leakage in ((0.0, 0.0), (0.9, 0.0), (0.9, 0.4))
    )
    assert yearly("CN", **controlled) < yearly("CN", **leaky) < yearly("CN", **free)
    assert yearly("US", **controlled) == yearly("US", **free)


def test_supply_to_third_countries_scales_their_growth_and_nobody_elses() -> None:
    full = yearly("OTHER", third_country_chip_supply=1.0)
    assert yearly("OTHER", third_country_chip_supply=0.5) == pytest.approx(0.5 * full)
    assert full == pytest.approx(yearly("US"))


def test_capability_follows_compute_and_algorithms() -> None:
    labs = labs_of("US")
    grow(labs, 12, on=on_but("spillovers", "community"), month=0)
    tenfold = math.log10(P.compute_growth) + math.log10(P.algorithmic_progress)
    assert labs.capability[0] - 160.0 == pytest.approx(P.eci_per_oom * tenfold)
    assert labs.training[0] == labs.inference[0] == pytest.approx(100.0 * P.compute_growth)


def test_without_progress_of_their_own_algorithms_labs_gain_as_if_it_were_none() -> None:
    off, none = (labs_of("US", "CN", capability=[160.0, 150.0]) for _ in range(2))
    grow(off, 12, on=on_but("own_progress"), month=0)
    grow(none, 12, on=on_but(), p=replace(P, algorithmic_progress=1.0), month=0)
    np.testing.assert_array_equal(off.capability, none.capability)


def test_in_observed_months_compute_grows_and_capability_waits_for_the_record() -> None:
    labs = labs_of("US", "CN", capability=[160.0, UNSEEN])
    grow(labs, month=0, learns=False)
    assert labs.capability.tolist() == [160.0, UNSEEN]
    assert (labs.training > 100.0).all()


def test_a_lab_that_has_released_nothing_does_not_learn() -> None:
    labs = labs_of("US", "CN", capability=[160.0, UNSEEN])
    grow(labs, 3)
    assert labs.capability[1] == UNSEEN


TEXTBOOK = replace(P, persistent_gap=0.0, spillover_weights=0.0, spillover_distillation=0.0)


@pytest.mark.parametrize("spillover", [0.02, 0.05, 0.10])
@pytest.mark.parametrize("lead_per_month", [0.1, 0.6])
def test_the_steady_gap_of_a_follower_is_the_difference_of_growth_over_the_spillover(
    spillover: float, lead_per_month: float
) -> None:
    p = replace(TEXTBOOK, spillover=spillover, community_capability=lead_per_month)
    labs = labs_of("US", "US", openness=[1.0, 0.0])
    # ln(1 + D) = 1: the leader, which is open, gains `lead_per_month` more than the follower
    built = np.array([math.e - 1.0, 0.0])
    grow(labs, 600, p=p, on=on_but("own_progress"), derivatives=built)
    gap = labs.capability[0] - labs.capability[1]
    assert gap == pytest.approx(lead_per_month / spillover, rel=1e-4)


def test_a_part_of_the_gap_at_the_start_stays_for_good() -> None:
    p = replace(TEXTBOOK, persistent_gap=0.7)
    labs = labs_of("US", "CN", capability=[160.0, 150.0], gap_start=[0.0, 10.0])
    grow(labs, 600, p=p)
    assert labs.capability[0] - labs.capability[1] == pytest.approx(7.0, abs=1e-3)


def test_compute_lost_to_the_largest_lab_is_a_gap_that_learning_does_not_close() -> None:
    changed = {"capability": [160.0, 140.0], "training": [1000.0, 100.0]}
    labs = labs_of("US", "US", compute_lag_start=[0.0, 0.5], **changed)
    grow(labs, 600, p=TEXTBOOK)
    gap = labs.capability[0] - labs.capability[1]
    assert gap == pytest.approx(0.5 * P.eci_per_oom, abs=1e-3)


def learned(p: LabParameters = P, **told: Any) -> float:
    """Return what a lab 10 ECI behind everything learns in a month, over spillover x gap."""
    labs = labs_of("US", "CN", capability=[160.0, 150.0])
    levers = told.pop("levers", STILL)
    grow(labs, p=replace(p, persistent_gap=0.0), levers=levers, **told)
    return float(labs.capability[1] - 150.0) / (p.spillover * 10.0)


def test_each_channel_carries_its_part_of_learning() -> None:
    free = policy(api_know_your_customer=0.0)
    papers = 1.0 - P.spillover_weights - P.spillover_distillation
    assert learned(levers=free) == pytest.approx(papers, rel=1e-3)
    weights = learned(levers=free, best_open=160.0)
    assert weights == pytest.approx(papers + P.spillover_weights, rel=1e-3)
    answers = learned(levers=free, best_closed=160.0)
    assert answers == pytest.approx(papers + P.spillover_distillation, rel=1e-3)


def test_a_weaker_open_model_teaches_less() -> None:
    assert learned(best_open=155.0) == pytest.approx(learned() + 0.5 * P.spillover_weights)
    assert learned(best_open=149.0) == learned()


def test_knowing_ones_customers_limits_learning_from_answers_alone() -> None:
    strict = policy(api_know_your_customer=1.0)
    assert learned(levers=strict, best_open=160.0) == learned(best_open=160.0)
    free = policy(api_know_your_customer=0.0)
    kept = learned(levers=strict, best_closed=160.0) - learned()
    assert kept == pytest.approx(
        (learned(levers=free, best_closed=160.0) - learned()) * (1.0 - P.distillation_reduction)
    )


def test_a_model_with_data_and_code_teaches_more_than_weights_alone() -> None:
    more = learned(best_open=160.0, open_source=True) - learned(best_open=160.0)
    assert more == pytest.approx(P.spillover_weights * P.open_source_bonus)


def test_nobody_learns_without_spillovers_and_the_leader_never_does() -> None:
    alone = on_but("own_progress", "community", "spillovers")
    assert learned(on=alone) == pytest.approx(0.0, abs=1e-9)
    labs = labs_of("US", "CN", capability=[160.0, 150.0])
    grow(labs, best_open=150.0, best_closed=160.0)
    assert labs.capability[0] == pytest.approx(160.0, abs=1e-6)


def test_what_is_built_on_an_open_labs_models_makes_that_lab_more_capable() -> None:
    on = on_but("own_progress", "spillovers")
    labs = labs_of("US", "US", openness=[0.5, 0.0])
    grow(labs, on=on, derivatives=np.full(2, math.e - 1.0))
    gained = labs.capability - 160.0
    np.testing.assert_allclose(gained, [0.5 * P.community_capability, 0.0], atol=1e-6)
    grow(labs, on=on_but("own_progress", "spillovers", "community"), derivatives=np.full(2, 9.0))
    np.testing.assert_allclose(labs.capability - 160.0, gained, atol=1e-6)


def test_a_chip_breakthrough_gives_chinese_labs_chips_for_training_and_inference() -> None:
    labs = labs_of("US", "CN")
    grow(labs, breakthrough=0.3)
    np.testing.assert_allclose(labs.training, [100.0, 100.0 * math.exp(0.3)], rtol=1e-6)
    np.testing.assert_allclose(labs.inference, labs.training)


def test_public_money_and_chips_are_shared_by_the_open_labs_of_the_country() -> None:
    labs = labs_of("US", "US", "US", "EU", "CN", openness=[1.0, 0.5, 0.4, 1.0, 1.0])
    grow(labs, levers=policy(us_open_funding=100.0, us_public_compute=120.0, eu_open_funding=50.0))
    american = (100.0 * KH100E_PER_MUSD + 10.0) / 2.0
    wanted = [american, american, 0.0, 50.0 * KH100E_PER_MUSD, 0.0]
    np.testing.assert_allclose(labs.training - 100.0, wanted, atol=1e-4)
    np.testing.assert_allclose(labs.inference, 100.0, rtol=1e-6)


def test_a_lab_that_has_left_gets_no_public_money() -> None:
    labs = labs_of("US", "US", openness=1.0, active=[True, False])
    grow(labs, levers=policy(us_open_funding=100.0, us_public_compute=0.0))
    np.testing.assert_allclose(labs.training - 100.0, [3.3, 0.0], atol=1e-4)


def settled(profit: float = 0.0, **changes: Any) -> tuple[Labs, bool]:
    """Return a leader, and another lab after a month in which it ran out of cash or not."""
    told: dict[str, Any] = {
        "cash": [1e6, 50.0],
        "capability": [160.0, 160.0 - INVESTORS_GAP_ECI - 1.0],
        "profit_start": 0.0,
    } | changes
    labs = labs_of("US", "US", **told)
    gone = lab_rules.settle(labs, np.array([0.0, profit]), P)
    assert not gone[0]
    return labs, bool(gone[1])


def test_a_lab_far_behind_that_sells_little_leaves_when_its_cash_is_gone() -> None:
    labs, gone = settled()
    assert gone
    assert not labs.active[1]


def test_a_lab_with_cash_stays() -> None:
    labs, gone = settled(cash=[1e6, 101.0])
    assert not gone
    assert labs.cash[1] == pytest.approx(1.0)


@pytest.mark.parametrize(
    "saved_by",
    [
        {"capability": [160.0, 160.0 - INVESTORS_GAP_ECI]},
        {"first_party": [0.0, P.funding_floor * 100.0]},
    ],
)
def test_a_lab_near_the_frontier_or_with_sales_is_funded_again(saved_by: dict[str, Any]) -> None:
    labs, gone = settled(**saved_by)
    assert not gone
    assert labs.cash[1] == pytest.approx(50.0 - 100.0 + FUNDING_MONTHS * 100.0)


@pytest.mark.parametrize("kept_by", [{"complement": [0.0, 0.15]}, {"members": [1.0, 10.0]}])
def test_parents_keep_their_labs_and_a_fringe_never_leaves_as_a_whole(
    kept_by: dict[str, Any],
) -> None:
    labs, gone = settled(**kept_by)
    assert not gone
    assert labs.active[1]


def test_a_lab_that_has_not_entered_yet_cannot_leave() -> None:
    assert not settled(capability=[160.0, UNSEEN])[1]


def test_only_profit_beyond_that_of_the_first_month_moves_cash() -> None:
    labs = labs_of("US")
    for profit, cash in ((70.0, 1e6 - 100.0), (90.0, 1e6 - 180.0), (10.0, 1e6 - 340.0)):
        lab_rules.settle(labs, np.array([profit]), P)
        assert labs.cash[0] == pytest.approx(cash)


def test_compute_starts_so_that_the_status_quo_reaches_todays() -> None:
    growth = np.full(len(lab_rules.lab_ids()), math.log(4.0))
    now, then = lab_rules.initial_labs(np.zeros_like(growth)), lab_rules.initial_labs(growth)
    np.testing.assert_allclose(then.training * 4.0, now.training)
    np.testing.assert_allclose(then.inference * 4.0, now.inference)
    np.testing.assert_allclose(then.cash * 2.0, now.cash)
