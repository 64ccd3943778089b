"""What holds for every scenario, and for every text that claims to be one."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TypeVar

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import InputError, Scenario
from sim.calendar import LAST_MONTH, month_label
from sim.labs import lab_ids
from sim.levers import LEVERS
from sim.mechanisms import MECHANISMS
from sim.parameters import ASSUMPTIONS
from sim.run_id import run_id
from sim.scenario import (
    MAX_STORY,
    MAX_TITLE,
    SUPPLIES,
    parse_assume,
    parse_set,
    scenario_from_dict,
    scenario_from_toml,
    scenario_to_toml,
)
from sim.shocks import KINDS
from sim.worlds import WORLDS

LABS = lab_ids()

T = TypeVar("T")
MONTHS = st.integers(0, LAST_MONTH).map(month_label)


@st.composite
def shocks(draw: st.DrawFn) -> dict[str, object]:
    """Return any shock a valid file can describe, as a table."""
    kind = draw(st.sampled_from(KINDS))
    table: dict[str, object] = {"kind": kind.id, "month": draw(MONTHS)}
    if draw(st.booleans()):
        table |= {"months": draw(st.integers(1, 240)), "size": draw(st.floats(kind.low, kind.high))}
    return table | ({"lab": draw(st.sampled_from(LABS))} if kind.id == "lab_reversal" else {})


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Return any scenario a valid file can describe."""
    levers = {
        lever.id: {
            "value": draw(st.floats(lever.low, lever.high)),
            "start": draw(MONTHS),
            "phase_in_months": draw(st.integers(0, 120)),
        }
        for lever in draw(st.lists(st.sampled_from(LEVERS), unique_by=lambda lever: lever.id))
    }
    assumptions = {
        name: draw(st.floats(ASSUMPTIONS[name].low, ASSUMPTIONS[name].high))
        for name in draw(st.lists(st.sampled_from(sorted(ASSUMPTIONS)), max_size=5))
    }
    raw = {
        "title": "T" + draw(st.text(max_size=MAX_TITLE - 1)),
        "story": draw(st.text(max_size=200) | st.text("\\\"'\n\t\r#é", max_size=MAX_STORY)),
        "levers": levers,
        "assumptions": assumptions,
        "off": draw(st.lists(st.sampled_from([m.id for m in MECHANISMS]))),
        "horizon": draw(MONTHS),
        "supply": draw(st.sampled_from(SUPPLIES)),
        "worlds": draw(st.sampled_from(WORLDS)),
        "shocks": draw(st.lists(shocks(), max_size=4)),
    }
    return scenario_from_dict(raw, "any")


def as_file(text: str) -> Scenario:
    """Return the scenario in the text of a file."""
    return scenario_from_toml(text, "any")


def refusal(text: T, parse: Callable[[T], object] = as_file) -> str | None:
    """Return the message with which something is refused, None if it is accepted."""
    try:
        parse(text)
    except InputError as error:
        return str(error)
    return None


def is_one_line(message: str | None) -> bool:
    """Return whether there is no message, or one of a single printable line."""
    return message is None or (message.isprintable() and message != "")


@given(scenarios())
def test_a_scenario_written_as_toml_reads_back_equal(scenario: Scenario) -> None:
    text = scenario_to_toml(scenario)
    again = scenario_from_toml(text, scenario.name)
    assert again == scenario
    assert scenario_to_toml(again) == text
    sizes = {"seed": 1, "replicates": 2, "streams": 200}
    assert run_id(again, **sizes) == run_id(scenario, **sizes)


@given(scenarios())
def test_a_lever_never_leaves_its_range_and_keeps_its_past(scenario: Scenario) -> None:
    for lever in LEVERS:
        path = scenario.path(lever.id)
        assert path.shape == (scenario.n_months,)
        slack = 1e-12 * (lever.high - lever.low)
        assert ((path >= lever.low - slack) & (path <= lever.high + slack)).all()
        setting = scenario.levers.get(lever.id)
        kept = scenario.n_months if setting is None else setting.start
        assert np.array_equal(path[:kept], lever.status_quo(scenario.n_months)[:kept])


@given(st.text())
def test_any_text_is_a_scenario_or_refused_in_one_line(text: str) -> None:
    assert is_one_line(refusal(text))


PIECES = st.sampled_from(
    [
        *("title", "levers", "us_foreign_model_ban", "value", "start", "off", "horizon"),
        *("=", ".", ",", "[", "]", "[[", "]]", "{", "}", '"', "'", '"""', "'''", "\n", " ", "#"),
        *("1", "-1", "1e400", "nan", "inf", "0x" + "f" * 5000, "9" * 5000, "2027-01-01", "true"),
    ]
)


@settings(max_examples=300)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_heap_of_toml_pieces_is_a_scenario_or_refused_in_one_line(text: str) -> None:
    assert is_one_line(refusal(text))
    assert is_one_line(refusal(f"title = 'A'\n{text}"))


KEYS = ["title", "story", "horizon", "off", "levers", "supply", "shocks", "worlds", "assumptions"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(10**400),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(KEYS), VALUES))
def test_any_table_is_a_scenario_or_refused(raw: dict[str, object]) -> None:
    with contextlib.suppress(InputError):  # any other exception fails the test
        assert isinstance(scenario_from_dict(raw, "any"), Scenario)


@given(st.text() | st.text("us_foreign_model_ban=0.9@2027-01+", max_size=50))
def test_any_option_of_the_command_line_is_read_or_refused(text: str) -> None:
    for parse in (parse_set, parse_assume):
        assert is_one_line(refusal(text, parse))
