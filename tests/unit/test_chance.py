"""Draws are uniform, independent of each other, and functions of what they decide alone."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import stats

from sim.chance import Dice, Purpose

N = 20_000
AGENTS = np.arange(N, dtype=np.uint64)
# What is drawn here is fixed by the seed: the thresholds are passed or failed once and for all.
UNLIKELY = 1e-4


@pytest.mark.parametrize("purpose", list(Purpose), ids=lambda purpose: purpose.name)
def test_draws_are_uniform_between_agents(purpose: Purpose) -> None:
    assert stats.kstest(Dice(1, 0).uniform(purpose, AGENTS, 7), "uniform").pvalue > UNLIKELY


def test_draws_of_one_agent_are_uniform_over_months_replicates_and_seeds() -> None:
    months = [Dice(1, 0).one(Purpose.CHOICE, 5, month) for month in range(4000)]
    replicates = [Dice(1, replicate).one(Purpose.CHOICE, 5, 9) for replicate in range(4000)]
    seeds = [Dice(seed, 0).one(Purpose.CHOICE, 5, 9) for seed in range(4000)]
    for draws in (months, replicates, seeds):
        assert stats.kstest(draws, "uniform").pvalue > UNLIKELY


def test_normal_draws_are_standard_normal() -> None:
    draws = Dice(1, 0).normal(Purpose.RELEASE_LUCK, AGENTS, 7)
    assert stats.kstest(draws, "norm").pvalue > UNLIKELY


def test_no_draw_is_zero_or_one() -> None:
    draws = Dice(1, 0).uniform(Purpose.CHOICE, np.arange(1_000_000, dtype=np.uint64))
    assert draws.min() > 0.0
    assert draws.max() < 1.0


def different_draws() -> dict[str, np.ndarray]:
    """Return draws that differ from the first in one part of their key, or in all neighbours."""
    dice = Dice(1, 0)
    return {
        "first": dice.uniform(Purpose.CHOICE, AGENTS, 7),
        "next purpose": dice.uniform(Purpose.SECOND_CHOICE, AGENTS, 7),
        "next month": dice.uniform(Purpose.CHOICE, AGENTS, 8),
        "month 0": dice.uniform(Purpose.CHOICE, AGENTS, 0),
        "next replicate": Dice(1, 1).uniform(Purpose.CHOICE, AGENTS, 7),
        "next seed": Dice(2, 0).uniform(Purpose.CHOICE, AGENTS, 7),
        "next agent": dice.uniform(Purpose.CHOICE, AGENTS + np.uint64(1), 7),
    }


def test_draws_for_different_ends_are_independent() -> None:
    for (one, x), (other, y) in itertools.combinations(different_draws().items(), 2):
        counts, *_ = np.histogram2d(x, y, bins=8, range=[[0, 1], [0, 1]])
        assert stats.chisquare(counts.ravel()).pvalue > UNLIKELY, (one, other)


def test_an_agent_more_changes_no_draw_of_the_others() -> None:
    dice = Dice(3, 2)
    for purpose in (Purpose.CHOICE, Purpose.CLEARANCE):
        few = dice.uniform(purpose, AGENTS[:100], 12)
        more = dice.uniform(purpose, AGENTS[:101], 12)
        np.testing.assert_array_equal(few, more[:100])


def test_the_order_and_shape_of_the_agents_do_not_matter() -> None:
    dice = Dice(3, 2)
    straight = dice.uniform(Purpose.PEERS, AGENTS[:60])
    np.testing.assert_array_equal(dice.uniform(Purpose.PEERS, AGENTS[:60][::-1]), straight[::-1])
    square = dice.uniform(Purpose.PEERS, AGENTS[:60].reshape(5, 12))
    np.testing.assert_array_equal(square.ravel(), straight)


@pytest.mark.parametrize("seed", [0, 1, 2**31 - 1])
def test_one_draw_alone_equals_the_same_draw_among_many(seed: int) -> None:
    dice, agents = Dice(seed, 9), [0, 1, 17, 19_999]
    for month in (0, 7, 215):
        many = dice.uniform(Purpose.GATE, AGENTS, month)[agents]
        assert [dice.one(Purpose.GATE, agent, month) for agent in agents] == many.tolist()


def test_a_table_of_draws_holds_each_draw_alone() -> None:
    dice, agents, months = Dice(3, 1), [0, 4, 19], [0, 1, 150]
    table = dice.table(
        Purpose.RELEASE_CLOCK, np.array(agents, np.uint64), np.array(months, np.uint64)
    )
    alone = [
        [dice.one(Purpose.RELEASE_CLOCK, agent, month) for month in months] for agent in agents
    ]
    assert table.tolist() == alone


def test_seed_zero_is_a_seed_like_any_other() -> None:
    zero, one = (Dice(seed, 0).uniform(Purpose.CHOICE, AGENTS) for seed in (0, 1))
    assert (zero != one).mean() > 0.999


def test_no_two_purposes_have_one_number() -> None:
    assert len(Purpose) == len(Purpose.__members__)


def test_keys_of_neighbouring_months_and_purposes_never_meet() -> None:
    dice = Dice(1, 0)
    keys = {dice.key(purpose, month) for purpose in Purpose for month in range(216)}
    assert len(keys) == len(Purpose) * 216


def test_a_draw_is_the_same_on_every_machine() -> None:
    drawn = Dice(1, 0).uniform(Purpose.CHOICE, np.array([0, 1, 2**40], dtype=np.uint64), 9)
    assert drawn.tolist() == [0.05754040451037035, 0.6434015119888269, 0.9939519555721607]
