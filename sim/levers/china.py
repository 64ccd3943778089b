"""What China can decide."""

from __future__ import annotations

from sim.levers.lever import Lever

CHINA: tuple[Lever, ...] = (
    Lever(
        id="cn_open_support",
        actor="China",
        label="Chinese support for open models",
        unit="$M per month",
        low=0.0,
        high=500.0,
        default=50.0,
        step=10.0,
        meaning="Public money, compute and procurement favour for Chinese makers that release "
        "weights.",
        acts_on="Chinese labs' gain from releasing weights",
        landmarks=(
            (0.0, "none"),
            (50.0, "AI+ Opinions of 2025 and the 15th plan of 2026"),
            (300.0, "open release as a condition of state compute"),
        ),
        evidence=(0.0, 100.0),
        source="policy timeline: State Council 2025-08-26, Five-Year Plan 2026-03-05",
        confidence="assumption",
        history=(("2023-01", 10.0), ("2025-08", 35.0), ("2026-03", 50.0)),
    ),
    Lever(
        id="cn_weight_export_limits",
        actor="China",
        label="Chinese limits on exporting weights",
        unit="share of new frontier weights withheld",
        low=0.0,
        high=1.0,
        default=0.0,
        step=0.05,
        meaning="Share of new Chinese frontier models whose weights may not leave China.",
        acts_on="whether a new Chinese open model can be hosted or run abroad",
        landmarks=(
            (0.0, "today: nothing final"),
            (0.4, "the top tier of the three-tier framework reported in July 2026"),
            (1.0, "no new frontier weights leave China"),
        ),
        evidence=(0.0, 0.0),
        source="policy timeline: Reuters 2026-07-07",
        confidence="assumption",
    ),
    Lever(
        id="cn_foreign_chip_refusal",
        actor="China",
        label="Chinese refusal of foreign chips",
        unit="share of offered chips refused",
        low=0.0,
        high=1.0,
        default=0.5,
        step=0.05,
        meaning="Share of the foreign chips on offer that Chinese rules keep out; demand for "
        "Chinese chips rises with it.",
        acts_on="growth of Chinese training and inference compute",
        landmarks=(
            (0.0, "buy whatever is allowed, as to mid-2025"),
            (0.5, "state data centres barred, customs blocks, special need only"),
            (1.0, "no foreign AI chips at all"),
        ),
        evidence=(0.0, 0.7),
        source="policy timeline 2025-09-17 to 2026-01-14; F135: legal stock flat from 2025Q3",
        confidence="estimate",
        history=(("2023-01", 0.0), ("2025-09", 0.3), ("2025-11", 0.5)),
    ),
)
