"""Labs, product lines and shelves made by hand."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.labs import Labs
from sim.outcomes import ORIGINS
from sim.shelf import NOT_DUE, Line, Shelf, empty_shelf

CLOSED, OPEN = 0, 1  # versions of product 0


def labs_of(*origins: str, **changes: object) -> Labs:
    """Return equal labs, one from each of the origins, all active, with much cash."""
    n = len(origins)
    plain = Labs(
        origin=np.array([ORIGINS.index(origin) for origin in origins], dtype=np.int64),
        members=np.ones(n),
        interval=np.full(n, 2.0),
        complement=np.zeros(n),
        weights_delay=np.zeros(n),
        source=np.zeros(n, dtype=np.bool_),
        training=np.full(n, 100.0),
        inference=np.full(n, 100.0),
        capability=np.full(n, 160.0),
        openness=np.zeros(n),
        cash=np.full(n, 1e6),
        burn=np.full(n, 100.0),
        first_party=np.zeros(n),
        ecosystem=np.zeros(n),
        licence_income=np.zeros(n),
        served=np.ones(n),
        active=np.ones(n, dtype=np.bool_),
        profit_start=np.full(n, np.nan),
        gap_start=np.zeros(n),
        compute_lag_start=np.zeros(n),
    )
    return plain._replace(**{name: _like(plain, name, value) for name, value in changes.items()})


def _like(plain: Labs, name: str, value: object) -> npt.NDArray[np.generic]:
    held = getattr(plain, name)
    return np.array(np.broadcast_to(np.asarray(value, dtype=held.dtype), held.shape))


def line_of(labs: Labs, products: int = 1, **changes: object) -> Line:
    """Return product lines of `products` steps a lab, 0, 6, 12 ... ECI behind, none open yet."""
    n = labs.size * products
    lab, step = np.repeat(np.arange(labs.size), products), np.tile(np.arange(products), labs.size)
    plain = Line(
        lab=lab,
        origin=labs.origin[lab],
        behind=6.0 * step,
        launch_cost=np.ones(n),
        flagship=step == 0,
        weight=np.full(n, 1.0 / products),
        anchor=np.zeros(n),
        base=np.full(n, np.nan),
        licence=np.zeros(n, dtype=np.bool_),
        opened=np.zeros(n, dtype=np.bool_),
        weights_due=np.full(n, NOT_DUE),
        predecessor_eci=np.full(n, np.nan),
        predecessor_cost=np.full(n, np.nan),
        key=np.arange(n, dtype=np.uint64),
    )
    return plain._replace(**{name: _cast(plain, name, value) for name, value in changes.items()})


def _cast(plain: Line, name: str, value: object) -> npt.NDArray[np.generic]:
    held = getattr(plain, name)
    return np.array(np.broadcast_to(np.asarray(value, dtype=held.dtype), held.shape))


def shelf_of(line: Line, *versions: int, **changes: object) -> Shelf:
    """Return a shelf with these versions on sale; `changes` gives arrays over all versions."""
    shelf = empty_shelf(line)
    shelf.on_sale[list(versions)] = True
    shelf.eci[list(versions)] = 150.0
    for name, value in changes.items():
        getattr(shelf, name)[:] = value
    return shelf
