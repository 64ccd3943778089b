"""Decides what is offered in a month: by which kind of host, to whom, at what price.

ODD.md 7.8. An offer is a listed model at its maker, at third parties or on one's own machines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from benchmarks.mesa_twin.fixed import (
    FRONTIER_OPEN_ECI,
    GATE_BAND_ECI,
    LOCAL_HOST_PREMIUM,
    REFERENCE_MONTH,
    REFERENCE_PRICE,
)
from benchmarks.mesa_twin.record import Release
from sim.parameters import Parameters

MAKER, THIRD, SELF = "maker", "third party", "self"
THIRD_COUNTRIES = ("ALIGNED", "NONALIGNED")
HOME = {"US": ("US",), "CN": ("CN",), "EU": ("EU",), "OTHER": THIRD_COUNTRIES}  # R8
Policy = Mapping[str, float]


class Offer:
    """A model at one kind of host, and what must be known of it to choose."""

    def __init__(self, release: Release, kind: str) -> None:
        self.release, self.kind = release, kind
        self.is_chinese = release.origin == "CN"
        self.at_chinese_maker = self.is_chinese and kind == MAKER


class Market:
    """The offers of one month."""

    def __init__(
        self,
        month: int,
        releases: list[Release],
        policy: Policy,
        parameters: Parameters,
        *,
        gate_is_shut: bool,
    ) -> None:
        self.month = month
        self.policy = policy
        self.numbers = parameters.market
        self.gate_is_shut = gate_is_shut
        self.best = max((release.eci for release in releases), default=0.0)
        self.offers = {
            (release.id, kind): Offer(release, kind)
            for release in releases
            for kind in kinds_of_host(release)
        }

    def reachable(self, offer: Offer, region: str) -> bool:
        """Return whether developers of a region can reach an offer this month."""
        release = offer.release
        if offer.kind == MAKER:
            foreign_in_china = region == "CN" and release.origin != "CN"
            return not foreign_in_china and not self._withheld(release, region)
        delayed = region == "EU" and release.eci >= self.best - FRONTIER_OPEN_ECI
        return not delayed or self.month - release.month >= self.policy["eu_open_delay"]

    def _withheld(self, release: Release, region: str) -> bool:
        """Whether a shut gate keeps a US closed frontier model from a region."""
        touched = release.origin == "US" and not release.is_open and region != "US"
        return self.gate_is_shut and touched and release.eci >= self.best - GATE_BAND_ECI

    def paid(self, offer: Offer, region: str) -> float:
        """Return what an offer costs developers of a region, $ per Mtok, fixed cost apart."""
        price, abroad = self._price_and_place(offer, region)
        levied = not offer.release.is_open and region != "CN"
        tariff = self.tariff() if abroad else 0.0
        levy = self.policy["closed_price_levy"] if levied else 0.0
        return price * (1.0 + tariff + levy)

    def tariff(self) -> float:
        """Return the tariff on inference served from abroad."""
        return self.policy["foreign_api_tariff"]

    def _price_and_place(self, offer: Offer, region: str) -> tuple[float, bool]:
        """Return the price before taxes and whether the host is abroad."""
        release = offer.release
        if offer.kind == MAKER:
            return release.price(self.month), region not in HOME[release.origin]
        if offer.kind == SELF:
            return self._own_machines(release), False
        hosted = self._cost(release) * (1.0 + self.numbers.host_markup)  # R9: no terms in force
        if region not in THIRD_COUNTRIES:
            return hosted, False
        shortage = 1.0 - self.policy["third_country_chip_supply"]
        local = 1.0 + LOCAL_HOST_PREMIUM + self.numbers.host_scarcity * shortage
        if local < 1.0 + self.policy["foreign_api_tariff"]:
            return hosted * local, False
        return hosted, True

    def _cost(self, release: Release) -> float:
        """Return the serving cost of an open model now."""
        years = (self.month - release.month) / 12.0
        at_release = release.launch_price / self.numbers.open_list_over_cost
        return float(at_release * (1.0 - self.numbers.cost_decline) ** years)

    def _own_machines(self, release: Release) -> float:
        n = self.numbers
        mtok_per_hour = n.self_host_tokens_per_second * 3600.0 * n.self_host_utilisation / 1e6
        years = max(0.0, (self.month - REFERENCE_MONTH) / 12.0)
        size = release.launch_price / REFERENCE_PRICE
        return float(n.gpu_usd_per_hour / mtok_per_hour * size * (1.0 - n.cost_decline) ** years)


def kinds_of_host(release: Release) -> Iterator[str]:
    """Yield who offers a model: its maker; the weights of an open one, others too."""
    yield MAKER
    if release.is_open:
        if not release.noncommercial:
            yield THIRD
        yield SELF
