"""How raw evidence becomes the shipped catalogue: bridges, imputed prices, the builder's rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.data import build
from sim.data.bridge import bridged, fit, fit_all
from sim.data.capability import (
    bridge_rows,
    bridged_with_maker,
    features,
    fit_bridges,
    interval_sd,
    measure,
)
from sim.data.cells import DATA
from sim.data.evidence_tables import period
from sim.data.impute import fit_prices, frontier_gaps, price_features
from sim.data.lab_records import extrapolated_stock, flagship_interval, permissiveness
from sim.data.maker_effect import left_out_error
from sim.data.raw import Row, blended, read_rows, slug, text, worded, write_rows
from sim.data.releases import COLUMNS, basic, lab_of, licence_class, origin, price_rest
from sim.data.spells import build_spells


def shipped(name: str) -> list[Row]:
    return read_rows(DATA / name)


def test_the_bridges_can_be_repeated_from_the_shipped_catalogue():
    assert bridge_rows(fit_bridges(shipped("models.csv"))) == shipped("bridges.csv")


def test_every_bridged_capability_follows_from_its_bridge_and_its_maker():
    rows = shipped("models.csv")
    bridges, known = fit_bridges(rows), [features(row) for row in rows]
    for row, own in zip(rows, known, strict=True):
        if row["eci_basis"].startswith("bridged"):
            eci, basis, sd = bridged_with_maker(row, own, rows, known, bridges) or (0.0, "", 0.0)
            assert (text(eci, 2), basis, text(sd, 2)) == (
                row["eci"],
                row["eci_basis"],
                row["eci_sd"],
            )


def test_knowing_the_maker_improves_the_arena_bridge_on_releases_left_out():
    rows = shipped("models.csv")
    arena, known = fit_bridges(rows)["bridged_arena"], [features(row) for row in rows]
    assert left_out_error(rows, known, arena) < arena.loo_rmse - 0.3


def test_the_arena_bridge_beats_arena_alone_on_releases_it_has_not_seen():
    bridges = fit_bridges(shipped("models.csv"))
    used, plain = bridges["bridged_arena"], bridges["arena_only"]
    assert used.n == plain.n > 90
    assert used.loo_rmse < plain.loo_rmse
    assert used.forward_rmse is not None
    assert plain.forward_rmse is not None
    assert used.forward_rmse < 0.7 * plain.forward_rmse


def test_a_straight_line_is_recovered_exactly():
    rows = [{"arena": x, "late": 0.0, "eci": 140.0 + 12.0 * x} for x in (-2.0, -1.0, 0.0, 1.0)]
    line = fit("line", ("arena",), rows)
    assert line.intercept == pytest.approx(140.0)
    assert line.slopes == pytest.approx((12.0,))
    assert line.residual_sd == pytest.approx(0.0, abs=1e-9)
    assert line.predict({"arena": 0.5}) == pytest.approx(146.0)
    assert line.forward_rmse is None


def test_a_release_without_any_score_stays_without_a_capability():
    rows = shipped("models.csv")
    assert bridged({"late": 1.0}, fit_all([features(row) for row in rows])) is None


def test_imputation_recovers_a_constant_discount_of_open_models():
    rows = [
        price_features(is_open=is_open, origin=origin, gap=gap, years=years)
        for is_open in (True, False)
        for origin in ("US", "CN", "EU", "OTHER")
        for gap in (0.0, 10.0)
        for years in (0.0, 1.0)
    ]
    prices = [4.0 * (0.25 if row["open"] else 1.0) for row in rows]
    fitted = fit_prices(rows, prices)
    assert fitted.price(rows[0]) == pytest.approx(1.0)
    assert fitted.r_squared == pytest.approx(1.0)


def test_imputed_prices_never_overwrite_listed_ones():
    for row in shipped("models.csv"):
        if row["price_in_usd_per_mtok"] and row["price_out_usd_per_mtok"]:
            listed = blended(
                float(row["price_in_usd_per_mtok"]), float(row["price_out_usd_per_mtok"])
            )
            assert row["price_status"] == "listed"
            assert float(row["price_usd_per_mtok"]) == pytest.approx(listed, abs=1e-6)


def test_a_free_offer_is_imputed_like_a_blank():
    rows = [dict(row) for row in shipped("models.csv")]
    free = next(row for row in rows if row["id"] == "gpt-5")
    free |= {"price_in_usd_per_mtok": "0", "price_out_usd_per_mtok": "0", "price_usd_per_mtok": ""}
    for row in rows:
        if row["price_status"] == "imputed":
            row["price_usd_per_mtok"] = ""
    price_rest(rows)
    assert free["price_status"] == "imputed"
    assert float(free["price_usd_per_mtok"]) > 0.0


def test_the_gap_to_the_frontier_counts_only_what_was_already_released():
    assert frontier_gaps([0, 1, 2], [120.0, 130.0, 125.0]) == [0.0, 0.0, 5.0]


def test_a_measured_score_of_the_newer_series_beats_the_older_copy_and_a_twin_shares_it():
    raws = [{"other_score": "ECI=140.0"}, {"other_score": ""}, {"other_score": "AAII=3; ECI=99"}]
    rows = [dict.fromkeys(COLUMNS, "") | {"name": name} for name in ("A", "A open", "B")]
    series = [{"class": "US_closed", "model": "a", "eci": "141.5", "lo": "140", "hi": "143.29"}]
    link = {"series_class": "US_closed", "series_model": "a"}
    measure(
        rows,
        raws,
        series,
        [
            link | {"model": "A", "note": ""},
            link | {"model": "A open", "note": "twin: same weights"},
        ],
    )
    assert [row["eci"] for row in rows] == ["141.5", "141.5", "99"]
    assert [row["eci_basis"] for row in rows] == ["measured", "twin", "measured"]
    assert rows[0]["eci_sd"] == "1"
    assert interval_sd({"lo": "", "hi": ""}) == 0.0


@pytest.mark.parametrize(
    ("licence", "openness", "expected"),
    [
        ("Apache 2.0", "open_weight", "permissive"),
        ("Modified MIT", "open_weight", "permissive"),
        ("Llama 3 Community", "open_weight", "community"),
        ("CC-BY-NC-4.0", "open_weight", "noncommercial"),
        ("MIT (Arena) / custom GLM-5.3 License (other)", "open_weight", "community"),
        ("", "open_weight", "unknown"),
        ("", "closed_api", "proprietary"),
    ],
)
def test_a_licence_is_classed_by_its_more_restrictive_reading(
    licence: str, openness: str, expected: str
):
    assert licence_class(licence, openness) == expected


def test_the_union_is_its_members_and_britain_is_elsewhere():
    assert [origin(country) for country in ("US", "CN", "FR", "GB", "KR")] == [
        *("US", "CN", "EU", "OTHER", "OTHER"),
    ]
    assert lab_of("Silo AI", "FI") == "other_eu"
    assert lab_of("Mistral AI", "FR") == "mistral"


def test_a_release_dated_to_a_month_keeps_the_month_and_no_day():
    raw = dict.fromkeys(("license", "params_total_b", "params_active_b", "price_basis"), "")
    raw |= {"price_in_usd_per_mtok": "", "price_out_usd_per_mtok": "", "arena_elo": ""}
    raw |= {"model": "X 1+", "lab": "Acme", "country": "US", "openness": "open_weight"}
    raw |= {"release_date": "2025-06", "aider_polyglot_pct": "", "source": "Arena text"}
    row = basic(raw | {"swe_bench_verified_pct": "69.6 (OpenHands)"})
    assert (row["release_date"], row["release_month"]) == ("", "2025-06")
    assert (row["id"], row["lab"], row["swe_pct"]) == ("x-1-plus", "other_us", "69.6")
    assert slug("Command R+ 08-2024") == "command-r-plus-08-2024"


def test_a_spell_belongs_to_the_model_sold_under_its_name_when_it_began():
    raw = {"model": "Line", "source": "s", "note": "", "price_in": "1", "price_out": "5"}
    raws = [
        raw | {"from_date": "2024-02-26", "to_date": ""},
        raw | {"from_date": "2025-01-10", "to_date": "2025-06-01"},
    ]
    mapping = [
        {"spell": "Line", "starts_from": "", "starts_before": "2025-01", "model": "line-1"},
        {"spell": "Line", "starts_from": "2025-01", "starts_before": "", "model": "line-2"},
        {"spell": "Line", "starts_from": "2025-01", "starts_before": "", "model": "line-3"},
    ]
    released = {"line-1": "2024-02", "line-2": "2025-01", "line-3": "2025-03"}
    rows = build_spells(raws, mapping, released)
    placed = [(row["spell_id"], row["model"], row["from_month"], row["to_month"]) for row in rows]
    assert placed == [
        ("1", "line-1", "2024-02", ""),
        ("2", "line-2", "2025-01", "2025-06"),
        ("2", "line-3", "2025-03", "2025-06"),
    ]
    assert {row["price_usd_per_mtok"] for row in rows} == {"2"}


def test_the_chip_stock_is_carried_forward_at_last_years_growth():
    stock = [{"n": "100"}, {"n": "120"}, {"n": "150"}, {"n": "180"}, {"n": "400"}]
    assert extrapolated_stock(stock, "n", 0.5) == pytest.approx(800.0)


def test_small_side_releases_do_not_set_the_flagship_rhythm():
    flagships = [("2024-01", "120"), ("2024-04", "125"), ("2024-07", "130"), ("2024-10", "135")]
    small = [("2024-02", "100"), ("2024-05", "101")]
    rows = [{"release_month": m, "release_date": "", "eci": e} for m, e in flagships + small]
    assert flagship_interval(rows) == 3.0
    assert flagship_interval(rows[:2]) == 3.5


def test_undocumented_licences_do_not_count_towards_a_labs_permissiveness():
    classes = ["permissive", "community", "unknown", "proprietary"]
    assert permissiveness([{"licence_class": name} for name in classes]) == pytest.approx(0.75)
    assert permissiveness([{"licence_class": "unknown"}]) is None


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("2026-04", ("2026-04-01", "2026-04-30")),
        ("2024-11..2025-11", ("2024-11-01", "2025-11-30")),
        ("2026-02-09..15", ("2026-02-09", "2026-02-15")),
        ("2026-03-30..04-05", ("2026-03-30", "2026-04-05")),
        ("2025-H2", ("2025-07-01", "2025-12-31")),
        ("2023H1", ("2023-01-01", "2023-06-30")),
        ("2026H2_to_Sep09", ("2026-07-01", "2026-09-09")),
        ("2025-06-09", ("2025-06-09", "2025-06-09")),
    ],
)
def test_a_period_is_read_as_its_first_and_last_day(label: str, expected: tuple[str, str]):
    assert period(label) == expected


def test_the_same_input_gives_the_same_bytes(tmp_path: Path):
    rows = shipped("models.csv")
    write_rows(tmp_path / "once.csv", COLUMNS, rows)
    write_rows(tmp_path / "twice.csv", COLUMNS, rows)
    once = (tmp_path / "once.csv").read_bytes()
    assert once == (tmp_path / "twice.csv").read_bytes() == (DATA / "models.csv").read_bytes()
    assert b"\r" not in once


def test_the_builder_without_a_folder_says_how_to_call_it(capsys: pytest.CaptureFixture[str]):
    assert build.main([]) == 2
    assert "EVIDENCE_FOLDER" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Menlo (find_string id 123), quoted", "Menlo, quoted"),
        ("digest; read via a note (read_public copy)", "digest; read via a note"),
        (
            "a.b not in the corpora, number read via this page",
            "a.b not read; number from this page",
        ),
        (" 62 (of 80) ", "62 (of 80)"),
    ],
)
def test_remarks_on_how_a_page_was_looked_up_are_not_shipped(cell: str, expected: str):
    assert worded(cell) == expected
