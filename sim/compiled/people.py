"""Compiled meeting of peers: see people.py."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.compiled.chance import draw_of
from sim.compiled.jit import compiled
from sim.people import Trust

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@compiled
def mingle_all(
    cleared: Bools,
    uses: Bools,
    peers: npt.NDArray[np.int32],
    pace: Floats,
    floor: Floats,
    hazard: Floats,
    keep: Floats,
    ids: npt.NDArray[np.uint64],
    key: np.uint64,
    maker: Floats,
) -> None:
    """Let each stream see its peers; who is not cleared yet draws."""
    seen = _seen(cleared, uses, peers)
    for i in range(cleared.size):
        if not cleared[i]:
            cleared[i] = draw_of(ids[i], key) < hazard[seen[i] & 15] * pace[i]
        maker[i] = max(floor[i], maker[i] * keep[seen[i] >> 4])


@compiled
def _seen(cleared: Bools, uses: Bools, peers: npt.NDArray[np.int32]) -> npt.NDArray[np.uint8]:
    """Return how many of each stream's peers are cleared, plus 16 for each that uses."""
    n = cleared.size
    both = np.empty(n, dtype=np.uint8)
    for i in range(n):
        both[i] = np.uint8(cleared[i]) + np.uint8(16) * np.uint8(uses[i])
    seen = np.zeros(n, dtype=np.uint8)
    for k in range(peers.shape[0]):
        for i in range(n):
            seen[i] += both[peers[k, i]]
    return seen


def mingle(
    trust: Trust,
    peers: npt.NDArray[np.int32],
    uses_chinese: Bools,
    hazard: Floats,
    keep: Floats,
    ids: npt.NDArray[np.uint64],
    key: int,
) -> None:
    """Let each stream see its peers."""
    mingle_all(
        trust.cleared, uses_chinese, peers, trust.pace, trust.floor, hazard, keep, ids,
        np.uint64(key), trust.maker,
    )  # fmt: skip
