"""Decides how the model counts time: months from January 2023, which is month 0."""

from __future__ import annotations

import re

START_YEAR = 2023
DEFAULT_UNTIL = "2032-12"

_MONTH = re.compile(r"(\d{4})-(\d{2})")


def month_index(label: str) -> int:
    """Months from 2023-01 to `label` ("YYYY-MM"): "2025-01" is 24, "2022-12" is -1."""
    match = _MONTH.fullmatch(label)
    if match is None or not 1 <= int(match[2]) <= 12:
        raise ValueError(f"a month is written YYYY-MM, got {label!r}: write for example 2025-01")
    return (int(match[1]) - START_YEAR) * 12 + int(match[2]) - 1


def month_label(index: int) -> str:
    """The "YYYY-MM" label of a month counted from 2023-01: 24 is "2025-01"."""
    return f"{START_YEAR + index // 12:04d}-{index % 12 + 1:02d}"


# The last month the shipped evidence describes: everything later is simulated.
LAST_OBSERVED_MONTH = month_index("2026-10")

# The last month a scenario may reach: beyond it no parameter range was argued.
LAST_MONTH = month_index("2040-12")
