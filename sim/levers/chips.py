"""What is decided about chips: controls, leakage, refusal, supply to third countries."""

from __future__ import annotations

from sim.levers.lever import Lever

CHIPS: tuple[Lever, ...] = (
    Lever(
        id="chip_export_controls",
        actor="United States",
        label="Chip export controls on China",
        unit="strength, 0 to 1",
        low=0.0,
        high=1.0,
        default=0.7,
        step=0.05,
        meaning="Share of the compute China would otherwise buy abroad that controls deny it.",
        acts_on="growth of Chinese training and inference compute",
        landmarks=(
            (0.2, "older chips only, as in 2022"),
            (0.7, "November 2026: H200-class case by case, above that refused"),
            (0.95, "no foreign AI chips, and remote use of them closed"),
        ),
        evidence=(0.4, 0.85),
        source="policy timeline 2022-10 to 2026-09; Epoch AI chip owners",
        confidence="estimate",
        history=(
            ("2023-01", 0.5),
            ("2023-10", 0.6),
            ("2024-12", 0.7),
            ("2025-04", 0.85),
            ("2025-07", 0.7),
        ),
    ),
    Lever(
        id="export_control_leakage",
        actor="Enforcement",
        label="Leakage of chip controls",
        unit="share, 0 to 0.5",
        low=0.0,
        high=0.5,
        default=0.15,
        step=0.01,
        meaning="Share of denied chips that reach China anyway; enforcement lowers it.",
        acts_on="growth of Chinese compute",
        landmarks=(
            (0.05, "tight enforcement, chip tracking"),
            (0.15, "central guess for 2026"),
            (0.4, "open grey market through third countries"),
        ),
        evidence=(0.05, 0.3),
        source="parameters.csv: chip leakage; Epoch AI: smuggled 0.29-1.59 M H100e",
        confidence="assumption",
        first=False,
    ),
    Lever(
        id="third_country_chip_supply",
        actor="United States",
        label="Chip supply to third countries",
        unit="share of demand met",
        low=0.2,
        high=1.0,
        default=0.9,
        step=0.05,
        meaning="Share of third countries' demand for US chips that rules let them buy.",
        acts_on="growth of compute in third countries, and the price of hosting there",
        landmarks=(
            (0.5, "the caps of the rescinded Diffusion Rule"),
            (0.9, "November 2026: case by case, mostly granted"),
            (1.0, "no restriction"),
        ),
        evidence=(0.5, 1.0),
        source="policy timeline: Diffusion Rule 2025-01, rescinded 2025-05",
        confidence="assumption",
        first=False,
        history=(("2023-01", 0.95), ("2025-01", 0.8), ("2025-05", 0.9)),
    ),
)
