"""Decides which recorded price belongs to which release, and for how long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields

from sim.calendar import LAST_OBSERVED_MONTH, month_index
from sim.data.catalogue_rows import PriceSpell
from sim.data.raw import Row, blended, number, text

COLUMNS = tuple(field.name for field in fields(PriceSpell))


def seller(note: str) -> str:
    """`host` where a third party sets the price, `maker` otherwise."""
    return "host" if "hosted" in note else "maker"


def targets(name: str, from_month: str, mapping: Sequence[Mapping[str, str]]) -> list[str]:
    """Release ids a spell that starts in `from_month` belongs to; empty where it maps to none."""
    return [
        link["model"]
        for link in mapping
        if link["spell"] == name
        and (link["starts_from"] or "0000-00") <= from_month
        and from_month < (link["starts_before"] or "9999-99")
        and link["model"]
    ]


def build_spells(
    raws: Sequence[Row], mapping: Sequence[Mapping[str, str]], released: Mapping[str, str]
) -> list[Row]:
    """prices.csv: one row a spell and release, the start moved up to the release where it is later.

    `to_month` is the first month in which the price no longer holds at the month's end.
    """
    return [
        row
        for spell_id, raw in enumerate(raws, start=1)
        for row in placed(spell_id, raw, mapping, released)
    ]


def placed(
    spell_id: int, raw: Row, mapping: Sequence[Mapping[str, str]], released: Mapping[str, str]
) -> Iterator[Row]:
    """The rows of one spell: one a release it holds for, or one without a release."""
    starts, ends = raw["from_date"][:7], raw["to_date"][:7]
    price_in, price_out = number(raw["price_in"]), number(raw["price_out"])
    blend = None if price_in is None or price_out is None else blended(price_in, price_out)
    for model in targets(raw["model"], starts, mapping) or [""]:
        begins = max(starts, released.get(model, ""))
        if ends and ends < begins:
            continue
        yield {
            "spell_id": str(spell_id),
            "spell": raw["model"],
            "model": model,
            "from_month": begins,
            "to_month": ends,
            "price_in": text(price_in, 6),
            "price_out": text(price_out, 6),
            "price_usd_per_mtok": text(blend, 6),
            "seller": seller(raw["note"]),
            "announced": "yes" if month_index(starts) > LAST_OBSERVED_MONTH else "no",
            "source": raw["source"],
            "note": raw["note"],
        }
