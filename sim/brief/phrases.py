"""Which outcomes a brief tells unless asked for others, and what each is within a sentence."""

from __future__ import annotations

from sim.declare import InputError, printable
from sim.pictures import ALL, Picture, group_label, picture

FIGURES = (
    "cn_open_share_tokens.router",
    "trusted_open_vacuum_eci.world",
    "leverage.US",
)
ROWS = (
    "cn_open_share_tokens.router",
    "open_share_tokens.enterprise",
    "trusted_open_vacuum_eci.world",
    "leverage.US",
    "open_share_tokens.world",
    "open_share_spend.world",
    "open_closed_lag_months.world",
    "open_release_share.US",
    "price_paid_usd_per_mtok.closed",
    "spend_musd_per_month.world",
)
MOST_FIGURES = 4
_PHRASES = {
    "cn_open_share_tokens.router": "the share of one router’s tokens on Chinese open models",
    "cn_open_share_tokens.enterprise": "the share of US enterprises’ tokens on Chinese open models",
    "open_share_tokens.enterprise": "the share of US enterprises’ tokens on open models",
    "trusted_open_vacuum_eci.world": "the lead of the best open model over the best one from "
    "outside China",
    "leverage.US": "the share of spend abroad that the United States could switch off",
    "leverage.CN": "the share of spend abroad that China could switch off",
    "open_share_tokens.world": "the share of the world’s tokens on open models",
    "open_share_spend.world": "the share of the world’s spend on open models",
    "open_closed_lag_months.world": "the lag of the best open model behind the closed frontier",
    "open_release_share.US": "the share of American releases with open weights",
    "price_paid_usd_per_mtok.closed": "the price paid for closed models, per million tokens",
    "spend_musd_per_month.world": "the world’s monthly spend on inference",
}


def phrase(shown: Picture) -> str:
    """Return what an outcome is within a sentence, its own title where no better words exist."""
    where = "" if shown.group == ALL else f", {group_label(shown.group)}"
    named = f"“{shown.outcome.label}{where}” ({shown.unit})"
    return _PHRASES.get(shown.id, named)


def pictured(name: str) -> Picture:
    """Return the picture called "outcome.group", or raise InputError with the rule."""
    found = picture(name)
    if found is None or found.group == ALL:
        rule = "write OUTCOME.GROUP, as in cn_open_share_tokens.router"
        raise InputError(f"picture: {printable(name)!r} is not one; {rule}")
    return found


def chosen(names: tuple[str, ...]) -> tuple[Picture, ...]:
    """Return one to four pictures by name; InputError if one is unknown or named twice."""
    if not 1 <= len(names) <= MOST_FIGURES:
        raise InputError(f"pictures: {len(names)} given; allowed 1 to {MOST_FIGURES}")
    if len(set(names)) < len(names):
        raise InputError("pictures: one is named twice; name each once")
    return tuple(pictured(name) for name in names)
