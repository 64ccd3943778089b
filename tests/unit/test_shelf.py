"""Closed models are replaced; weights that are out stay out, and users know where to go on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim import shelf as shelves
from sim.shelf import NOT_DUE, Line, Shelf
from sim.supply import MAX_AGE_MONTHS, MAX_LAG_ECI
from tests.firms import CLOSED, OPEN, labs_of, line_of, shelf_of

RATIO = 1.8


def market(products: int = 1) -> tuple[Line, Shelf]:
    """Return a maker's product lines, and a shelf with nothing on sale."""
    line = line_of(labs_of("US"), products)
    return line, shelf_of(line)


def renew(line: Line, shelf: Shelf, eci: float, month: int, *, is_open: bool, **told: Any) -> None:
    """Put a generation of product 0 on sale at $4, which costs $2 to serve, $1 of it for chips."""
    wanted: dict[str, Any] = {"restrictive": False, "terms": 0.0, "withheld": False} | told
    shelves.put_on_sale(line, shelf, 0, is_open, eci, 4.0, 2.0, 1.0, *wanted.values(), month)


def on_sale(shelf: Shelf) -> list[int]:
    return np.flatnonzero(shelf.on_sale).tolist()


def test_a_new_closed_generation_replaces_the_closed_one() -> None:
    line, shelf = market()
    for month, eci in ((0, 150.0), (3, 153.0)):
        renew(line, shelf, eci, month, is_open=False)
    assert on_sale(shelf) == [CLOSED]
    assert (shelf.eci[CLOSED], shelf.released[CLOSED]) == (153.0, 3.0)


def test_weights_that_are_out_stay_out_when_the_next_generation_is_closed() -> None:
    line, shelf = market()
    renew(line, shelf, 150.0, 0, is_open=True)
    renew(line, shelf, 153.0, 3, is_open=False)
    assert on_sale(shelf) == [CLOSED, OPEN]
    assert shelf.eci[[CLOSED, OPEN]].tolist() == [153.0, 150.0]
    assert not line.opened[0]


def test_a_new_open_generation_replaces_both() -> None:
    line, shelf = market()
    renew(line, shelf, 150.0, 0, is_open=True)
    renew(line, shelf, 153.0, 3, is_open=False)
    renew(line, shelf, 156.0, 6, is_open=True)
    assert on_sale(shelf) == [OPEN]
    assert (shelf.eci[OPEN], shelf.released[OPEN]) == (156.0, 6.0)
    assert line.opened[0]


def test_a_release_of_one_product_touches_no_other() -> None:
    line, shelf = market(products=2)
    before = [part.copy() for part in (*line, *shelf)]
    renew(line, shelf, 150.0, 0, is_open=True)
    for part, old in zip((*line, *shelf), before, strict=True):
        other = slice(1, None) if part.size == line.lab.size else slice(2, None)
        np.testing.assert_array_equal(part[other], old[other])


def test_terms_and_limits_belong_to_weights_alone() -> None:
    line, shelf = market()
    told = {"restrictive": True, "terms": 0.2, "withheld": True}
    renew(line, shelf, 150.0, 0, is_open=False, **told)
    assert not (shelf.restrictive | shelf.withheld | (shelf.terms > 0)).any()
    renew(line, shelf, 153.0, 3, is_open=True, **told)
    assert (shelf.restrictive[OPEN], shelf.terms[OPEN], shelf.withheld[OPEN]) == (True, 0.2, True)


def test_weights_that_follow_later_are_those_of_the_model_on_sale() -> None:
    line, shelf = market()
    renew(line, shelf, 150.0, 5, is_open=False)
    line.weights_due[0] = 7.0
    shelves.release_weights(line, shelf, 0, RATIO, True, 0.2, True)
    assert on_sale(shelf) == [OPEN]
    assert (shelf.eci[OPEN], shelf.released[OPEN]) == (150.0, 5.0)
    assert shelf.price[OPEN] == shelf.launch[OPEN] == 2.0 * RATIO
    assert (shelf.restrictive[OPEN], shelf.terms[OPEN], shelf.withheld[OPEN]) == (True, 0.2, True)
    assert line.opened[0]
    assert line.weights_due[0] == NOT_DUE


def test_only_a_closed_generation_has_a_predecessor_to_open() -> None:
    line, shelf = market()
    renew(line, shelf, 150.0, 0, is_open=True)
    renew(line, shelf, 153.0, 3, is_open=False)
    assert np.isnan(line.predecessor_eci[0])
    renew(line, shelf, 156.0, 6, is_open=False)
    assert line.predecessor_eci[0] == 153.0


def test_an_opened_predecessor_is_on_sale_beside_the_flagship_without_terms() -> None:
    line, shelf = market()
    for month, eci in ((0, 150.0), (3, 153.0)):
        renew(line, shelf, eci, month, is_open=False)
    shelves.release_predecessor(line, shelf, 0, RATIO, 3)
    assert on_sale(shelf) == [CLOSED, OPEN]
    assert shelf.eci[[CLOSED, OPEN]].tolist() == [153.0, 150.0]
    assert shelf.released[OPEN] == 3.0
    assert shelf.price[OPEN] == 2.0 * RATIO
    assert not (shelf.restrictive[OPEN] | shelf.withheld[OPEN])


def test_the_maker_serves_only_the_newest_version_of_a_product() -> None:
    line, shelf = market()
    renew(line, shelf, 150.0, 0, is_open=True)
    assert shelves.superseded(shelf).tolist() == [True, False]
    renew(line, shelf, 153.0, 3, is_open=False)
    assert shelves.superseded(shelf).tolist() == [False, True]


def test_the_makers_users_move_to_the_new_model_and_users_elsewhere_keep_their_weights() -> None:
    line, shelf = market()
    renew(line, shelf, 150.0, 0, is_open=True)
    renew(line, shelf, 153.0, 3, is_open=False)
    at_maker, elsewhere = shelves.followers(shelf)
    assert at_maker.tolist() == [CLOSED, CLOSED, -1]
    assert elsewhere.tolist() == [CLOSED, OPEN, -1]


def test_when_weights_are_released_users_of_the_interface_go_on_at_the_interface() -> None:
    line, shelf = market()
    renew(line, shelf, 150.0, 0, is_open=False)
    shelves.release_weights(line, shelf, 0, RATIO, False, 0.0, False)
    assert shelves.followers(shelf)[0].tolist() == [OPEN, OPEN, -1]


def test_where_nothing_of_a_product_is_left_its_users_must_choose_again() -> None:
    _, shelf = market()
    assert (shelves.followers(shelf) == -1).all()
    assert not shelves.superseded(shelf).any()


@pytest.mark.parametrize(
    ("age", "lag", "left"),
    [
        (MAX_AGE_MONTHS - 1, 0.0, [CLOSED, 2]),
        (MAX_AGE_MONTHS, 0.0, [2]),
        (0, MAX_LAG_ECI - 0.5, [CLOSED, 2]),
        (0, MAX_LAG_ECI, [2]),
    ],
)
def test_what_is_two_years_old_or_35_eci_behind_leaves(
    age: int, lag: float, left: list[int]
) -> None:
    shelf = shelf_of(line_of(labs_of("US"), 2), CLOSED, 2)
    shelf.released[[CLOSED, 2]] = 40 - age, 40
    shelf.eci[[CLOSED, 2]] = 160.0 - lag, 160.0
    assert shelves.clear_out(shelf, 40) == 160.0
    assert on_sale(shelf) == left


def test_an_empty_shelf_has_no_frontier() -> None:
    _, shelf = market()
    assert shelves.frontier_of(shelf) == -np.inf
    assert shelves.clear_out(shelf, 3) == -np.inf


def test_the_best_weights_are_open_and_on_sale_and_the_first_of_equals() -> None:
    line, shelf = market(3)
    assert shelves.best_weights(shelf) == -1
    shelf.eci[:] = [170.0, 150.0, 170.0, 150.0, 170.0, 160.0]  # closed and open in turn
    shelf.on_sale[:] = [True, True, True, True, True, False]
    assert line.lab.size == 3
    assert shelves.best_weights(shelf) == 1
    shelf.on_sale[5] = True
    assert shelves.best_weights(shelf) == 5
