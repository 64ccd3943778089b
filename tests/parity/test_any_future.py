"""Any future a user can set up is the same bits compiled or not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from sim import Scenario
from tests.properties.anything import few, scenarios, seeds
from tests.worlds import same_future, unfolded

many = settings(few, max_examples=100)


def check(scenario: Scenario, seed: int) -> None:
    one, other = (
        unfolded(scenario, seed=seed, streams=300, served_by=forms)
        for forms in ("reference", "compiled")
    )
    assert same_future(one, other)


@few
@given(scenarios(), seeds)
def test_any_future_is_the_same_bits_compiled_or_not(scenario: Scenario, seed: int) -> None:
    check(scenario, seed)


@pytest.mark.long
@many
@given(scenarios(), seeds)
def test_a_hundred_futures_are_the_same_bits_compiled_or_not(scenario: Scenario, seed: int) -> None:
    check(scenario, seed)
