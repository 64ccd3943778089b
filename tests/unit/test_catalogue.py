"""The shipped catalogue is complete and checked row by row, and its prices follow the record."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sim.calendar import month_index, month_label
from sim.catalogue import (
    DataError,
    Lab,
    Model,
    PriceSpell,
    load_labs,
    load_models,
    load_price_spells,
    monthly_list_prices,
)
from sim.data.cells import DATA
from sim.data.raw import Row, read_rows, write_rows
from sim.evidence import (
    load_facts,
    load_parameter_evidence,
    load_policy_events,
    load_series,
)

LABS = (
    *("openai", "anthropic", "google", "meta", "xai", "nvidia", "microsoft", "alibaba"),
    *("deepseek", "zhipu", "moonshot", "minimax", "tencent", "bytedance", "baidu", "mistral"),
    *("other_us", "other_cn", "other_eu", "other_row"),
)


def shipped(name: str) -> list[Row]:
    return read_rows(DATA / name)


def broken(tmp_path: Path, name: str, row: int, **cells: str) -> Path:
    """A copy of a shipped file whose given row (the header is row 1) has these cells replaced."""
    rows = shipped(name)
    rows[row - 2] |= cells
    path = tmp_path / name
    write_rows(path, list(rows[0]), rows)
    return path


def model(model_id: str) -> Model:
    return next(model for model in load_models() if model.id == model_id)


def prices_of(model_id: str, first: str = "2023-01", until: str = "2027-01") -> dict[str, float]:
    """The list price of one release by month label."""
    start = month_index(first)
    n_months = month_index(until) - start + 1
    path = monthly_list_prices([model(model_id)], load_price_spells(), start, n_months)[0]
    return {month_label(start + month): float(price) for month, price in enumerate(path)}


# --- time


def test_january_2025_is_month_24_and_back():
    assert month_index("2025-01") == 24
    assert month_label(24) == "2025-01"
    assert [month_index(month_label(month)) for month in range(-12, 240)] == list(range(-12, 240))


@pytest.mark.parametrize("label", ["2025", "2025-13", "2025-00", "25-01", "2025-01-01", ""])
def test_a_month_written_otherwise_is_refused(label: str):
    with pytest.raises(ValueError, match="YYYY-MM"):
        month_index(label)


# --- what is shipped


def test_the_catalogue_holds_388_releases_of_20_labs():
    assert len(load_models()) == 388
    assert tuple(lab.id for lab in load_labs()) == LABS
    assert {model.lab for model in load_models()} == set(LABS)


def test_every_shipped_table_loads():
    assert len({spell.spell_id for spell in load_price_spells()}) == 439
    assert len(load_facts()) == 284
    assert [event.kind for event in load_policy_events()].count("lab") == 12
    assert [event.kind for event in load_policy_events()].count("policy") == 78
    assert len(load_parameter_evidence()) == 60
    for name in ("eci_frontier", "release_mix", "arena_gap", "openrouter_share"):
        assert load_series(name)
    for name in ("vercel_monthly", "chip_stock", "revenue_runrate"):
        assert load_series(name)


def test_the_shipped_data_stay_under_a_megabyte():
    assert sum(path.stat().st_size for path in DATA.glob("*.csv")) < 1_000_000


def test_no_shipped_table_names_a_path_of_a_machine():
    for path in (*DATA.glob("*.csv"), *DATA.glob("*.md")):
        content = path.read_text(encoding="utf-8")
        for folder in ("/home/", "/tmp/", "/Users/", "C:\\"):
            assert f" {folder}" not in content, path.name


def test_every_dated_release_with_a_capability_has_a_price_above_zero():
    for release in load_models():
        if release.eci is not None and release.release_month is not None:
            assert release.price_usd_per_mtok is not None
            assert release.price_usd_per_mtok > 0.0


def test_the_measured_frontier_is_led_by_a_closed_american_model():
    measured = [model for model in load_models() if model.eci_basis == "measured"]
    best = max(measured, key=lambda model: model.eci or 0.0)
    assert (best.name, best.eci, best.is_open, best.origin) == ("GPT-6 Astra", 166.6, False, "US")


def test_reading_the_catalogue_loads_no_heavy_library():
    code = (
        "import sys, sim.catalogue, sim.evidence; "
        "print(*(name in sys.modules for name in ('pandas', 'scipy')))"
    )
    root = DATA.parent.parent
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root
    )
    assert run.stdout.split() == ["False", "False"]


# --- rules: each breaks one cell of a shipped file


@pytest.mark.parametrize(
    ("row", "cells", "field", "rule"),
    [
        (9, {"country": "ZZ"}, "country", "must be one of"),
        (9, {"lab": "acme"}, "lab", "must be one of"),
        (9, {"origin": "MARS"}, "origin", "must be one of"),
        (
            9,
            {"openness": "ajar"},
            "openness",
            "must be one of closed_api, open_source, open_weight",
        ),
        (9, {"licence_class": "free"}, "licence_class", "must be one of"),
        (8, {"price_in_usd_per_mtok": "-1"}, "price_in_usd_per_mtok", "must be at least 0"),
        (8, {"price_out_usd_per_mtok": "-1"}, "price_out_usd_per_mtok", "must be at least 0"),
        (8, {"price_usd_per_mtok": "-1"}, "price_usd_per_mtok", "must be at least 0"),
        (8, {"price_usd_per_mtok": "0"}, "price_usd_per_mtok", "must be above 0"),
        (8, {"price_usd_per_mtok": "cheap"}, "price_usd_per_mtok", "must be a number"),
        (8, {"price_usd_per_mtok": ""}, "price_status", "must be none where the price is blank"),
        (8, {"eci": "59"}, "eci", "must be from 60 to 200"),
        (8, {"eci": "201"}, "eci", "must be from 60 to 200"),
        (8, {"eci": "nan"}, "eci", "must be from 60 to 200"),
        (8, {"eci": ""}, "eci_basis", "must be none where eci is blank"),
        (8, {"eci_basis": "guessed"}, "eci_basis", "must be one of"),
        (8, {"release_month": "2022-12"}, "release_month", "must be from 2023-01 to 2026-10"),
        (8, {"release_month": "2026-11"}, "release_month", "must be from 2023-01 to 2026-10"),
        (8, {"release_month": "March"}, "release_month", "must be a month written YYYY-MM"),
        (8, {"release_date": "2023-02-30"}, "release_date", "must be a date written YYYY-MM-DD"),
        (8, {"release_date": "2024-01-01"}, "release_date", "must fall in release_month"),
        (8, {"id": "llama-65b"}, "id", "is already used in row 2; ids must be unique"),
        (8, {"id": ""}, "id", "must not be blank"),
        (8, {"source": ""}, "source", "must not be blank"),
    ],
)
def test_a_bad_release_is_refused_by_name_of_file_row_field_value_and_rule(
    tmp_path: Path, row: int, cells: dict[str, str], field: str, rule: str
):
    path = broken(tmp_path, "models.csv", row, **cells)
    with pytest.raises(DataError) as error:
        load_models(path)
    message = str(error.value)
    assert message.startswith(f"models.csv row {row}: {field} = ")
    assert rule in message
    assert repr(cells.get(field, shipped("models.csv")[row - 2][field])) in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("cells", "field", "rule"),
    [
        ({"country": "ZZ"}, "country", "must be one of"),
        ({"training_compute_kh100e": "-5"}, "training_compute_kh100e", "must be at least 0"),
        ({"training_compute_kh100e": ""}, "training_compute_kh100e", "must not be blank"),
        ({"complement_margin": "1.5"}, "complement_margin", "must be from 0 to 1"),
        ({"openness_habit": "2"}, "openness_habit", "must be from 0 to 1"),
        ({"demand_elasticity": "1"}, "demand_elasticity", "must be from 1.01 to 10"),
        ({"start_month": ""}, "start_month", "must be a month"),
        ({"confidence": "sure"}, "confidence", "must be one of"),
        ({"id": "openai"}, "id", "is already used in row 2"),
    ],
)
def test_a_bad_lab_is_refused(tmp_path: Path, cells: dict[str, str], field: str, rule: str):
    with pytest.raises(DataError, match=rf"^labs\.csv row 3: {field} = .*{rule}"):
        load_labs(broken(tmp_path, "labs.csv", 3, **cells))


@pytest.mark.parametrize(
    ("cells", "field", "rule"),
    [
        ({"to_month": "2023-01"}, "to_month", "must not be before from_month"),
        ({"from_month": ""}, "from_month", "must be a month"),
        ({"model": "gpt-99"}, "model", "must be one of"),
        ({"price_in": "-0.5"}, "price_in", "must be at least 0"),
        ({"seller": "nobody"}, "seller", "must be one of"),
        ({"announced": "perhaps"}, "announced", "must be one of no, yes"),
    ],
)
def test_a_bad_price_spell_is_refused(tmp_path: Path, cells: dict[str, str], field: str, rule: str):
    with pytest.raises(DataError, match=rf"^prices\.csv row 4: {field} = .*{rule}"):
        load_price_spells(broken(tmp_path, "prices.csv", 4, **cells))


def test_a_missing_column_and_a_missing_file_say_how_to_rebuild(tmp_path: Path):
    rows = shipped("labs.csv")
    columns = [column for column in rows[0] if column != "cash_musd"]
    write_rows(tmp_path / "labs.csv", columns, [{c: row[c] for c in columns} for row in rows])
    with pytest.raises(DataError, match=r"labs\.csv row 2: cash_musd.*sim\.data\.build"):
        load_labs(tmp_path / "labs.csv")
    with pytest.raises(DataError, match=r"nowhere\.csv: the file is missing.*sim\.data\.build"):
        load_labs(tmp_path / "nowhere.csv")


# --- prices


def test_every_spell_is_mapped_to_a_release_or_says_why_not():
    mapping = shipped("price_mapping.csv")
    assert {spell.spell for spell in load_price_spells()} == {link["spell"] for link in mapping}
    for link in mapping:
        assert bool(link["model"]) != bool(link["reason"]), link["spell"]
    mapped = {(spell.spell, spell.model) for spell in load_price_spells() if spell.model}
    reasoned = {link["spell"] for link in mapping if link["reason"]}
    for spell in load_price_spells():
        assert spell.model or spell.spell in reasoned
    for link in mapping:
        assert not link["model"] or (link["spell"], link["model"]) in mapped


def test_every_mapped_release_exists_and_no_price_precedes_it():
    releases = {model.id: model for model in load_models()}
    for spell in load_price_spells():
        if spell.model:
            released = releases[spell.model].release_month
            assert released is None or released <= spell.from_month, spell


def test_a_tier_price_holds_for_each_of_its_models_from_its_own_release():
    tier = [s for s in load_price_spells() if s.spell == "Claude Opus (4.5-5 tier)"]
    started = {spell.model: month_label(spell.from_month) for spell in tier}
    assert started["claude-opus-4-5"] == "2025-11"
    assert started["claude-opus-5"] == "2026-07"
    assert {spell.price_usd_per_mtok for spell in tier} == {10.0}


def test_no_price_before_release_and_the_release_price_at_release():
    prices = prices_of("deepseek-v4-pro")
    assert np.isnan(prices["2026-03"])
    assert prices["2026-04"] == pytest.approx((3 * 1.74 + 3.48) / 4)


def test_a_recorded_cut_replaces_the_price_from_the_month_it_ends_under():
    assert prices_of("deepseek-v4-pro")["2026-05"] == pytest.approx((3 * 0.435 + 0.87) / 4)
    assert prices_of("o3")["2025-05"] == pytest.approx(17.5)
    assert prices_of("o3")["2025-06"] == pytest.approx(3.5)


def test_a_hosts_price_never_replaces_the_makers_list():
    assert prices_of("kimi-k3")["2026-10"] == pytest.approx(6.0)
    assert model("llama-3-3-70b").price_seller == "host"
    assert prices_of("llama-3-3-70b")["2026-03"] == pytest.approx((3 * 0.1 + 0.32) / 4)


def test_an_announced_price_starts_in_the_announced_month():
    announced = [spell for spell in load_price_spells() if spell.announced]
    assert [month_label(spell.from_month) for spell in announced] == ["2027-01"]
    assert prices_of("gemini-3-8-flash")["2026-12"] == pytest.approx(1.5)
    assert prices_of("gemini-3-8-flash")["2027-01"] == pytest.approx(3.0)


def test_prices_do_not_depend_on_where_the_window_starts():
    models, spells = load_models(), load_price_spells()
    whole = monthly_list_prices(models, spells, 0, 60)
    late = monthly_list_prices(models, spells, 24, 36)
    assert whole.shape == (388, 60)
    np.testing.assert_array_equal(whole[:, 24:], late)
    assert np.nanmin(whole) > 0.0


def test_records_are_frozen():
    for record, field in (
        (load_labs()[0], "name"),
        (load_models()[0], "name"),
        (load_price_spells()[0], "spell"),
    ):
        assert isinstance(record, Lab | Model | PriceSpell)
        with pytest.raises(AttributeError):
            setattr(record, field, "other")


def test_shipped_tables_are_plain_comma_separated_text():
    for path in DATA.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as handle:
            widths = {len(row) for row in csv.reader(handle)}
        assert len(widths) == 1, path.name
