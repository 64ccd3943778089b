"""Decides what a lab, a release and a price spell are, and which rows of a table may become one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sim.calendar import LAST_OBSERVED_MONTH, month_label
from sim.data.cells import Cells

COUNTRIES = ("US", "CN", "FR", "FI", "SE", "DE", "GB", "CA", "KR", "JP", "IL", "IN", "AE")
ORIGINS = ("US", "CN", "EU", "OTHER")
OPENNESS = ("closed_api", "open_weight", "open_source")
LICENCE_CLASSES = ("permissive", "community", "noncommercial", "proprietary", "unknown")
ECI_BASES = ("measured", "twin", "bridged_arena", "bridged_aider", "bridged_swe", "none")
PRICE_STATUSES = ("listed", "imputed", "none")
SELLERS = ("maker", "host", "")
GRADES = ("A", "B", "C")
CONFIDENCES = ("evidence", "estimate", "assumption")
ECI_RANGE = (60.0, 200.0)


@dataclass(frozen=True)
class Lab:
    """One developer of models; compute in thousand H100-equivalents, money in M USD."""

    id: str
    name: str
    country: str
    origin: str
    training_compute_kh100e: float
    inference_compute_kh100e: float
    cash_musd: float
    burn_musd_per_month: float
    revenue_musd_per_month: float | None
    complement_margin: float
    openness_habit: float
    recent_openness: float
    licence_permissiveness: float
    release_interval_months: float
    demand_elasticity: float
    start_month: int
    source: str
    confidence: str


@dataclass(frozen=True)
class Model:
    """One real release; `release_month` is None where no source dates it."""

    id: str
    name: str
    maker: str
    lab: str
    country: str
    origin: str
    release_date: date | None
    release_month: int | None
    openness: str
    access: str
    licence: str
    licence_class: str
    params_total_b: float | None
    params_active_b: float | None
    price_in_usd_per_mtok: float | None
    price_out_usd_per_mtok: float | None
    price_usd_per_mtok: float | None
    price_basis: str
    price_status: str
    price_seller: str
    arena_elo: float | None
    aider_pct: float | None
    swe_pct: float | None
    eci: float | None
    eci_basis: str
    eci_sd: float | None
    source: str
    grade: str

    @property
    def is_open(self) -> bool:
        """Whether the weights are published."""
        return self.openness != "closed_api"


@dataclass(frozen=True)
class PriceSpell:
    """A price in force at the end of every month from `from_month` to the one before `to_month`."""

    spell_id: int
    spell: str
    model: str
    from_month: int
    to_month: int | None
    price_in: float | None
    price_out: float | None
    price_usd_per_mtok: float | None
    seller: str
    announced: bool
    source: str
    note: str


def parse_lab(row: Cells) -> Lab:
    """A lab from one row of labs.csv."""
    start = row.month("start_month")
    if start is None:
        raise row.fail("start_month", "must be a month written YYYY-MM")
    return Lab(
        id=row.text("id", required=True),
        name=row.text("name", required=True),
        country=row.among("country", COUNTRIES),
        origin=row.among("origin", ORIGINS),
        training_compute_kh100e=row.known("training_compute_kh100e"),
        inference_compute_kh100e=row.known("inference_compute_kh100e"),
        cash_musd=row.known("cash_musd"),
        burn_musd_per_month=row.known("burn_musd_per_month"),
        revenue_musd_per_month=row.number("revenue_musd_per_month"),
        complement_margin=row.known("complement_margin", 0.0, 1.0),
        openness_habit=row.known("openness_habit", 0.0, 1.0),
        recent_openness=row.known("recent_openness", 0.0, 1.0),
        licence_permissiveness=row.known("licence_permissiveness", 0.0, 1.0),
        release_interval_months=row.known("release_interval_months", 0.5, 36.0),
        demand_elasticity=row.known("demand_elasticity", 1.01, 10.0),
        start_month=start,
        source=row.text("source", required=True),
        confidence=row.among("confidence", CONFIDENCES),
    )


def parse_model(row: Cells, labs: frozenset[str]) -> Model:
    """A release from one row of models.csv; price and capability must agree with their status."""
    price = row.number("price_usd_per_mtok")
    status = row.among("price_status", PRICE_STATUSES)
    eci, basis = row.number("eci", *ECI_RANGE), row.among("eci_basis", ECI_BASES)
    if (price is None) != (status == "none"):
        raise row.fail(
            "price_status",
            "must be none where the price is blank, and listed or imputed where it is not",
        )
    if price == 0.0:
        raise row.fail(
            "price_usd_per_mtok",
            "must be above 0; a free offer is a promotion, use the next listed price",
        )
    if (eci is None) != (basis == "none"):
        raise row.fail(
            "eci_basis", "must be none where eci is blank, and name its basis where it is not"
        )
    return Model(
        id=row.text("id", required=True),
        name=row.text("name", required=True),
        maker=row.text("maker", required=True),
        lab=row.among("lab", labs),
        country=row.among("country", COUNTRIES),
        origin=row.among("origin", ORIGINS),
        release_date=row.day("release_date"),
        release_month=_release_month(row),
        openness=row.among("openness", OPENNESS),
        access=row.among("access", ("general", "limited")),
        licence=row.text("licence"),
        licence_class=row.among("licence_class", LICENCE_CLASSES),
        params_total_b=row.number("params_total_b"),
        params_active_b=row.number("params_active_b"),
        price_in_usd_per_mtok=row.number("price_in_usd_per_mtok"),
        price_out_usd_per_mtok=row.number("price_out_usd_per_mtok"),
        price_usd_per_mtok=price,
        price_basis=row.text("price_basis"),
        price_status=status,
        price_seller=row.among("price_seller", SELLERS),
        arena_elo=row.number("arena_elo", 500.0, 2500.0),
        aider_pct=row.number("aider_pct", 0.0, 100.0),
        swe_pct=row.number("swe_pct", 0.0, 100.0),
        eci=eci,
        eci_basis=basis,
        eci_sd=row.number("eci_sd", 0.0, 20.0),
        source=row.text("source", required=True),
        grade=row.among("grade", GRADES),
    )


def _release_month(row: Cells) -> int | None:
    """The month of release, inside the observed window and agreeing with the day if given."""
    month, day = row.month("release_month"), row.day("release_date")
    if month is not None and not 0 <= month <= LAST_OBSERVED_MONTH:
        raise row.fail(
            "release_month", f"must be from 2023-01 to {month_label(LAST_OBSERVED_MONTH)}, or blank"
        )
    if day is not None and (month is None or f"{day:%Y-%m}" != month_label(month)):
        raise row.fail("release_date", f"must fall in release_month {row.text('release_month')!r}")
    return month


def parse_spell(row: Cells, models: frozenset[str]) -> PriceSpell:
    """A price spell from one row of prices.csv; it may not end before it starts."""
    start, end = row.month("from_month"), row.month("to_month")
    if start is None:
        raise row.fail("from_month", "must be a month written YYYY-MM")
    if end is not None and end < start:
        raise row.fail("to_month", f"must not be before from_month {month_label(start)}")
    return PriceSpell(
        spell_id=int(row.known("spell_id", 1)),
        spell=row.text("spell", required=True),
        model=row.among("model", models),
        from_month=start,
        to_month=end,
        price_in=row.number("price_in"),
        price_out=row.number("price_out"),
        price_usd_per_mtok=row.number("price_usd_per_mtok"),
        seller=row.among("seller", ("maker", "host")),
        announced=row.among("announced", ("yes", "no")) == "yes",
        source=row.text("source", required=True),
        note=row.text("note"),
    )
