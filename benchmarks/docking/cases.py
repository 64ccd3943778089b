"""Decides in which worlds the engine and the twin are laid beside each other, and what is compared.

One world is the past as it was; in the other every lever that reaches developers was moved in 2024,
so that each rule of access, price and trust has work to do. Governments add nothing of their own in
either (`fear_rules` off): the twin has none. Assumptions stand at their defaults in every future.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from benchmarks.mesa_twin.economy import Change
from sim.calendar import LAST_OBSERVED_MONTH, month_index
from sim.outcomes import FOREIGN, PLACES, TASK_IDS
from sim.scenario import LeverSetting, Scenario

MONTHS = tuple(month_index(month) for month in ("2024-06", "2025-06", "2026-03", "2026-10"))
ECI_USED = "eci_used"  # mean capability of a task's tokens: in the engine's ledger, not an outcome
# The twin has no gateway view, which weighs anew what the regions' rows compare.
DOCKED_PLACES = tuple(place for place in PLACES if place != "gateway")
SERIES: tuple[tuple[str, str], ...] = (
    *(
        (f"{kind}_share_{weight}", place)
        for kind in ("cn_open", "open")
        for weight in ("tokens", "choice", "spend")
        for place in DOCKED_PLACES
    ),
    *(("cleared_share", region) for region in FOREIGN),
    *(("aversion_left", region) for region in FOREIGN),
    *((ECI_USED, task) for task in TASK_IDS),
    ("host_share", "SELF"),
    ("tokens_trillion_per_month", "world"),
    ("spend_musd_per_month", "world"),
    ("price_paid_usd_per_mtok", "open"),
    ("price_paid_usd_per_mtok", "closed"),
)


@dataclass(frozen=True)
class Case:
    """A past: levers with the value they were set to and the month from which it holds."""

    name: str
    levers: dict[str, tuple[float, str]] = field(default_factory=dict)

    def for_twin(self) -> dict[str, Change]:
        """Return the case in the twin's words."""
        return {
            name: Change(value, month_index(start)) for name, (value, start) in self.levers.items()
        }

    def for_engine(self) -> Scenario:
        """Return the case as a scenario that ends today."""
        settings = {
            name: LeverSetting(value, month_index(start))
            for name, (value, start) in self.levers.items()
        }
        return Scenario(
            name=self.name,
            title=self.name,
            levers=settings,
            off=("fear_rules",),
            worlds="central",
            horizon=LAST_OBSERVED_MONTH,
        )


CASES = (
    Case("status quo"),
    Case(
        "levers in 2024",
        {
            "us_foreign_model_ban": (0.5, "2024-01"),
            "third_country_alignment": (0.5, "2024-01"),
            "eu_foreign_model_ban": (0.3, "2024-01"),
            "trusted_open_procurement": (0.6, "2024-01"),
            "foreign_api_tariff": (0.3, "2024-01"),
            "closed_price_levy": (0.2, "2024-01"),
            "us_frontier_gate": (12.0, "2024-01"),
            "eu_open_delay": (4.0, "2024-01"),
            "assurance_scheme": (0.03, "2024-01"),
        },
    ),
)
