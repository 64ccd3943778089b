"""What is assumed of the decision to release weights: what opening costs a lab and brings it."""

from __future__ import annotations

from dataclasses import dataclass

from sim.assumptions.declared import declared


@dataclass(frozen=True)
class ReleaseParameters:
    """What moves a lab to release weights or to keep them."""

    choice_temperature_musd: float = declared(
        60.0,
        20.0,
        200.0,
        "$M per year",
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
    own_api_retention: float = declared(
        0.35,
        0.1,
        0.7,
        "share",
        "Own sales kept after opening",
        "Share of first-party inference a maker keeps once others may host the weights.",
        "series_openrouter_share: hosts of open models",
    )
    demand_elasticity: float = declared(
        2.0,
        1.15,
        4.0,
        "elasticity",
        "Elasticity of demand a lab faces",
        "How much a maker's sales fall when its price rises: sets its mark-up, and what short "
        "capacity costs it. Near 1 scarcity pays as rent, well above 1 it does not.",
        "parameters.csv: residual elasticity faced by lab",
    )
    community_value_musd: float = declared(
        20.0,
        0.0,
        100.0,
        "$M per year",
        "Value of a community",
        "What reputation, hiring and contributions bring to the maker of an open flagship.",
        "ATOM and Hugging Face derivatives; no amount documented",
    )
    peer_weight: float = declared(
        1.0,
        0.0,
        3.0,
        "log-odds",
        "Weight of domestic peers",
        "How much the log-odds of opening rise when all domestic peers are open rather than none.",
        "parameters.csv: peer-openness weight nu",
    )
    reversal_rate: float = declared(
        0.12,
        0.0,
        0.3,
        "per year",
        "Changes of mind",
        "How often a year a lab reverses its stance on releasing weights, for reasons outside the "
        "model: new leadership, a lawsuit, another plan.",
        "catalogue to May 2026: five lasting turns (Meta, MiniMax, Moonshot, Zhipu, Baidu) in "
        "about forty years of labs",
        "estimate",
    )
    generation_spread: float = declared(
        0.5,
        0.1,
        1.0,
        "log sd",
        "Spread between generations",
        "How much generations of one product differ in what they cost to serve, and so in price.",
        "list prices of successive closed models of one maker and tier to May 2026 step by 1.66 in "
        "logarithms (82 steps), 1.2 a model, part of it between sizes sold side by side",
    )
    leak_share: float = declared(
        0.2,
        0.0,
        1.0,
        "share of yearly sales per 10 ECI",
        "Sales lost to rivals who learn",
        "Yearly sales a lab expects to lose to rivals when it releases weights 10 ECI ahead of "
        "the best open model.",
        "no direct evidence",
    )
    monetisation_pressure: float = declared(
        10.0,
        0.0,
        100.0,
        "$M per year",
        "Pressure to earn",
        "What a lab that would burn all its cash in a year loses by releasing weights.",
        "2026: re-closing of flagships by the strongest open labs; no amount documented",
    )
    terms_from_share: float = declared(
        0.15,
        0.05,
        0.5,
        "share of open tokens",
        "Leadership from which terms are asked",
        "Share of all open use at which a lab is as likely as not to attach terms to its weights.",
        "2026-07: Kimi K3 and Qwen 3.8 ask hosts for a share of revenue",
    )
    terms_revenue_share: float = declared(
        0.2,
        0.0,
        0.4,
        "share of hosts' price",
        "Revenue share asked of hosts",
        "What a licence with terms takes of the price third-party hosts charge.",
        "F138: up to 30 % asked for Kimi K3",
        "estimate",
    )
    weights_delay_months: float = declared(
        0.5,
        0.0,
        3.0,
        "months",
        "Delay of weights after the interface",
        "Months by which Chinese labs release weights after the model is on sale; twelve times "
        "as long at xAI.",
        "catalogue (f): 9-19 days in China in 2026, 4-12 months at xAI",
        "estimate",
    )
    trailing_share: float = declared(
        0.15,
        0.0,
        1.0,
        "share of current sales",
        "Sales at stake in an old flagship",
        "Part of a flagship's sales that would be put at risk by opening its predecessor.",
        "catalogue (f): Grok-1 and Grok-2 opened 4 to 12 months later",
    )
