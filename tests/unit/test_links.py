"""A link holds what differs from its preset, reopens it exactly, and is never trusted."""

from __future__ import annotations

import dataclasses
import itertools

import pytest

from sim import links
from sim.declare import InputError
from sim.levers import LEVERS
from sim.link_items import Size
from sim.mechanisms import MECHANISMS
from sim.parameters import ASSUMPTIONS
from sim.run_id import run_id
from sim.scenario import LeverSetting, Scenario, load_scenario, preset_names, with_changes
from sim.shocks import Shock
from sim.version import MODEL_VERSION

PAIRS = list(itertools.product(preset_names(), repeat=2))


def number(scenario: Scenario) -> str:
    return run_id(scenario, seed=1, replicates=4, streams=4000)


@pytest.mark.parametrize(("name", "base"), PAIRS)
def test_any_preset_can_be_told_as_a_change_of_any_other(name: str, base: str) -> None:
    scenario = load_scenario(name)
    told = links.encode(scenario, load_scenario(base))
    assert number(links.decode(told)) == number(scenario)


def test_a_preset_by_itself_is_a_short_link() -> None:
    preset = load_scenario("fear_lockdown")
    assert links.encode(preset, preset) == {"s": "fear_lockdown"}


def test_a_link_keeps_start_phase_in_assumptions_and_mechanisms() -> None:
    base = load_scenario("status_quo")
    scenario = with_changes(
        base,
        levers={"us_foreign_model_ban": LeverSetting(0.9, 50, 12)},
        assumptions={"spillover": 0.08},
        off=("ecosystem",),
        horizon=95,
    )
    told = links.encode(scenario, base)
    assert told == {
        "s": "status_quo",
        "l": "us_foreign_model_ban:0.9@2027-03+12",
        "a": "spillover:0.08",
        "x": "ecosystem",
        "h": "2030-12",
    }
    assert number(links.decode(told)) == number(scenario)


def test_a_plus_sign_that_became_a_space_is_read_as_it_was_meant() -> None:
    told = links.decode({"l": "us_foreign_model_ban:0.9@2027-03 12"})
    assert told.levers["us_foreign_model_ban"] == LeverSetting(0.9, 50, 12)


@pytest.mark.parametrize(
    ("params", "named"),
    [
        ({"s": "../../etc/passwd"}, "is not a preset"),
        ({"l": "us_foreign_model_ban:7"}, "out of range"),
        ({"l": "us_foreign_model_ban:nan"}, "not a finite number"),
        ({"l": "us_foreign_model_bam:0.5"}, "did you mean 'us_foreign_model_ban'"),
        ({"l": "us_foreign_model_ban"}, "write NAME:VALUE"),
        ({"l": "us_foreign_model_ban:0.5@2099-01"}, "not a month"),
        ({"a": "spillover:-3"}, "out of range"),
        ({"x": "gravity"}, "unknown mechanism"),
        ({"h": "soon"}, "not a month"),
        ({"l": "x" * 12_001}, "too long"),
        ({"k": "earthquake:1@2027-01+1"}, "unknown shock"),
        ({"k": "chip_tightening:7@2027-01+1"}, "allowed 0 to 1"),
        ({"k": "chip_tightening:0.1@2027-01"}, "write KIND:SIZE@YYYY-MM+MONTHS"),
        ({"k": "chip_tightening:nan@2027-01+1"}, "allowed 0 to 1"),
        ({"k": "lab_reversal:1@2027-01+1~acme"}, "unknown lab"),
        ({"k": ",".join(["incident:1@2027-01+1"] * 21)}, "21 shocks; allowed 20"),
        ({"u": "magic"}, "allowed observed, simulated"),
        ({"n": "1.2"}, "write SEED or SEED.REPLICATES.STREAMS"),
        ({"n": "1.99999.4000"}, "allowed 1 to 10000"),
        ({"n": "-1"}, "write SEED"),
        ({"n": "1" * 4000}, "write SEED"),
        ({"r": "fc-XYZ"}, "not written as in a link"),
        ({"r": "' OR 1=1"}, "not written as in a link"),
        ({"d": "abc"}, "not written as in a link"),
        ({"v": "latest"}, "not written as in a link"),
        ({"v": "\u0660.\u0662.\u0660"}, "not written as in a link"),
        ({"t": "x" * 121}, "t: must be text of at most 120"),
    ],
)
def test_what_is_wrong_with_a_link_is_said_in_one_line(params: dict[str, str], named: str) -> None:
    with pytest.raises(InputError) as caught:
        links.decode(params)
    assert named in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_link_keeps_shocks_supply_and_title() -> None:
    base = load_scenario("status_quo")
    shocks = (Shock("lab_reversal", 52, 1, 1.0, "meta"), Shock("chip_tightening", 50, 24, 0.15))
    scenario = dataclasses.replace(
        base, title="Meta: turns, 100 %?", shocks=shocks, supply="simulated"
    )
    told = links.encode(scenario, base)
    assert told == {
        "s": "status_quo",
        "t": "Meta: turns, 100 %?",
        "k": "lab_reversal:1@2027-05+1~meta,chip_tightening:0.15@2027-03+24",
        "u": "simulated",
    }
    again = links.decode(links.params_of("?" + links.query(told)))
    assert (again.shocks, again.supply) == (shocks, "simulated")
    assert (again.title, again.name, again.story) == (scenario.title, "link", "")
    assert number(again) == number(scenario)


def test_shocks_of_a_preset_can_be_taken_back() -> None:
    plain = load_scenario("status_quo")
    shocked = dataclasses.replace(plain, shocks=(Shock("incident", 50, 1, 2.0),))
    assert links.encode(plain, shocked)["k"] == "none"
    assert links.decode({"k": "none"}).shocks == ()


def test_a_link_names_model_run_and_size_before_all_else() -> None:
    scenario = load_scenario("fear_lockdown")
    told = links.stamped({"s": "fear_lockdown"}, scenario, Size(), "0123456789abcdef" * 4)
    assert list(told.items()) == [
        ("v", MODEL_VERSION),
        ("r", run_id(scenario, seed=1, replicates=64, streams=4000)),
        ("d", "0123456789abcdef"),
        ("s", "fear_lockdown"),
    ]
    assert links.stamped({}, scenario, Size(seed=7))["n"] == "7"
    other = links.stamped({}, scenario, Size(seed=0, replicates=8))
    assert other["n"] == "0.8.4000"
    link = links.read(other | {"s": "fear_lockdown"})
    assert link.size == Size(0, 8, 4000)
    assert link.whole


def test_a_link_cut_short_or_changed_by_hand_is_noticed() -> None:
    scenario = with_changes(
        load_scenario("status_quo"),
        levers={"us_foreign_model_ban": LeverSetting(0.5), "us_open_funding": LeverSetting(9.0)},
    )
    told = links.encode(scenario, load_scenario("status_quo"))
    whole = links.stamped(told, scenario, Size())
    assert links.read(whole).whole
    cut = whole | {"l": whole["l"].split(",")[0]}
    assert not links.read(cut).whole
    assert links.read({key: value for key, value in cut.items() if key != "r"}).whole


def test_what_a_link_of_another_model_names_and_this_one_does_not_know_is_left_out() -> None:
    link = links.read(
        {
            "v": "0.0.1",
            "s": "gone_preset",
            "l": "gone:1,us_foreign_model_ban:0.5,us_open_funding:1e9",
            "a": "gone_too:1,spillover:0.08",
            "x": "gravity,ecosystem",
            "k": "earthquake:1@2027-01+1,incident:2@2027-01+1",
            "u": "magic",
            "h": "2099-01",
        }
    )
    assert not link.of_today
    scenario = link.scenario
    assert scenario.levers == {"us_foreign_model_ban": LeverSetting(0.5)}
    assert scenario.assumptions == {"spillover": 0.08}
    assert scenario.off == ("ecosystem",)
    assert scenario.shocks == (Shock("incident", 48, 1, 2.0),)
    assert (scenario.supply, scenario.horizon) == ("observed", 119)
    assert len(link.left_out) == 8
    assert all(line.isprintable() for line in link.left_out)
    assert "us_open_funding" in link.left_out[2]


def test_the_longest_link_the_app_can_make_is_one_it_can_read() -> None:
    third = 1 / 3
    scenario = Scenario(
        "x",
        "T" * 120,
        levers={
            lever.id: LeverSetting(lever.low + (lever.high - lever.low) * third, 13, 120)
            for lever in LEVERS
        },
        assumptions={key: q.low + (q.high - q.low) * third for key, q in ASSUMPTIONS.items()},
        off=tuple(sorted(m.id for m in MECHANISMS)),
        shocks=(Shock("lab_reversal", 100, 240, third, "microsoft"),) * 20,
        supply="simulated",
        horizon=60,
    )
    told = links.stamped(
        links.encode(scenario, load_scenario("fear_lockdown")), scenario, Size(3, 4, 200)
    )
    again = links.read(links.params_of("http://localhost:8501/?" + links.query(told)))
    assert number(again.scenario) == number(scenario)
    assert again.whole


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/simulate?utm_source=mail&s=fear_lockdown&v=0.0.1",
        "?s=fear_lockdown&v=0.0.1",
        "s=fear_lockdown&v=0.0.1",
        "  s=fear_lockdown&v=0.0.1\n",
    ],
)
def test_an_address_and_its_query_say_the_same(text: str) -> None:
    assert links.params_of(text) == {"s": "fear_lockdown", "v": "0.0.1"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "describes no scenario"),
        ("https://example.org/", "describes no scenario"),
        ("?c=status_quo", "describes no scenario"),
        ("http://[/?s=a", "cannot be read"),
        ("?" + "&".join(["s=a"] * 60), "cannot be read"),
        ("?s=" + "x" * 50_000, "too long"),
    ],
)
def test_an_address_that_is_no_link_is_refused_in_one_line(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told) as caught:
        links.params_of(text)
    assert str(caught.value).isprintable()
