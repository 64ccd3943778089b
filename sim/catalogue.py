"""Decides which labs, releases and list prices the model starts from: the real ones, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.data.catalogue_rows import Lab, Model, PriceSpell, parse_lab, parse_model, parse_spell
from sim.data.cells import DATA, DataError, checked

__all__ = [
    "DataError",
    "Lab",
    "Model",
    "PriceSpell",
    "load_labs",
    "load_models",
    "load_price_spells",
    "monthly_list_prices",
]


@lru_cache(maxsize=8)
def load_labs(path: Path | None = None) -> tuple[Lab, ...]:
    """The labs of labs.csv, in file order; DataError at the first broken rule."""
    return checked(path or DATA / "labs.csv", parse_lab)


@lru_cache(maxsize=8)
def load_models(path: Path | None = None) -> tuple[Model, ...]:
    """The releases of models.csv, in file order; DataError at the first broken rule."""
    labs = frozenset(lab.id for lab in load_labs())
    return checked(path or DATA / "models.csv", lambda row: parse_model(row, labs))


@lru_cache(maxsize=8)
def load_price_spells(path: Path | None = None) -> tuple[PriceSpell, ...]:
    """The price spells of prices.csv, one a spell and release; DataError at a broken rule."""
    models = frozenset(model.id for model in load_models()) | {""}
    return checked(path or DATA / "prices.csv", lambda row: parse_spell(row, models), key=None)


def monthly_list_prices(
    models: Sequence[Model], spells: Sequence[PriceSpell], first_month: int, n_months: int
) -> NDArray[np.float64]:
    """List prices in US dollars per million tokens (three input to one output), models by months.

    NaN before release and where no price is known. From release on: the release price, overwritten
    by each later spell of the same seller (the maker's own list, or hosts' where the maker sells
    none); after a spell ends its price stands until the next one.
    """
    last = first_month + n_months
    timeline = np.full((len(models), n_months), np.nan)
    changes: dict[str, list[PriceSpell]] = {}
    for spell in spells:
        changes.setdefault(spell.model, []).append(spell)
    for row, model in enumerate(models):
        if model.release_month is None:
            continue
        steps = [(model.release_month, model.price_usd_per_mtok)]
        used = _in_order(changes.get(model.id, ()), model)
        steps += [(spell.from_month, spell.price_usd_per_mtok) for spell in used]
        for start, price in steps:
            if price is not None and start < last:
                timeline[row, max(0, start - first_month) :] = price
    return timeline


def _in_order(spells: Sequence[PriceSpell], model: Model) -> list[PriceSpell]:
    """The spells that set this release's list price, earliest first, file order within a month."""
    seller = model.price_seller or "maker"
    lasting = [spell for spell in spells if spell.to_month != spell.from_month]
    used = [spell for spell in lasting if spell.seller == seller]
    return sorted(used, key=lambda spell: spell.from_month)
