"""Releases wait for the licensing office in a queue, first come first served."""

from __future__ import annotations

import math

import numpy as np
import pytest
import simpy

from sim.licensing import Office

MEAN = 2.0
USUAL = 1.0 - math.exp(-1.0)  # the draw at which a review takes its mean, two months


def office(reviewers: int, releases: int = 0) -> Office:
    """Return an office to which some releases apply in month 0, each to be reviewed in 2 months."""
    made = Office(simpy.Environment())
    made.staff(reviewers)
    for product in range(releases):
        made.apply(product, 0, USUAL, MEAN)
    return made


def waits(made: Office, until: float = 100.0) -> list[float]:
    made.clock.run(until=until)
    return [round(waited, 9) for _, waited in made.waits]


def test_with_one_reviewer_waits_add_up() -> None:
    assert waits(office(1, 3)) == [2.0, 4.0, 6.0]


def test_with_a_reviewer_each_nobody_waits_for_another() -> None:
    assert waits(office(10, 3)) == [2.0, 2.0, 2.0]


def test_with_two_reviewers_every_other_release_waits() -> None:
    assert waits(office(2, 5)) == [2.0, 2.0, 4.0, 4.0, 6.0]


def test_reviews_take_an_exponential_time() -> None:
    made = office(50)
    draws = (np.arange(40) + 0.5) / 40
    for product, uniform in enumerate(draws):
        made.apply(product, 0, float(uniform), MEAN)
    np.testing.assert_allclose(waits(made), -MEAN * np.log(1.0 - draws), atol=1e-9)


def test_licences_are_granted_in_the_order_of_asking_and_name_the_generation() -> None:
    made = office(1)
    made.apply(7, 50, USUAL, MEAN)
    made.apply(3, 50, USUAL, MEAN)
    made.clock.run(until=10)
    assert made.granted == [(7, 50), (3, 50)]


def test_what_is_not_decided_yet_is_pending() -> None:
    made = office(1, 3)
    counts = []
    for month in (1, 3, 5, 7):
        made.clock.run(until=month)
        counts.append(made.pending)
    assert counts == [3, 2, 1, 0]


def test_new_reviewers_begin_at_once_with_what_waits() -> None:
    made = office(1, 4)
    made.clock.run(until=1.0)
    made.staff(3)
    assert waits(made) == [2.0, 3.0, 3.0, 4.0]


def test_reviewers_who_leave_finish_their_review_and_begin_no_other() -> None:
    made = office(2, 5)
    made.clock.run(until=1.0)
    made.staff(1)
    assert waits(made) == [2.0, 2.0, 4.0, 6.0, 8.0]


def test_an_idle_reviewer_leaves_at_once() -> None:
    made = office(5)
    made.staff(1)
    for product in range(2):
        made.apply(product, 0, USUAL, MEAN)
    assert waits(made) == [2.0, 4.0]


def test_reviewers_called_back_before_they_left_go_on() -> None:
    made = office(3, 6)
    made.clock.run(until=1.0)
    made.staff(1)
    made.staff(3)
    assert waits(made) == [2.0, 2.0, 2.0, 4.0, 4.0, 4.0]


@pytest.mark.parametrize("reviewers", [1, 2, 7])
def test_more_reviewers_never_make_anybody_wait_longer(reviewers: int) -> None:
    few, more = waits(office(reviewers, 9)), waits(office(reviewers + 1, 9))
    assert all(one >= other for one, other in zip(few, more, strict=True))


def test_the_mean_wait_is_that_of_licences_granted_in_the_last_twelve_months() -> None:
    made = office(1)
    assert math.isnan(made.mean_wait(5))
    made.waits[:] = [(5.5, 1.0), (16.5, 3.0), (17.2, 8.0)]
    assert made.mean_wait(5) == 1.0
    assert made.mean_wait(16) == 2.0  # months 5 to 16
    assert made.mean_wait(17) == 5.5  # months 6 to 17
    assert math.isnan(made.mean_wait(29))
