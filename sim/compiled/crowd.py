"""Compiled: who chooses this month, and with what. See crowd.py."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from sim.choice import FORBIDDEN, Choosers
from sim.compiled.chance import draw_of
from sim.compiled.jit import compiled
from sim.crowd import (
    BANNED_HOSTED,
    BANNED_SELF,
    ONLY_TRUSTED,
    Crowd,
    Held,
    Pulse,
    Rules,
    forbidding,
)
from sim.offers import Menu

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Bits = npt.NDArray[np.uint8]


@compiled
def _row_of(version: int, kind: int, heirs: Ints, rows: Ints) -> int:
    """Return the row of the heir at the same kind of host, else at its maker, -1 if neither."""
    if version < 0:
        return -1
    heir = heirs[0, version] if kind <= 0 else heirs[1, version]
    row = rows[3 * heir + max(kind, 0)] if heir >= 0 else -1
    if row < 0:
        heir = heirs[0, version]
        row = rows[3 * heir] if heir >= 0 else -1
    return row


@compiled
def _stir(
    region: Ints,
    segment: Ints,
    cell: Ints,
    alpha: Singles,
    scale: Ints,
    ids: npt.NDArray[np.uint64],
    public: Bools,
    coverage_rank: Floats,
    compliance_rank: Floats,
    procurement_rank: Floats,
    maker: Floats,
    host: Floats,
    cleared: Bools,
    version: Ints,
    kind: Ints,
    row: Ints,
    second_version: Ints,
    second_kind: Ints,
    second_row: Ints,
    heirs: Ints,
    rows: Ints,
    open_to: Bools,
    lab: Ints,
    forbids: Bits,
    coverage: Floats,
    hosted: float,
    own: float,
    procurement: float,
    new: Floats,
    either: Floats,
    saved: Floats,
    event_key: np.uint64,
    first_key: np.uint64,
    second_key: np.uint64,
    now: Ints,
    c_cell: Ints,
    c_alpha: Singles,
    c_penalty: Singles,
    c_family: Ints,
    c_loyalty: Singles,
    c_scale: Ints,
    c_first: Floats,
    c_second: Floats,
) -> int:
    count = 0
    for i in range(region.size):
        covered = coverage_rank[i] < coverage[region[i]]
        bits = 0
        if covered and compliance_rank[i] < hosted:
            bits |= BANNED_HOSTED
        if covered and compliance_rank[i] < own:
            bits |= BANNED_SELF
        if public[i] and procurement_rank[i] < procurement:
            bits |= ONLY_TRUSTED
        held = _row_of(version[i], kind[i], heirs, rows)
        row[i] = held
        ok = held >= 0 and open_to[held, region[i]] and (forbids[held] & bits) == 0
        other = _row_of(second_version[i], second_kind[i], heirs, rows)
        kept = other >= 0 and open_to[other, region[i]] and (forbids[other] & bits) == 0
        second_row[i] = other if kept else -1
        draw = draw_of(ids[i], event_key)
        if ok and draw >= either[segment[i]]:
            continue
        fresh = draw < new[segment[i]]
        family = -1 if fresh or held < 0 else lab[held]
        now[count], c_cell[count], c_alpha[count] = i, cell[i], alpha[i]
        c_family[count], c_scale[count] = family, scale[i]
        c_loyalty[count] = np.float32(saved[segment[i]] if family >= 0 else 0.0)
        trusted_only = (bits & ONLY_TRUSTED) > 0
        no_hosted = trusted_only or (bits & BANNED_HOSTED) > 0 or not cleared[i]
        no_own = trusted_only or (bits & BANNED_SELF) > 0 or not cleared[i]
        distrust, distance = np.float32(maker[i]), np.float32(host[i])
        nothing = np.float32(0.0)
        c_penalty[0, count] = FORBIDDEN if trusted_only else nothing
        c_penalty[1, count] = distrust + distance + (FORBIDDEN if no_hosted else nothing)
        c_penalty[2, count] = distrust + (FORBIDDEN if no_hosted else nothing)
        c_penalty[3, count] = distrust + (FORBIDDEN if no_own else nothing)
        c_first[count] = draw_of(ids[i], first_key)
        c_second[count] = draw_of(ids[i], second_key)
        count += 1
    return count


def stir(
    crowd: Crowd, held: Held, heirs: Ints, menu: Menu, rules: Rules, pulse: Pulse
) -> tuple[Ints, Choosers]:
    """Move users to heirs, and return who chooses now, and with what."""
    n = crowd.region.size
    now = np.empty(n, dtype=np.int64)
    told = Choosers(
        cell=np.empty(n, dtype=np.int64),
        alpha=np.empty(n, dtype=np.float32),
        penalty=np.empty((4, n), dtype=np.float32),
        family=np.empty(n, dtype=np.int64),
        loyalty=np.empty(n, dtype=np.float32),
        scale=np.empty(n, dtype=np.int64),
        first=np.empty(n),
        second=np.empty(n),
    )
    count = _stir(
        *crowd,
        *held,
        heirs,
        menu.rows,
        menu.open_to,
        menu.lab,
        forbidding(menu),
        *rules,
        pulse.new,
        pulse.new + (1.0 - pulse.new) * pulse.hazard,
        pulse.saved,
        np.uint64(pulse.event_key),
        np.uint64(pulse.first_key),
        np.uint64(pulse.second_key),
        now,
        *told,
    )
    cut: list[Any] = [part[..., :count] for part in told]
    return now[:count], Choosers(*cut)
