"""What changed and why: the decisions that turned, what turned them, and that putting it back does.

The same futures of a scenario and of the status quo, with few streams.
"""

from __future__ import annotations

import dataclasses
from functools import lru_cache

import numpy as np
import pytest

from sim import Scenario
from sim.explain.effects import Effect, counted
from sim.explain.releases import PARTS, TOGETHER, Turns, tally, turns
from sim.explain.reviews import partings
from sim.explain.statements import Statement, recount, say_check, statements
from sim.explain.story import government_story, lab_number, lab_story, say, typical_of_lab
from sim.explain.switch import Switch, of_rules, of_term
from sim.log import ENTRY, TERM_NAMES, Entries, Event
from sim.openness import TERMS
from sim.outcomes import REGIONS, SERIES
from sim.result import Result
from tests.worlds import future, scenario

START = 48  # January 2027
FUTURES = 6
LIABLE = {"us_open_liability": 400.0}
PAID = {"eu_open_funding": 400.0}
LOCKED = LIABLE | {"us_foreign_model_ban": 0.9, "us_open_funding": 0.0}


def told(off: tuple[str, ...] = (), **levers: float) -> Scenario:
    made = scenario(until="2030-12", start=START, worlds="drawn", **levers)
    return dataclasses.replace(made, off=off)


def ran(asked: Scenario) -> Result:
    found = [future(asked, replicate=number) for number in range(FUTURES)]
    return Result(
        asked, 1, 400, "test", np.stack([f.values for f in found]), tuple(f.log for f in found)
    )


@lru_cache(maxsize=16)
def pair(off: tuple[str, ...] = (), **levers: float) -> tuple[Result, Result]:
    return ran(told(off)), ran(told(off, **levers))


def put_back(statement: Statement, base: Result, result: Result) -> tuple[Result, Result]:
    assert statement.switch is not None
    one, other = statement.switch.put_back(base.scenario, result.scenario)
    return ran(one), ran(other)


def turned_on(base: Result, result: Result, term: str) -> int:
    return int((turns(base, result, START).part == PARTS.index(term)).sum())


def decision(draw: float, **terms: float) -> Entries:
    """One release of lab 3: terms in $M a year with a noise of 100."""
    parts = [terms.get(name.replace(" ", "_"), 0.0) for name in TERM_NAMES[:-1]]
    odds = sum(parts[: len(TERMS)]) / 100.0 + sum(parts[len(TERMS) :])
    chance = 1.0 / (1.0 + np.exp(-odds))
    row = (50, int(Event.RELEASE), 3, 7, float(draw < chance), chance, draw, (*parts, 100.0))
    return np.array([row], dtype=ENTRY)


def made(*logs: Entries) -> Result:
    values = np.zeros((len(logs), len(SERIES), 96))
    return Result(told(), 1, 400, "made", values, logs)


def one_turn(before: Entries, after: Entries) -> Turns:
    return turns(made(before), made(after), START)


def test_the_term_that_alone_turns_a_decision_back_is_named() -> None:
    found = one_turn(
        decision(0.4, licence_and_liability=0.0, own_sales=0.0),
        decision(0.4, licence_and_liability=-200.0, own_sales=-10.0),
    )
    assert found.opens.tolist() == [False]
    assert PARTS[found.part[0]] == "licence and liability"


def test_the_largest_is_not_named_if_putting_it_back_changes_nothing() -> None:
    found = one_turn(
        decision(0.4, peers=0.0, licence_and_liability=0.0),
        decision(0.4, peers=-2.0, licence_and_liability=-250.0),
    )
    assert found.part.tolist() == [TOGETHER]


def test_a_decision_made_alike_is_no_turn_however_its_terms_moved() -> None:
    assert one_turn(decision(0.9), decision(0.9, peers=1.0)).part.size == 0


def test_equal_scenarios_have_nothing_to_tell() -> None:
    base, _ = pair()
    assert statements(base, ran(told())) == ()


def test_a_liability_for_open_releases_is_told_of_american_labs() -> None:
    labs, *_ = statements(*pair(**LIABLE))
    assert labs.effect == Effect("labs", "US")
    assert labs.sign == -1
    assert "licence and liability" in labs.because
    assert labs.switch == Switch(hold=("us_open_liability",))


def test_holding_the_lever_a_sentence_names_removes_the_effect_it_claims() -> None:
    """Another lever moves too, so that the runs are not equal once the first is held."""
    american = statements(*pair(**LIABLE))[0]
    base, result = pair(**LIABLE, **PAID)
    back = put_back(american, base, result)
    assert not np.array_equal(back[0].values, back[1].values, equal_nan=True)
    assert turned_on(base, result, "licence and liability") > 20
    assert turned_on(*back, "licence and liability") == 0
    assert abs(recount(american, *back).median) < 0.2 * abs(recount(american, base, result).median)


@pytest.mark.parametrize("term", ["own sales", "complements", "peers"])
def test_switching_off_the_mechanism_of_a_term_leaves_no_decision_turned_by_it(term: str) -> None:
    assert turned_on(*pair(**LOCKED), term) > 0
    switch = of_term(term, told(**LOCKED))
    assert switch is not None
    assert turned_on(*pair(switch.off, **LOCKED), term) == 0


def test_lifting_the_ban_removes_what_is_told_of_developers() -> None:
    base, result = pair(**LOCKED)
    developers = next(s for s in statements(base, result) if s.effect.kind == "developers")
    assert developers.effect.who == "US"
    assert developers.switch == Switch(hold=("us_foreign_model_ban",))
    back = recount(developers, *put_back(developers, base, result))
    assert abs(back.median) < 0.25 * abs(developers.told.median)
    words = say_check(developers, back)
    assert "“US ban on Chinese models” held at the status quo" in words
    assert f"instead of {round(100 * developers.told.count / developers.told.of)}" in words


def test_governments_whose_reviews_bind_nothing_add_no_rules() -> None:
    parted = [len(partings(*pair(**LOCKED), number)) for number in range(len(REGIONS))]
    assert max(parted) > 0
    off = statements(*pair(("fear_rules",), **LOCKED))
    assert "governments" not in {statement.effect.kind for statement in off}


def test_no_lever_is_held_for_developers_whom_none_binds() -> None:
    assert of_rules("EU", told(**LIABLE)) is None


def test_a_story_tells_every_decision_of_the_lab_and_marks_those_that_turned() -> None:
    base, result = pair(**LIABLE)
    lab = lab_number("NVIDIA")
    number = typical_of_lab(base, result, lab, START)
    moments = lab_story(base, result, lab, number, START)
    theirs = turns(base, result, START)
    turned = ((theirs.lab == lab) & (theirs.future == number)).sum()
    assert turned > 0
    assert sum(bool(moment.turned) for moment in moments) == turned
    assert all(moment.differs for moment in moments if moment.turned)
    opened = sum("opens the weights" in say(moment.after) for moment in moments)
    assert opened == tally(result, START).opened[number, lab]


def test_a_government_meets_the_incidents_of_its_future() -> None:
    base, result = pair(**LOCKED)
    story = government_story(base, result, REGIONS.index("EU"), 0, 0)
    seen = sum(any("incident" in deed.act for deed in moment.before) for moment in story)
    assert seen == (base.logs[0]["event"] == Event.INCIDENT).sum()


def test_counts_leave_out_futures_in_which_the_value_does_not_exist() -> None:
    count = counted(np.array([1.0, -1.0, np.nan, 3.0]), 1)
    assert (count.count, count.of, count.median) == (2, 4, 1.0)
