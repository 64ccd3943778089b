"""What any government can decide."""

from __future__ import annotations

from sim.levers.lever import Lever

EVERYONE: tuple[Lever, ...] = (
    Lever(
        id="trusted_open_procurement",
        actor="All governments",
        label="Public purchase of trusted open models",
        unit="share of public volume",
        low=0.0,
        high=1.0,
        default=0.1,
        step=0.05,
        meaning="Share of public-sector demand outside China that must use open models from "
        "makers outside China.",
        acts_on="which offers public-sector developers may choose",
        landmarks=(
            (0.1, "pilot purchases"),
            (0.4, "default for non-frontier public work"),
            (0.9, "general rule"),
        ),
        evidence=(0.0, 0.2),
        source="policy timeline: GSA approves Llama 2025-09-22",
        confidence="assumption",
        history=(("2023-01", 0.0), ("2025-09", 0.1)),
    ),
    Lever(
        id="assurance_scheme",
        actor="All governments",
        label="Assurance scheme for open models",
        unit="share of aversion eroded per month",
        low=0.0,
        high=0.1,
        default=0.01,
        step=0.005,
        meaning="Testing and certification that lowers developers' aversion to foreign makers "
        "and hosts each month, whatever their peers do.",
        acts_on="decay of maker and host aversion",
        landmarks=(
            (0.01, "voluntary evaluations, as in 2026"),
            (0.03, "a recognised certificate"),
            (0.08, "a certificate insurers and auditors rely on"),
        ),
        evidence=(0.0, 0.05),
        source="parameters.csv: assurance effect 0-0.05",
        confidence="assumption",
        first=False,
        history=(("2023-01", 0.0), ("2025-09", 0.01)),
    ),
    Lever(
        id="closed_price_levy",
        actor="All governments",
        label="Levy on closed models",
        unit="share of price",
        low=0.0,
        high=1.0,
        default=0.0,
        step=0.05,
        meaning="Levy on the price of models whose weights are not released, paid by users "
        "outside China.",
        acts_on="price paid for closed models",
        landmarks=(
            (0.05, "a digital-services style levy"),
            (0.2, "a sizeable excise"),
            (0.6, "prohibitive for low-value use"),
        ),
        evidence=(0.0, 0.0),
        source="no precedent; range for stress tests",
        confidence="assumption",
        first=False,
    ),
    Lever(
        id="foreign_api_tariff",
        actor="All governments",
        label="Tariff on foreign-hosted inference",
        unit="share of price",
        low=0.0,
        high=1.0,
        default=0.0,
        step=0.05,
        meaning="Tariff on inference served from another jurisdiction; self-hosted and locally "
        "hosted models are exempt.",
        acts_on="price paid for inference from hosts abroad",
        landmarks=(
            (0.1, "in line with goods tariffs of 2025"),
            (0.25, "the chip tariff of January 2026"),
            (0.8, "prohibitive"),
        ),
        evidence=(0.0, 0.25),
        source="policy timeline: Section 232 tariff 2026-01-14, by analogy",
        confidence="assumption",
    ),
)
