"""Who chooses in a month, who is turned away, and what use leaves behind."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from sim import developers
from sim.assumptions.developers import DeveloperParameters
from sim.bookkeeping import purchase_orders
from sim.developers import DERIVATIVES_FADE, DERIVATIVES_PER_SHARE
from sim.log import Event
from sim.offers import Menu
from sim.population import CN, ENTERPRISE, SEGMENTS, STARTUP
from sim.pricing import capacity_musd
from sim.supply import observed
from sim.world import World
from tests.worlds import CHOOSE, entries, order_with, scenario, unfolded

P = DeveloperParameters()
STREAMS = 1000
run = partial(unfolded, streams=STREAMS, served_by="reference")
Assumed = dict[str, float]


def looked_at(
    told: str, months: int = 1, off: tuple[str, ...] = (), **assumed: float
) -> list[dict]:
    """Return what is known of the streams at the end of the last months of an observed future."""
    seen: list[dict[str, np.ndarray]] = []

    def look(world: World) -> None:
        menu, use = world.menu, world.use
        assert menu is not None
        chose = np.zeros(STREAMS, dtype=bool)
        chose[use.chose] = True
        seen.append(
            {
                "chose": chose,
                "row": use.held.row.copy(),
                "second": use.held.second_row.copy(),
                "maker": np.append(menu.lab, -1)[use.held.row],
                "chinese": use.held.row >= menu.cn,
                "safe": np.unique(menu.lab[: menu.cn][~menu.noncommercial[: menu.cn]]),
                "segment": world.who.segment,
                "region": world.who.region,
                "derivatives": world.derivatives.copy(),
            }
        )

    run(scenario(until=told, off=off, assumptions=assumed), order=order_with(look))
    return seen[-months:]


def test_before_there_is_a_market_nobody_uses_anything() -> None:
    (month,) = looked_at("2023-01")
    assert (month["row"] == -1).all()
    assert (month["second"] == -1).all()
    assert not month["derivatives"].any()


@pytest.mark.parametrize(("off", "moves"), [(("new_demand",), False), ((), True)])
def test_if_leaving_costs_too_much_only_new_demand_is_found_elsewhere(
    off: tuple[str, ...], moves: bool
) -> None:
    dear: Assumed = {"switching_startup": 50.0, "switching_enterprise": 50.0}
    before, after = looked_at("2025-01", 2, off, **dear)
    # Whose family still sells something that every customer outside China may use.
    free = (after["region"] != CN) & np.isin(after["segment"], [STARTUP, ENTERPRISE])
    held = free & np.isin(before["maker"], after["safe"]) & after["chose"]
    assert held.sum() > 50
    assert (after["maker"][held] != before["maker"][held]).any() == moves


def test_newcomers_keep_their_part_of_the_aversion_once_and_nobody_else_changes() -> None:
    seen: list[dict[str, np.ndarray]] = []

    def look(world: World) -> None:
        trust = world.trust
        parts = {"maker": trust.maker, "host": trust.host, "floor": trust.floor}
        held = {name: part.copy() for name, part in parts.items()}
        seen.append(held | {"new": world.newcomer.copy(), "segment": world.who.segment})

    assumed = {"newcomer_aversion": 0.25, "entry_startup_2026": 0.3}
    quiet = ("aversion_erosion",)
    asked = scenario(until="2026-06", off=quiet, assumptions=assumed, assurance_scheme=0.0)
    run(asked, order=order_with(look))
    before, after = seen[developers.BOOM[0] - 1], seen[-1]
    assert not before["new"].any()
    assert 0.6 < after["new"][after["segment"] == STARTUP].mean() < 0.9  # 1 - (1 / 1.3)^6 = 0.79
    assert not after["new"][after["segment"] != STARTUP].any()
    for name in ("maker", "host", "floor"):
        kept = np.where(after["new"], 0.25, 1.0)
        np.testing.assert_allclose(after[name], before[name] * kept)


@pytest.mark.parametrize(
    ("month", "entry"), [("2025-10", P.entry_startup), ("2026-03", P.entry_startup_2026)]
)
def test_start_ups_choose_when_they_reconsider_or_are_new(month: str, entry: float) -> None:
    (seen,) = looked_at(month)
    expected = 1.0 - (1.0 - P.reconsider_startup) / (1.0 + entry)
    chose = seen["chose"][seen["segment"] == STARTUP].mean()
    assert chose == pytest.approx(expected, abs=0.07)
    assert seen["chose"][seen["segment"] == ENTERPRISE].mean() < 0.6 * chose


def test_without_new_demand_streams_choose_less_often() -> None:
    (often,), (seldom,) = (looked_at("2026-03", off=off) for off in ((), ("new_demand",)))
    for segment in range(len(SEGMENTS)):
        members = often["segment"] == segment
        assert seldom["chose"][members].sum() < often["chose"][members].sum()


def test_without_a_clock_of_its_own_everybody_reconsiders_every_month_at_no_cost() -> None:
    (seen,) = looked_at("2025-06", off=("diffusion_clock",))
    assert seen["chose"].all()
    costs: list[np.ndarray] = []

    def look(world: World) -> None:
        costs.append(developers.rates(0, world.numbers.developers, world.on)[2])

    for off in (("diffusion_clock",), ()):
        run(scenario(until="2023-01", off=off), order=order_with(look))
    assert not costs[0].any()
    assert costs[1].tolist() == [1.0, 2.5, 2.5, 1.0]


def test_derivatives_are_built_on_families_with_open_weights_alone() -> None:
    (seen,) = looked_at("2025-06")
    built_on = np.flatnonzero(seen["derivatives"] > 1.0)
    assert built_on.size > 3
    record = observed()
    assert np.isin(built_on, record.lab[record.open]).all()
    assert (seen["derivatives"] >= 0).all()


def test_derivatives_fade_and_grow_with_the_share_of_tokens_on_a_makers_open_models() -> None:
    before = np.zeros(0)

    def look(world: World) -> None:
        nonlocal before
        menu = world.menu
        if menu is not None and world.bought is not None and before.size:
            tokens = world.bought[0].sum(axis=1)
            used = np.bincount(menu.lab, tokens * menu.open, minlength=before.size) / tokens.sum()
            wanted = before * (1.0 - DERIVATIVES_FADE) + DERIVATIVES_PER_SHARE * used
            np.testing.assert_allclose(world.derivatives, wanted)
        before = world.derivatives.copy()

    run(scenario(until="2024-06"), order=order_with(look))
    assert before.max() > 10.0


def test_fewer_enterprises_than_start_ups_use_chinese_models() -> None:
    (seen,) = looked_at("2025-12")
    abroad = seen["region"] != CN
    shares = [
        seen["chinese"][abroad & (seen["segment"] == segment)].mean()
        for segment in (ENTERPRISE, STARTUP)
    ]
    assert 0.0 < shares[0] < shares[1] < 1.0


SHORT: Assumed = {"api_capacity_share": 0.1}


def rationed(look: Callable[[World, Menu, np.ndarray], None], until: str = "2028-12") -> None:
    """Look at what is bought, by lab and in rent of its own chips, whenever chips are short."""

    def step(world: World) -> None:
        menu, labs = world.menu, world.labs
        if not world.observed and menu is not None and (labs.served < 1.0).any():
            orders = purchase_orders(world, menu)
            chips = orders.tokens * menu.chips[orders.row] / 1e6 * menu.first[orders.row]
            look(world, menu, np.bincount(menu.lab[orders.row], chips, minlength=labs.size))

    run(scenario(until=until, assumptions=SHORT), order=order_with(step, after=CHOOSE))


def test_a_maker_short_of_chips_serves_no_more_than_they_allow() -> None:
    over: list[float] = []

    def look(world: World, menu: Menu, served: np.ndarray) -> None:
        available = capacity_musd(world.labs.inference, world.p.labs.api_capacity_share)
        short = world.labs.served < 1.0
        over.append(float((served / available)[short].max()))

    rationed(look)
    assert len(over) > 10
    assert 0.5 < max(over) <= 1.0 + 1e-9


def test_those_turned_away_are_served_by_somebody_else() -> None:
    left: list[int] = []

    def look(world: World, menu: Menu, served: np.ndarray) -> None:
        left.append(int((world.use.held.row < 0).sum()))
        reach = menu.open_to[world.use.held.row, world.who.region]
        assert reach[world.use.held.row >= 0].all()

    rationed(look)
    assert len(left) > 10
    assert not any(left)


def test_the_share_a_lab_could_serve_is_its_chips_over_what_was_asked_for() -> None:
    seen: list[float] = []

    def look(world: World, menu: Menu, served: np.ndarray) -> None:
        labs, short = world.labs, world.labs.served < 1.0
        available = capacity_musd(labs.inference, world.p.labs.api_capacity_share)
        wanted = available[short] / world.needed_chips[short]
        np.testing.assert_allclose(labs.served[short], wanted)
        assert (world.needed_chips[~short] <= available[~short]).all()
        seen.append(float(labs.served.min()))

    rationed(look)
    assert min(seen) < 0.9


def test_every_month_in_which_a_maker_turns_customers_away_is_in_the_log() -> None:
    seen: dict[tuple[int, int], float] = {}

    def look(world: World) -> None:
        for lab in np.flatnonzero(world.labs.served < 1.0).tolist():
            seen[world.month, lab] = float(world.labs.served[lab])

    told = scenario(until="2028-12", assumptions=SHORT)
    logged = entries(run(told, order=order_with(look)).log, Event.RATIONING)
    keys = zip(logged["month"].tolist(), logged["actor"].tolist(), strict=True)
    assert dict(zip(keys, logged["value"].tolist(), strict=True)) == pytest.approx(seen)
    assert len(seen) > 10


def test_in_observed_months_and_without_the_cap_nobody_is_turned_away() -> None:
    def look(world: World) -> None:
        if world.observed or "capacity_cap" in world.scenario.off:
            assert (world.labs.served == 1.0).all()

    for off in ((), ("capacity_cap",)):
        told = scenario(until="2027-12", off=off, assumptions=SHORT)
        run(told, order=order_with(look, after=CHOOSE))
