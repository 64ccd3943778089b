"""Clearance and aversion move by the amounts their formulas give by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from sim import people
from sim.assumptions.trust import TrustParameters
from sim.chance import Dice
from sim.parameters import Parameters
from sim.population import PEERS, Population, build_population
from tests.worlds import on_but

DICE = Dice(1, 0)
N = 200
P = TrustParameters(
    clearance_own=0.05,
    clearance_peers=0.4,
    clearance_efold_eci=7.0,
    erosion_rate=0.3,
    erosion_threshold=0.2,
    refuser_floor=1.5,
)


def population(n: int) -> Population:
    world = Parameters()
    return build_population(DICE, world.developers, P, world.market, n)


def everybody_knows(first: int) -> Population:
    """Return streams whose twelve peers are all streams number `first` to `first` + 11."""
    who = population(N)
    peers = np.arange(first, first + PEERS)[:, None] * np.ones(N, dtype=np.int64)
    return replace(who, peers=peers)


def after(
    users: int, *, assurance: float = 0.0, off: tuple[str, ...] = (), maker: float = 2.0
) -> people.Trust:
    """Return trust after a month in which `users` of everybody's twelve peers use Chinese models.

    Nobody has a floor; aversion to makers and hosts starts at `maker` and at 1.
    """
    trust = people.Trust(
        maker=np.full(N, maker),
        host=np.ones(N),
        cleared=np.zeros(N, dtype=bool),
        floor=np.zeros(N),
        pace=np.ones(N),
    )
    use = np.arange(N) < users
    people.meet(trust, everybody_knows(0), use, 0.0, assurance, 5, DICE, P, on_but(*off))
    return trust


@pytest.mark.parametrize(
    ("peers", "gap", "hazard"),
    [
        (0.0, 0.0, 0.05),
        (0.5, 0.0, 0.25),
        (0.5, 7.0, 0.25 / math.e),
        (1.0, 14.0, 0.45 / math.e**2),
        (0.5, -3.0, 0.25),  # a Chinese lead counts as no gap
    ],
)
def test_the_clearance_hazard_is_the_formula(peers: float, gap: float, hazard: float) -> None:
    assert people.clearance_hazard(np.array([peers]), gap, P)[0] == pytest.approx(hazard)


def test_aversion_erodes_by_the_peers_use_above_the_threshold() -> None:
    six_of_twelve = 2.0 * (1.0 - 0.3 * (0.5 - 0.2))
    np.testing.assert_allclose(after(6).maker, six_of_twelve)
    np.testing.assert_allclose(after(12).maker, 2.0 * (1.0 - 0.3 * 0.8))


def test_few_users_among_the_peers_erode_nothing() -> None:
    assert (after(2).maker == 2.0).all()  # 2 of 12 are below the threshold of 0.2


def test_assurance_erodes_aversion_to_makers_and_hosts_whatever_the_peers_do() -> None:
    trust = after(0, assurance=0.05)
    np.testing.assert_allclose(trust.maker, 2.0 * 0.95)
    np.testing.assert_allclose(trust.host, 0.95)
    both = after(6, assurance=0.05)
    np.testing.assert_allclose(both.maker, 2.0 * 0.91 * 0.95)


def test_with_erosion_off_only_assurance_changes_aversion() -> None:
    trust = after(12, assurance=0.05, off=("aversion_erosion",))
    np.testing.assert_allclose(trust.maker, 2.0 * 0.95)


def test_the_share_that_clears_in_a_month_is_the_hazard() -> None:
    n = 40_000
    cleared = np.arange(n) < 6  # half of everybody's peers
    who = replace(population(n), peers=np.arange(PEERS)[:, None] * np.ones(n, dtype=np.int64))
    zero = np.zeros(n)
    trust = people.Trust(zero.copy(), zero.copy(), cleared, zero, np.where(zero == 0, 0.5, 0.0))
    people.meet(trust, who, np.zeros(n, dtype=bool), 7.0, 0.0, 5, DICE, P, on_but())
    hazard = 0.5 * (0.05 + 0.4 * 0.5) / math.e
    error = math.sqrt(hazard * (1.0 - hazard) / n)
    assert abs(trust.cleared[6:].mean() - hazard) < 4.0 * error
