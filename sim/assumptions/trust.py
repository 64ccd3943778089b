"""What is assumed of trust: aversion to foreign makers and hosts, clearance, what peers change."""

from __future__ import annotations

from dataclasses import dataclass

from sim.assumptions.declared import declared


@dataclass(frozen=True)
class TrustParameters:
    """Whom developers distrust, and how permission and habit spread."""

    maker_aversion: float = declared(
        1.0,
        0.2,
        2.4,
        "util",
        "Aversion to a Chinese maker",
        "Utility lost by a conditional user outside China on a Chinese maker.",
        "parameters.csv: a_cond",
    )
    refuser_aversion: float = declared(
        4.0,
        1.5,
        7.5,
        "util",
        "Aversion of refusers",
        "The same for users who say they would refuse.",
        "parameters.csv: a_ref",
    )
    refuser_floor: float = declared(
        1.5,
        0.0,
        4.0,
        "util",
        "Floor of refusers' aversion",
        "Aversion of refusers does not erode below this.",
        "lower end of a_ref in parameters.csv",
    )
    host_aversion: float = declared(
        1.3,
        0.2,
        2.6,
        "util",
        "Aversion to a Chinese host",
        "Utility lost when inference runs in China, for users outside China.",
        "parameters.csv: a_host; 58 % of US respondents only on non-Chinese hosts (F121)",
        "estimate",
    )
    refusers_us: float = declared(
        0.29,
        0.20,
        0.40,
        "share",
        "Refusers, United States",
        "Share of US developers who refuse Chinese makers.",
        "parameters.csv: origin types US (F120)",
        "estimate",
    )
    indifferent_us: float = declared(
        0.13,
        0.08,
        0.25,
        "share",
        "Indifferent, United States",
        "Share of US developers to whom origin does not matter.",
        "parameters.csv: origin types US",
        "estimate",
    )
    refusers_elsewhere: float = declared(
        0.13,
        0.08,
        0.25,
        "share",
        "Refusers, EU and aligned countries",
        "Share of developers who refuse Chinese makers.",
        "parameters.csv: origin types EU",
        "estimate",
    )
    indifferent_elsewhere: float = declared(
        0.28,
        0.20,
        0.40,
        "share",
        "Indifferent, EU and aligned countries",
        "Share of developers to whom origin does not matter.",
        "parameters.csv: origin types EU",
        "estimate",
    )
    erosion_rate: float = declared(
        0.3,
        0.0,
        0.9,
        "per month",
        "Erosion of aversion by peers",
        "How fast aversion falls per unit of peers' use above the threshold.",
        "parameters.csv: om",
    )
    erosion_threshold: float = declared(
        0.2,
        0.05,
        0.45,
        "share of peers",
        "Peers needed before aversion erodes",
        "Share of a developer's peers using Chinese models before aversion falls.",
        "parameters.csv: th",
    )
    newcomer_aversion: float = declared(
        0.3,
        0.0,
        1.0,
        "share",
        "Aversion of newcomers",
        "What part of the aversion to Chinese makers and hosts start-ups' demand has that is new "
        "since January 2026; much of it runs agents for single developers.",
        "F011 to F014: from February to April 2026 tokens of Chinese models on one router grew "
        "threefold while those of American models stood still; no direct evidence",
    )
    clearance_own: float = declared(
        0.05,
        0.01,
        0.12,
        "per month",
        "Clearance, own initiative",
        "Monthly chance that a start-up clears Chinese makers by itself when the best of their "
        "open models equals the frontier.",
        "parameters.csv: pa",
    )
    clearance_peers: float = declared(
        0.4,
        0.1,
        1.0,
        "per month",
        "Clearance, through peers",
        "Added monthly chance when all peers have cleared.",
        "parameters.csv: qa",
    )
    clearance_efold_eci: float = declared(
        7.0,
        5.0,
        20.0,
        "ECI",
        "Clearance, good-enough scale",
        "The chance falls e-fold for each such distance of Chinese open models to the frontier.",
        "exploratory fit: 8-15 ECI brings the 2025 level right",
    )
    clearance_enterprise: float = declared(
        0.25,
        0.03,
        0.5,
        "ratio",
        "Clearance in enterprises",
        "Chance of clearance in enterprises and public bodies relative to start-ups.",
        "F109: about 1 % Chinese in US enterprises in 2025",
        "estimate",
    )
    cleared_at_start: float = declared(
        0.03,
        0.0,
        0.15,
        "share",
        "Cleared at the start",
        "Share of start-ups and self-hosters outside China that had cleared Chinese makers in "
        "2023-01.",
        "F001: 1.2 % of router tokens in late 2024",
        "estimate",
    )
