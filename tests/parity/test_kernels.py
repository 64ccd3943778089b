"""Every compiled function returns the bits of its reference, on arguments from real futures."""

from __future__ import annotations

import numpy as np
import pytest

import sim.order  # defines every kernel
from sim import twins
from sim.arithmetic import HIGHEST, LOWEST
from sim.compiled.numbers import pairwise_sum
from sim.offers import Terms
from sim.parameters import plain
from tests.markets import (
    FIXED,
    PLAIN,
    SAME_PRICE,
    Good,
    choosers,
    climate,
    menu_of,
    stock_of,
)
from tests.parity import recording
from tests.parity.recording import calls, differences, outcome

assert sim.order.ORDER
NAMES = sorted(twins.references())
NUMBERS = plain(PLAIN)
DOUBLES = np.concatenate(
    [
        np.linspace(-60.0, 60.0, 4001),
        [LOWEST, HIGHEST, LOWEST - 1.0, HIGHEST + 1.0, -0.0, 0.0, 1e-300, -1e-300],
    ]
)


@pytest.mark.parametrize("name", NAMES)
def test_on_real_arguments_the_compiled_form_gives_the_bits_of_the_reference(name: str) -> None:
    recorded = calls()[name]
    assert recorded, f"{name} was never called: record a future in which it is"
    reference, compiled = twins.references()[name], twins.compiled()[name]
    with twins.only("reference"):
        for k, call in enumerate(recorded):
            found = differences(outcome(reference, call), outcome(compiled, call), name)
            assert not found, f"call {k} of {len(recorded)}: {', '.join(found)}"


@pytest.mark.parametrize("name", ["exp", "log", "exp_one", "log_one"])
def test_exponentials_and_logarithms_agree_to_the_last_bit_everywhere(name: str) -> None:
    reference, compiled = twins.references()[name], twins.compiled()[name]
    x = DOUBLES if name.startswith("exp") else np.exp(np.clip(DOUBLES, -500.0, 500.0))
    if name.endswith("_one"):
        assert [reference(float(v)).hex() for v in x] == [compiled(float(v)).hex() for v in x]
    else:
        assert not differences(reference(x), compiled(x))
        square = x[:4000].reshape(40, 100)
        assert not differences(reference(square), compiled(square))
        assert not differences(reference(x[::-3]), compiled(x[::-3]))


def test_draws_agree_for_any_agent_and_key() -> None:
    agents = np.array([[0, 1, 2**63], [2**64 - 1, 17, 5]], dtype=np.uint64)
    reference, compiled = twins.references()["uniform"], twins.compiled()["uniform"]
    for key in (0, 1, 2**64 - 1):
        assert not differences(reference(agents, key), compiled(agents, key))


def test_normal_quantiles_agree_to_the_last_bit_in_the_middle_and_in_both_tails() -> None:
    near = 0.5 + np.array([-0.47575, 0.47575])
    edges = np.concatenate([near, np.nextafter(near, 0.0), np.nextafter(near, 1.0)])
    u = np.concatenate([np.linspace(1e-9, 1.0 - 1e-9, 4001), edges, [2.0**-53, 1.0 - 2.0**-53]])
    reference, compiled = (
        forms["normal_quantile"] for forms in (twins.references(), twins.compiled())
    )
    assert not differences(reference(u), compiled(u))
    assert not differences(
        reference(u[:4000].reshape(40, 100)), compiled(u[:4000].reshape(40, 100))
    )
    assert not differences(reference(u[::-3]), compiled(u[::-3]))


@pytest.mark.parametrize("n", [0, 1, 255, 256, 257, 1023, 1024, 1025, 1300])
def test_choices_agree_whatever_blocks_they_are_made_in(n: int) -> None:
    reference, compiled = twins.references(), twins.compiled()
    lists = reference["shortlists"](MENUS["full of equals"], climate(), NUMBERS, FIXED)
    who = choosers(n)
    assert not differences(reference["choose"](lists, who), compiled["choose"](lists, who))


def test_an_empty_shelf_is_the_same_empty_menu() -> None:
    asked = (stock_of(), 3, 30, plain(SAME_PRICE), Terms())
    menu = twins.references()["menu"](*asked)
    assert menu.size == 0
    assert not differences(menu, twins.compiled()["menu"](*asked))


MENUS = {
    "one model": menu_of(Good()),
    "out of everybody's reach but China's": menu_of(Good(origin="CN", open=True, withheld=True)),
    "full of equals": menu_of(*[Good(open=k % 2 == 0) for k in range(30)]),
}


@pytest.mark.parametrize("kind", list(MENUS))
@pytest.mark.parametrize("n", [0, 1, 31, 32, 33, 300])
def test_shortlists_and_choices_agree_on_markets_at_the_edge(kind: str, n: int) -> None:
    reference, compiled = twins.references(), twins.compiled()
    menu = MENUS[kind]
    asked = (menu, climate(), NUMBERS, FIXED)
    lists = reference["shortlists"](*asked)
    assert not differences(lists, compiled["shortlists"](*asked), "shortlists")
    who = choosers(n)
    made = reference["choose"](lists, who)
    assert not differences(made, compiled["choose"](lists, who), "choose")


def test_a_difference_of_one_bit_is_noticed_and_named() -> None:
    one = {"a": (np.array([1.0, 2.0]), 3.0), "b": [np.array([True])]}
    other = {"a": (np.array([1.0, np.nextafter(2.0, 3.0)]), 3.0), "b": [np.array([False])]}
    assert differences(one, one) == []
    assert differences(one, other) == ["result.a.0", "result.b.0"]
    assert differences(np.zeros(2), np.zeros(2, dtype=np.float32)) == ["result"]
    assert differences(0.0, -0.0) == ["result"]


def test_enough_calls_are_recorded_to_mean_something() -> None:
    assert sum(len(kept) for kept in calls().values()) > 20 * len(NAMES)
    assert set(recording.SCENARIOS) >= {"the status quo", "a simulated history short of chips"}


@pytest.mark.parametrize("n", [*range(20), 127, 128, 129, 200, 1000])
def test_sums_of_what_lies_together_are_those_of_numpy(n: int) -> None:
    x = np.linspace(0.1, 3.3, n) ** 3
    assert float(x.sum()).hex() == float(pairwise_sum(x)).hex()
