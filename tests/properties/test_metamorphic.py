"""How runs must differ, or must not, when one thing about the world is changed."""

from __future__ import annotations

import dataclasses
from functools import lru_cache

import numpy as np
import pytest

from sim import Scenario
from sim.calendar import LAST_OBSERVED_MONTH, month_index
from sim.levers import LEVERS, Lever
from sim.order import ORDER
from sim.outcomes import BY_ID as OUTCOME
from sim.outcomes import OUTCOMES, ROW
from sim.population import US
from sim.replicate import simulate
from sim.scenario import LeverSetting
from sim.world import World, new_world

HORIZON = month_index("2029-12")
PAST = month_index("2024-06")
FUTURE = month_index("2027-06")
TODAY = LAST_OBSERVED_MONTH
STREAMS = 400
SHARES = tuple(outcome.id for outcome in OUTCOMES if "share" in outcome.unit)
EACH_LEVER = pytest.mark.parametrize("lever", LEVERS, ids=lambda lever: lever.id)


def scenario(
    assumptions: dict[str, float] | None = None,
    *,
    start: int = PAST,
    off: tuple[str, ...] = (),
    horizon: int = HORIZON,
    **levers: float,
) -> Scenario:
    settings = {name: LeverSetting(value, start) for name, value in levers.items()}
    return Scenario("test", "Test", "", settings, assumptions or {}, off, horizon)


def future(world: Scenario, replicate: int = 0, streams: int = STREAMS) -> np.ndarray:
    """Return the outcomes of one future, shape (series, months)."""
    return simulate(world, seed=1, replicate=replicate, streams=streams)


@lru_cache
def status_quo(replicate: int = 0) -> np.ndarray:
    return future(scenario(), replicate)


def series(values: np.ndarray, outcome: str, group: str = "world") -> np.ndarray:
    return values[ROW[outcome, group]]


def same(one: np.ndarray, other: np.ndarray) -> bool:
    return np.array_equal(one, other, equal_nan=True)


def extreme(lever: Lever) -> float:
    """Return the end of the range that is farther from the default."""
    return max(lever.low, lever.high, key=lambda end: abs(end - lever.default))


def test_twice_the_volume_is_twice_the_tokens_and_the_same_shares() -> None:
    doubled = future(scenario({"tokens_2025_07": 1000.0}, horizon=TODAY))
    usual = status_quo()[:, : TODAY + 1]
    for outcome in SHARES:
        for group in OUTCOME[outcome].groups:
            row = ROW[outcome, group]
            np.testing.assert_allclose(doubled[row], usual[row], rtol=1e-12)
    for outcome in ("tokens_trillion_per_month", "spend_musd_per_month"):
        np.testing.assert_allclose(series(doubled, outcome), 2.0 * series(usual, outcome))


@EACH_LEVER
def test_a_lever_set_to_its_default_changes_nothing(lever: Lever) -> None:
    assert same(future(scenario(start=FUTURE, **{lever.id: lever.default})), status_quo())


@EACH_LEVER
@pytest.mark.parametrize("start", [PAST, FUTURE])
def test_a_lever_changes_nothing_before_it_starts_and_something_after(
    lever: Lever, start: int
) -> None:
    # Following a ban needs a ban to follow.
    ban = {"us_foreign_model_ban": LeverSetting(0.5, 0)}
    base = dataclasses.replace(scenario(), levers=ban)
    moved = {lever.id: LeverSetting(extreme(lever), start)}
    usual = future(base) if lever.id == "third_country_alignment" else status_quo()
    kept = ban if lever.id == "third_country_alignment" else {}
    changed = future(dataclasses.replace(base, levers=kept | moved))
    assert same(changed[:, :start], usual[:, :start])
    assert not same(changed[:, start:], usual[:, start:])


@pytest.mark.parametrize(
    ("mechanism", "worthless"),
    [
        ("clearance_spread", {"clearance_own": 0.0, "clearance_peers": 0.0}),
        ("aversion_erosion", {"erosion_rate": 0.0}),
        (
            "new_demand",
            {"entry_startup": 0.0, "entry_startup_2026": 0.0, "entry_enterprise": 0.0},
        ),
        ("ecosystem", {"ecosystem_utility": 0.0}),
        ("spillovers", {"spillover": 0.0}),
    ],
)
def test_a_mechanism_off_is_the_mechanism_with_nothing_in_it(
    mechanism: str, worthless: dict[str, float]
) -> None:
    off = future(scenario(off=(mechanism,)))
    assert same(off, future(scenario(worthless)))
    assert not same(off, status_quo())


def test_without_self_hosting_no_inference_is_self_hosted() -> None:
    off = future(scenario(off=("self_hosting",)))
    market = series(off, "spend_musd_per_month") > 0
    assert (series(off, "host_share", "SELF")[market] == 0.0).all()
    assert series(status_quo(), "host_share", "SELF")[market].max() > 0.01


def users_of_chinese_models(world: Scenario, region: int) -> np.ndarray:
    """Return the number of streams of a region on Chinese models, month by month."""
    users = np.zeros(world.n_months)

    def look(at: World) -> None:
        for row in (at.use.row, at.use.second_row):
            users[at.month] += ((row >= at.menu.cn) & (at.who.region == region)).sum()

    order = (*ORDER, ("look", look))
    simulate(world, seed=1, replicate=0, streams=STREAMS, order=order)
    return users


def test_a_full_ban_that_all_comply_with_leaves_no_american_use_of_chinese_models() -> None:
    obeyed = {"ban_compliance_hosted": 1.0, "ban_compliance_self": 1.0}
    start = month_index("2026-01")
    ban = scenario(obeyed, start=start, us_foreign_model_ban=1.0, third_country_alignment=1.0)
    users = users_of_chinese_models(ban, US)
    assert users[start - 1] > 0
    assert (users[start:] == 0).all()
    banned = future(ban)
    for weighting in ("tokens", "choice", "spend"):
        for place in ("US", "ALIGNED", "enterprise"):
            share = series(banned, f"cn_open_share_{weighting}", place)
            assert (share[start:] == 0.0).all()


def test_a_wider_us_ban_leaves_a_smaller_us_share_of_chinese_open_models() -> None:
    for replicate in range(3):
        shares = [
            series(
                future(scenario(us_foreign_model_ban=covered, horizon=TODAY), replicate),
                "cn_open_share_tokens",
                "US",
            )[PAST + 12 :].mean()
            for covered in (0.0, 0.25, 0.5, 0.75, 1.0)
        ]
        assert (np.diff(shares) < 0).all()


def test_a_us_ban_reaches_china_only_through_what_is_built_on_open_models() -> None:
    china = [ROW[outcome, "CN"] for outcome in ("open_share_tokens", "spend_musd_per_month")]
    for off, reached in (((), True), (("ecosystem",), False)):
        free = future(scenario(off=off, horizon=TODAY))
        banned = future(scenario(off=off, horizon=TODAY, us_foreign_model_ban=1.0))
        assert same(free[china], banned[china]) != reached


def test_a_tariff_or_a_levy_raises_the_price_paid_for_closed_models() -> None:
    for replicate in range(3):
        free = future(scenario(horizon=TODAY), replicate)
        for lever in ("foreign_api_tariff", "closed_price_levy"):
            taxed = future(scenario(horizon=TODAY, **{lever: 0.5}), replicate)
            paid, before = (
                series(run, "price_paid_usd_per_mtok", "closed")[PAST:] for run in (taxed, free)
            )
            assert paid.mean() > before.mean()


def test_a_levy_on_closed_models_lowers_their_share_of_tokens_where_it_is_paid() -> None:
    places = ("world", "US", "EU", "ALIGNED", "NONALIGNED")
    rows = [ROW["open_share_tokens", place] for place in places]
    for replicate in range(3):
        runs = [
            future(scenario(closed_price_levy=levy, horizon=TODAY), replicate)
            for levy in (0.0, 0.5, 1.0)
        ]
        openly = np.array([run[rows, PAST + 12 :].mean(axis=1) for run in runs])
        assert (np.diff(openly, axis=0) > 0).all()


def test_four_times_the_streams_halve_the_spread_between_seeds() -> None:
    def spread(streams: int) -> float:
        """Root mean square, over shares and months, of the standard deviation between futures."""
        world = scenario(horizon=month_index("2025-12"))
        rows = [ROW[f"{kind}open_share_tokens", "world"] for kind in ("", "cn_")]
        values = [future(world, k, streams)[rows, 24:] for k in range(40)]
        return float(np.sqrt(np.var(values, axis=0, ddof=1).mean()))

    assert spread(1200) < 0.65 * spread(300)  # 1 / 2 but for the error of 40 futures


def test_a_stream_more_changes_nothing_about_those_there_are() -> None:
    few, more = (new_world(scenario(), seed=1, replicate=0, streams=n) for n in (300, 301))
    for part, names in (
        ("who", ("region", "segment", "task", "price_taste", "type", "ids")),
        ("trust", ("maker", "host", "cleared", "floor", "pace")),
        ("rules", ("coverage_rank", "compliance_rank", "procurement_rank")),
    ):
        for name in names:
            small, large = (getattr(getattr(world, part), name) for world in (few, more))
            np.testing.assert_array_equal(large[:300], small)
