"""What holds inside the world in every month of every run."""

from __future__ import annotations

import dataclasses

import numpy as np
from hypothesis import given

from sim import Scenario, developers
from sim.bookkeeping import purchase_orders
from sim.crowd import BANNED_HOSTED, BANNED_SELF, ONLY_TRUSTED, bound
from sim.ledger import demand_index
from sim.log import Event
from sim.offers import CN_SELF, FIRST_PARTY, HOME_HOST, ORIGIN_CN, THIRD_PARTY
from sim.population import CN
from sim.pricing import capacity_musd
from sim.world import World
from tests.properties.anything import STREAMS, few, scenarios, seeds, watch
from tests.worlds import entries, order_with, unfolded


@few
@given(scenarios(), seeds)
def test_nobody_uses_what_is_out_of_reach_forbidden_or_not_cleared(
    scenario: Scenario, seed: int
) -> None:
    def look(world: World) -> None:
        menu, who, held = world.menu, world.who, world.use.held
        assert menu is not None
        bits = bound(world.crowd, developers._rules(world))
        own_from = int(menu.starts[CN_SELF])
        for row in (held.row, held.second_row):
            used = row >= 0
            assert menu.open_to[row[used], who.region[used]].all()
            hosted = (row >= menu.cn) & (row < own_from)
            assert not ((bits & BANNED_HOSTED > 0) & hosted).any()
            assert not ((bits & BANNED_SELF > 0) & (row >= own_from)).any()
            assert not ((row >= menu.cn) & ~world.trust.cleared).any()
            trusted = menu.open[row] & (row < menu.cn)
            assert trusted[used & (bits & ONLY_TRUSTED > 0)].all()

    watch(scenario, seed, look)


@few
@given(scenarios(), seeds)
def test_closed_models_have_no_third_party_host_and_withheld_weights_no_users_abroad(
    scenario: Scenario, seed: int
) -> None:
    def look(world: World) -> None:
        menu, held = world.menu, world.use.held
        assert menu is not None
        assert menu.open[menu.kind != FIRST_PARTY].all()
        assert (menu.kind[~menu.open] == FIRST_PARTY).all()
        if world.shelf is None:
            return
        kept = world.shelf.withheld[menu.version] & (menu.kind != FIRST_PARTY)
        assert (menu.origin[kept] == ORIGIN_CN).all()
        for row in (held.row, held.second_row):
            used = np.flatnonzero(row >= 0)
            abroad = world.who.region[used] != CN
            assert not kept[row[used[abroad]]].any()

    watch(scenario, seed, look)


@few
@given(scenarios(), seeds)
def test_whoever_does_not_choose_stays_with_the_family(scenario: Scenario, seed: int) -> None:
    family = np.full(STREAMS, -1)

    def look(world: World) -> None:
        menu, held = world.menu, world.use.held
        assert menu is not None
        maker = np.append(menu.lab, -1)[held.row]
        stays = held.row >= 0
        stays[world.use.chose] = False
        if (world.labs.served == 1.0).all():  # nobody was turned away
            np.testing.assert_array_equal(maker[stays], family[stays])
        family[:] = maker

    watch(scenario, seed, look)


@few
@given(scenarios(), seeds)
def test_demand_that_does_not_respond_to_price_is_served_to_the_last_token(
    scenario: Scenario, seed: int
) -> None:
    short = {"volume_elasticity": 0.0, "api_capacity_share": 0.1}
    fixed = dataclasses.replace(scenario, assumptions={**scenario.assumptions, **short})

    def look(world: World) -> None:
        assert world.bought is not None
        tokens, choices, _ = world.bought
        served = world.use.held.row >= 0
        wanted = world.who.volume_mtok[served].sum() * demand_index(
            world.numbers.market, world.month
        )
        np.testing.assert_allclose(tokens.sum(), wanted, rtol=1e-9)
        assert choices.sum() == served.sum()

    watch(fixed, seed, look)


@few
@given(scenarios(), seeds)
def test_money_paid_is_tokens_times_what_each_pays_and_makers_get_the_list_price(
    scenario: Scenario, seed: int
) -> None:
    def look(world: World) -> None:
        menu = world.menu
        assert menu is not None
        assert world.bought is not None
        orders = purchase_orders(world, menu)
        np.testing.assert_allclose(world.bought[2].sum(), orders.spend.sum(), rtol=1e-9)
        np.testing.assert_allclose(world.bought[0].sum(), orders.tokens.sum(), rtol=1e-9)
        tokens = world.bought[0].sum(axis=1)
        earned = np.bincount(menu.lab, tokens * menu.price * menu.first, world.labs.size) / 1e6
        np.testing.assert_allclose(world.labs.first_party, earned, rtol=1e-9)

    watch(scenario, seed, look)


@few
@given(scenarios(), seeds)
def test_no_maker_short_of_chips_serves_more_than_they_allow(scenario: Scenario, seed: int) -> None:
    tight = dataclasses.replace(
        scenario, assumptions={**scenario.assumptions, "api_capacity_share": 0.1}
    )

    def look(world: World) -> None:
        menu, labs = world.menu, world.labs
        short = labs.served < 1.0
        if world.observed or menu is None or not short.any():
            return
        orders = purchase_orders(world, menu)
        chips = orders.tokens * menu.chips[orders.row] / 1e6 * menu.first[orders.row]
        served = np.bincount(menu.lab[orders.row], chips, minlength=labs.size)
        largest = np.zeros(labs.size)
        np.maximum.at(largest, menu.lab[orders.row], chips)
        available = capacity_musd(labs.inference, world.p.labs.api_capacity_share)
        assert (served <= available + largest * (1.0 + 1e-9))[short].all()

    watch(tight, seed, look)


@few
@given(scenarios(), seeds)
def test_no_stock_is_ever_negative(scenario: Scenario, seed: int) -> None:
    def look(world: World) -> None:
        labs, menu = world.labs, world.menu
        assert menu is not None
        for stock in (labs.training, labs.inference, labs.burn, world.derivatives):
            assert (stock >= 0.0).all()
        assert ((labs.openness >= 0.0) & (labs.openness <= 1.0)).all()
        assert ((labs.served > 0.0) & (labs.served <= 1.0)).all()
        assert (menu.price > 0.0).all()
        assert (menu.cost > 0.0).all()
        assert (menu.paid >= menu.price[:, None] * (1.0 - 1e-12)).all()
        assert world.office.pending >= 0
        assert world.office.leaving >= 0
        assert all(0.0 <= rules <= 1.0 for rules in world.governments.rules)

    watch(scenario, seed, look)


@few
@given(scenarios(), seeds)
def test_third_parties_host_at_home_but_for_third_countries(scenario: Scenario, seed: int) -> None:
    def look(world: World) -> None:
        menu = world.menu
        assert menu is not None
        hosts = menu.host[menu.kind == THIRD_PARTY]
        assert (hosts[:, :3] == HOME_HOST[:3]).all()

    watch(scenario, seed, look)


@few
@given(scenarios(), seeds)
def test_a_lab_that_left_sells_nothing_and_releases_nothing_but_its_weights_stay(
    scenario: Scenario, seed: int
) -> None:
    broke = dataclasses.replace(
        scenario, assumptions={**scenario.assumptions, "funding_floor": 1.0}
    )
    left: dict[int, int] = {}

    def look(world: World) -> None:
        menu = world.menu
        assert menu is not None
        for lab in left:
            own = menu.lab == lab
            assert menu.open[own].all()
            assert not menu.first[own].any()
        for lab in np.flatnonzero(~world.labs.active).tolist():
            left.setdefault(lab, world.month)

    future = unfolded(broke, seed=seed, streams=STREAMS, order=order_with(look))
    for entry in entries(future.log, Event.RELEASE):
        assert entry["month"] <= left.get(int(entry["actor"]), 10**6)
    exits = entries(future.log, Event.EXIT)
    assert dict(zip(exits["actor"].tolist(), exits["month"].tolist(), strict=True)) == left


@few
@given(scenarios(), seeds)
def test_every_release_that_is_counted_is_in_the_log(scenario: Scenario, seed: int) -> None:
    counted: list[np.ndarray] = []
    first: list[int] = []

    def look(world: World) -> None:
        counted[:] = [world.releases.copy()]
        first[:] = [world.first_simulated_month]
        origins[:] = [world.labs.origin]

    origins: list[np.ndarray] = []
    future = unfolded(scenario, seed=seed, streams=STREAMS, order=order_with(look))
    logged = np.zeros_like(counted[0])
    for event, always_open in ((Event.RELEASE, False), (Event.PREDECESSOR, True)):
        for entry in entries(future.log, event):
            opened = always_open or entry["value"] > 0.0
            logged[origins[0][entry["actor"]], entry["month"], int(opened)] += 1.0
    np.testing.assert_array_equal(logged[:, first[0] :], counted[0][:, first[0] :])
    assert not logged[:, : first[0]].any()
