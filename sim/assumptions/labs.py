"""What is assumed of labs: how they grow, and what moves them to release weights."""

from __future__ import annotations

from dataclasses import dataclass

from sim.assumptions.declared import declared


@dataclass(frozen=True)
class LabParameters:
    """How labs grow and when they open, after today."""

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
        4.5,
        3.0,
        5.5,
        "x per year",
        "Growth of training compute, leaders",
        "Growth of leaders' training compute today.",
        "parameters.csv: training-compute growth",
        "evidence",
    )
    compute_growth_halflife_years: float = declared(
        3.0,
        1.0,
        8.0,
        "years",
        "Half-life of compute growth",
        "Time in which the growth rate of training compute halves after today.",
        "power and capital limits; no consensus",
    )
    cn_domestic_growth: float = declared(
        0.45,
        0.1,
        0.9,
        "log per year",
        "Growth of compute from Chinese chips",
        "Log growth a year of Chinese compute that does not depend on foreign chips.",
        "series_chip_stock: Huawei and Cambricon 2025",
        "estimate",
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
    persistent_gap: float = declared(
        0.7,
        0.0,
        1.0,
        "share",
        "Part of a gap that stays",
        "Part of a follower's distance from the frontier today that learning from others cannot "
        "close: effort, talent, compute.",
        "F067-F078: lags of 4-8 months with no clear trend since mid-2024",
        "estimate",
    )
    spillover_open_share: float = declared(
        0.35,
        0.2,
        0.6,
        "share",
        "Part of spillover through open weights",
        "Share of the spillover that runs through the best open model.",
        "parameters.csv: share of chi via weights",
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
    choice_temperature_musd: float = declared(
        60.0,
        20.0,
        200.0,
        "$M",
        "Noise in the release decision",
        "Scale of what moves a release decision besides the terms in the model.",
        "no direct evidence",
    )
    stakes_noise: float = declared(
        0.1,
        0.02,
        1.0,
        "share of yearly sales",
        "Noise in proportion to the stakes",
        "What moves a release decision besides the terms in the model grows with the sales at "
        "stake.",
        "no direct evidence",
    )
    own_api_margin: float = declared(
        0.5,
        0.33,
        0.7,
        "share",
        "Profit on own sales",
        "Share of first-party revenue a lab counts as profit when it weighs opening.",
        "parameters.csv: gross/compute margin, closed",
        "assumption",
    )
    own_api_retention: float = declared(
        0.35,
        0.1,
        0.7,
        "share",
        "Own sales kept after opening",
        "Share of first-party inference profit a maker keeps once others may host the weights.",
        "series_openrouter_share: hosts of open models",
        "assumption",
    )
    community_value_musd: float = declared(
        20.0,
        0.0,
        100.0,
        "$M per year",
        "Value of a community",
        "What contributions, reputation and hiring bring to the maker of an open model.",
        "ATOM and Hugging Face derivatives; no amount documented",
    )
