"""Which policy levers a user may move, what each means in the world, and what it has been so far.

A lever is a decision some government can take. Its `history` is the status quo as judged from the
policy timeline (sim/data/policy_timeline.csv): (month, value) steps from 2023-01 to today, after
which the default holds. A scenario replaces that path from its own start month on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.calendar import month_index
from sim.declare import Quantity, unknown

DEFAULT_START = month_index("2027-01")


@dataclass(frozen=True, kw_only=True)
class Lever(Quantity):
    """A policy lever. `landmarks` are (value, words) for low, medium and high use.

    `evidence` is the part of the range that some real policy has come near; beyond it the model
    extrapolates. `acts_on` says where in the model the lever enters.
    """

    acts_on: str
    landmarks: tuple[tuple[float, str], tuple[float, str], tuple[float, str]]
    evidence: tuple[float, float]
    step: float
    first: bool = True
    history: tuple[tuple[str, float], ...] = ()

    def status_quo(self, n_months: int) -> npt.NDArray[np.float64]:
        """Return the path of the lever if nobody changes it, shape (n_months,)."""
        path = np.full(n_months, self.default)
        for month, value in sorted(self.history):
            path[month_index(month) :] = value
        return path


LEVERS: tuple[Lever, ...] = (
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
        acts_on="growth of Chinese training and inference compute after today",
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
        actor="United States",
        label="Leakage of chip controls",
        unit="share, 0 to 0.5",
        low=0.0,
        high=0.5,
        default=0.15,
        step=0.01,
        meaning="Share of denied chips that reach China anyway; enforcement lowers it.",
        acts_on="growth of Chinese compute after today",
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
        id="us_frontier_gate",
        actor="United States",
        label="Gate on closed frontier models for foreigners",
        unit="months per year shut",
        low=0.0,
        high=12.0,
        default=0.5,
        step=0.5,
        meaning="Months each year in which customers outside the United States cannot use US "
        "closed models within 6 ECI of the frontier. It does not touch open releases.",
        acts_on="availability of US closed frontier models outside the United States",
        landmarks=(
            (0.5, "one episode of 18 days a year, as in June 2026"),
            (3.0, "a standing pre-release review"),
            (12.0, "permanent closure to foreigners"),
        ),
        evidence=(0.0, 0.6),
        source="policy timeline 2026-06-12 to 2026-06-30",
        confidence="evidence",
        history=(("2023-01", 0.0), ("2026-06", 6.0), ("2026-07", 0.5)),
    ),
    Lever(
        id="us_foreign_model_ban",
        actor="United States",
        label="US ban on Chinese models",
        unit="share of US volume covered",
        low=0.0,
        high=1.0,
        default=0.05,
        step=0.05,
        meaning="Share of US demand that may not use models made in China, whoever hosts them.",
        acts_on="availability of Chinese models to US developers, less evasion",
        landmarks=(
            (0.05, "government devices and defence contractors, as in 2026"),
            (0.3, "all federal contractors and critical infrastructure"),
            (0.9, "a general ban with narrow exceptions"),
        ),
        evidence=(0.0, 0.1),
        source="policy timeline: state bans 2025, NDAA FY2026 s.1532",
        confidence="estimate",
        history=(("2023-01", 0.0), ("2025-02", 0.02), ("2025-12", 0.05)),
    ),
    Lever(
        id="us_open_funding",
        actor="United States",
        label="US funding for open models",
        unit="$M per month",
        low=0.0,
        high=1000.0,
        default=30.0,
        step=10.0,
        meaning="Public money paid to US makers for models whose weights they release.",
        acts_on="US labs' gain from releasing weights; training compute of US open developers",
        landmarks=(
            (30.0, "research programmes and public compute of 2026"),
            (200.0, "a national open-model programme"),
            (800.0, "on the scale of one frontier lab's budget"),
        ),
        evidence=(0.0, 100.0),
        source="policy timeline: AI Action Plan 2025-07, Genesis Mission 2025-11",
        confidence="assumption",
        history=(("2023-01", 5.0), ("2025-07", 20.0), ("2025-12", 30.0)),
    ),
    Lever(
        id="us_open_liability",
        actor="United States",
        label="US liability for open frontier releases",
        unit="$M per frontier open release and year",
        low=0.0,
        high=500.0,
        default=0.0,
        step=10.0,
        meaning="Expected yearly cost to a US maker of each frontier model whose weights it "
        "released; a burden on open release, not on closed access.",
        acts_on="US labs' gain from releasing weights",
        landmarks=(
            (0.0, "today: no open-release rule binds in the United States"),
            (50.0, "insurance and audits in the style of the vetoed SB 1047"),
            (300.0, "strict liability for downstream misuse"),
        ),
        evidence=(0.0, 20.0),
        source="policy timeline: SB 1047 vetoed 2024-09-29; parameters.csv: regulatory cost",
        confidence="assumption",
    ),
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
        id="eu_foreign_model_ban",
        actor="European Union",
        label="EU ban on Chinese models",
        unit="share of EU volume covered",
        low=0.0,
        high=1.0,
        default=0.03,
        step=0.05,
        meaning="Share of EU demand that may not use models made in China, whoever hosts them.",
        acts_on="availability of Chinese models to EU developers, less evasion",
        landmarks=(
            (0.03, "some public bodies, as in 2026"),
            (0.3, "public sector and essential entities"),
            (0.9, "a general ban"),
        ),
        evidence=(0.0, 0.1),
        source="policy timeline: Italy 2025-01, Czechia and Denmark 2025",
        confidence="estimate",
        first=False,
        history=(("2023-01", 0.0), ("2025-02", 0.01), ("2025-07", 0.03)),
    ),
    Lever(
        id="eu_open_funding",
        actor="European Union",
        label="EU funding for open models",
        unit="$M per month",
        low=0.0,
        high=500.0,
        default=20.0,
        step=10.0,
        meaning="Public money paid to EU makers for models whose weights they release.",
        acts_on="EU labs' gain from releasing weights; training compute of EU open developers",
        landmarks=(
            (20.0, "programmes of 2026"),
            (100.0, "a joint undertaking for open models"),
            (400.0, "a European frontier programme"),
        ),
        evidence=(0.0, 60.0),
        source="no amount documented; order of magnitude of EU compute programmes",
        confidence="assumption",
        first=False,
        history=(("2023-01", 5.0), ("2025-02", 20.0)),
    ),
    Lever(
        id="third_country_alignment",
        actor="Third countries",
        label="Third countries that follow the US ban",
        unit="share of the US ban followed",
        low=0.0,
        high=1.0,
        default=0.05,
        step=0.05,
        meaning="How much of the US ban's coverage aligned countries copy; non-aligned countries "
        "copy a quarter of that.",
        acts_on="availability of Chinese models in third countries",
        landmarks=(
            (0.05, "a few public bodies (Australia, Taiwan, 2025)"),
            (0.5, "most allies copy the US list"),
            (1.0, "a common list"),
        ),
        evidence=(0.0, 0.2),
        source="policy timeline: Taiwan and Australia 2025",
        confidence="assumption",
        first=False,
        history=(("2023-01", 0.0), ("2025-02", 0.05)),
    ),
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

BY_ID: dict[str, Lever] = {lever.id: lever for lever in LEVERS}


def lever(name: str) -> Lever:
    """Return the lever called `name`, or raise InputError naming the nearest one."""
    if name not in BY_ID:
        raise unknown("lever", name, BY_ID)
    return BY_ID[name]
