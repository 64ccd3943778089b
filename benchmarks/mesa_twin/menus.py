"""Decides what the streams of a cell see in an offer, and which offers they consider at all.

ODD.md 7.10: what a cell (region, segment, task) shares of an offer's utility, and its shortlist.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.mesa_twin.fixed import SHORTLIST
from benchmarks.mesa_twin.market import MAKER, SELF, Market, Offer, kinds_of_host
from benchmarks.mesa_twin.record import Release
from sim.parameters import Parameters
from sim.population import TASKS, Task

SELF_HOSTER = "self_hoster"
Cell = tuple[str, str, str]  # region, segment, task
TASK = {task.id: task for task in TASKS}


@dataclass(frozen=True)
class Considered:
    """One offer on a shortlist: utility shared by the cell, and $ per Mtok without fixed cost."""

    offer: Offer
    base: float
    paid: float


class Menus:
    """The shortlists of one month, made when a cell first asks for its own."""

    def __init__(
        self, market: Market, derivatives: Mapping[str, float], parameters: Parameters
    ) -> None:
        self.market = market
        self.derivatives = derivatives
        self.numbers = parameters.developers
        self._by_cell: dict[Cell, list[Considered]] = {}
        self._worth: dict[tuple[str, str, str], float] = {}

    def shortlist(self, cell: Cell) -> list[Considered]:
        """Return what the streams of a cell consider."""
        if cell not in self._by_cell:
            self._by_cell[cell] = self._shortlist(cell)
        return self._by_cell[cell]

    def _shortlist(self, cell: Cell) -> list[Considered]:
        region, segment, task = cell
        classes: dict[str, list[tuple[float, Considered]]] = {name: [] for name in SHORTLIST}
        for offer in self.market.offers.values():
            if not self.suits(offer, segment) or not self.market.reachable(offer, region):
                continue
            base = self._base(offer, segment, task)
            paid = self.market.paid(offer, region)
            cost = self.numbers.price_sensitivity * math.log(paid + self._other_cost)
            classes[class_of(offer)].append((base - cost, Considered(offer, base, paid)))
        chosen = []
        for name, found in classes.items():
            found.sort(key=lambda pair: -pair[0])
            chosen += [considered for _, considered in found[: SHORTLIST[name]]]
        return chosen

    @property
    def _other_cost(self) -> float:
        return self.numbers.other_cost_usd_per_mtok

    def suits(self, offer: Offer, segment: str) -> bool:
        """Return whether a licence lets a segment use the model."""
        return segment == SELF_HOSTER or not offer.release.noncommercial

    def _base(self, offer: Offer, segment: str, task: str) -> float:
        key = (offer.release.id, segment, task)
        if key not in self._worth:
            self._worth[key] = self._of_the_model(offer.release, segment, TASK[task])
        if offer.kind != SELF:
            return self._worth[key]
        wants_control = (segment == SELF_HOSTER) + (task == "edge")
        return self._worth[key] + self.numbers.control_value * wants_control

    def _of_the_model(self, release: Release, segment: str, task: Task) -> float:
        """Return what a model is worth to a segment and task wherever it is hosted."""
        n = self.numbers
        worth = n.quality_weight * self._quality(release, task)
        worth += premium(segment, self) * self._polish(release)
        if release.is_open:
            worth += n.ecosystem_utility * math.log1p(self.derivatives.get(release.lab, 0.0))
        worth -= n.age_decay * (self.market.month - release.month)
        if release.terms and segment != SELF_HOSTER:  # R4
            worth -= n.licence_cost
        hosts = len(list(kinds_of_host(release)))  # R10
        return worth - (1.0 - n.host_variety) * math.log(hosts)

    def _quality(self, release: Release, task: Task) -> float:
        n = self.numbers
        drifts = {"frontier": n.task_drift_frontier, "general": n.task_drift_general, "none": 0.0}
        years = self.market.month / 12.0
        wanted = task.threshold_eci + n.task_level_eci + drifts[task.drift] * years
        return 1.0 / (1.0 + math.exp(-(release.eci - wanted) / n.quality_spread_eci))

    def _polish(self, release: Release) -> float:
        if release.is_open:
            return 0.0
        return math.exp(-(self.market.best - release.eci) / self.numbers.premium_efold_eci)


def premium(segment: str, menus: Menus) -> float:
    """Return what a closed model at the frontier is worth beside its quality."""
    n = menus.numbers
    if segment == SELF_HOSTER:
        return 0.0
    return n.closed_premium * (1.0 if segment == "startup" else n.enterprise_premium_multiplier)


def class_of(offer: Offer) -> str:
    """Return the class in which an offer competes for a place on shortlists."""
    if offer.is_chinese:
        if offer.kind == MAKER:
            return "Chinese maker"
        return "Chinese, self-hosted" if offer.kind == SELF else "Chinese, third party"
    if not offer.release.is_open:
        return "closed, foreign"
    return "open self-hosted, foreign" if offer.kind == SELF else "open hosted, foreign"
