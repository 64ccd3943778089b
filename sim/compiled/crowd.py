"""Compiled: who chooses this month, and with what. See crowd.py.

What decides whether a stream may stay is looked up in two small tables made first: where users of a
version go on, and what stands against each offer in each region. So the pass over all streams has
no branch, and only who chooses is looked at closely.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.choice import FORBIDDEN, Choosers
from sim.compiled.chance import draw_of
from sim.compiled.jit import compiled
from sim.crowd import (
    BANNED_HOSTED,
    BANNED_SELF,
    FORBIDDING,
    ONLY_TRUSTED,
    Crowd,
    Held,
    Kinds,
    Pulse,
    Rows,
    Rules,
    Versions,
)
from sim.offers import Menu
from sim.population import Codes

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Bits = npt.NDArray[np.uint8]
Carried = tuple[Codes, Singles, Singles, Ints, Singles, Codes, Floats, Floats]

NO_HOST, NO_OWN = ONLY_TRUSTED | BANNED_HOSTED, ONLY_TRUSTED | BANNED_SELF
OUT_OF_REACH = 8  # a bit beside those of crowd.py, which binds every stream
KINDS = 3
NOTHING = np.float32(0.0)


@compiled
def _going_on(heirs: Ints, rows: Ints) -> Ints:
    """Return the row at which users of a version and kind of host go on, -1 if nowhere.

    At the heir and the same kind of host, else at the heir's maker. Place 3 (version + 1) + kind;
    the first three stand for no version.
    """
    versions = heirs.shape[1] - 1
    table = np.full(KINDS * (versions + 1), -1, dtype=np.int64)
    for version in range(versions):
        first = heirs[0, version]
        at_maker = rows[KINDS * first] if first >= 0 else -1
        for kind in range(KINDS):
            heir = first if kind == 0 else heirs[1, version]
            row = rows[KINDS * heir + kind] if heir >= 0 else -1
            table[KINDS * (version + 1) + kind] = row if row >= 0 else at_maker
    return table


@compiled
def _against(open_to: Bools, starts: Ints) -> Bits:
    """Return what stands against each offer, as bits, shape (regions, 1 + J); the first place
    stands for no offer."""
    table = np.empty((open_to.shape[1], open_to.shape[0] + 1), dtype=np.uint8)
    table[:, 0] = OUT_OF_REACH
    for k in range(FORBIDDING.size):
        for j in range(starts[k], starts[k + 1]):
            for r in range(open_to.shape[1]):
                table[r, j + 1] = FORBIDDING[k] if open_to[j, r] else OUT_OF_REACH
    return table


@compiled
def bind(
    region: Codes,
    public: Bools,
    coverage_rank: Floats,
    compliance_rank: Floats,
    procurement_rank: Floats,
    coverage: Floats,
    hosted: float,
    own: float,
    procurement: float,
    bits: Bits,
) -> None:
    """Write which rules bind each stream, as bits, with OUT_OF_REACH."""
    bits[:] = OUT_OF_REACH
    if coverage.max() > 0.0:  # ranks are above zero
        for i in range(region.size):
            covered = coverage_rank[i] < coverage[region[i]]
            bits[i] |= BANNED_HOSTED * (covered & (compliance_rank[i] < hosted))
            bits[i] |= BANNED_SELF * (covered & (compliance_rank[i] < own))
    if procurement > 0.0:
        for i in range(region.size):
            bits[i] |= ONLY_TRUSTED * (public[i] & (procurement_rank[i] < procurement))


@compiled
def _go_on(
    region: Codes,
    segment: Codes,
    ids: npt.NDArray[np.uint64],
    version: Versions,
    kind: Kinds,
    row: Rows,
    second_version: Versions,
    second_kind: Kinds,
    second_row: Rows,
    next_row: Ints,
    against: Bits,
    bits: Bits,
    either: Floats,
    key: np.uint64,
    now: Ints,
) -> int:
    """Write where all go on, and who chooses; return how many do."""
    count = 0
    for i in range(region.size):
        held = next_row[KINDS * (version[i] + 1) + max(kind[i], 0)]
        other = next_row[KINDS * (second_version[i] + 1) + max(second_kind[i], 0)]
        row[i] = held
        lost = (against[region[i], held + 1] & bits[i]) != 0
        gone = (against[region[i], other + 1] & bits[i]) != 0
        second_row[i] = -1 if gone else other
        now[count] = i
        count += lost | (draw_of(ids[i], key) < either[segment[i]])
    return count


@compiled
def carried(
    now: Ints,
    bits: Bits,
    row: Rows,
    lab: Ints,
    segment: Codes,
    cell: Codes,
    alpha: Singles,
    scale: Codes,
    ids: npt.NDArray[np.uint64],
    maker: Floats,
    host: Floats,
    cleared: Bools,
    new: Floats,
    saved: Floats,
    event_key: np.uint64,
    first_key: np.uint64,
    second_key: np.uint64,
) -> Carried:
    """Return what the streams `now` carry into the choice, in the order of Choosers."""
    n = now.size
    c_cell, c_family, c_scale = np.empty(n, np.int8), np.empty(n, np.int64), np.empty(n, np.int8)
    c_alpha, c_loyalty = np.empty(n, np.float32), np.empty(n, np.float32)
    c_penalty = np.empty((4, n), np.float32)
    c_first, c_second = np.empty(n), np.empty(n)
    for k in range(n):
        i = now[k]
        fresh = draw_of(ids[i], event_key) < new[segment[i]]
        family = -1 if fresh or row[i] < 0 else lab[row[i]]
        c_cell[k], c_alpha[k], c_family[k], c_scale[k] = cell[i], alpha[i], family, scale[i]
        c_loyalty[k] = np.float32(saved[segment[i]] if family >= 0 else 0.0)
        only = FORBIDDEN if bits[i] & ONLY_TRUSTED else NOTHING
        no_host = FORBIDDEN if bits[i] & NO_HOST or not cleared[i] else NOTHING
        no_own = FORBIDDEN if bits[i] & NO_OWN or not cleared[i] else NOTHING
        distrust, distance = np.float32(maker[i]), np.float32(host[i])
        c_penalty[0, k] = only
        c_penalty[1, k] = distrust + distance + no_host
        c_penalty[2, k] = distrust + no_host
        c_penalty[3, k] = distrust + no_own
        c_first[k], c_second[k] = draw_of(ids[i], first_key), draw_of(ids[i], second_key)
    return c_cell, c_alpha, c_penalty, c_family, c_loyalty, c_scale, c_first, c_second


@compiled
def stir_all(
    region: Codes,
    segment: Codes,
    ids: npt.NDArray[np.uint64],
    version: Versions,
    kind: Kinds,
    row: Rows,
    second_version: Versions,
    second_kind: Kinds,
    second_row: Rows,
    heirs: Ints,
    rows: Ints,
    open_to: Bools,
    starts: Ints,
    bits: Bits,
    either: Floats,
    event_key: np.uint64,
) -> Ints:
    """Move users to heirs, and return who chooses; `bits` are what binds each stream."""
    now = np.empty(region.size + 1, np.int64)
    count = _go_on(
        region, segment, ids, version, kind, row, second_version, second_kind, second_row,
        _going_on(heirs, rows), _against(open_to, starts), bits, either, event_key, now,
    )  # fmt: skip
    return now[:count].copy()


def stir(
    crowd: Crowd, held: Held, heirs: Ints, menu: Menu, rules: Rules, pulse: Pulse
) -> tuple[Ints, Choosers]:
    """Move users to heirs, and return who chooses now, and with what."""
    bits = np.empty(crowd.region.size, np.uint8)
    bind(
        crowd.region, crowd.public, crowd.coverage_rank, crowd.compliance_rank,
        crowd.procurement_rank, *rules, bits,
    )  # fmt: skip
    event_key = np.uint64(pulse.event_key)
    now = stir_all(
        crowd.region, crowd.segment, crowd.ids, *held, heirs, menu.rows, menu.open_to,
        menu.starts, bits, pulse.new + (1.0 - pulse.new) * pulse.hazard, event_key,
    )  # fmt: skip
    found = carried(
        now, bits, held.row, menu.lab, crowd.segment, crowd.cell, crowd.alpha, crowd.scale,
        crowd.ids, crowd.maker, crowd.host, crowd.cleared, pulse.new, pulse.saved, event_key,
        np.uint64(pulse.first_key), np.uint64(pulse.second_key),
    )  # fmt: skip
    return now, Choosers(*found)


@compiled
def remember_rows(rows: Rows, versions: Ints, kinds: Ints, version: Versions, kind: Kinds) -> None:
    """Write version and kind of host of what is used."""
    for i in range(rows.size):
        row = rows[i]
        version[i] = versions[row] if row >= 0 else -1
        kind[i] = kinds[row] if row >= 0 else -1


def remember(held: Held, versions: Ints, kinds: Ints) -> None:
    """Store version and kind of host of what is used."""
    remember_rows(held.row, versions, kinds, held.version, held.kind)
    remember_rows(held.second_row, versions, kinds, held.second_version, held.second_kind)
