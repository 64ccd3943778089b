"""How a number is said on screen: as it is said everywhere else, by the rules of sim/wording.py."""

from __future__ import annotations

from sim.wording import (
    DASH,
    GAP,
    MINUS,
    MONTHS,
    Dial,
    Measure,
    dial,
    digits,
    futures,
    landmark,
    measure,
    month_words,
)

__all__ = [
    "DASH",
    "GAP",
    "MINUS",
    "MONTHS",
    "Dial",
    "Measure",
    "dial",
    "digits",
    "futures",
    "landmark",
    "measure",
    "month_words",
]
