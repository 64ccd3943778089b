"""What the world is recorded to have looked like, and what of it is withheld or refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.calendar import LAST_OBSERVED_MONTH, month_index
from sim.catalogue import DataError
from sim.data.cells import DATA
from sim.data.evidence_tables import fact_rows, parameter_rows, policy_rows
from sim.data.raw import read_rows, write_rows
from sim.evidence import (
    VIEWS,
    load_facts,
    load_parameter_evidence,
    load_policy_events,
    load_series,
    observed_points,
)


def broken(tmp_path: Path, name: str, row: int, **cells: str) -> Path:
    """A copy of a shipped file whose given row (the header is row 1) has these cells replaced."""
    rows = read_rows(DATA / name)
    rows[row - 2] |= cells
    path = tmp_path / name
    write_rows(path, list(rows[0]), rows)
    return path


def test_withheld_gateway_shares_are_left_out_of_the_facts():
    raw = dict.fromkeys(("topic", "quantity", "source_title", "quality"), "x")
    assert fact_rows([raw | {"id": "X017"}]) == []
    assert fact_rows([raw | {"id": "F001"}])[0]["use"] == "fit"
    for fact in load_facts():
        if fact.topic in ("usage_tokens", "usage_gateway2"):
            assert fact.period_end.isoformat() <= "2026-07-05", fact.id


def test_no_router_or_gateway_observation_is_later_than_june_2026():
    for view in ("router", "gateway2"):
        for point in observed_points(view):
            assert point.end <= month_index("2026-06")


def test_every_view_offers_ordered_points_with_a_source():
    for view in VIEWS:
        points = observed_points(view)
        assert points
        assert [point.month for point in points] == sorted(point.month for point in points)
        for point in points:
            assert point.source
            assert point.start <= point.month <= point.end + 1.0
            assert point.start <= LAST_OBSERVED_MONTH
            if point.low is not None and point.high is not None:
                assert point.low <= point.value <= point.high, point


def test_router_tokens_and_router_money_tell_different_stories():
    router = {(point.measure, point.fact_id): point for point in observed_points("router")}
    assert router["cn_open_token_share", "F001"].value == 1.2
    assert router["cn_open_token_share", "F002"].value == 13.0
    assert router["cn_open_token_share", "F002"].month == month_index("2025-05")
    assert router["open_token_share", "F036"].value == 20.0
    assert router["open_spend_share", "F037"].value == 4.0


def test_enterprises_used_fewer_open_models_every_year():
    enterprise = [p.value for p in observed_points("enterprise") if p.measure == "open_share"]
    assert enterprise == [20.0, 19.0, 13.0, 11.0]


def test_the_share_of_american_releases_with_open_weights_fell():
    mix = [p.value for p in observed_points("release_mix") if p.measure == "US_open_share"]
    assert mix[0] == 75.0
    assert mix[-1] == pytest.approx(11.76, abs=0.01)


def test_a_lab_decision_and_a_policy_event_share_one_dated_table():
    event = {
        "date": "2026-01",
        "actor": "US",
        "lever": "trade",
        "event": "a rule",
        "strength": "low",
    }
    event |= {"direction": "+1", "source_url": "https://example.org"}
    rows = policy_rows([event], [event | {"date": "2025-01-20", "event": "[lab] a release"}])
    assert [(row["date"], row["kind"]) for row in rows] == [
        ("2025-01-20", "lab"),
        ("2026-01-01", "policy"),
    ]
    assert rows[0]["event"] == "a release"


def test_a_source_tag_is_spelt_out_and_plain_words_are_no_tags():
    raw = {"parameter": "p", "low": "1", "central": "2", "high": "3", "unit": "-"}
    raw |= {"source": "F2 dispersion; O1", "confidence": "Md (sum), L (split)"}
    row = parameter_rows([raw], [{"tag": "F2"}, {"tag": "O1"}, {"tag": "A1"}])[0]
    assert row["source_tags"] == "F2 O1"
    assert row["confidence"] == "medium"
    first = load_parameter_evidence()[0]
    assert first.references[0].startswith("Epoch AI")


@pytest.mark.parametrize(
    ("name", "load", "cells", "rule"),
    [
        ("facts.csv", load_facts, {"period_end": "2020-01-01"}, "must not be before period_start"),
        ("facts.csv", load_facts, {"low": "9", "high": "1"}, "must not be below low 9"),
        ("facts.csv", load_facts, {"grade": "D"}, "must be one of A, B, C"),
        ("facts.csv", load_facts, {"id": "F001"}, "is already used in row 2"),
        ("policy_timeline.csv", load_policy_events, {"direction": "0"}, "must be one of -1, 1"),
        ("policy_timeline.csv", load_policy_events, {"actor": "UN"}, "must be one of"),
        ("policy_timeline.csv", load_policy_events, {"date": "soon"}, "must be a date"),
        ("parameters_evidence.csv", load_parameter_evidence, {"source_tags": "ZZ9"}, "sources.csv"),
    ],
)
def test_bad_evidence_is_refused(tmp_path: Path, name: str, load, cells: dict[str, str], rule: str):
    with pytest.raises(DataError) as error:
        load(broken(tmp_path, name, 5, **cells))
    assert str(error.value).startswith(f"{name} row 5: ")
    assert rule in str(error.value)


def test_an_unknown_series_or_view_names_the_known_ones():
    with pytest.raises(DataError, match="known are arena_gap"):
        load_series("weather")
    with pytest.raises(DataError, match="known are router"):
        observed_points("weather")
