"""What a number in the model must say about itself before it may be used.

A lever and an assumption are both a `Quantity`: a name, a unit, a permitted range, a default,
a meaning, a source and a confidence. Validation, sliders, the command line, the scenario format
and the documentation are all read from these declarations and from nothing else.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Confidence = Literal["evidence", "estimate", "assumption"]


class InputError(ValueError):
    """Something a user supplied is not allowed; the message is one line: field, value, rule."""


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """One declared number.

    `low` and `high` bound what is accepted; `unit` is written as a reader would say it.
    """

    id: str
    label: str
    unit: str
    low: float
    high: float
    default: float
    meaning: str
    source: str
    confidence: Confidence
    actor: str

    def check(self, value: object) -> float:
        """Return `value` as a float, or raise InputError naming the field, value and range."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise InputError(
                f"{self.id}: {value!r} is not a number; allowed {self.low:g} to {self.high:g} "
                f"({self.unit})"
            )
        number = float(min(max(value, -1e300), 1e300))  # a huge integer has no float
        if not math.isfinite(number) or not self.low <= number <= self.high:
            raise InputError(
                f"{self.id}: {number:g} is out of range; allowed {self.low:g} to {self.high:g} "
                f"({self.unit})"
            )
        return number


def nearest(name: str, known: Iterable[str]) -> str:
    """Return ", did you mean 'x'?" for the closest known name, or an empty string."""
    close = difflib.get_close_matches(name[:200], list(known), n=1, cutoff=0.4)
    return f"; did you mean {close[0]!r}?" if close else ""


def printable(value: object, limit: int = 60) -> str:
    """Return a short, single-line, control-free rendering of untrusted input."""
    text = "".join(c if c.isprintable() else "?" for c in str(value))
    return text if len(text) <= limit else text[: limit - 1] + "…"


def unknown(kind: str, name: str, known: Iterable[str]) -> InputError:
    """Build the error for a name that is not declared."""
    return InputError(f"unknown {kind} {printable(name)!r}{nearest(name, known)}")
