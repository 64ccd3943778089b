"""What a brief says follows from the numbers by fixed rules, whose answers are known here."""

from __future__ import annotations

import dataclasses
from types import ModuleType

import numpy as np
import pytest

from sim.brief.content import brief_of
from sim.brief.likelihood import EITHER, count_error, direction, likely, sure
from sim.brief.record import Brief
from sim.compare import Comparison
from sim.declare import InputError
from sim.outcomes import BY_ID
from sim.parameters import ASSUMPTIONS
from sim.wording import measure

LEAD = "cn_open_share_tokens.router"


def test_the_first_headline_says_level_range_change_and_in_how_many_futures(two: Brief) -> None:
    assert two.headlines[0].replace("\xa0", " ") == (
        "In the model, A ban lowers the share of one router’s tokens on Chinese open models: 10 % "
        "in Dec 2032 (90 of 100 futures: 3.7–16 %), against 40 % under Status quo. Very likely: "
        "lower in 100 of 100 futures; the median change is −30 points (−30 to −30 points)."
    )


def test_a_change_that_goes_either_way_is_said_to_go_either_way(four: Brief) -> None:
    fund = four.headlines[1]
    assert fund.startswith("In the model, A fund may raise or lower ")
    assert f"{EITHER.capitalize()}: higher in 50 of 100 futures" in fund
    assert any("A fund raises or lowers" in point for point in four.uncertain)


def test_a_scenario_that_changes_nothing_is_said_to_change_nothing(four: Brief) -> None:
    same = four.headlines[2]
    assert same.startswith("In the model, The same changes nothing about ")
    assert "in every future" in same


@pytest.mark.parametrize("place", range(2))
def test_every_number_of_the_table_is_that_of_the_comparison(
    made: ModuleType, two: Brief, place: int
) -> None:
    comparison = made.comparison("status_quo", "ban")
    summary = comparison.summary(months=["2032-12"])
    for row in two.rows:
        outcome, group = row.picture.split(".")
        found = summary[(summary["outcome"] == outcome) & (summary["group"] == group)]
        told = found[found["scenario"] == comparison.labels[place]].iloc[0]
        cell, unit = row.cells[place], measure(BY_ID[outcome].unit)
        assert cell.level.words == unit.say(told["median"])
        assert cell.level.range == unit.say_range(told["low90"], told["high90"])
        assert [cell.level.median, cell.level.low50, cell.level.high90] == [
            told["median"],
            told["low50"],
            told["high90"],
        ]
        if cell.change is not None:
            assert cell.change.difference == told["difference"]
            assert cell.change.share_negative == told["share_negative"]
            assert cell.change.words == unit.say_change(told["difference"])


def test_the_lines_of_a_figure_are_the_bands_of_the_run(made: ModuleType, two: Brief) -> None:
    ban, base = made.result("ban"), made.result("status_quo")
    bands = ban.bands("cn_open_share_tokens", "router")
    path = two.figures[0].paths[0]
    for name in ("median", "low50", "high50", "low90", "high90"):
        assert np.allclose(getattr(path, name), 100.0 * bands[name], atol=1e-6, rtol=0.0)
    usual = base.bands("cn_open_share_tokens", "router")["median"]
    assert np.allclose(path.baseline, 100.0 * usual, atol=1e-6, rtol=0.0)


def test_the_last_figure_is_the_paired_difference_of_the_first_outcome(
    made: ModuleType, four: Brief
) -> None:
    last = four.figures[-1]
    assert (last.kind, last.picture) == ("changes", LEAD)
    paired = made.comparison("status_quo", "fund").difference(1, *LEAD.split("."))
    assert np.allclose(last.paths[1].median, 100.0 * np.median(paired, axis=0), atol=1e-6)
    assert last.paths[2].median == (0.0,) * made.MONTHS


@pytest.mark.parametrize(
    ("share", "n", "word"),
    [
        (1.0, 100, "virtually certain"),
        (1.0, 16, "very likely"),
        (1.0, 8, "very likely"),
        (1.0, 2, "likely"),
        (0.95, 100, "very likely"),
        (0.7, 100, "likely"),
        (0.6, 100, EITHER),
    ],
)
def test_few_futures_never_make_a_certainty(share: float, n: int, word: str) -> None:
    assert likely(share, n) == word


@pytest.mark.parametrize(
    ("up", "down", "way", "told"),
    [
        (0.0, 0.0, "same", "the same in every future"),
        (0.9, 0.1, "higher", "higher in 90 of 100 futures"),
        (0.1, 0.9, "lower", "lower in 90 of 100 futures"),
        (0.55, 0.45, "either", "higher in 55 of 100 futures"),
        (0.1, 0.3, "still", "the same in 60 of 100 futures, lower in 30"),
    ],
)
def test_the_direction_of_a_change_is_that_of_most_futures(
    up: float, down: float, way: str, told: str
) -> None:
    assert direction(up, down, 100) == way
    assert sure(up, down, 100) == told


def test_more_futures_make_a_count_surer() -> None:
    assert [count_error(n) for n in (4, 16, 64, 10_000)] == [50, 25, 13, 1]


def test_calibrated_words_are_explained_once(two: Brief) -> None:
    assert sum("“Likely” and its like" in point for point in two.reading) == 1


def test_levers_are_told_with_what_their_values_stand_for(two: Brief) -> None:
    (lever,) = two.levers
    assert [value.replace("\xa0", " ") for value in lever.values] == [
        "5 %",
        "90 % from Jan 2027, over 12 months",
    ]
    assert lever.landmarks[1] == "a general ban with narrow exceptions"
    assert lever.changed == (False, True)
    assert lever.beyond == (False, True)
    assert two.beyond[0].startswith(
        "US ban on Chinese models, share of US volume covered (90\xa0% in A ban; tried so far "
    )


def test_the_reason_named_is_the_term_that_moved_the_lab(two: Brief) -> None:
    (reason,) = two.reasons
    assert "opens 25\xa0% of its releases from Jan 2027 on, 50\xa0% under Status quo" in reason.text
    assert reason.text.endswith("What moves it most: licence and liability.")


def test_assumptions_that_differ_are_told_with_their_defaults(made: ModuleType) -> None:
    moved = dataclasses.replace(
        made.result("ban"),
        scenario=dataclasses.replace(
            made.scenario("ban"), assumptions={"price_sensitivity": 1.5}, off=("ecosystem",)
        ),
    )
    brief = brief_of(Comparison((made.result("status_quo"), moved)), date="2026-11-25")
    told = " ".join(brief.assumptions)
    assert f"A ban alone: {ASSUMPTIONS['price_sensitivity'].label} is 1.5 and not " in told
    assert "A ban alone: The mechanism “" in told
    assert "is switched off" in told


def test_a_brief_names_its_runs_its_version_and_its_date(two: Brief, made: ModuleType) -> None:
    ids = [made.result(name).run_id for name in ("status_quo", "ban")]
    assert [told.run_id for told in two.scenarios] == ids
    for citation in (two.apa, two.bibtex):
        assert all(number in citation for number in ids)
        assert two.version in citation
    assert "(2026, 25 November)" in two.apa
    assert two.command == (
        "python -m sim compare status_quo ban --replicates 8 --streams 1000 --seed 1 "
        "--until 2032-12"
    )


def test_one_result_is_told_by_itself(made: ModuleType) -> None:
    brief = brief_of(Comparison((made.result("ban"),)), date="2026-11-25")
    assert all(figure.kind == "levels" for figure in brief.figures)
    assert brief.headlines[0].startswith("In the model, the share of one router’s tokens")
    assert "against" not in brief.headlines[0]
    assert not brief.levers
    assert not brief.reasons


def test_titles_that_repeat_are_told_apart(made: ModuleType) -> None:
    pair = Comparison((made.result("status_quo"), made.result("ban"), made.result("ban")))
    brief = brief_of(pair, date="2026-11-25")
    assert [told.title for told in brief.scenarios] == ["Status quo", "A ban", "A ban (2)"]


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"date": "soon"}, "date: 'soon'; write a day as YYYY-MM-DD"),
        ({"title": "x" * 121}, "title: 121 characters; allowed 120"),
        ({"link": "javascript:alert(1)"}, "link: 'javascript:alert(1)'; write an http"),
        ({"pictures": ["gravity.world"]}, "picture: 'gravity.world' is not one"),
        ({"pictures": []}, "pictures: 0 given; allowed 1 to 4"),
    ],
)
def test_what_may_not_stand_on_a_brief_is_refused_in_one_line(
    made: ModuleType, fields: dict[str, object], named: str
) -> None:
    with pytest.raises(InputError) as caught:
        brief_of(made.comparison("status_quo", "ban"), **{"date": "2026-11-25", **fields})
    assert named in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_date_in_a_title_does_not_date_the_number_beside_it(made: ModuleType) -> None:
    results = (made.result("status_quo", "Status quo, November 2026"), made.result("ban"))
    told = brief_of(Comparison(results), date="2026-11-25")
    assert "under Status quo. " in told.headlines[0]
    assert told.figures[-1].finding.startswith("Against Status quo, future by future")


def test_titles_that_only_differ_after_a_comma_are_said_whole(made: ModuleType) -> None:
    results = (made.result("status_quo", "A ban, weak"), made.result("ban", "A ban, strong"))
    headline = brief_of(Comparison(results), date="2026-11-25").headlines[0]
    assert "A ban, strong lowers" in headline
    assert "under A ban, weak. " in headline


def test_captions_say_what_an_outcome_is_and_the_scale_of_capability_is_explained(
    two: Brief,
) -> None:
    for figure in two.figures[:-1]:
        assert BY_ID[figure.picture.partition(".")[0]].meaning in figure.caption
    assert sum("Epoch Capabilities Index" in words for words in two.reading) == 1
