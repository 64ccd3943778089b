"""Decides the numbers that docs/ODD.md names in capitals, and those of its text without a name.

ODD.md says that capitals are fixed numbers in the module a section names; their values were looked
up there, and nothing else was.
"""

from __future__ import annotations

from sim.calendar import month_index

# 7.6, the record
LISTED = {"closed": 6, "open": 3}
MAX_AGE_MONTHS = 24
MAX_LAG_ECI = 35.0

# 7.8, offers and access
LOCAL_HOST_PREMIUM = 0.1
FRONTIER_OPEN_ECI = 20.0
GATE_BAND_ECI = 6.0
REFERENCE_MONTH = month_index("2025-07")
REFERENCE_PRICE = 0.8  # $ per Mtok: the list price whose model one H100 serves as declared

# 7.9, bans and new demand
NONALIGNED_SHARE_OF_ALIGNMENT = 0.25
SURGE = range(month_index("2026-01"), month_index("2026-07"))

# 7.10, shortlists: how many offers of each class a cell considers
SHORTLIST = {
    "closed, foreign": 8,
    "open hosted, foreign": 8,
    "open self-hosted, foreign": 4,
    "Chinese maker": 8,
    "Chinese, third party": 8,
    "Chinese, self-hosted": 4,
}

# 7.13, derivatives
DERIVATIVES_FADE = 0.02
DERIVATIVES_PER_SHARE = 40.0

# 5, initialisation: ODD.md gives no shares of attitudes outside the tables (R1)
REFUSERS_NONALIGNED = 0.05
INDIFFERENT_NONALIGNED = 0.5
