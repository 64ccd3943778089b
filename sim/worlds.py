"""Which world each future is drawn from: the assumptions nobody controls, one set a future.

posterior  sets that reproduce the record, with weights, from sim/data/posterior.csv
prior      each assumption from its range, triangular with the default as mode, independently
central    every assumption at its default in every future

The set of future r depends on seed and r alone, so all scenarios that are compared meet the same
worlds; what a scenario sets itself holds in all of them.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from sim.chance import Dice, Purpose
from sim.parameters import ASSUMPTIONS

Floats = npt.NDArray[np.float64]
Worlds = Literal["posterior", "prior", "central"]
WORLDS: tuple[Worlds, ...] = ("posterior", "prior", "central")

POSTERIOR = Path(__file__).resolve().parent / "data" / "posterior.csv"
GOLDEN_STEP = 0.6180339887498949
# What is a choice of the user's rather than a fact nobody knows keeps its default in every world.
CHOSEN = ("responsiveness", "shock_rate")
VARIED: tuple[str, ...] = tuple(name for name in ASSUMPTIONS if name not in CHOSEN)


def triangular(u: Floats, low: float, mode: float, high: float) -> Floats:
    """Return the quantile of a triangular distribution at `u` in (0, 1)."""
    width = high - low
    turn = (mode - low) / width
    rising = low + np.sqrt(u * width * (mode - low))
    falling = high - np.sqrt((1.0 - u) * width * (high - mode))
    return np.where(u < turn, rising, falling)


def prior_quantiles(u: Floats) -> Floats:
    """Return assumptions from uniforms, both of shape (draws, VARIED)."""
    columns = [
        triangular(u[:, k], q.low, q.default, q.high)
        for k, q in enumerate(ASSUMPTIONS[name] for name in VARIED)
    ]
    return np.stack(columns, axis=1)


@lru_cache(maxsize=1)
def posterior() -> tuple[Floats, Floats] | None:
    """Return the shipped sets, shape (sets, VARIED), and their weights; None before calibration."""
    if not POSTERIOR.is_file():
        return None
    with POSTERIOR.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    default = {name: ASSUMPTIONS[name].default for name in VARIED}
    sets = [[float(row.get(name) or default[name]) for name in VARIED] for row in rows]
    weight = np.array([float(row["weight"]) for row in rows])
    return np.array(sets), weight / weight.sum()


def worlds_in_use(worlds: Worlds) -> Worlds:
    """Return what worlds are really drawn from: central while no posterior is shipped."""
    return "central" if worlds == "posterior" and posterior() is None else worlds


def world_of(worlds: str, seed: int, replicate: int) -> Mapping[str, float]:
    """Return the assumptions of one future's world; empty where all keep their defaults."""
    if worlds == "posterior":
        shipped = posterior()
        if shipped is None:
            return {}
        sets, weight = shipped
        shift = Dice(seed, 0).one(Purpose.WORLD, 0)
        place = (replicate * GOLDEN_STEP + shift) % 1.0
        chosen = int(np.searchsorted(np.cumsum(weight), place, side="right"))
        return dict(zip(VARIED, sets[min(chosen, len(sets) - 1)].tolist(), strict=True))
    if worlds == "prior":
        numbers = np.arange(len(VARIED), dtype=np.uint64)
        u = Dice(seed, replicate).uniform(Purpose.WORLD, numbers, 1)
        return dict(zip(VARIED, prior_quantiles(u[None, :])[0].tolist(), strict=True))
    return {}
