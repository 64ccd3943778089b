"""What the model reports: every outcome with its label, unit, groups and meaning.

A series is one outcome for one group, monthly. Shares are in [0, 1]; the app shows them in per
cent. Groups named `router` and `enterprise` are views: the model observed as that source saw the
world (see views.py), so they may be laid beside the source's own numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.declare import unknown

REGIONS = ("US", "CN", "EU", "ALIGNED", "NONALIGNED")
REGION_LABELS = {
    "US": "United States",
    "CN": "China",
    "EU": "European Union",
    "ALIGNED": "Aligned third countries",
    "NONALIGNED": "Non-aligned third countries",
}
ORIGINS = ("US", "CN", "EU", "OTHER")
HOSTS = ("US", "CN", "EU", "OTHER", "SELF")
VIEWS = ("world", "router", "enterprise")
PLACES = VIEWS + tuple(REGIONS)
PLACE_LABELS = {
    "world": "World",
    "router": "Router view",
    "enterprise": "US enterprise view",
} | REGION_LABELS
WEIGHTINGS = ("tokens", "choice", "spend")
BLOCS = tuple(f"{o} {k}" for o in ORIGINS for k in ("open", "closed"))
FRONTIERS = ("US closed", "US open", "CN closed", "CN open", "EU any")


@dataclass(frozen=True)
class Outcome:
    """One reported quantity. `groups` lists the series it has."""

    id: str
    label: str
    unit: str
    groups: tuple[str, ...]
    meaning: str


def _shares() -> tuple[Outcome, ...]:
    words = {
        "tokens": ("token share", "each token counts once"),
        "choice": ("share of choices", "each stream counts once"),
        "spend": ("spend share", "each dollar counts once"),
    }
    out = []
    for weighting, (noun, rule) in words.items():
        out.append(
            Outcome(
                f"cn_open_share_{weighting}",
                f"Chinese open models, {noun}",
                "share",
                PLACES,
                f"Share of use that goes to models made in China with released weights; {rule}.",
            )
        )
        out.append(
            Outcome(
                f"open_share_{weighting}",
                f"Open models, {noun}",
                "share",
                PLACES,
                f"Share of use that goes to models with released weights; {rule}.",
            )
        )
        out.append(
            Outcome(
                f"bloc_share_{weighting}",
                f"Origin and openness, {noun}",
                "share",
                BLOCS,
                f"Share of world use by maker's origin and openness; {rule}.",
            )
        )
    return tuple(out)


OUTCOMES: tuple[Outcome, ...] = (
    *_shares(),
    Outcome(
        "cleared_share",
        "Organisations that have cleared Chinese makers",
        "share",
        REGIONS,
        "Share of streams whose organisation may use models made in China.",
    ),
    Outcome(
        "frontier_eci",
        "Best model available",
        "ECI",
        FRONTIERS,
        "Capability of the best model released so far, by origin and openness.",
    ),
    Outcome(
        "open_closed_gap_eci",
        "Gap from best closed to best open model",
        "ECI",
        ("world",),
        "Best closed minus best open model, wherever made.",
    ),
    Outcome(
        "open_closed_lag_months",
        "Lag of the best open model",
        "months",
        ("world",),
        "Months since the closed frontier first held what the best open model holds now.",
    ),
    Outcome(
        "cn_open_lag_months",
        "Lag of the best Chinese open model",
        "months",
        ("world",),
        "Months since the US closed frontier first held what the best Chinese open model holds "
        "now.",
    ),
    Outcome(
        "trusted_open_vacuum_eci",
        "Trusted-open vacuum",
        "ECI",
        ("world",),
        "Best open model minus best open model from a maker outside China.",
    ),
    Outcome(
        "open_release_share",
        "Share of releases with open weights",
        "share",
        ("US", "CN", "EU"),
        "Open releases among all releases of the last twelve months, by maker's origin.",
    ),
    Outcome(
        "price_paid_usd_per_mtok",
        "Price paid",
        "$ per million tokens",
        ("open", "closed"),
        "Token-weighted price paid for hosted models, levies and tariffs included.",
    ),
    Outcome(
        "price_of_capability_usd_per_mtok",
        "Cheapest price of a fixed capability",
        "$ per million tokens",
        ("ECI 126", "ECI 140", "ECI 150"),
        "Lowest price of a hosted model at or above this capability (126: GPT-4 of March 2023).",
    ),
    Outcome(
        "spend_musd_per_month",
        "Spend on inference",
        "$M per month",
        ("world", *REGIONS),
        "What developers pay for inference, self-hosting included.",
    ),
    Outcome(
        "tokens_trillion_per_month",
        "Tokens served",
        "trillion per month",
        ("world", *REGIONS),
        "Tokens served to developers.",
    ),
    Outcome(
        "surplus_util",
        "Developers' surplus, aversion counted",
        "util",
        ("world", *REGIONS),
        "Volume-weighted log-sum of the offers open to those who chose this month; only "
        "differences between scenarios mean anything.",
    ),
    Outcome(
        "surplus_no_aversion_util",
        "Developers' surplus, aversion not counted",
        "util",
        ("world", *REGIONS),
        "The same choices valued as if distrust of a maker or host cost nothing.",
    ),
    Outcome(
        "maker_revenue_musd_per_month",
        "First-party revenue of makers",
        "$M per month",
        ("US", "CN", "EU", "OTHER"),
        "Spend on first-party offers by maker's origin, levies and tariffs excluded.",
    ),
    Outcome(
        "host_share",
        "Where inference runs",
        "share",
        HOSTS,
        "Share of world tokens by jurisdiction of the host.",
    ),
    Outcome(
        "hhi",
        "Concentration (HHI)",
        "index, 0 to 1",
        ("maker", "host"),
        "Sum of squared token shares; 1 is a monopoly.",
    ),
    Outcome(
        "attraction",
        "Foreign use of a country's models",
        "share of foreign tokens",
        ("US", "CN"),
        "Share of tokens outside the country that run on models made there.",
    ),
    Outcome(
        "leverage",
        "Foreign use a country can switch off",
        "share of foreign spend",
        ("US", "CN"),
        "Share of spend outside the country that it could stop within a month: closed models of "
        "its makers and anything its hosts serve. Weights already out cannot be recalled.",
    ),
    Outcome(
        "compute_cn_share",
        "China's share of AI compute",
        "share",
        ("world",),
        "Chinese labs' compute over that of all labs in the model.",
    ),
)

BY_ID: dict[str, Outcome] = {o.id: o for o in OUTCOMES}
SERIES: tuple[tuple[str, str], ...] = tuple((o.id, g) for o in OUTCOMES for g in o.groups)
ROW: dict[tuple[str, str], int] = {key: row for row, key in enumerate(SERIES)}


def outcome(name: str) -> Outcome:
    """Return the outcome called `name`, or raise InputError naming the nearest one."""
    if name not in BY_ID:
        raise unknown("outcome", name, BY_ID)
    return BY_ID[name]
