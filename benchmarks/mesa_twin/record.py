"""Decides which recorded models are on sale in a month, at what list price, and who succeeds whom.

ODD.md 7.6. A maker is a lab of labs.csv; a fringe is one maker (R2).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from benchmarks.mesa_twin.fixed import LISTED, MAX_AGE_MONTHS, MAX_LAG_ECI
from sim.calendar import LAST_OBSERVED_MONTH
from sim.catalogue import Model, PriceSpell, load_models, load_price_spells

MONTHS = LAST_OBSERVED_MONTH + 1


@dataclass(frozen=True, eq=False)
class Release:
    """One recorded model: `prices` are list prices a month, $ per Mtok, from its own month on."""

    id: str
    lab: str
    origin: str
    is_open: bool
    eci: float
    month: int
    terms: bool
    noncommercial: bool
    limited: bool
    prices: tuple[float, ...]

    @property
    def launch_price(self) -> float:
        """The list price in the month of release (R3: also where a host's list stands in)."""
        return self.prices[0]

    def price(self, month: int) -> float:
        """The list price in a month, $ per Mtok."""
        return self.prices[month - self.month]


def list_prices(model: Model, spells: Iterable[PriceSpell]) -> tuple[float, ...]:
    """Return list prices from the month of release to today, as sim/data/README.md has them.

    The release price stands until a spell of the same seller overwrites it, and so on.
    """
    assert model.release_month is not None
    assert model.price_usd_per_mtok is not None
    seller = model.price_seller or "maker"
    lasting = [s for s in spells if s.seller == seller and s.to_month != s.from_month]
    path = [model.price_usd_per_mtok] * (MONTHS - model.release_month)
    for spell in sorted(lasting, key=lambda s: s.from_month):
        begin = max(0, spell.from_month - model.release_month)
        if spell.price_usd_per_mtok is not None:
            path[begin:] = [spell.price_usd_per_mtok] * len(path[begin:])
    return tuple(path)


def _release(model: Model, spells: Sequence[PriceSpell]) -> Release:
    assert model.release_month is not None
    assert model.eci is not None
    return Release(
        id=model.id,
        lab=model.lab,
        origin=model.origin,
        is_open=model.is_open,
        eci=model.eci,
        month=model.release_month,
        terms=model.licence_class == "community",  # R4
        noncommercial=model.licence_class == "noncommercial",
        limited=model.access == "limited",
        prices=list_prices(model, spells),
    )


def beats(one: Release, other: Release, month: int) -> bool:
    """Return whether `one` is no worse on capability and price, and better on one (R5)."""
    better = one.eci - other.eci
    cheaper = other.price(month) - one.price(month)
    return better >= 0.0 and cheaper >= 0.0 and (better > 0.0 or cheaper > 0.0)


def thinned(front: list[Release], most: int) -> list[Release]:
    """Return at most `most` of a front ordered by capability: its ends, and evenly between (R6)."""
    if len(front) <= most:
        return front
    step = (len(front) - 1) / (most - 1)
    return [front[round(place * step)] for place in range(most)]


class Record:
    """What was on sale: `listed[month]` by maker and kind."""

    def __init__(self) -> None:
        spells: dict[str, list[PriceSpell]] = {}
        for spell in load_price_spells():
            spells.setdefault(spell.model, []).append(spell)
        dated = [m for m in load_models() if m.release_month is not None and m.eci is not None]
        self.dated = dated
        self.best_so_far = self._best_so_far(chinese_open=False)
        self.best_chinese_open = self._best_so_far(chinese_open=True)
        self.releases = [
            _release(m, spells.get(m.id, [])) for m in dated if m.price_usd_per_mtok is not None
        ]
        self.listed = [self._listing(month) for month in range(MONTHS)]

    def _listing(self, month: int) -> dict[tuple[str, bool], list[Release]]:
        known = [r for r in self.releases if not r.limited]
        fresh = [r for r in known if 0 <= month - r.month <= MAX_AGE_MONTHS]
        best = max((r.eci for r in fresh), default=0.0)
        shelves: dict[tuple[str, bool], list[Release]] = {}
        for release in fresh:
            if release.eci >= best - MAX_LAG_ECI:
                shelves.setdefault((release.lab, release.is_open), []).append(release)
        return {key: _shelf(shelf, month) for key, shelf in shelves.items()}

    def on_sale(self, month: int) -> list[Release]:
        """Return every model listed in a month."""
        return [release for shelf in self.listed[month].values() for release in shelf]

    def heir(self, gone: Release, month: int) -> Release | None:
        """Return who succeeds a model that has left the list."""
        shelf = self.listed[month].get((gone.lab, gone.is_open), [])
        equals = [release for release in shelf if release.eci >= gone.eci]
        if equals:
            return min(equals, key=lambda r: (r.eci, r.price(month)))
        return max(shelf, key=lambda r: r.eci, default=None)

    def _best_so_far(self, *, chinese_open: bool) -> list[float]:
        """Return the capability of the best release to each month, limited ones counted (R7)."""
        best = [-math.inf] * MONTHS
        for model in self.dated:
            if not chinese_open or (model.origin == "CN" and model.is_open):
                later = range(model.release_month, MONTHS)
                best[model.release_month :] = [max(best[month], model.eci) for month in later]
        return best


def _shelf(shelf: list[Release], month: int) -> list[Release]:
    front = [r for r in shelf if not any(beats(other, r, month) for other in shelf)]
    front.sort(key=lambda r: (-r.eci, r.price(month)))
    return thinned(front, LISTED["open" if shelf[0].is_open else "closed"])


@lru_cache(maxsize=1)
def record() -> Record:
    """Return the record, read once."""
    return Record()
