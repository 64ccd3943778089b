"""Decisions about weights that came out otherwise in the second of two runs, and what turned each.

With `draw` the same in both, a product is opened where draw < chance, and
ln(chance / (1 - chance)) is the sum of its terms over their noise, peers and habit, and a number
that no policy moves. So the log tells what the decision would have been with one term as in the
first run and all else as in the second: the term that turned it is the one that alone turns it
back, the largest where several would; where none does, several turned it together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.catalogue import load_labs
from sim.log import ENTRY, TERM_NAMES, Entries, Event
from sim.openness import N_TERMS
from sim.result import Result

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

PARTS = TERM_NAMES[:-1]  # all terms of the log-odds; the last name of the log is their noise
TOGETHER = -1
_NOISE = len(TERM_NAMES) - 1
_LEAST_NOISE = 1e-9
_LEAST_CHANCE = 1e-12


@dataclass(frozen=True, eq=False)
class Turns:
    """Decisions that turned, arrays of shape (n,), by future, month, lab and product.

    `opens` says whether the second run opens the weights, which the first then does not; `part`
    which of PARTS turned the decision, TOGETHER where none did alone.
    """

    future: Ints
    month: Ints
    lab: Ints
    product: Ints
    opens: Bools
    part: Ints

    def where(self, chosen: Bools) -> Turns:
        """Return some of the decisions."""
        return Turns(
            self.future[chosen],
            self.month[chosen],
            self.lab[chosen],
            self.product[chosen],
            self.opens[chosen],
            self.part[chosen],
        )


@dataclass(frozen=True, eq=False)
class Tally:
    """How many releases each lab opened and made in each future, shape (futures, labs)."""

    opened: Floats
    made: Floats


def tally(run: Result, start: int) -> Tally:
    """Return what each lab released from month `start` on."""
    future, entries = _releases(run, start)
    shape = (len(run.logs), len(load_labs()))
    place = future * shape[1] + entries["actor"]
    opened, made = (
        np.bincount(place, weights, minlength=shape[0] * shape[1]).reshape(shape)
        for weights in (entries["value"].astype(np.float64), np.ones(len(entries)))
    )
    return Tally(opened.astype(np.float64), made.astype(np.float64))


def turns(base: Result, result: Result, start: int) -> Turns:
    """Return the decisions from month `start` on that both runs had to make and made otherwise."""
    (future, mine), (number, theirs) = _releases(base, start), _releases(result, start)
    _, i, j = np.intersect1d(_key(future, mine), _key(number, theirs), return_indices=True)
    differ = (mine["value"][i] > 0.5) != (theirs["value"][j] > 0.5)
    first, second = mine[i[differ]], theirs[j[differ]]
    month, lab, product = (second[name].astype(np.int64) for name in ("month", "actor", "product"))
    opens: Bools = np.asarray(second["value"] > 0.5)
    return Turns(future[i[differ]], month, lab, product, opens, _part(first, second))


def _releases(run: Result, start: int) -> tuple[Ints, Entries]:
    """Return the decisions about weights of all futures, and the future of each."""
    logs = [log[(log["event"] == Event.RELEASE) & (log["month"] >= start)] for log in run.logs]
    future = np.repeat(np.arange(len(logs)), [len(log) for log in logs])
    return future, np.concatenate([np.zeros(0, dtype=ENTRY), *logs])


def _key(future: Ints, entries: Entries) -> Ints:
    key = future
    for name, size in (("month", 1024), ("actor", 256), ("product", 65536)):
        key = key * size + entries[name].astype(np.int64)
    return key


def _part(first: Entries, second: Entries) -> Ints:
    """Return the part that alone turns each decision back, the largest of several."""
    shift = odds(second) - odds(first)
    chance, draw = (second[name].astype(np.float64) for name in ("chance", "draw"))
    inside = np.clip(chance, _LEAST_CHANCE, 1.0 - _LEAST_CHANCE)
    without = np.log(inside / (1.0 - inside))[:, None] - shift
    opens = draw[:, None] < 1.0 / (1.0 + np.exp(-np.clip(without, -50.0, 50.0)))
    back = np.where(opens == (first["value"] > 0.5)[:, None], np.abs(shift), -1.0)
    return np.where(back.max(axis=1) >= 0.0, back.argmax(axis=1), TOGETHER)


def odds(entries: Entries) -> Floats:
    """Return what each term adds to the log-odds; peers and habit are logged as such."""
    terms = entries["terms"].astype(np.float64)
    noise = np.maximum(terms[:, [_NOISE]], _LEAST_NOISE)
    return np.concatenate([terms[:, :N_TERMS] / noise, terms[:, N_TERMS:_NOISE]], axis=1)
