"""What holds of the outcomes of every run, whatever the levers, the assumptions and the seed."""

from __future__ import annotations

import dataclasses

import numpy as np
from hypothesis import given

from sim import Scenario
from sim.catalogue import load_labs
from sim.lab_names import LAB_LABELS, LABS
from sim.log import Event
from sim.outcomes import (
    BLOCS,
    HOSTS,
    ORIGINS,
    OUTCOMES,
    PLACES,
    REGIONS,
    SERIES,
    WEIGHTINGS,
)
from sim.outcomes import BY_ID as OUTCOME
from tests.properties.anything import HORIZON, STREAMS, Told, few, scenarios, seeds, told
from tests.worlds import same, same_future, scenario, unfolded

SIGNED = {
    "surplus_util",
    "surplus_no_aversion_util",
    "open_closed_gap_eci",
    "lab_profit_musd_per_month",
    "lab_income_musd_per_month",
}


def test_labs_are_named_as_in_the_data() -> None:
    assert {lab.id: lab.name for lab in load_labs()} == LAB_LABELS
    assert tuple(lab.id for lab in load_labs()) == LABS


@few
@given(told)
def test_what_labs_earn_is_what_their_countries_do(future: Told) -> None:
    parts = ("lab_profit_musd_per_month", "complement_profit_musd_per_month")
    countries = sum(future.total(part, ORIGINS) for part in parts)
    labs = future.total("lab_income_musd_per_month", LABS)
    np.testing.assert_allclose(labs, countries, rtol=1e-9, atol=1e-9)


@few
@given(told)
def test_every_share_and_index_lies_between_zero_and_one(future: Told) -> None:
    for outcome, group in SERIES:
        unit = OUTCOME[outcome].unit
        if "share" in unit or unit == "index, 0 to 1":
            values = future.known(outcome, group)
            assert ((values >= 0.0) & (values <= 1.0 + 1e-12)).all(), (outcome, group)


@few
@given(told)
def test_shares_of_blocs_of_hosts_and_of_derivatives_sum_to_one(future: Told) -> None:
    assert future.served.sum() > HORIZON - 12
    for outcome, groups in (
        *((f"bloc_share_{weighting}", BLOCS) for weighting in WEIGHTINGS),
        ("host_share", HOSTS),
    ):
        np.testing.assert_allclose(future.total(outcome, groups)[future.served], 1.0, rtol=1e-9)
    built = future.total("derivative_share", ORIGINS)
    np.testing.assert_allclose(built[~np.isnan(built)], 1.0, rtol=1e-9)


@few
@given(told)
def test_shares_of_blocs_in_a_region_sum_to_one_and_agree_with_those_by_openness(
    future: Told,
) -> None:
    for weighting in ("tokens", "spend"):
        outcome = f"bloc_share_by_region_{weighting}"
        for region in REGIONS:
            blocs = [f"{bloc} in {region}" for bloc in BLOCS]
            total = future.total(outcome, tuple(blocs))
            known = ~np.isnan(total)
            np.testing.assert_allclose(total[known], 1.0, rtol=1e-9)
            openly = tuple(bloc for bloc in blocs if " open in " in bloc)
            np.testing.assert_allclose(
                future.total(outcome, openly)[known],
                future[f"open_share_{weighting}", region][known],
                atol=1e-9,
            )


@few
@given(told)
def test_tokens_and_spend_of_the_regions_sum_to_those_of_the_world(future: Told) -> None:
    for outcome in ("tokens_trillion_per_month", "spend_musd_per_month"):
        world = future[outcome, "world"][future.served]
        np.testing.assert_allclose(future.total(outcome, REGIONS)[future.served], world, rtol=1e-9)


@few
@given(told)
def test_shares_by_openness_agree_with_each_other(future: Told) -> None:
    for weighting in WEIGHTINGS:
        blocs = tuple(bloc for bloc in BLOCS if bloc.endswith("open"))
        world = future[f"open_share_{weighting}", "world"][future.served]
        total = future.total(f"bloc_share_{weighting}", blocs)[future.served]
        np.testing.assert_allclose(total, world, atol=1e-12)
        for place in PLACES:
            chinese, openly = (
                future[f"{kind}open_share_{weighting}", place] for kind in ("cn_", "")
            )
            known = ~np.isnan(openly)
            assert (chinese[known] <= openly[known] + 1e-12).all()


@few
@given(told)
def test_no_quantity_is_negative_and_nothing_is_infinite(future: Told) -> None:
    assert not np.isinf(future.future.values).any()
    for outcome in (outcome for outcome in OUTCOMES if outcome.id not in SIGNED):
        for group in outcome.groups:
            assert (future.known(outcome.id, group) >= 0.0).all(), (outcome.id, group)


@few
@given(told)
def test_what_can_only_grow_never_falls(future: Told) -> None:
    for outcome in ("frontier_eci", "cleared_share", "lab_exits"):
        for group in OUTCOME[outcome].groups:
            assert (np.diff(future.known(outcome, group)) >= 0.0).all(), (outcome, group)


@few
@given(told)
def test_aversion_only_falls(future: Told) -> None:
    for group in OUTCOME["aversion_left"].groups:
        assert (np.diff(future.known("aversion_left", group)) <= 1e-12).all()


@few
@given(told)
def test_makers_do_not_earn_more_than_developers_spend(future: Told) -> None:
    earned = future.total("maker_revenue_musd_per_month", ORIGINS)[future.served]
    spent = future["spend_musd_per_month", "world"][future.served]
    assert (earned <= spent * (1.0 + 1e-9)).all()


@few
@given(told)
def test_whether_a_lab_opened_is_whether_its_draw_was_below_its_chance(future: Told) -> None:
    for event in (Event.RELEASE, Event.PREDECESSOR, Event.TERMS_ASKED):
        logged = future.entries(event)
        happened = logged["value"] > 0.0 if event is Event.RELEASE else np.ones(len(logged), bool)
        clear = np.abs(logged["draw"] - logged["chance"]) > 1e-6  # the log keeps seven digits
        below = logged["draw"] < logged["chance"]
        np.testing.assert_array_equal(happened[clear], below[clear])


@few
@given(told)
def test_every_licence_was_asked_for_and_none_came_before_it_was(future: Told) -> None:
    asked, granted = (
        future.entries(event) for event in (Event.LICENCE_ASKED, Event.LICENCE_GRANTED)
    )
    queue = future["licensing_queue", "US"]
    assert (future.known("licensing_wait_months", "US") >= 0.0).all()
    for month in range(0, HORIZON + 1, 6):
        so_far = [(logged["month"] <= month).sum() for logged in (asked, granted)]
        # a licence is granted between two markets, and seen at the second
        assert so_far[0] - so_far[1] - queue[month] >= 0
    for product in np.unique(granted["product"]):
        first = [logged["month"][logged["product"] == product].min() for logged in (asked, granted)]
        assert first[0] <= first[1]


@few
@given(scenarios(), seeds)
def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(
    scenario: Scenario, seed: int
) -> None:
    one, again, other = (Told(scenario, s).future for s in (seed, seed, seed ^ 1))
    assert same_future(one, again)
    assert one.values.tobytes() != other.values.tobytes()


@few
@given(scenarios(), seeds)
def test_scenarios_equal_but_for_their_words_differ_by_exactly_zero(
    scenario: Scenario, seed: int
) -> None:
    words = dataclasses.replace(scenario, name="other", title="Other", story="Told otherwise.")
    assert same_future(Told(words, seed).future, Told(scenario, seed).future)


@few
@given(scenarios(), seeds)
def test_a_longer_horizon_changes_nothing_before_it(scenario: Scenario, seed: int) -> None:
    longer = Told(dataclasses.replace(scenario, horizon=HORIZON + 6), seed).future
    usual = Told(scenario, seed).future
    assert same(longer.values[:, : HORIZON + 1], usual.values)
    assert longer.log[longer.log["month"] <= HORIZON].tobytes() == usual.log.tobytes()


@few
@given(scenarios(), seeds)
def test_no_number_overflows_and_nothing_is_divided_by_zero(scenario: Scenario, seed: int) -> None:
    # The reference raises at any of these; compiled code would go on in silence.
    future = unfolded(scenario, seed=seed, streams=STREAMS, served_by="reference")
    assert future.values.shape == (len(SERIES), HORIZON + 1)


def test_every_outcome_is_defined_in_some_month_of_an_eventful_future() -> None:
    lively = {"incident_rate": 4.0, "responsiveness": 1.0, "api_capacity_share": 0.1}
    told = scenario(until="2030-12", assumptions=lively, us_open_licence_threshold=25.0)
    future = unfolded(told, streams=1000)
    missing = {key for key, row in zip(SERIES, future.values, strict=True) if np.isnan(row).all()}
    assert not missing
