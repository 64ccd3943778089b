"""How an effect is shared out among levers: Shapley values of a game played once a future.

v(S) is an outcome when the levers in S stand as in the second scenario and all others as in the
first. A lever's share is its marginal effect v(S and i) - v(S), averaged over the orders in which
levers can be moved (Shapley 1953, https://doi.org/10.1515/9781400881970-018):

    share_i = sum over S without i of |S|! (k - |S| - 1)! / k!  (v(S and i) - v(S))

The shares add up to v(all) - v(none). What i and j do together beyond what each does alone is the
Shapley interaction index (Grabisch and Roubens 1999, https://doi.org/10.1007/s001820050125):

    pair_ij = sum over S without i, j of |S|! (k - |S| - 2)! / (k - 1)!
              (v(S and i and j) - v(S and i) - v(S and j) + v(S))

Marginal effects are taken before they are weighted, so that a lever that moves nothing gets exactly
nought. What exists in neither of two coalitions does not differ; what exists in one of them only is
unknown (NaN), and so is every share that rests on it.

A coalition is a whole number; bit i says whether lever i is in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import factorial

import numpy as np
import numpy.typing as npt

from sim.compare import paired_difference

Floats = npt.NDArray[np.float64]
Game = Mapping[int, Floats]  # coalition -> its value, all of one shape


def exact_shares(game: Game, players: int) -> Floats:
    """Return every player's share, shape (players, ...), from all 2^players coalitions."""
    shares = np.zeros((players, *game[0].shape))
    for player in range(players):
        bit = 1 << player
        for coalition in range(1 << players):
            if not coalition & bit:
                size = coalition.bit_count()
                weight = factorial(size) * factorial(players - size - 1) / factorial(players)
                shares[player] += weight * paired_difference(game[coalition | bit], game[coalition])
    return shares


def sampled_shares(game: Game, orders: Sequence[Sequence[int]]) -> Floats:
    """Return every player's share, averaged over the given orders alone.

    Along each order the marginal effects add up to the whole, and so do their averages.
    """
    shares = np.zeros((len(orders[0]), *game[0].shape))
    for order in orders:
        before = 0
        for player in order:
            shares[player] += paired_difference(game[before | 1 << player], game[before])
            before |= 1 << player
    return shares / len(orders)


def exact_pairs(game: Game, players: int) -> Floats:
    """Return the interaction of every pair, in the order of `pairs_of`, shape (pairs, ...)."""
    pairs = pairs_of(players)
    found = np.zeros((len(pairs), *game[0].shape))
    for at, (one, other) in enumerate(pairs):
        bits = 1 << one, 1 << other
        for coalition in range(1 << players):
            if not coalition & (bits[0] | bits[1]):
                size = coalition.bit_count()
                weight = factorial(size) * factorial(players - size - 2) / factorial(players - 1)
                alone = paired_difference(game[coalition | bits[0]], game[coalition])
                both = coalition | bits[0] | bits[1]
                after = paired_difference(game[both], game[coalition | bits[1]])
                found[at] += weight * (after - alone)
    return found


def pairs_of(players: int) -> list[tuple[int, int]]:
    """Return every two players, by number."""
    return [(one, other) for one in range(players) for other in range(one + 1, players)]


def along(order: Sequence[int]) -> list[int]:
    """Return the coalitions met when players join in this order, from none to all."""
    met = [0]
    for player in order:
        met.append(met[-1] | 1 << player)
    return met
