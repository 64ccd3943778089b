"""What holds in every month of every run, whatever the levers, the assumptions and the seed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim import Scenario, policy, run
from sim.bookkeeping import purchases
from sim.calendar import month_index
from sim.ledger import demand_index
from sim.levers import LEVERS
from sim.mechanisms import MECHANISMS
from sim.order import ORDER
from sim.outcomes import BLOCS, HOSTS, OUTCOMES, PLACES, REGIONS, ROW, SERIES, WEIGHTINGS
from sim.outcomes import BY_ID as OUTCOME
from sim.parameters import ASSUMPTIONS
from sim.replicate import simulate
from sim.scenario import LeverSetting
from sim.world import World

HORIZON = month_index("2028-12")
STREAMS = 300
# At the ends of these two ranges exp() of a utility overflows; they stay at their defaults.
ASSUMED = sorted(set(ASSUMPTIONS) - {"price_sensitivity_spread", "other_cost_usd_per_mtok"})
few = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
seeds = st.integers(0, 2**31 - 1)


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Return any levers, assumptions and mechanisms, to the end of 2028."""
    levers = {
        lever.id: LeverSetting(
            draw(st.floats(lever.low, lever.high)),
            draw(st.integers(0, HORIZON)),
            draw(st.integers(0, 24)),
        )
        for lever in draw(st.lists(st.sampled_from(LEVERS), unique_by=lambda lever: lever.id))
    }
    assumptions = {
        name: draw(st.floats(ASSUMPTIONS[name].low, ASSUMPTIONS[name].high))
        for name in draw(st.lists(st.sampled_from(ASSUMED), max_size=8, unique=True))
    }
    off = draw(st.sets(st.sampled_from([mechanism.id for mechanism in MECHANISMS]), max_size=2))
    return Scenario("any", "Any", "", levers, assumptions, tuple(sorted(off)), HORIZON)


class Future:
    """The outcomes of one run by name and group."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self.values = simulate(scenario, seed=seed, replicate=0, streams=STREAMS)

    def __getitem__(self, key: tuple[str, str]) -> np.ndarray:
        return self.values[ROW[key]]

    def total(self, outcome: str, groups: tuple[str, ...]) -> np.ndarray:
        return np.sum([self[outcome, group] for group in groups], axis=0)

    @property
    def served(self) -> np.ndarray:
        """The months with a market."""
        return self["spend_musd_per_month", "world"] > 0


futures = st.builds(Future, scenarios(), seeds)


@few
@given(futures)
def test_every_share_and_index_lies_between_zero_and_one(future: Future) -> None:
    for outcome, group in SERIES:
        unit = OUTCOME[outcome].unit
        if "share" in unit or unit == "index, 0 to 1":
            series = future[outcome, group]
            known = series[~np.isnan(series)]
            assert ((known >= 0.0) & (known <= 1.0 + 1e-12)).all(), (outcome, group)


@few
@given(futures)
def test_shares_of_blocs_and_of_hosts_sum_to_one(future: Future) -> None:
    assert future.served.sum() > HORIZON - 12
    for outcome, groups in (
        *((f"bloc_share_{weighting}", BLOCS) for weighting in WEIGHTINGS),
        ("host_share", HOSTS),
    ):
        np.testing.assert_allclose(future.total(outcome, groups)[future.served], 1.0, rtol=1e-9)


@few
@given(futures)
def test_tokens_and_spend_of_the_regions_sum_to_those_of_the_world(future: Future) -> None:
    for outcome in ("tokens_trillion_per_month", "spend_musd_per_month"):
        world = future[outcome, "world"][future.served]
        np.testing.assert_allclose(future.total(outcome, REGIONS)[future.served], world, rtol=1e-9)


@few
@given(futures)
def test_shares_by_openness_agree_with_each_other(future: Future) -> None:
    for weighting in WEIGHTINGS:
        blocs = [bloc for bloc in BLOCS if bloc.endswith("open")]
        world = future[f"open_share_{weighting}", "world"][future.served]
        total = future.total(f"bloc_share_{weighting}", tuple(blocs))[future.served]
        np.testing.assert_allclose(total, world, atol=1e-12)
        for place in PLACES:
            chinese, openly = (
                future[f"{kind}open_share_{weighting}", place] for kind in ("cn_", "")
            )
            known = ~np.isnan(openly)
            assert (chinese[known] <= openly[known] + 1e-12).all()


@few
@given(futures)
def test_no_quantity_is_negative_and_nothing_is_infinite(future: Future) -> None:
    assert not np.isinf(future.values).any()
    signed = {"surplus_util", "surplus_no_aversion_util", "open_closed_gap_eci"}
    for outcome in (o for o in OUTCOMES if o.id not in signed):
        for group in outcome.groups:
            series = future[outcome.id, group]
            assert (series[~np.isnan(series)] >= 0.0).all(), (outcome.id, group)


@few
@given(futures)
def test_the_best_model_so_far_never_gets_worse_and_clearance_is_never_lost(
    future: Future,
) -> None:
    for outcome in ("frontier_eci", "cleared_share"):
        for group in OUTCOME[outcome].groups:
            series = future[outcome, group]
            assert (np.diff(series[~np.isnan(series)]) >= 0.0).all(), (outcome, group)


@few
@given(scenarios(), seeds)
def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(
    scenario: Scenario, seed: int
) -> None:
    one, again, other = (Future(scenario, s).values for s in (seed, seed, seed ^ 1))
    assert one.tobytes() == again.tobytes()
    assert one.tobytes() != other.tobytes()


@few
@given(scenarios(), seeds, st.integers(0, 2))
def test_a_future_is_the_same_alone_and_among_others(
    scenario: Scenario, seed: int, replicate: int
) -> None:
    ensemble = run(scenario, replicates=3, seed=seed, streams=STREAMS, workers=1)
    alone = simulate(scenario, seed=seed, replicate=replicate, streams=STREAMS)
    assert ensemble.values[replicate].tobytes() == alone.tobytes()


@few
@given(scenarios(), seeds)
def test_scenarios_equal_but_for_their_words_differ_by_exactly_zero(
    scenario: Scenario, seed: int
) -> None:
    words = dataclasses.replace(scenario, name="other", title="Other", story="Told otherwise.")
    assert Future(words, seed).values.tobytes() == Future(scenario, seed).values.tobytes()


@few
@given(scenarios(), seeds)
def test_a_longer_horizon_changes_nothing_before_it(scenario: Scenario, seed: int) -> None:
    longer = dataclasses.replace(scenario, horizon=HORIZON + 6)
    kept = Future(longer, seed).values[:, : HORIZON + 1]
    np.testing.assert_array_equal(kept, Future(scenario, seed).values)


def watched(scenario: Scenario, seed: int, look: Callable[[World], None]) -> None:
    """Run one future and look at the world at the end of each month with a market."""
    seen = []

    def step(world: World) -> None:
        if world.menu.size:
            seen.append(world.month)
            look(world)

    order = (*ORDER, ("look", step))
    simulate(scenario, seed=seed, replicate=0, streams=STREAMS, order=order)
    assert len(seen) > HORIZON - 12


@few
@given(scenarios(), seeds)
def test_nobody_uses_what_is_out_of_reach_forbidden_or_not_cleared(
    scenario: Scenario, seed: int
) -> None:
    def look(world: World) -> None:
        menu, who = world.menu, world.who
        bound = policy.bound(world.rules, who, world.p.market, world.month)
        for row in (world.use.row, world.use.second_row):
            used = row >= 0
            assert menu.open_to[row[used], who.region[used]].all()
            hosted = (row >= menu.cn) & (row < menu.cn_self)
            assert not (bound.ban_hosted & hosted).any()
            assert not (bound.ban_self & (row >= menu.cn_self)).any()
            assert not ((row >= menu.cn) & ~world.trust.cleared).any()
            trusted = menu.open[row] & (row < menu.cn)
            assert trusted[used & bound.only_trusted].all()

    watched(scenario, seed, look)


@few
@given(scenarios(), seeds)
def test_whoever_does_not_choose_stays_with_the_family(scenario: Scenario, seed: int) -> None:
    family = np.full(STREAMS, -1)

    def look(world: World) -> None:
        use = world.use
        stays = ~use.chose & (use.row >= 0)
        np.testing.assert_array_equal(world.menu.lab[use.row[stays]], family[stays])
        np.testing.assert_array_equal(world.menu.model[use.row[stays]], use.model[stays])
        family[:] = np.where(use.row >= 0, world.menu.lab[use.row], -1)

    watched(scenario, seed, look)


@few
@given(scenarios(), seeds)
def test_demand_that_does_not_respond_to_price_is_served_to_the_last_token(
    scenario: Scenario, seed: int
) -> None:
    fixed = dataclasses.replace(
        scenario, assumptions={**scenario.assumptions, "volume_elasticity": 0.0}
    )

    def look(world: World) -> None:
        tokens, choices, _ = purchases(world, world.menu)
        served = world.use.row >= 0
        wanted = world.who.volume_mtok[served].sum() * demand_index(world.p.market, world.month)
        np.testing.assert_allclose(tokens.sum(), wanted, rtol=1e-9)
        assert choices.sum() == served.sum()

    watched(fixed, seed, look)
