"""What is assumed of markets: costs, margins, hosts, volumes, compliance with bans."""

from __future__ import annotations

from dataclasses import dataclass

from sim.assumptions.declared import declared


@dataclass(frozen=True)
class MarketParameters:
    """How prices, hosts and volumes form."""

    chip_cost_share: float = declared(
        0.5,
        0.3,
        0.67,
        "share of price",
        "Chips in a closed list price",
        "What the chips that serve a closed model cost at release, over its list price; with the "
        "rent of a chip it says how many a token needs.",
        "parameters.csv: gross/compute margin, closed, 0.33 to 0.7",
    )
    host_markup: float = declared(
        0.25,
        0.1,
        0.6,
        "ratio",
        "Host mark-up",
        "Third-party hosts charge serving cost times one plus this.",
        "parameters.csv: host markup mu",
    )
    open_list_over_cost: float = declared(
        1.8,
        1.3,
        2.5,
        "ratio",
        "Open maker's list price over cost",
        "A maker's own list price for its open model over the cost of serving it.",
        "catalogue (d): third-party hosts sell at a median 0.70 of the maker's list, n = 37",
        "estimate",
    )
    cost_decline: float = declared(
        0.35,
        0.15,
        0.6,
        "per year",
        "Fall of serving cost",
        "Yearly fall of the cost of serving the same model.",
        "hardware price-performance and serving software",
        "assumption",
    )
    price_adjustment: float = declared(
        0.2,
        0.05,
        1.0,
        "per month",
        "Speed of repricing",
        "Part of the distance to the price a maker wants that it covers each month.",
        "prices.csv: list prices of one model change a few times a year at most",
        "estimate",
    )
    host_scarcity: float = declared(
        0.5,
        0.0,
        2.0,
        "ratio",
        "Cost of short chips to hosts",
        "Rise of hosting cost in third countries when none of their demand for chips is met.",
        "no direct evidence",
    )
    gpu_usd_per_hour: float = declared(
        2.5,
        2.0,
        4.0,
        "$ per hour",
        "Rent of an H100",
        "Price of one H100-hour for those who host themselves.",
        "parameters.csv: GPU price H100",
        "evidence",
    )
    self_host_tokens_per_second: float = declared(
        1500.0,
        700.0,
        3000.0,
        "tokens per second",
        "Self-hosted throughput",
        "Aggregate throughput of a 70B dense model on one H100.",
        "parameters.csv: aggregate throughput",
        "estimate",
    )
    self_host_utilisation: float = declared(
        0.3,
        0.1,
        0.6,
        "share",
        "Self-hosted utilisation",
        "Share of the hour that rented chips do useful work.",
        "parameters.csv: utilisation, self-host",
        "estimate",
    )
    self_host_fixed_usd: float = declared(
        4000.0,
        500.0,
        20000.0,
        "$ per month",
        "Fixed cost of hosting oneself",
        "Staff and operations of one self-hosted deployment.",
        "parameters.csv: break-even 0.5-10 bn tokens a month; sources disagree fifty-fold",
    )
    deployment_mtok: float = declared(
        2000.0,
        500.0,
        10000.0,
        "million tokens per month",
        "Volume of one deployment",
        "Monthly volume of a typical self-hosted deployment, over which fixed cost is spread.",
        "parameters.csv: break-even 0.5-10 bn tokens a month; sources disagree fifty-fold",
    )
    demand_growth: float = declared(
        3.0,
        1.5,
        5.0,
        "x per year",
        "Growth of demand",
        "Growth of tokens demanded at constant prices, to today.",
        "F108, series_revenue_runrate: API spend doubled in half a year",
        "estimate",
    )
    demand_growth_halflife_years: float = declared(
        2.0,
        1.0,
        5.0,
        "years",
        "Half-life of demand growth",
        "Time in which the growth rate of demand halves after today.",
        "no evidence; logistic slow-down",
    )
    tokens_2025_07: float = declared(
        500.0,
        200.0,
        1500.0,
        "trillion per month",
        "Tokens served in July 2025",
        "World tokens bought by developers in 2025-07, which sets the scale of money.",
        "F033: one vendor's API 8.6 trillion a day in October 2025",
        "estimate",
    )
    ban_compliance_hosted: float = declared(
        0.9,
        0.7,
        1.0,
        "share",
        "Compliance with bans, hosted",
        "Share of covered developers who stop using banned hosted models.",
        "parameters.csv: ban compliance",
    )
    ban_compliance_self: float = declared(
        0.6,
        0.3,
        0.9,
        "share",
        "Compliance with bans, self-hosted",
        "Share of covered developers who stop running banned weights themselves.",
        "parameters.csv: ban compliance",
    )
