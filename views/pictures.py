"""Which pictures the pages open with; their names and axes are those of sim/pictures.py."""

from __future__ import annotations

from sim.outcomes import OUTCOMES, SERIES
from sim.pictures import (
    ALL,
    Picture,
    apart,
    axis,
    change_axis,
    choices,
    group_label,
    named,
    picture,
)

__all__ = [
    "ALL",
    "LARGE",
    "NUMBERS",
    "OFFERED",
    "OUTCOME_IDS",
    "SHORT_TITLES",
    "SMALL",
    "Picture",
    "apart",
    "axis",
    "change_axis",
    "choices",
    "group_label",
    "named",
    "picture",
]

LARGE = (named("cn_open_share_tokens.router"), named("frontier_eci.all"))
SMALL = (
    named("cn_open_share_tokens.enterprise"),
    named("trusted_open_vacuum_eci.world"),
    named("leverage.US"),
    named("price_paid_usd_per_mtok.closed"),
)
SHORT_TITLES = {
    SMALL[0].id: "Chinese open, US firms",
    SMALL[1].id: "Trusted-open vacuum",
    SMALL[2].id: "US leverage abroad",
    SMALL[3].id: "Price paid, closed",
}
NUMBERS = (
    named("cn_open_share_tokens.router"),
    named("open_share_tokens.enterprise"),
    named("trusted_open_vacuum_eci.world"),
    named("leverage.US"),
)
OFFERED = tuple(f"{outcome_id}.{group}" for outcome_id, group in SERIES)
OUTCOME_IDS = tuple(outcome.id for outcome in OUTCOMES)
