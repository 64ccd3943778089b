"""The record hands over to the labs without a jump, and a simulated history begins as 2023 did."""

from __future__ import annotations

import numpy as np
import pytest
import simpy

from sim import beginning, supply
from sim.beginning import TIERS_BEHIND, new_world
from sim.calendar import LAST_OBSERVED_MONTH
from sim.catalogue import load_labs
from sim.labs import Labs, lab_ids
from sim.log import Event
from sim.order import ORDER
from sim.shelf import frontier_of
from sim.world import World
from tests.worlds import entries, order_with, scenario, series, unfolded

TODAY, TOMORROW = LAST_OBSERVED_MONTH, LAST_OBSERVED_MONTH + 1
RECORD = supply.observed()
STREAMS = 400


def test_labs_take_over_with_all_that_is_listed_today_at_todays_prices() -> None:
    told = scenario(until="2026-11")
    found: list[tuple[float, ...]] = []

    def look(world: World) -> None:
        if world.month == TOMORROW:
            shelf = world.shelf
            assert shelf is not None
            on = shelf.on_sale
            found.extend(zip(shelf.lab[on], shelf.eci[on], shelf.price[on], strict=True))
            assert world.frontier_today == frontier_of(shelf)

    unfolded(
        told, streams=STREAMS, served_by="reference", order=order_with(look, after=ORDER[0][0])
    )
    listed = RECORD.listed(TODAY)
    prices = RECORD.prices[TODAY, listed]
    wanted = sorted(zip(RECORD.lab[listed], RECORD.eci[listed], prices, strict=True))
    assert sorted(found) == wanted


def test_users_keep_their_models_when_labs_take_over() -> None:
    eci: list[np.ndarray] = []

    def before(world: World) -> None:
        if world.month == TOMORROW:
            version = world.use.held.version
            eci.append(np.append(RECORD.eci, np.nan)[version])

    def after(world: World) -> None:
        if world.month == TOMORROW and world.shelf is not None:
            eci.append(np.append(world.shelf.eci, np.nan)[world.use.held.version])

    order = (("before", before), ORDER[0], ("after", after), *ORDER[1:])
    unfolded(scenario(until="2026-11"), streams=STREAMS, served_by="reference", order=order)
    np.testing.assert_array_equal(eci[0], eci[1])
    assert np.isfinite(eci[1]).mean() > 0.95


def test_nothing_jumps_when_labs_take_over() -> None:
    values = unfolded(scenario(until="2027-03"), streams=4000, served_by="reference")
    for outcome, group, most in (
        ("cn_open_share_tokens", "world", 0.06),
        ("open_share_tokens", "US", 0.06),
        ("price_paid_usd_per_mtok", "closed", 0.35),
        ("frontier_eci", "US closed", 2.5),
        ("compute_cn_share", "world", 0.002),
    ):
        path = series(values, outcome, group)
        assert abs(path[TOMORROW] - path[TODAY]) < most, outcome


def labs_today() -> Labs:
    """Return the labs at the end of the record."""
    found: list[Labs] = []

    def look(world: World) -> None:
        if world.month == TODAY:
            found.append(world.labs)

    order = order_with(look)
    unfolded(scenario(until="2026-10"), streams=STREAMS, served_by="reference", order=order)
    return found[0]


def test_capability_and_inference_chips_today_are_those_of_the_data() -> None:
    labs = labs_today()
    np.testing.assert_array_equal(labs.capability, RECORD.lab_best[TODAY])
    stock = [lab.inference_compute_kh100e for lab in load_labs()]
    np.testing.assert_allclose(labs.inference, stock, rtol=1e-9)


@pytest.mark.xfail(
    reason="public money and compute of 2023 to today come on top of the compute that the data "
    "have today: Mistral ends with 166 instead of 88 thousand H100-equivalents, NVIDIA with 441 "
    "instead of 351"
)
def test_training_chips_today_are_those_of_the_data() -> None:
    stock = [lab.training_compute_kh100e for lab in load_labs()]
    np.testing.assert_allclose(labs_today().training, stock, rtol=1e-6)


def test_a_simulated_history_starts_empty_and_labs_enter_in_the_month_of_their_first_release() -> (
    None
):
    first, behind = beginning.early_capability()
    future = unfolded(
        scenario(until="2026-10", supply="simulated"), streams=STREAMS, served_by="reference"
    )
    released = entries(future.log, Event.RELEASE)
    for lab in np.unique(released["actor"]).tolist():
        assert released["month"][released["actor"] == lab].min() == first[lab], lab_ids()[lab]
    assert len(np.unique(released["actor"])) >= 18
    assert (behind >= 0.0).all()
    assert behind.min() == 0.0


def test_a_simulated_frontier_starts_where_the_record_did() -> None:
    future = unfolded(
        scenario(until="2023-06", supply="simulated"), streams=STREAMS, served_by="reference"
    )
    best = np.nanmax([series(future, "frontier_eci", g) for g in ("US closed", "US open")])
    assert best == pytest.approx(beginning.first_frontier(), abs=6.0)


def test_early_openness_is_that_of_the_first_year_on_record() -> None:
    flagship, other = beginning.early_openness()
    ids = lab_ids()
    assert flagship[ids.index("openai")] == 0.0
    assert flagship[ids.index("meta")] == 1.0
    for share in (flagship, other):
        assert ((share >= 0.0) & (share <= 1.0)).all()


def test_labs_of_a_simulated_history_have_one_to_three_tiers_flagship_first() -> None:
    world = new_world(
        scenario(supply="simulated"), simpy.Environment(), seed=1, replicate=0, streams=200
    )
    line = world.line
    assert line is not None
    for lab in range(world.labs.size):
        own = np.flatnonzero(line.lab == lab)
        assert 1 <= own.size <= len(TIERS_BEHIND)
        assert line.behind[own].tolist() == list(TIERS_BEHIND[: own.size])
        assert line.flagship[own].tolist() == [True] + [False] * (own.size - 1)
        if world.labs.members[lab] == 1.0:
            assert line.weight[own].sum() == pytest.approx(1.0)
    assert np.unique(line.key).size == line.lab.size
