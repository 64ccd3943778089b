"""What a scenario file may say, and what a reader is told when it says something else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sim import InputError, LeverSetting, Scenario, load_scenario, preset_names
from sim.scenario import (
    MAX_FILE_BYTES,
    parse_assume,
    parse_set,
    scenario_from_dict,
    scenario_from_toml,
    scenario_to_toml,
    with_changes,
)
from sim.shocks import Shock


def test_every_preset_loads_and_reads_back_equal() -> None:
    assert preset_names()[0] == "status_quo"
    for name in preset_names():
        scenario = load_scenario(name)
        assert scenario_from_toml(scenario_to_toml(scenario), name) == scenario


def test_the_status_quo_changes_no_lever() -> None:
    assert load_scenario("status_quo").changed_levers() == {}


def test_a_lever_ramps_evenly_over_its_phase_in() -> None:
    scenario = Scenario("a", "A", levers={"us_foreign_model_ban": LeverSetting(0.85, 48, 3)})
    path = scenario.path("us_foreign_model_ban")
    assert path[47:53] == pytest.approx([0.05, 0.25, 0.45, 0.65, 0.85, 0.85])


def test_a_lever_that_starts_after_the_horizon_changes_nothing() -> None:
    late = Scenario("a", "A", levers={"us_foreign_model_ban": LeverSetting(0.9, 120)})
    assert late.changed_levers() == {}


def test_the_command_line_form_of_a_lever_is_read() -> None:
    assert parse_set("us_foreign_model_ban=0.9@2027-06+12") == (
        "us_foreign_model_ban",
        LeverSetting(0.9, 53, 12),
    )
    assert parse_assume("quality_weight=7") == ("quality_weight", 7.0)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("us_foreign_model_ban=1.7", "us_foreign_model_ban: 1.7 is out of range; allowed 0 to 1"),
        ("us_foreign_model_ban=nan", "not a finite number"),
        ("us_foreign_model_ban=1e999", "not a finite number"),
        ("us_foreign_model_ban=", "write LEVER=VALUE"),
        ("us_foreign_model_ban=.9@2022-12", "'2022-12' is not a month the model covers"),
        ("us_foreign_model_ban=.9@2027-13", "'2027-13' is not a month the model covers"),
        ("us_foreign_model_ban=.9@2027-01+999", "999"),
        ("us_foreign_modelban=.9", "did you mean 'us_foreign_model_ban'"),
        ("", "write LEVER=VALUE"),
    ],
)
def test_a_bad_lever_is_named_with_what_is_allowed(text: str, told: str) -> None:
    with pytest.raises(InputError) as error:
        parse_set(text)
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "empty"),
        ("title = 'A'\nleevers = {}", "did you mean 'levers'"),
        ("title = 'A'\ntitle = 'B'", "not valid TOML"),
        ("story = 'no title'", "title: missing"),
        ("title = 7", "title: must be text"),
        (f"title = '{'A' * 121}'", "at most 120"),
        ("title = 'A'\nhorizon = 2030-01-01", "not a month"),
        ("title = 'A'\nsupply = 'magic'", "supply: 'magic'; allowed observed"),
        ("title = 'A'\nworlds = 'best'", "worlds: 'best'; allowed posterior, prior, central"),
        ("title = 'A'\noff = ['spillover']", "did you mean 'spillovers'"),
        ("title = 'A'\noff = [1]", "list of mechanism names"),
        ("title = 'A'\nlevers = 3", "levers: must be a table"),
        ("title = 'A'\n[levers]\nus_foreign_model_ban = true", "True is not a number"),
        ("title = 'A'\n[levers]\nus_foreign_model_ban = {}", "no value"),
        ("title = 'A'\n[levers]\nus_foreign_model_ban = {value=.1, stat='2027-01'}", "not valid"),
        ("title = 'A'\n[levers]\nus_foreign_model_ban = {value=0.1, stat='2027-01'}", "'start'"),
        (
            "title = 'A'\n[levers]\nus_foreign_model_ban = {value = 0.1, start = '2022-06'}",
            "'2022-06' is not a month the model covers",
        ),
        ("title = 'A'\n[assumptions]\nquality_weight = 1e9", "out of range"),
        ("a = " + "[" * 20_000, "not valid TOML"),
        ("a = " + "{b=" * 20_000, "not valid TOML"),
        ("a" + ".a" * 40_000 + " = 1", "too many dots"),
        (f"title = 'A'\n[levers]\nus_foreign_model_ban = 1{'0' * 400}", "out of range"),
        (f"title = 'A'\nhorizon = {'9' * 9000}", "not valid TOML"),
        (f"title = 'A'\nhorizon = [0x{'f' * 9000}]", "too large"),
        ("# " + "x" * MAX_FILE_BYTES, "too large"),
    ],
)
def test_a_bad_scenario_is_refused_in_one_line(text: str, told: str) -> None:
    with pytest.raises(InputError) as error:
        scenario_from_toml(text, "mine")
    message = str(error.value)
    assert message.startswith("mine: ")
    assert told in message
    assert len(message.splitlines()) == 1
    assert len(message) < 500


SHOCK = "title = 'A'\n[[shocks]]\n"


def test_a_shock_has_the_usual_size_and_length_unless_it_says_otherwise() -> None:
    text = SHOCK + "kind = 'chip_tightening'\nmonth = '2028-03'"
    assert scenario_from_toml(text, "a").shocks == (Shock("chip_tightening", 62, 24, 0.15),)
    told = scenario_from_toml(text + "\nmonths = 6\nsize = 0.3", "a")
    assert told.shocks == (Shock("chip_tightening", 62, 6, 0.3),)


def test_shocks_supply_and_worlds_read_back_as_written() -> None:
    shocks = (
        Shock("lab_reversal", 60, 1, 1.0, "deepseek"),
        Shock("incident", 70, 1, 3.0),
        Shock("incident", 70, 1, 3.0),
    )
    told = Scenario("a", "A", shocks=shocks, supply="simulated", worlds="prior")
    assert scenario_from_toml(scenario_to_toml(told), "a") == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("title = 'A'\nshocks = 3", "shocks: must be a list of at most 20 tables"),
        ("title = 'A'\nshocks = [3]", "shocks: '3' is not a table"),
        ("title = 'A'\n" + "[[shocks]]\n" * 21, "at most 20 tables"),
        (SHOCK + "kind = 'earthquake'\nmonth = '2028-03'", "unknown shock 'earthquake'"),
        (SHOCK + "kind = 'acces_gate'\nmonth = '2028-03'", "did you mean 'access_gate'"),
        (SHOCK + "month = '2028-03'", "unknown shock ''"),
        (SHOCK + "kind = 'incident'", "shocks.incident.month: 'None' is not a month"),
        (SHOCK + "kind = 'incident'\nmonth = '2022-03'", "not a month the model covers"),
        (SHOCK + "kind = 'incident'\nmonth = '2028-03'\nmnths = 2", "did you mean 'months'"),
        (SHOCK + "kind = 'incident'\nmonth = '2028-03'\nmonths = 0", "months: '0'; allowed 1 to"),
        (SHOCK + "kind = 'incident'\nmonth = '2028-03'\nmonths = 1.5", "months: '1.5'; allowed"),
        (SHOCK + "kind = 'incident'\nmonth = '2028-03'\nsize = 9", "allowed 1 to 6 (number of"),
        (SHOCK + "kind = 'incident'\nmonth = '2028-03'\nsize = true", "'True' is not a number"),
        (SHOCK + "kind = 'model_ban'\nmonth = '2028-03'\nsize = nan", "allowed 0 to 1"),
        (SHOCK + "kind = 'incident'\nmonth = '2028-03'\nlab = 'xai'", "only a lab_reversal"),
        (SHOCK + "kind = 'lab_reversal'\nmonth = '2028-03'", "unknown lab in shocks.lab_reversal"),
        (
            SHOCK + "kind = 'lab_reversal'\nmonth = '2028-03'\nlab = 'deepsek'",
            "did you mean 'deepseek'",
        ),
    ],
)
def test_a_bad_shock_is_refused_in_one_line(text: str, told: str) -> None:
    with pytest.raises(InputError) as error:
        scenario_from_toml(text, "mine")
    message = str(error.value)
    assert told in message
    assert len(message.splitlines()) == 1


def test_a_story_of_many_short_sentences_is_not_mistaken_for_a_long_key() -> None:
    story = "In 2027 U.S. rules change, e.g. chips. " * 40
    assert scenario_from_toml(f"title = 'A'\nstory = '{story}'", "a").story == story.strip()


def test_white_space_in_a_title_becomes_blanks_and_signs_nobody_sees_are_dropped() -> None:
    raw = {"title": "10\u00a0%\tmore\u200b", "story": "one\r\ntwo\u2028three"}
    scenario = scenario_from_dict(raw, "a")
    assert scenario.title == "10 % more"
    assert scenario.story == "one\ntwo three"


def test_a_table_with_a_number_too_large_for_a_float_is_refused() -> None:
    raw = {"title": "A", "levers": {"us_foreign_model_ban": 10**400}}
    with pytest.raises(InputError, match=r"us_foreign_model_ban: .*out of range"):
        scenario_from_dict(raw, "a")


def test_a_file_saved_by_notepad_is_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(b"\xef\xbb\xbftitle = 'A'\r\n")
    assert load_scenario(path).title == "A"
    assert load_scenario(path).name == "mine"


def test_files_that_are_no_scenarios_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    for content, told in (
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n\xff\xfe\x00", "UTF-8"),
        (b"\x00" * 50, "not valid TOML"),
    ):
        path.write_bytes(content)
        with pytest.raises(InputError, match=told):
            load_scenario(path)


def test_a_file_of_50_megabytes_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "large.toml"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(InputError, match="too large; allowed 100,000 bytes"):
        load_scenario(path)


@pytest.mark.parametrize("source", ["", ".", "/", "x" * 5000, "a\x00b", "../etc/passwd", "nul\n"])
def test_what_is_no_file_and_no_preset_is_unknown(source: str) -> None:
    with pytest.raises(InputError) as error:
        load_scenario(source)
    assert len(str(error.value).splitlines()) == 1


def test_a_name_nearly_right_is_suggested() -> None:
    with pytest.raises(InputError, match="did you mean 'status_quo'"):
        load_scenario("staus_quo")


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "secret.toml"
    path.write_text("title = 'A'")
    path.chmod(0)
    with pytest.raises(InputError, match=r"secret\.toml: cannot be read"):
        load_scenario(path)


def test_changes_are_laid_over_a_scenario_and_leave_it_as_it_was() -> None:
    before = Scenario("a", "A", assumptions={"quality_weight": 7.0})
    after = with_changes(before, assumptions={"quality_spread_eci": 5.0}, off=("ecosystem",))
    assert after.assumptions == {"quality_weight": 7.0, "quality_spread_eci": 5.0}
    assert (before.off, after.off) == ((), ("ecosystem",))
    with pytest.raises(InputError, match="unknown mechanism"):
        with_changes(before, off=("gravity",))
