"""What is assumed of governments and the world around them: fear, reviews, incidents."""

from __future__ import annotations

from dataclasses import dataclass

from sim.assumptions.declared import declared


@dataclass(frozen=True)
class StateParameters:
    """How governments react, and what frightens them."""

    responsiveness: float = declared(
        0.15,
        0.0,
        1.0,
        "share",
        "Responsiveness of governments",
        "How much of what its reviews call for a government does, on top of its levers. 0: "
        "governments do what the levers say and nothing else.",
        "policy timeline: fear was voiced often and no rule on open release came of it",
    )
    fear_decay: float = declared(
        0.10,
        0.05,
        0.20,
        "per month",
        "Fading of fear",
        "Share of fear that is forgotten each month.",
        "parameters.csv: fear decay",
    )
    fear_incident: float = declared(
        1.0,
        0.5,
        3.0,
        "index",
        "Fear from an incident",
        "Rise of fear at each incident.",
        "parameters.csv: incident effect",
    )
    fear_foreign_lead: float = declared(
        0.05,
        0.0,
        0.2,
        "index per month per 10 ECI",
        "Fear of foreign models",
        "Rise of fear each month per 10 ECI by which the best foreign open model leads the best "
        "one from home or from a partner.",
        "no direct evidence",
    )
    fear_high: float = declared(
        1.5,
        0.5,
        4.0,
        "index",
        "Fear at which rules tighten",
        "A review tightens rules by a quarter when fear is above this.",
        "no direct evidence",
    )
    fear_low: float = declared(
        0.5,
        0.0,
        1.5,
        "index",
        "Fear at which rules relax",
        "A review relaxes rules by a quarter when fear is below this.",
        "no direct evidence",
    )
    incident_rate: float = declared(
        0.4,
        0.0,
        4.0,
        "per year",
        "Rate of incidents",
        "Misuse incidents a year that reach the public, at the capability of autumn 2025.",
        "no agreed count; NTIA 2024 and Kapoor et al. 2024 find the evidence insufficient",
    )
    incident_growth_eci: float = declared(
        30.0,
        10.0,
        100.0,
        "ECI",
        "Reach of incidents",
        "The rate rises e-fold for each such gain of the best open, or best jailbreakable closed, "
        "model.",
        "no direct evidence",
    )
    jailbreak_gap_eci: float = declared(
        10.0,
        0.0,
        30.0,
        "ECI",
        "What safeguards take from misusers",
        "How far behind the closed frontier a misuser of closed models effectively stands.",
        "no direct evidence",
    )
    licence_review_months: float = declared(
        2.0,
        0.25,
        12.0,
        "months",
        "Length of a licence review",
        "Mean time one reviewer needs for one open release.",
        "policy timeline: reviews of 30 days are proposed; SB 1047 had 90",
    )
    shock_rate: float = declared(
        0.0,
        0.0,
        3.0,
        "per year",
        "Rate of drawn shocks",
        "Shocks a year drawn by chance (chips tighten, the gate shuts, a ban, an incident, a lab "
        "reverses, a Chinese chip breakthrough), beside those a scenario schedules.",
        "none: 0 leaves shocks to scenarios",
    )
