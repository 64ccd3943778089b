"""A mechanism that is off is exactly the model without its term, and nothing else is changed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.log import TERM_NAMES, Event
from sim.mechanisms import MECHANISMS
from sim.outcomes import HOSTS, ORIGINS, REGIONS
from sim.replicate import Future
from tests.worlds import entries, future, same, scenario, series

UNTIL = "2031-12"
# A world in which every mechanism bites: incidents, governments that respond, few chips.
LIVELY = {"incident_rate": 4.0, "responsiveness": 1.0, "api_capacity_share": 0.1}
EACH = pytest.mark.parametrize("mechanism", [declared.id for declared in MECHANISMS])

# What a mechanism is worth set to nothing, whether or not a user may set it so.
WORTHLESS: dict[str, dict[str, float]] = {
    "fear_rules": {"responsiveness": 0.0},
    "reputation": {"community_value_musd": 0.0},
    "peer_cascade": {"peer_weight": 0.0},
    "community": {"community_capability": 0.0},
    "ecosystem": {"ecosystem_utility": 0.0},
    "spillovers": {"spillover": 0.0, "leak_share": 0.0},
    "aversion_erosion": {"erosion_rate": 0.0},
    "clearance_spread": {"clearance_own": 0.0, "clearance_peers": 0.0},
    "new_demand": {"entry_startup": 0.0, "entry_startup_2026": 0.0, "entry_enterprise": 0.0},
    "newcomers": {"newcomer_aversion": 1.0},
    "changes_of_mind": {"reversal_rate": 0.0},
    "licence_cost": {"licence_cost": 0.0},
    "diffusion_clock": {
        "reconsider_startup": 1.0,
        "reconsider_enterprise": 1.0,
        "switching_startup": 0.0,
        "switching_enterprise": 0.0,
    },
    "frontier_following": {"premium_efold_eci": np.inf, "task_follows_frontier": 0.0},
}
# Terms of the decision to open that vanish from the log.
SILENT = {
    "commercial_retreat": ("own sales", "pressure to earn"),
    "complements": ("complements",),
    "reputation": ("community",),
    "spillovers": ("leak to rivals",),
    "peer_cascade": ("peers",),
}


def world(*off: str, **assumptions: float) -> Future:
    return future(scenario(until=UNTIL, off=off, assumptions=LIVELY | assumptions))


def equal_logs(one: np.ndarray, other: np.ndarray) -> bool:
    return len(one) == len(other) and all(
        np.array_equal(one[name], other[name]) for name in one.dtype.names
    )


@pytest.mark.parametrize("mechanism", list(WORTHLESS))
def test_a_mechanism_off_is_the_mechanism_with_nothing_in_it(mechanism: str) -> None:
    off, empty = world(mechanism), world(**WORTHLESS[mechanism])
    assert same(off.values, empty.values)
    assert equal_logs(off.log, empty.log)


@EACH
def test_every_mechanism_moves_something(mechanism: str) -> None:
    assert not same(world(mechanism).values, world().values)


@EACH
def test_a_mechanism_off_takes_its_own_terms_out_of_the_decision_and_no_other(
    mechanism: str,
) -> None:
    terms = entries(world(mechanism).log, Event.RELEASE)["terms"]
    usual = entries(world().log, Event.RELEASE)["terms"]
    for k, name in enumerate(TERM_NAMES):
        assert usual[:, k].any()
        assert terms[:, k].any() == (name not in SILENT.get(mechanism, ()))


def total(values: Future, outcome: str, groups: tuple[str, ...]) -> float:
    return float(sum(np.nansum(series(values, outcome, group)) for group in groups))


def test_without_complements_nobody_earns_on_them() -> None:
    assert total(world(), "complement_profit_musd_per_month", ORIGINS) > 0.0
    assert total(world("complements"), "complement_profit_musd_per_month", ORIGINS) == 0.0


def test_without_a_capacity_cap_all_demand_is_served_and_no_rent_is_earned() -> None:
    short = np.nanmin([series(world(), "capacity_served", origin) for origin in ORIGINS])
    assert short < 0.9
    free = world("capacity_cap")
    for origin in ORIGINS:
        served = series(free, "capacity_served", origin)
        assert (served[~np.isnan(served)] == 1.0).all()
    assert total(free, "scarcity_rent", ORIGINS) == 0.0


def test_without_scarcity_rent_makers_short_of_chips_charge_less() -> None:
    short, free = (
        np.nanmean(series(values, "closed_price_over_cost", "frontier")[48:])
        for values in (world(), world("scarcity_rent"))
    )
    assert free < short


def test_without_retained_control_nobody_asks_for_terms() -> None:
    assert entries(world().log, Event.TERMS_ASKED).size
    assert not entries(world("retained_control").log, Event.TERMS_ASKED).size


def test_without_self_hosting_no_inference_is_self_hosted() -> None:
    assert total(world(), "host_share", ("SELF",)) > 0.0
    assert total(world("self_hosting"), "host_share", ("SELF",)) == 0.0
    hosted = world("self_hosting")
    assert total(hosted, "host_share", HOSTS) == pytest.approx(
        (series(hosted, "spend_musd_per_month") > 0.0).sum()
    )


def test_without_good_enough_rivals_cheap_closed_models_cost_more() -> None:
    pressed, free = (
        np.nanmean(series(values, "closed_price_over_cost", "low")[60:])
        for values in (world(), world("good_enough"))
    )
    assert pressed < free


def test_without_falling_costs_serving_stays_as_dear_as_it_was() -> None:
    falling, still = (
        np.nanmean(series(values, "closed_price_usd_per_mtok", "low")[72:])
        for values in (world(), world("cost_decline"))
    )
    assert falling < still


def test_without_progress_of_their_own_labs_end_less_capable() -> None:
    ends = [
        series(values, "frontier_eci", "US closed")[-1]
        for values in (world(), world("own_progress"))
    ]
    assert ends[1] < ends[0] - 5.0


def test_without_fears_rules_reviews_go_on_and_change_no_lever() -> None:
    bound, free = world(), world("fear_rules")
    assert total(bound, "rule_stringency", REGIONS) > 0.0
    assert total(free, "rule_stringency", REGIONS) > 0.0
    assert same(free.values, world(responsiveness=0.0).values)


def test_nothing_is_left_of_trusts_drift_without_its_three_causes() -> None:
    causes = ("aversion_erosion", "clearance_spread", "newcomers")
    still: dict[str, Any] = {"off": causes, "until": "2026-10"}
    frozen = future(scenario(assurance_scheme=0.0, **still))
    for region in ("US", "EU"):
        for outcome in ("cleared_share", "aversion_left"):
            values = series(frozen, outcome, region)
            np.testing.assert_allclose(values, values[0], rtol=1e-12)
