"""Briefs of results made by hand: two scenarios, and four."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from sim.brief.content import brief_of
from sim.brief.deck import Deck
from sim.brief.record import Brief
from sim.brief.templates import deck as from_template

DATE, LINK = "2026-11-25", "https://example.org/compare?c=status_quo&c=ban"


@pytest.fixture(scope="session")
def made() -> ModuleType:
    """Return the module that makes results, which stands beside this file."""
    place = Path(__file__).with_name("made.py")
    spec = importlib.util.spec_from_file_location("made_results", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def two(made: ModuleType) -> Brief:
    """A ban against the status quo."""
    return brief_of(made.comparison("status_quo", "ban"), date=DATE, link=LINK)


@pytest.fixture(scope="session")
def four(made: ModuleType) -> Brief:
    """Three scenarios against the status quo, one of them equal to it."""
    return brief_of(made.comparison("status_quo", "ban", "fund", "same"), date=DATE)


@pytest.fixture(scope="session")
def deck(two: Brief) -> Deck:
    """Ten minutes about the ban."""
    names = [told.name for told in two.scenarios]
    return from_template("ten", names, title=two.title, question=two.question)
