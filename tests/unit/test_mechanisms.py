"""Mechanisms are declared once, each with a rival that is one too."""

from __future__ import annotations

import pytest

from sim import InputError
from sim.mechanisms import BY_ID, MECHANISMS, On, mechanism, switches


def test_the_record_of_switches_names_the_mechanisms_in_their_order() -> None:
    assert On._fields == tuple(declared.id for declared in MECHANISMS)
    assert len(BY_ID) == len(MECHANISMS)


def test_everything_is_on_unless_it_is_off() -> None:
    assert all(switches(()))
    for k, declared in enumerate(MECHANISMS):
        on = switches([declared.id])
        assert [number for number, state in enumerate(on) if not state] == [k]


def test_the_rival_of_a_mechanism_is_another_mechanism() -> None:
    for declared in MECHANISMS:
        assert declared.rival in BY_ID
        assert declared.rival != declared.id


def test_every_mechanism_says_what_it_does_and_what_being_off_means() -> None:
    for declared in MECHANISMS:
        assert declared.label.strip()
        assert "Off: " in declared.meaning
    assert len({declared.label for declared in MECHANISMS}) == len(MECHANISMS)


def test_a_misspelt_mechanism_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(InputError, match="did you mean 'spillovers'"):
        mechanism("spillover")
