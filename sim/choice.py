"""Which offer each reconsidering stream takes: a logit over its shortlist.

U = base - alpha ln(paid + other cost) - aversion to maker and host - 1[forbidden] infinity
    + switching cost 1[the incumbent's family] + noise

The noise is Gumbel, so the best offer has the logit distribution, drawn here by inverting the
cumulative weights exp(U) with one keyed uniform a stream and month: first which class of offers,
then which of the class. Arrays run (slots, streams): the long axis is the streams, taken in blocks
that stay in the processor's cache. This is the reference; `compiled.choose` does the same
operations in the same order and returns the same bits.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.arithmetic import exp_single, log
from sim.offers import CLOSED, CN_MAKER, CN_SELF, CN_THIRD, OPEN_SELF
from sim.population import Codes
from sim.shortlist import ROOM, SLOT_STARTS, SLOTS, Shortlists
from sim.twins import twin

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

BLOCK, ONE_BLOCK = 256, 1024  # up to so many streams, numpy's calls cost more than its cache misses
GATED = slice(SLOT_STARTS[CLOSED], SLOT_STARTS[CLOSED + 1])  # what a US gate can withhold
CHINESE = slice(SLOT_STARTS[CN_MAKER], SLOTS)
FORBIDDEN = np.float32(1e9)
PENALTIES = (CLOSED, CN_MAKER, CN_THIRD, CN_SELF)  # classes that carry one; order of `penalty`


class Choosers(NamedTuple):
    """What distinguishes the streams that choose now; arrays of shape (n,).

    `alpha` is price sensitivity times taste; `penalty` the utility lost on the classes of
    PENALTIES, shape (4, n), FORBIDDEN where trust or rules exclude them; `family` the incumbent's
    maker (-1: none) and `loyalty` what staying with it saves; `scale` the class of a self-hoster's
    fixed cost; `first` and `second` are uniforms.
    """

    cell: Codes
    alpha: Singles
    penalty: Singles
    family: Ints
    loyalty: Singles
    scale: Codes
    first: Floats
    second: Floats


class Choices(NamedTuple):
    """What was chosen, arrays of shape (n,): rows of the menu, -1 where nothing is open.

    `log_sum` is ln of the total weight, NaN where unserved; `ban`, `stop` and `gate` are how much
    it would fall without Chinese open models, without new ones for a year, and with the US gate
    shut, util; infinite losses are held at LARGEST_LOSS.
    """

    row: Ints
    second: Ints
    log_sum: Floats
    ban: Floats
    stop: Floats
    gate: Floats


LARGEST_LOSS = 10.0  # util; beyond it nothing comparable is left
LEAST_LEFT = 4.5399929762484854e-05  # exp(-LARGEST_LOSS)


@twin("pick")
def pick(lists: Shortlists, who: Choosers) -> tuple[Ints, Ints]:
    """Return the rows that `choose` returns, first and second, and nothing else."""
    n = who.cell.size
    row, second = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    for part in _parts(n):
        w, rows = _weights(lists, who, part)
        summed = _summed_by_class(w)
        _draw(lists, who, part, rows, w, summed, row, second)
        nothing = ~(summed[-1] > 0.0)
        row[part][nothing] = second[part][nothing] = -1
    return row, second


@twin("choose")
def choose(lists: Shortlists, who: Choosers) -> Choices:
    """Return the choices of all streams in `who`."""
    n = who.cell.size
    weights = np.empty((5, n), dtype=np.float32)
    row, second = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    for part in _parts(n):
        _choose_block(lists, who, part, row, second, weights)
    total = weights[0].astype(np.float64)
    served = total > 0.0
    safe = np.where(served, total, 1.0)
    log_sum = log(safe)
    losses = [
        -log(np.minimum(np.maximum(left.astype(np.float64) / safe, LEAST_LEFT), 1.0))
        for left in weights[1:4]
    ]
    nothing = ~served
    for loss in losses:
        loss[nothing] = 0.0
    log_sum[nothing] = np.nan
    row[nothing] = second[nothing] = -1
    return Choices(row, second, log_sum, losses[0], losses[1], losses[2])


def _parts(n: int) -> Iterator[slice]:
    """Yield the blocks in which streams are taken."""
    size = n if n <= ONE_BLOCK else BLOCK
    for start in range(0, n, max(size, 1)):
        yield slice(start, min(start + size, n))


def _choose_block(
    lists: Shortlists, who: Choosers, part: slice, row: Ints, second: Ints, weights: Singles
) -> None:
    """Write rows and total weights (all, no ban, no stop, no gate) of one block of streams."""
    cell = who.cell[part]
    w, rows = _weights(lists, who, part)
    gate = _rows(lists.gate, cell, GATED)
    stop = _rows(lists.stop, cell, CHINESE)
    kept, stopped = gate[0] * w[0], stop[0] * w[CHINESE.start]
    for slot in range(1, len(gate)):
        kept += gate[slot] * w[slot]
    for slot in range(1, len(stop)):
        stopped += stop[slot] * w[CHINESE.start + slot]
    summed = _summed_by_class(w)
    total, elsewhere = summed[-1], summed[CN_MAKER - 1]
    weights[0, part], weights[1, part] = total, elsewhere
    weights[2, part] = elsewhere + stopped
    weights[3, part] = kept + (total - summed[CLOSED])
    _draw(lists, who, part, rows, w, summed, row, second)


def _weights(lists: Shortlists, who: Choosers, part: slice) -> tuple[Singles, Ints]:
    """Return exp(U) of a block of streams, shape (slots, n), and the rows of its slots."""
    cell = who.cell[part]
    u = np.ascontiguousarray(lists.base.take(cell, axis=0).T)
    price = np.ascontiguousarray(lists.price.take(cell, axis=0).T)
    rows = lists.row.take(cell, axis=0)
    for k in (OPEN_SELF, CN_SELF):
        own = slice(SLOT_STARTS[k], SLOT_STARTS[k + 1])
        price[own] = lists.own_price[rows[:, own], who.scale[part, None]].T
    price *= who.alpha[part]
    u -= price
    for place, k in enumerate(PENALTIES):
        u[SLOT_STARTS[k] : SLOT_STARTS[k + 1]] -= who.penalty[place, part]
    same = who.family[part] == lists.lab.take(cell, axis=0).T
    u += same * who.loyalty[part]
    return exp_single(u), rows


def _draw(
    lists: Shortlists,
    who: Choosers,
    part: slice,
    rows: Ints,
    w: Singles,
    summed: Singles,
    row: Ints,
    second: Ints,
) -> None:
    """Write the rows that a block of streams draws; `w` and `summed` are running sums."""
    for found, uniform in ((row, who.first), (second, who.second)):
        target = (uniform[part] * summed[-1]).astype(np.float32)
        found[part] = _picked(lists, who.cell[part], rows, w, summed, target)


def _rows(table: Singles, cell: Codes, slots: slice) -> Singles:
    """Return some slots of a table for each stream, shape (slots, n)."""
    return np.ascontiguousarray(table[:, slots].take(cell, axis=0).T)


def _summed_by_class(w: Singles) -> Singles:
    """Replace weights by their running sums within each class; return the running sums of the
    classes, shape (classes, n)."""
    summed = np.empty((len(ROOM), w.shape[1]), dtype=np.float32)
    for k, room in enumerate(ROOM):
        first = SLOT_STARTS[k]
        for slot in range(first + 1, first + room):
            w[slot] += w[slot - 1]
        summed[k] = w[first + room - 1]
        if k:
            summed[k] += summed[k - 1]
    return summed


def _picked(
    lists: Shortlists, cell: Codes, rows: Ints, w: Singles, summed: Singles, target: Singles
) -> Ints:
    """Return the row at which the running sums reach the target."""
    every = np.arange(cell.size)
    k = np.minimum((summed < target).sum(axis=0), len(ROOM) - 1)
    before = np.where(k > 0, summed[k - 1, every], np.float32(0.0))
    rest = target - before
    below = np.stack(
        [(w[SLOT_STARTS[c] : SLOT_STARTS[c + 1]] < rest).sum(axis=0) for c in range(len(ROOM))]
    )
    place = np.minimum(below[k, every], lists.filled[cell, k] - 1)
    picked: Ints = rows[every, np.array(SLOT_STARTS)[k] + place]
    return picked
