"""What the model reports: every outcome with its label, unit, groups and meaning.

A series is one outcome for one group, monthly. Shares are in [0, 1]; the app shows them in per
cent. Groups named `router`, `gateway` and `enterprise` are views: the model observed as that source
saw the world (see accounts.py), so they may be laid beside the source's own numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sim.declare import unknown
from sim.lab_names import LABS

REGIONS = ("US", "CN", "EU", "ALIGNED", "NONALIGNED")
ORIGINS = ("US", "CN", "EU", "OTHER")
HOSTS = ("US", "CN", "EU", "OTHER", "SELF")
VIEWS = ("world", "router", "gateway", "enterprise")
PLACES = VIEWS + tuple(REGIONS)
WEIGHTINGS = ("tokens", "choice", "spend")
BLOCS = tuple(f"{o} {k}" for o in ORIGINS for k in ("open", "closed"))
BLOCS_BY_REGION = tuple(f"{bloc} in {region}" for region in REGIONS for bloc in BLOCS)
FRONTIERS = ("US closed", "US open", "CN closed", "CN open", "EU any")
TASK_IDS = ("coding_agent", "hard_reasoning", "general_enterprise", "bulk", "chat", "edge")
TIERS = ("frontier", "mid", "low")
FOREIGN = ("US", "EU", "ALIGNED", "NONALIGNED")


@dataclass(frozen=True)
class Outcome:
    """One reported quantity. `groups` lists the series it has."""

    id: str
    label: str
    unit: str
    groups: tuple[str, ...]
    meaning: str


def _shares() -> Iterator[Outcome]:
    words = {
        "tokens": ("token share", "each token counts once"),
        "choice": ("share of choices", "each stream counts once"),
        "spend": ("spend share", "each dollar counts once"),
    }
    for weighting, (noun, rule) in words.items():
        yield Outcome(
            f"cn_open_share_{weighting}",
            f"Chinese open models, {noun}",
            "share",
            PLACES,
            f"Share of use that goes to models made in China with released weights; {rule}.",
        )
        yield Outcome(
            f"open_share_{weighting}",
            f"Open models, {noun}",
            "share",
            PLACES,
            f"Share of use that goes to models with released weights; {rule}.",
        )
        yield Outcome(
            f"bloc_share_{weighting}",
            f"Origin and openness, {noun}",
            "share",
            BLOCS,
            f"Share of world use by maker's origin and openness; {rule}.",
        )
        if weighting != "choice":
            yield Outcome(
                f"bloc_share_by_region_{weighting}",
                f"Origin and openness by region, {noun}",
                "share",
                BLOCS_BY_REGION,
                f"Share of a region's use by maker's origin and openness; {rule}.",
            )
    for country, words_of in (("CN", "Chinese"), ("US", "US")):
        yield Outcome(
            f"{country.lower()}_share_tokens",
            f"{words_of} models, token share",
            "share",
            PLACES,
            f"Share of tokens that goes to models made by {words_of} makers, open or closed.",
        )


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
        "aversion_left",
        "Aversion to Chinese makers",
        "util",
        FOREIGN,
        "Mean utility lost on a Chinese maker, over all streams of the region.",
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
        "cn_frontier_lag_months",
        "Lag of the best Chinese model",
        "months",
        ("world",),
        "Months since the best US model, open or closed, first held what the best Chinese one "
        "holds now.",
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
        "benchmarked_open_release_share",
        "Open share of benchmarked releases",
        "share",
        ("US", "CN"),
        "The same of releases that benchmark indices rate, which since 2025 rate hardly any far "
        "behind the frontier.",
    ),
    Outcome(
        "licensing_wait_months",
        "Wait for a licence to release weights",
        "months",
        ("US",),
        "Mean time from asking for a licence to holding it, over licences granted in the last "
        "twelve months; none where none was granted.",
    ),
    Outcome(
        "licensing_queue",
        "Releases waiting for a licence",
        "releases",
        ("US",),
        "Open releases decided on whose weights the licensing office has not cleared yet.",
    ),
    Outcome(
        "rule_stringency",
        "Rules added by government reviews",
        "index, 0 to 1",
        REGIONS,
        "How far a government's own reviews have tightened its rules; what this adds to its "
        "levers depends on its responsiveness.",
    ),
    Outcome(
        "fear",
        "Fear of open models",
        "index",
        REGIONS,
        "Remembered incidents and the lead of foreign open models, from which reviews decide.",
    ),
    Outcome(
        "derivative_share",
        "Share of new derivatives",
        "share",
        ORIGINS,
        "Share of what developers newly build on open models, by origin of the model.",
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
        "closed_price_over_cost",
        "Closed price over cost",
        "ratio",
        TIERS,
        "List price of closed models over the cost of serving them, weighted by tokens; frontier: "
        "within 5 ECI of the best on sale, mid: 5 to 15, low: more than 15 behind.",
    ),
    Outcome(
        "closed_price_usd_per_mtok",
        "List price of closed models",
        "$ per million tokens",
        TIERS,
        "Mean list price of closed models on sale by distance to the best on sale, each counted "
        "once.",
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
        "lab_profit_musd_per_month",
        "Labs' profit without complements",
        "$M per month",
        ORIGINS,
        "First-party sales less serving cost plus licence income, before research and training.",
    ),
    Outcome(
        "complement_profit_musd_per_month",
        "Labs' profit on complements",
        "$M per month",
        ORIGINS,
        "What makers earn on cloud, chips and devices from use of their open models elsewhere.",
    ),
    Outcome(
        "lab_income_musd_per_month",
        "A lab's profit with complements",
        "$M per month",
        LABS,
        "The two together, of one lab; a fringe counts all its makers.",
    ),
    Outcome(
        "lab_exits",
        "Labs that have left",
        "labs",
        ORIGINS,
        "Labs that ran out of money and found none, since the start.",
    ),
    Outcome(
        "capacity_served",
        "Demand that makers could serve",
        "share",
        ORIGINS,
        "Share of the demand for first-party inference that makers had the chips to serve.",
    ),
    Outcome(
        "scarcity_rent",
        "Scarcity rent",
        "share of first-party revenue",
        ORIGINS,
        "Part of first-party revenue that comes from prices raised because chips are short.",
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
        ("maker", "family", "host"),
        "Sum of squared token shares: of makers, of model families (a maker's open and closed "
        "models apart), of hosts' countries; 1 is a monopoly.",
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
        "harm_ban",
        "Loss if Chinese models were banned",
        "share of price",
        FOREIGN,
        "Cut of all other prices that would make up, to those who chose this month, for losing "
        "every model made in China; near 1 nothing comparable is left.",
    ),
    Outcome(
        "harm_stop",
        "Loss if new Chinese open models stopped",
        "share of price",
        FOREIGN,
        "The same if no Chinese open model had been released for the last twelve months.",
    ),
    Outcome(
        "harm_gate",
        "Loss if the US gate closed",
        "share of price",
        ("EU", "ALIGNED", "NONALIGNED"),
        "The same if US closed models within 6 ECI of the frontier were withheld from foreigners; "
        "none in months in which they are.",
    ),
    Outcome(
        "misuse_exposure",
        "Misuse exposure",
        "index",
        ("world",),
        "What open weights add to the capability a careful misuser could reach anyway through "
        "closed models or older weights; an index with a wide band, never a count of harm.",
    ),
    Outcome(
        "diffusion_lag_months",
        "Diffusion lag",
        "months",
        TASK_IDS,
        "Months since the frontier first held the capability that the task's average token runs "
        "on now.",
    ),
    Outcome(
        "compute_cn_share",
        "China's share of AI compute",
        "share",
        ("world",),
        "Chinese labs' compute over that of all labs, scaled to the stock of chips in each.",
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
