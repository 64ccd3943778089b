"""What is assumed of developers: what they value, and when they switch."""

from __future__ import annotations

from dataclasses import dataclass

from sim.assumptions.declared import declared


@dataclass(frozen=True)
class DeveloperParameters:
    """How developers value models, switch and grow."""

    quality_weight: float = declared(
        10.5,
        2.0,
        25.0,
        "util",
        "Weight of quality",
        "Utility of a model that does the task fully over one that cannot do it.",
        "set so that the frontier's price premium is worth paying in hard tasks",
    )
    quality_spread_eci: float = declared(
        3.2,
        2.0,
        12.0,
        "ECI",
        "Spread of task difficulty",
        "Scale of the logistic curve from capability to task value.",
        "spread of task success across models in the catalogue",
    )
    task_level_eci: float = declared(
        0.0,
        -8.0,
        15.0,
        "ECI",
        "Level of all tasks",
        "Shift of the capability every task wants; higher makes weak models useless sooner.",
        "no direct evidence; the task table is set by judgement",
    )
    task_drift_frontier: float = declared(
        6.5,
        4.0,
        16.0,
        "ECI per year",
        "Drift of frontier tasks",
        "How fast the capability wanted for coding agents and hard reasoning rises.",
        "F079: US closed frontier grew 11.7 ECI a year",
        "estimate",
    )
    task_drift_general: float = declared(
        8.0,
        1.0,
        12.0,
        "ECI per year",
        "Drift of general tasks",
        "How fast the capability wanted for enterprise and chat tasks rises.",
        "between bulk tasks (no drift) and the frontier",
    )
    task_follows_frontier: float = declared(
        1.0,
        0.0,
        1.2,
        "share",
        "Tasks keep up with the frontier",
        "After today, rise of the capability tasks want per ECI the frontier rises.",
        "neutral continuation: relative standing of models keeps its worth",
    )
    price_sensitivity: float = declared(
        1.1,
        0.6,
        2.0,
        "util per ln price",
        "Price sensitivity",
        "Fall in utility when the price rises e-fold, for the median developer.",
        "parameters.csv: alpha, short run (Demirer, Fradkin et al. 1.11)",
        "estimate",
    )
    other_cost_usd_per_mtok: float = declared(
        0.5,
        0.0,
        1.0,
        "$ per million tokens",
        "Cost of use besides the price",
        "Engineering, checking and waiting per million tokens; keeps a price near zero from "
        "being worth infinitely much.",
        "no direct evidence; small beside the mean closed price of 1.86 (F087)",
    )
    price_sensitivity_spread: float = declared(
        0.6,
        0.0,
        1.2,
        "log sd",
        "Spread of price sensitivity",
        "Log standard deviation of price sensitivity between developers.",
        "no direct evidence",
    )
    closed_premium: float = declared(
        2.8,
        1.5,
        3.8,
        "util",
        "Closed premium, start-ups",
        "What support, polish and habit of closed services are worth to a start-up.",
        "parameters.csv: closed-premium xi (aggregator)",
        "estimate",
    )
    premium_efold_eci: float = declared(
        4.5,
        2.0,
        60.0,
        "ECI",
        "Reach of the closed premium",
        "The premium falls e-fold for each such distance behind the frontier.",
        "F114 and enterprise surveys: spend concentrates on closed flagships; no direct estimate",
    )
    age_decay: float = declared(
        0.28,
        0.0,
        0.5,
        "util per month",
        "Ageing of a model",
        "Utility a model loses each month, for what newer ones do better but ECI does not show.",
        "X003: 60-70 % of a model's users leave in the first month on one router",
        "estimate",
    )
    enterprise_premium_multiplier: float = declared(
        1.8,
        1.2,
        2.5,
        "ratio",
        "Closed premium, enterprise multiple",
        "How many times the start-ups' closed premium enterprises and public bodies pay.",
        "parameters.csv: enterprise multiplier on xi",
    )
    ecosystem_utility: float = declared(
        0.2,
        0.05,
        0.4,
        "util per ln",
        "Value of an ecosystem",
        "Utility per e-fold of derivatives built on an open model's family.",
        "parameters.csv: ecosystem utility eta",
    )
    control_value: float = declared(
        0.8,
        0.2,
        4.0,
        "util",
        "Value of control",
        "What running the weights oneself is worth to self-hosters and on devices.",
        "F105: 84.8 % of one Chinese maker's revenue was on-premise; no amount documented",
    )
    host_variety: float = declared(
        0.75,
        0.0,
        1.0,
        "share",
        "Variety between hosts",
        "0: the hosts of one model are the same thing; 1: each host is as different as another "
        "model would be.",
        "dissimilarity of a nested logit; no direct evidence",
    )
    licence_cost: float = declared(
        1.4,
        0.0,
        2.5,
        "util",
        "Cost of a restrictive licence",
        "Utility lost by commercial users under a community or revenue-share licence.",
        "catalogue: licences of open models",
    )
    switching_startup: float = declared(
        1.0,
        0.2,
        2.0,
        "util",
        "Switching cost, start-ups",
        "Utility lost on leaving the incumbent model family.",
        "exploratory fit: about 1 util in the router segment",
    )
    switching_enterprise: float = declared(
        2.5,
        0.8,
        4.0,
        "util",
        "Switching cost, enterprises",
        "Utility lost on leaving the incumbent model family.",
        "parameters.csv: 0.33 of annual spend; exploratory fit 2-3 util",
    )
    reconsider_startup: float = declared(
        0.30,
        0.10,
        0.50,
        "per month",
        "Reconsideration, start-ups",
        "Monthly chance that a stream reconsiders its model.",
        "parameters.csv: reconsideration hazard, aggregator",
    )
    reconsider_enterprise: float = declared(
        0.09,
        0.03,
        0.15,
        "per month",
        "Reconsideration, enterprises",
        "Monthly chance that a stream reconsiders its model.",
        "parameters.csv: reconsideration hazard, enterprise",
    )
    entry_startup: float = declared(
        0.10,
        0.05,
        0.15,
        "per month",
        "New demand, start-ups",
        "Growth of start-ups' demand that comes without an incumbent, to 2025.",
        "parameters.csv: entry growth, aggregator 2025",
        "estimate",
    )
    entry_startup_2026: float = declared(
        0.25,
        0.10,
        0.35,
        "per month",
        "New demand, start-ups, first half of 2026",
        "The same in the first half of 2026, after which it falls back.",
        "parameters.csv: entry growth, aggregator H1-26",
        "estimate",
    )
    entry_enterprise: float = declared(
        0.04,
        0.01,
        0.1,
        "per month",
        "New demand, enterprises",
        "Growth of enterprise demand that comes without an incumbent.",
        "exploratory fit: about 4 % a month",
    )
    volume_elasticity: float = declared(
        0.2,
        0.0,
        0.4,
        "elasticity",
        "Volume response to price",
        "How much a stream's volume rises when its price falls.",
        "parameters.csv: intensive-margin elasticity",
    )
    second_model_share: float = declared(
        0.4,
        0.0,
        0.5,
        "share of volume",
        "Volume on a second model",
        "Share of a multi-homing stream's volume that runs on its second model.",
        "F113: 81 % of large firms use three or more families",
    )
    volume_log_sd: float = declared(
        1.2,
        0.5,
        2.0,
        "log sd",
        "Spread of volumes",
        "Log standard deviation of monthly volume between streams of a segment.",
        "heavy-tailed use on routers",
    )
