"""Decides how far a maker's measured releases correct the Arena bridge for its unmeasured ones.

Some makers tune for Arena more than others, so residuals of the bridge cluster by maker. The
correction is the shrunken mean residual of the same maker's measured releases of the same
openness within 15 months: sum(residuals) / (n + 1). Left out one at a time it cuts the error of
the bridge from 4.0 to 3.4 ECI; bridges.csv has both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from sim.data.bridge import Bridge, has_all

WITHIN_YEARS = 1.25
PRIOR_RELEASES = 1.0

Known = tuple[str, bool, float, float]  # maker, open, years after 2025, residual


def residuals(
    rows: Sequence[Mapping[str, str]], known: Sequence[Mapping[str, float]], bridge: Bridge
) -> list[Known]:
    """Residual (measured minus bridged) of every release that has both scores."""
    return [
        (row["maker"], row["openness"] != "closed_api", k["when"], k["eci"] - bridge.predict(k))
        for row, k in zip(rows, known, strict=True)
        if "eci" in k and has_all(k, bridge.features)
    ]


def correction(row: Mapping[str, str], when: float, seen: Sequence[Known]) -> float:
    """ECI points to add to the bridged value of `row`, released `when` years after 2025."""
    own = [
        residual
        for maker, is_open, at, residual in seen
        if maker == row["maker"]
        and is_open == (row["openness"] != "closed_api")
        and abs(at - when) <= WITHIN_YEARS
    ]
    return sum(own) / (len(own) + PRIOR_RELEASES)


def left_out_error(
    rows: Sequence[Mapping[str, str]], known: Sequence[Mapping[str, float]], bridge: Bridge
) -> float:
    """Root mean square error of bridge and correction, each release left out of its correction."""
    seen = residuals(rows, known, bridge)
    measured = [
        row
        for row, k in zip(rows, known, strict=True)
        if "eci" in k and has_all(k, bridge.features)
    ]
    errors = [
        own[3] - correction(row, own[2], seen[:at] + seen[at + 1 :])
        for at, (row, own) in enumerate(zip(measured, seen, strict=True))
    ]
    return float(np.sqrt(np.mean(np.square(errors))))
