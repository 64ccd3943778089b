"""Shares of games whose answers are known by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.shapley import Game, along, exact_pairs, exact_shares, pairs_of, sampled_shares

# Who can sell a left and a right glove: player 0 owns a left one, 1 and 2 a right one each.
GLOVES = {c: np.array(float(c & 1 and c > 1)) for c in range(8)}


def games(players: int) -> st.SearchStrategy[Game]:
    """Return games of so many players, with two numbers a coalition."""
    numbers = st.lists(
        st.tuples(st.floats(-100, 100), st.floats(-100, 100)),
        min_size=1 << players,
        max_size=1 << players,
    )
    return numbers.map(lambda told: {c: np.array(pair) for c, pair in enumerate(told)})


def test_the_rare_glove_gets_two_thirds() -> None:
    assert exact_shares(GLOVES, 3) == pytest.approx([2 / 3, 1 / 6, 1 / 6])


def test_substitutes_interact_negatively_and_complements_positively() -> None:
    told = dict(zip(pairs_of(3), exact_pairs(GLOVES, 3), strict=True))
    assert told[0, 1] == pytest.approx(0.5)
    assert told[0, 2] == pytest.approx(0.5)
    assert told[1, 2] == pytest.approx(-0.5)


def test_effects_that_simply_add_up_have_no_interactions() -> None:
    worth = (3.0, -2.0, 0.0, 1.5)
    game = {c: np.array(sum(w for i, w in enumerate(worth) if c >> i & 1)) for c in range(16)}
    assert exact_shares(game, 4) == pytest.approx(worth)
    assert not exact_shares(game, 4)[2]
    assert exact_pairs(game, 4) == pytest.approx(0.0, abs=1e-12)


@given(games(4))
def test_exact_shares_are_the_mean_over_all_orders_and_add_up(game: Game) -> None:
    orders = list(itertools.permutations(range(4)))
    exact = exact_shares(game, 4)
    np.testing.assert_allclose(exact, sampled_shares(game, orders), atol=1e-9)
    np.testing.assert_allclose(exact.sum(axis=0), game[15] - game[0], atol=1e-9)


@given(games(4), st.permutations(range(4)))
def test_the_shares_of_one_order_and_its_reverse_add_up_too(game: Game, order: list[int]) -> None:
    shares = sampled_shares(game, [order, order[::-1]])
    np.testing.assert_allclose(shares.sum(axis=0), game[15] - game[0], atol=1e-9)


@given(games(3))
def test_a_player_who_moves_nothing_gets_exactly_nought(game: Game) -> None:
    idle = {c: game[c & 3] for c in range(8)}
    assert not exact_shares(idle, 3)[2].any()
    assert not exact_pairs(idle, 3)[1:].any()
    assert not sampled_shares(idle, [[2, 0, 1], [1, 0, 2]])[2].any()


@given(games(3))
def test_players_whom_nobody_can_tell_apart_get_the_same(game: Game) -> None:
    twins = {c: game[c & 1 | (2 if c & 6 else 0) | (4 if c & 6 == 6 else 0)] for c in range(8)}
    shares = exact_shares(twins, 3)
    np.testing.assert_allclose(shares[1], shares[2], atol=1e-9)


def test_an_order_meets_one_coalition_more_at_each_step() -> None:
    assert along([2, 0, 1]) == [0, 4, 5, 7]


def test_what_exists_in_no_coalition_is_nought_and_in_some_unknown() -> None:
    game = {c: np.array([np.nan, np.nan if c & 1 else 1.0, float(c)]) for c in range(4)}
    shares = exact_shares(game, 2)
    np.testing.assert_array_equal(shares[:, 0], [0.0, 0.0])
    np.testing.assert_array_equal(shares[:, 1], [np.nan, 0.0])  # the second moves nothing
    np.testing.assert_array_equal(shares[:, 2], [1.0, 2.0])
