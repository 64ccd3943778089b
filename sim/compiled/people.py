"""Compiled meeting of peers: see people.py."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.compiled.jit import compiled
from sim.people import Trust

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@compiled
def _mingle(
    cleared: Bools,
    uses: Bools,
    peers: Ints,
    pace: Floats,
    floor: Floats,
    hazard: Floats,
    keep: Floats,
    draw: Floats,
    maker: Floats,
) -> None:
    n = cleared.size
    both = np.empty(n, dtype=np.uint8)
    for i in range(n):
        both[i] = np.uint8(cleared[i]) + np.uint8(16) * np.uint8(uses[i])
    seen = np.zeros(n, dtype=np.uint8)
    for k in range(peers.shape[0]):
        for i in range(n):
            seen[i] += both[peers[k, i]]
    for i in range(n):
        if draw[i] < hazard[seen[i] & 15] * pace[i]:
            cleared[i] = True
        maker[i] = max(floor[i], maker[i] * keep[seen[i] >> 4])


def mingle(
    trust: Trust, peers: Ints, uses_chinese: Bools, hazard: Floats, keep: Floats, draw: Floats
) -> None:
    """Let each stream see its peers."""
    _mingle(
        trust.cleared,
        uses_chinese,
        peers,
        trust.pace,
        trust.floor,
        hazard,
        keep,
        draw,
        trust.maker,
    )
