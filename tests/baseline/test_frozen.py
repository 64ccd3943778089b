"""Forty-eight futures and the command line stay what they were: see frozen.py."""

from __future__ import annotations

import json

import pytest

from sim.scenario import Scenario
from tests import worlds
from tests.baseline import frozen

KNOWN = json.loads(frozen.DIGESTS.read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def machine_code() -> None:
    worlds.machine_code()


def test_every_frozen_future_has_its_digest() -> None:
    assert set(KNOWN) == {key for key, _, _ in frozen.futures()}
    assert len(KNOWN) * len(frozen.FORMS) == 48


@pytest.mark.parametrize(
    ("key", "scenario", "seed"), list(frozen.futures()), ids=lambda v: str(v)[:40]
)
@pytest.mark.parametrize("form", frozen.FORMS)
def test_a_future_is_what_it_was_to_the_bit(
    key: str, scenario: Scenario, seed: int, form: str
) -> None:
    assert frozen.digest(frozen.values(scenario, seed, form)) == KNOWN[key][form]


@pytest.mark.parametrize("name", list(frozen.COMMAND_LINES))
def test_a_command_prints_what_it_printed(name: str) -> None:
    expected = (frozen.COMMANDS / name).read_text(encoding="utf-8")
    assert frozen.kept_text(frozen.printed(frozen.COMMAND_LINES[name])) == expected
