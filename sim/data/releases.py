"""Decides what the catalogue says of each real release: maker, openness, licence, price."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields

from sim.calendar import month_index
from sim.data.bridge import Bridge
from sim.data.capability import bridge_rest, fit_bridges, measure, years_after_2025
from sim.data.catalogue_rows import Model
from sim.data.impute import PriceFit, fit_prices, frontier_gaps, price_features
from sim.data.raw import Row, blended, number, slug, text

COLUMNS = tuple(field.name for field in fields(Model))

LAB_OF_MAKER = {
    "OpenAI": "openai", "Anthropic": "anthropic", "Google": "google", "Meta": "meta", "xAI": "xai",
    "NVIDIA": "nvidia", "Microsoft": "microsoft", "Alibaba": "alibaba", "DeepSeek": "deepseek",
    "Zhipu AI": "zhipu", "Moonshot AI": "moonshot", "MiniMax": "minimax", "Tencent": "tencent",
    "ByteDance": "bytedance", "Baidu": "baidu", "Mistral AI": "mistral",
}  # fmt: skip
ORIGIN_OF_COUNTRY = {"US": "US", "CN": "CN", "FR": "EU", "FI": "EU", "SE": "EU", "DE": "EU"}

# Access that was never general: invitation, preview or announcement only.
LIMITED_ACCESS = ("Claude Mythos Preview", "Muse Spark", "Gemini 4 Argon", "Gemini 2.0 Pro exp")

NONCOMMERCIAL = ("non-commercial", "cc-by-nc", "mistral research")
PERMISSIVE = ("apache", "mit", "modified mit", "openmdw", "unrestricted")
UNNAMED = ("other", "open source (licence name not documented here)")


def licence_class(licence: str, openness: str) -> str:
    """permissive, community (conditions on use or users), noncommercial, proprietary or unknown.

    Where two sources disagree the more restrictive reading is taken.
    """
    name = licence.lower()
    if openness == "closed_api":
        return "proprietary"
    if not name or name in UNNAMED:
        return "unknown"
    if name.startswith(NONCOMMERCIAL):
        return "noncommercial"
    return "permissive" if name.startswith(PERMISSIVE) and "custom" not in name else "community"


def origin(country: str) -> str:
    """US, CN, EU (member states only) or OTHER."""
    return ORIGIN_OF_COUNTRY.get(country, "OTHER")


def lab_of(maker: str, country: str) -> str:
    """The named lab, or the fringe of the maker's region."""
    fringe = {"US": "other_us", "CN": "other_cn", "EU": "other_eu", "OTHER": "other_row"}
    return LAB_OF_MAKER.get(maker, fringe[origin(country)])


def basic(raw: Row) -> Row:
    """One release without capability and blended price."""
    released = raw["release_date"]
    swe = re.match(r"[\d.]+", raw["swe_bench_verified_pct"])
    return dict.fromkeys(COLUMNS, "") | {
        "id": slug(raw["model"]),
        "name": raw["model"],
        "maker": raw["lab"],
        "lab": lab_of(raw["lab"], raw["country"]),
        "country": raw["country"],
        "origin": origin(raw["country"]),
        "release_date": released if len(released) == 10 else "",
        "release_month": released[:7],
        "openness": raw["openness"],
        "access": "limited" if raw["model"] in LIMITED_ACCESS else "general",
        "licence": raw["license"],
        "licence_class": licence_class(raw["license"], raw["openness"]),
        "params_total_b": raw["params_total_b"],
        "params_active_b": raw["params_active_b"],
        "price_in_usd_per_mtok": raw["price_in_usd_per_mtok"],
        "price_out_usd_per_mtok": raw["price_out_usd_per_mtok"],
        "price_basis": raw["price_basis"],
        "price_seller": price_seller(raw["price_basis"]),
        "arena_elo": raw["arena_elo"],
        "aider_pct": raw["aider_polyglot_pct"],
        "swe_pct": swe[0] if swe else "",
        "source": raw["source"],
        "grade": grade(raw),
    }


def price_seller(basis: str) -> str:
    """Who sets the recorded list price: the maker, or a host where the maker sells none."""
    if not basis or basis in ("private preview API", "free", "free experimental"):
        return ""
    hosted = "hosted" in basis and "first-party" not in basis
    return "host" if hosted else "maker"


def grade(raw: Mapping[str, str]) -> str:
    """A: from a data table; B: from single pages; C: date or openness inferred, or undated."""
    source = raw["source"]
    if (
        not raw["release_date"]
        or "inferred" in source
        or "not documented" in source + raw["license"]
    ):
        return "C"
    tables = ("epoch", "Epoch", "models.dev", "Arena text", "aider", "Model Matrix")
    return "A" if any(table in source for table in tables) else "B"


def price_rest(rows: list[Row]) -> PriceFit:
    """Blends listed prices and imputes the missing ones of dated releases with an ECI."""
    placed = [row for row in rows if row["eci"] and row["release_month"]]
    gaps = frontier_gaps(
        [month_index(row["release_month"]) for row in placed], [float(row["eci"]) for row in placed]
    )
    regressors = {
        row["id"]: price_features(
            is_open=row["openness"] != "closed_api",
            origin=row["origin"],
            gap=gap,
            years=years_after_2025(row["release_date"] or row["release_month"]),
        )
        for row, gap in zip(placed, gaps, strict=True)
    }
    for row in rows:
        price_in, price_out = (
            number(row["price_in_usd_per_mtok"]),
            number(row["price_out_usd_per_mtok"]),
        )
        blend = None if price_in is None or price_out is None else blended(price_in, price_out)
        row["price_status"] = "listed" if blend else "none"
        if blend:  # a price of 0 is a promotion, not a price: it is imputed like a blank
            row["price_usd_per_mtok"] = text(blend, 6)
    listed_rows = [row for row in placed if row["price_usd_per_mtok"]]
    fitted = fit_prices(
        [regressors[row["id"]] for row in listed_rows],
        [float(row["price_usd_per_mtok"]) for row in listed_rows],
    )
    for row in placed:
        if row["price_status"] == "none":
            row |= {
                "price_usd_per_mtok": text(fitted.price(regressors[row["id"]]), 4),
                "price_status": "imputed",
            }
            row["price_seller"] = row["price_seller"] or (
                "maker" if row["openness"] == "closed_api" else "host"
            )
    return fitted


def build_releases(
    raws: Sequence[Row], series: Sequence[Row], mapping: Sequence[Row]
) -> tuple[list[Row], dict[str, Bridge], PriceFit]:
    """The shipped catalogue, the bridges and the price regression behind its blanks."""
    rows = [basic(raw) for raw in raws]
    measure(rows, raws, series, mapping)
    bridges = fit_bridges(rows)
    bridge_rest(rows, bridges)
    return rows, bridges, price_rest(rows)
