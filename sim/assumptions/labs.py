"""What is assumed of labs' means: compute, capability, learning from others, money."""

from __future__ import annotations

from dataclasses import dataclass

from sim.assumptions.declared import declared


@dataclass(frozen=True)
class LabParameters:
    """How labs' compute and capability grow, and how long their money lasts."""

    eci_per_oom: float = declared(
        13.5,
        9.0,
        20.0,
        "ECI per factor ten",
        "Capability per factor of ten of compute",
        "ECI gained per tenfold effective compute.",
        "parameters.csv: b",
        "estimate",
    )
    algorithmic_progress: float = declared(
        3.0,
        2.0,
        8.0,
        "x per year",
        "Algorithmic progress",
        "Growth of effective compute at constant hardware.",
        "parameters.csv: algorithmic progress (Ho et al. 2024)",
        "estimate",
    )
    compute_growth: float = declared(
        3.1,
        2.0,
        4.5,
        "x per year",
        "Growth of AI compute",
        "Growth of labs' compute outside China, to today; 3.08 is that of the world's stock in "
        "2025.",
        "F131, series_chip_stock; parameters.csv has 3 to 5.5 for leaders' training compute",
        "evidence",
    )
    compute_growth_halflife_years: float = declared(
        3.0,
        1.0,
        8.0,
        "years",
        "Half-life of compute growth",
        "Time in which the growth rate of compute halves after today.",
        "power and capital limits; no consensus",
    )
    cn_domestic_growth: float = declared(
        0.55,
        0.1,
        0.9,
        "log per year",
        "Growth of compute from Chinese chips",
        "Log growth a year of Chinese compute that does not depend on foreign chips.",
        "series_chip_stock: Huawei 180 to 708 thousand H100-equivalents in 2025",
        "estimate",
    )
    refusal_boost: float = declared(
        0.5,
        0.0,
        1.0,
        "ratio",
        "Domestic chips gained by refusing foreign ones",
        "Part of the refused foreign chips that Chinese makers' extra sales and effort replace.",
        "no direct evidence; Chinese plans for import substitution",
    )
    spillover: float = declared(
        0.05,
        0.02,
        0.10,
        "per month",
        "Spillover from the frontier",
        "Share of the gap to the frontier a follower closes each month, all channels.",
        "parameters.csv: spillover chi_total",
        "estimate",
    )
    spillover_weights: float = declared(
        0.35,
        0.2,
        0.6,
        "share",
        "Part of spillover through open weights",
        "Share of the spillover that runs through the best open model; it needs no access.",
        "parameters.csv: share of chi via weights",
    )
    spillover_distillation: float = declared(
        0.25,
        0.1,
        0.4,
        "share",
        "Part of spillover through interfaces",
        "Share of the spillover that runs through the answers of closed models; the rest runs "
        "through papers and people.",
        "parameters.csv: share of chi via distillation",
    )
    distillation_reduction: float = declared(
        0.5,
        0.2,
        0.9,
        "share",
        "Access lost at full know-your-customer rules",
        "How much of the learning through interfaces the strictest rules prevent.",
        "parameters.csv: distillation access reduction at full KYC",
    )
    open_source_bonus: float = declared(
        0.3,
        0.0,
        1.0,
        "ratio",
        "Extra learning from full open source",
        "How much more others learn from a model released with data and code than from weights.",
        "no direct evidence; theory of spillovers",
    )
    persistent_gap: float = declared(
        0.7,
        0.0,
        1.0,
        "share",
        "Part of a gap that stays",
        "Part of a follower's distance from the frontier at the start that learning from others "
        "cannot close: effort, talent, compute.",
        "F067-F078: lags of 4-8 months with no clear trend since mid-2024",
        "estimate",
    )
    community_capability: float = declared(
        0.02,
        0.0,
        0.10,
        "ECI per month per ln",
        "Capability from contributors",
        "ECI a month an open lab gains per e-fold of derivatives built on its models.",
        "parameters.csv: community capability psi",
    )
    release_step_eci: float = declared(
        1.0,
        0.2,
        3.0,
        "ECI sd",
        "Luck at a release",
        "Standard deviation of a model's capability around its lab's level.",
        "catalogue: scatter of releases about each lab's running best",
        "estimate",
    )
    api_capacity_share: float = declared(
        0.35,
        0.1,
        1.0,
        "share",
        "Inference chips that serve developers",
        "Share of a lab's inference compute that its interface for developers may use; the rest "
        "serves its own products.",
        "no published split",
    )
    funding_floor: float = declared(
        0.25,
        0.0,
        1.0,
        "share of burn",
        "Sales that keep investors",
        "A lab out of cash finds new money only while its sales cover this share of its burn.",
        "no direct evidence",
    )
