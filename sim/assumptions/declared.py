"""How one assumption is declared: a dataclass field that carries all a reader must know."""

from __future__ import annotations

from dataclasses import field
from typing import Any

from sim.declare import Confidence


def declared(
    default: float,
    low: float,
    high: float,
    unit: str,
    label: str,
    meaning: str,
    source: str,
    confidence: Confidence = "assumption",
) -> Any:
    """Return a dataclass field with its default, permitted range, unit, meaning and source."""
    return field(
        default=default,
        metadata={
            "low": low,
            "high": high,
            "unit": unit,
            "label": label,
            "meaning": meaning,
            "source": source,
            "confidence": confidence,
        },
    )
