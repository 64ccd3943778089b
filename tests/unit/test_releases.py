"""What a renewal puts on sale: now or later, with terms or without, at which price."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sim import releases
from sim.assumptions.market import MarketParameters
from sim.assumptions.release import ReleaseParameters
from sim.calendar import month_index
from sim.catalogue import load_models
from sim.labs import Labs
from sim.levers import Policy
from sim.mechanisms import On
from sim.observation import LAST_FIT_DAY
from sim.openness import BURDENS, COMMUNITY, LEAK, OWN, TERMS, Decision
from sim.releases import (
    HABIT_STEP,
    RATED_FROM_MONTH,
    RATED_HALF_ECI,
    RATED_SCALE_ECI,
    TRAILING_ODDS,
    Luck,
    Renewal,
)
from sim.shelf import NOT_DUE, Line, Shelf
from tests.firms import CLOSED, OPEN, labs_of, line_of, shelf_of
from tests.worlds import on_but, policy

P = ReleaseParameters()
MARKET = MarketParameters()
MONTH = 60
ALL = on_but()


class Maker:
    """One lab at 160 ECI with one product, whose serving cost is $2 per Mtok."""

    def __init__(self, origin: str = "US", **lab: Any) -> None:
        self.labs: Labs = labs_of(origin, **lab)
        self.line: Line = line_of(self.labs, launch_cost=2.0)
        self.shelf: Shelf = shelf_of(self.line)
        self.counted = np.zeros((4, 2))
        self.rated = np.zeros((4, 2))
        self.best = np.full((4, 2), -np.inf)

    def renew(
        self,
        chance: float,
        month: int = MONTH,
        *,
        levers: Policy | None = None,
        terms: dict[int, float] | None = None,
        lead: float = 0.0,
        on: On = ALL,
        simulated: bool = False,
        **draws: float,
    ) -> Renewal:
        """Renew the product; draws are 0.5 (and luck in capability none) unless given."""
        told = np.zeros((len(TERMS), 1))
        for term, value in (terms or {}).items():
            told[term] = value
        decision = Decision(told, np.array([100.0]), np.array([chance]), np.zeros(1))
        return releases.renew(
            *(self.labs, self.line, self.shelf, np.array([0]), decision, np.array([lead])),
            *(luck(**draws), month, levers or policy(), 1.0, 13.5, 3.0, P, MARKET, 165.0),
            *(simulated, self.counted, self.rated, self.best, on),
        )


def luck(**draws: float) -> Luck:
    plain = dict.fromkeys(Luck._fields, 0.5) | {"capability": 0.0, "size": 0.0} | draws
    return Luck(**{name: np.array([value]) for name, value in plain.items()})


def on_sale(maker: Maker) -> list[int]:
    return np.flatnonzero(maker.shelf.on_sale).tolist()


@pytest.mark.parametrize(("chance", "kind"), [(0.9, OPEN), (0.1, CLOSED)])
def test_a_release_is_open_where_the_draw_is_below_the_chance(chance: float, kind: int) -> None:
    maker = Maker()
    done = maker.renew(chance)
    assert bool(done.opens[0]) == (kind == OPEN)
    assert on_sale(maker) == [kind]
    assert maker.counted[0].tolist() == [float(kind == CLOSED), float(kind == OPEN)]
    assert maker.best[0, kind] == 160.0


def test_open_models_cost_little_more_than_serving_and_closed_ones_their_mark_up() -> None:
    opened, closed = Maker(), Maker()
    opened.renew(0.9)
    closed.renew(0.1)
    assert opened.shelf.price[OPEN] == pytest.approx(2.0 * MARKET.open_list_over_cost)
    e = P.demand_elasticity
    assert closed.shelf.price[CLOSED] == pytest.approx(2.0 * e / (e - 1.0))


def test_chips_are_their_share_of_a_closed_list_price_whether_the_model_is_open_or_not() -> None:
    closed_price = 2.0 / (1.0 - 1.0 / P.demand_elasticity)
    for chance, kind in ((0.9, OPEN), (0.1, CLOSED)):
        maker = Maker()
        maker.renew(chance)
        assert maker.shelf.chips[kind] == pytest.approx(MARKET.chip_cost_share * closed_price)


def test_luck_moves_capability_by_the_step_and_a_lower_tier_stands_behind() -> None:
    maker = Maker()
    maker.line.behind[:] = 6.0
    maker.renew(0.1, capability=2.0)
    assert maker.shelf.eci[CLOSED] == pytest.approx(160.0 + 2.0 - 6.0)


def test_a_generation_is_larger_or_smaller_in_cost_chips_and_price_alike() -> None:
    usual, larger = Maker(), Maker()
    usual.renew(0.1)
    larger.renew(0.1, size=1.5)
    for part in (larger.shelf.price, larger.shelf.cost, larger.shelf.chips):
        assert part[CLOSED] > 1.0
    for name in ("price", "cost", "chips"):
        ratio = getattr(larger.shelf, name)[CLOSED] / getattr(usual.shelf, name)[CLOSED]
        assert ratio == pytest.approx(math.exp(P.generation_spread * 1.5))


def test_indices_rate_all_releases_alike_at_first_and_later_those_near_the_frontier() -> None:
    assert releases.rated(30.0, RATED_FROM_MONTH - 1) == 1.0
    assert releases.rated(RATED_HALF_ECI, RATED_FROM_MONTH) == 0.5
    maker = Maker()
    maker.renew(0.1)  # 160 ECI, where the frontier is at 165
    wanted = 1.0 / (1.0 + math.exp((5.0 - RATED_HALF_ECI) / RATED_SCALE_ECI))
    assert maker.rated[0].tolist() == [pytest.approx(wanted), 0.0]


def test_the_chance_to_be_rated_is_that_of_the_catalogue_to_may_2026() -> None:
    models = sorted(
        (m for m in load_models() if m.eci is not None and m.release_month is not None),
        key=lambda m: (m.release_month, m.id),
    )
    best = np.maximum.accumulate([m.eci for m in models])
    last = month_index(LAST_FIT_DAY[:7])
    known = [RATED_FROM_MONTH <= m.release_month <= last for m in models]
    gap = (best - np.array([m.eci for m in models]))[known]
    measured = np.array([m.eci_basis == "measured" for m in models])[known]
    chance = 1.0 / (1.0 + np.exp((gap - RATED_HALF_ECI) / RATED_SCALE_ECI))
    # At the maximum of a logistic likelihood both moments of the record are those of the curve.
    assert chance.mean() == pytest.approx(measured.mean(), abs=0.02)
    assert (chance * gap).mean() == pytest.approx((measured * gap).mean(), abs=0.3)


def test_in_a_simulated_history_prices_follow_distance_and_year() -> None:
    maker = Maker()
    maker.renew(0.1, simulated=True)
    wanted = math.exp(1.77 - 0.174 * 5.0 + 0.22 * (MONTH - 24) / 12.0)
    assert maker.shelf.price[CLOSED] == pytest.approx(wanted)
    assert maker.line.launch_cost[0] == pytest.approx(wanted * (1.0 - 1.0 / P.demand_elasticity))


@pytest.mark.parametrize(("delay", "due"), [(0.4, None), (0.6, MONTH + 1.0)])
def test_chinese_weights_follow_the_interface_in_half_a_month_on_average(
    delay: float, due: float | None
) -> None:
    maker = Maker("CN", weights_delay=1.0)
    maker.renew(0.9, delay=delay)
    assert on_sale(maker) == [OPEN if due is None else CLOSED]
    assert maker.line.weights_due[0] == (NOT_DUE if due is None else due)
    assert maker.counted[1].tolist() == [0.0, 1.0]  # a release of weights either way
    assert np.isinf(maker.best[1, 1]) == (due is not None)


def test_xai_waits_twelve_times_as_long() -> None:
    maker = Maker(weights_delay=12.0)
    maker.renew(0.9)
    assert maker.line.weights_due[0] == MONTH + 6.0


def test_an_american_release_above_the_threshold_waits_for_its_licence() -> None:
    threshold = policy(us_open_licence_threshold=25.0)
    maker = Maker()
    done = maker.renew(0.9, levers=threshold)
    assert done.licensed[0]
    assert on_sale(maker) == [CLOSED]
    assert maker.line.weights_due[0] == NOT_DUE
    for other, levers in ((Maker("CN"), threshold), (Maker(), policy())):
        assert not other.renew(0.9, levers=levers).licensed[0]
        assert on_sale(other) == [OPEN]
    assert not Maker().renew(0.1, levers=threshold).licensed[0]
    enormous = Maker(capability=300.0)
    assert not enormous.renew(0.9).licensed[0]  # 28, the default, is off and no threshold
    assert enormous.renew(0.9, levers=policy(us_open_licence_threshold=27.9)).licensed[0]


def test_weights_are_kept_in_china_as_often_as_the_limits_say_and_only_there() -> None:
    limits = policy(cn_weight_export_limits=0.4)
    for origin, kept, withheld in (("CN", 0.39, True), ("CN", 0.41, False), ("US", 0.1, False)):
        maker = Maker(origin)
        maker.renew(0.9, levers=limits, kept=kept)
        assert maker.shelf.withheld[OPEN] == withheld


def test_a_leader_asks_for_terms_and_others_do_not() -> None:
    leader, follower, both_ways = Maker(), Maker(), Maker()
    at_threshold = both_ways.renew(0.9, lead=P.terms_from_share, terms=None)
    assert at_threshold.terms_chance[0] == pytest.approx(0.5)
    assert leader.renew(0.9, lead=0.4).asks[0]
    assert leader.shelf.terms[OPEN] == P.terms_revenue_share
    assert leader.shelf.restrictive[OPEN]
    assert not follower.renew(0.9, lead=0.0).asks[0]
    assert follower.shelf.terms[OPEN] == 0.0
    assert not follower.shelf.restrictive[OPEN]


def test_without_retained_control_nobody_attaches_terms_not_even_who_always_did() -> None:
    maker = Maker()
    maker.line.licence[:] = True
    maker.renew(0.9, lead=0.4)
    assert maker.shelf.restrictive[OPEN]
    maker.renew(0.9, MONTH + 3, lead=0.4, on=on_but("retained_control"))
    assert not maker.shelf.restrictive[OPEN]
    assert maker.shelf.terms[OPEN] == 0.0


def test_habit_moves_a_quarter_of_the_way_to_each_release() -> None:
    maker = Maker(openness=0.2)
    maker.renew(0.9)
    assert maker.labs.openness[0] == pytest.approx(0.2 + HABIT_STEP * 0.8)
    maker.renew(0.1, MONTH + 2)
    assert maker.labs.openness[0] == pytest.approx(0.4 * (1.0 - HABIT_STEP))


def twice_closed(terms: dict[int, float], draw: float) -> tuple[Maker, Renewal]:
    maker = Maker()
    maker.renew(0.1, MONTH - 3)
    maker.labs.capability[:] = 163.0
    return maker, maker.renew(0.1, terms=terms, predecessor=draw)


def test_the_weights_of_an_old_flagship_are_worth_little_and_cost_little() -> None:
    terms = {OWN: -200.0, LEAK: -100.0, COMMUNITY: 400.0, BURDENS: -20.0}
    gain = P.trailing_share * -300.0 + 0.5 * 400.0 - 20.0
    chance = 1.0 / (1.0 + math.exp(-(TRAILING_ODDS + gain / 100.0)))
    maker, done = twice_closed(terms, chance - 1e-9)
    assert done.predecessor_chance[0] == pytest.approx(chance)
    assert done.predecessor[0]
    assert on_sale(maker) == [CLOSED, OPEN]
    assert maker.shelf.eci.tolist() == [163.0, 160.0]
    assert maker.counted[0].tolist() == [2.0, 1.0]
    assert maker.best[0].tolist() == [163.0, 160.0]
    maker, done = twice_closed(terms, chance + 1e-9)
    assert not done.predecessor[0]
    assert on_sale(maker) == [CLOSED]


def test_only_closed_flagships_have_an_old_flagship_to_open() -> None:
    small = Maker()
    small.line.flagship[:] = False
    opened = Maker()
    for maker, chance in ((small, 0.1), (opened, 0.9)):
        maker.renew(0.1, MONTH - 3)
        assert np.isnan(maker.renew(chance, predecessor=0.0).predecessor_chance[0])


def test_better_weights_that_are_out_are_not_replaced_by_an_old_flagships() -> None:
    maker = Maker()
    maker.renew(0.9, MONTH - 6, capability=5.0)
    maker.renew(0.1, MONTH - 3)
    done = maker.renew(0.1, predecessor=0.0)
    assert not done.predecessor[0]
    assert maker.shelf.eci[OPEN] == 165.0
    maker.labs.capability[:] = 166.0
    maker.renew(0.1, MONTH + 3, predecessor=1.0)
    assert maker.renew(0.1, MONTH + 6, predecessor=0.0).predecessor[0]
    assert maker.shelf.eci[OPEN] == 166.0


def test_leadership_is_a_labs_share_of_what_is_spent_on_open_models() -> None:
    labs = labs_of("US", "CN", "CN", members=[1.0, 1.0, 10.0])
    shelf = shelf_of(line_of(labs), 0, 1, 3, 5)
    sold, elsewhere = np.array([900.0, 1, 0, 3, 0, 0]), np.array([0.0, 1, 0, 3, 0, 8])
    lead = releases.leadership(labs, shelf, sold, elsewhere)
    np.testing.assert_allclose(lead, [2.0 / 16.0, 6.0 / 16.0, 8.0 / 16.0 / 10.0])
    assert not releases.leadership(labs, shelf, np.zeros(6), np.zeros(6)).any()
