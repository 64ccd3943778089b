"""Decides what the twin reports: shares by weight and place, trust, prices, capability in use.

ODD.md 4 (observation), 7.11 and 8.4. Shares are sums over sums, named and grouped as outcomes are.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.mesa_twin.fixed import REFERENCE_MONTH
from benchmarks.mesa_twin.market import SELF, Offer
from sim.outcomes import FOREIGN, PLACES, REGIONS, TASK_IDS
from sim.population import MTOK_PER_TRILLION, REGION_VOLUME, ROUTER_MIX

if TYPE_CHECKING:
    from benchmarks.mesa_twin.economy import Economy
    from benchmarks.mesa_twin.streams import Stream

Series = tuple[str, str]  # outcome, group
WEIGHTS = ("tokens", "choice", "spend")
ROUTER_WEIGHT = dict(
    zip(REGIONS, (m / v for m, v in zip(ROUTER_MIX, REGION_VOLUME, strict=True)), strict=True)
)


class Use(NamedTuple):
    """What one stream runs on one offer in a month; `choice` counts streams."""

    stream: Stream
    offer: Offer
    tokens: float
    spend: float
    choice: float


class Tally:
    """The books of one future: `told[month]` is every series of that month."""

    def __init__(self, economy: Economy) -> None:
        self.economy = economy
        self.uses: list[Use] = []
        self.told: list[dict[Series, float]] = []

    def count(self) -> None:
        """Work out what every stream uses this month."""
        self.uses = [use for one in self.economy.people for use in self._of(one)]

    def _of(self, one: Stream) -> list[Use]:
        if one.first is None:
            return []
        if one.second is None:
            return [self._use(one, one.first, 1.0, 1.0)]
        share = self.economy.parameters.developers.second_model_share
        first = self._use(one, one.first, 1.0 - share, 1.0)
        return [first, self._use(one, one.second, share, 0.0)]  # R20: a stream counts by its first

    def _use(self, one: Stream, offer: Offer, share: float, choice: float) -> Use:
        price = one.price(offer, self.economy.market.paid(offer, one.region))
        market, developers = self.economy.parameters.market, self.economy.parameters.developers
        years = (self.economy.month - REFERENCE_MONTH) / 12.0
        demand = market.demand_growth**years
        tokens = one.volume_mtok * share * demand * price**-developers.volume_elasticity
        return Use(one, offer, tokens, tokens * price, choice)

    def world_tokens(self) -> float:
        """Return the month's tokens, Mtok."""
        return sum(use.tokens for use in self.uses)

    def tokens_on_open_models(self) -> dict[str, float]:
        """Return the month's tokens on each maker's open models, Mtok."""
        found: dict[str, float] = defaultdict(float)
        for use in self.uses:
            if use.offer.release.is_open:
                found[use.offer.release.lab] += use.tokens
        return found

    def write_down(self) -> None:
        """Close the month."""
        told: dict[Series, float] = {}
        self._shares(told)
        self._trust(told)
        self._capability(told)
        self._money(told)
        self.told.append(told)

    def _shares(self, told: dict[Series, float]) -> None:
        """Tell the shares of open and of Chinese open models by weight and place."""
        whole: dict[Series, float] = defaultdict(float)
        for use in self.uses:
            release = use.offer.release
            for weight in WEIGHTS:
                for place, factor in seen_from(use.stream):
                    amount = factor * getattr(use, weight)
                    whole[f"all_{weight}", place] += amount
                    if release.is_open:
                        whole[f"open_share_{weight}", place] += amount
                        if release.origin == "CN":
                            whole[f"cn_open_share_{weight}", place] += amount
        for weight in WEIGHTS:
            for kind in ("open_share", "cn_open_share"):
                for place in PLACES:
                    part = whole[f"{kind}_{weight}", place]
                    told[f"{kind}_{weight}", place] = ratio(part, whole[f"all_{weight}", place])

    def _trust(self, told: dict[Series, float]) -> None:
        people = self.economy.people
        for region in FOREIGN:
            here = [one for one in people if one.region == region]
            told["cleared_share", region] = ratio(sum(one.cleared for one in here), len(here))
            left = sum(one.maker_aversion for one in here)
            told["aversion_left", region] = ratio(left, len(here))

    def _capability(self, told: dict[Series, float]) -> None:
        """Tell the capability that each task's average token runs on."""
        for task in TASK_IDS:
            here = [use for use in self.uses if use.stream.task == task]
            weighted = sum(use.tokens * use.offer.release.eci for use in here)
            told["eci_used", task] = ratio(weighted, sum(use.tokens for use in here))

    def _money(self, told: dict[Series, float]) -> None:
        """Tell where inference runs, what is paid and how much is used."""
        own = [use for use in self.uses if use.offer.kind == SELF]
        told["host_share", "SELF"] = ratio(sum(use.tokens for use in own), self.world_tokens())
        told["tokens_trillion_per_month", "world"] = self.world_tokens() / MTOK_PER_TRILLION
        told["spend_musd_per_month", "world"] = sum(use.spend for use in self.uses) / 1e6
        for kind in ("open", "closed"):
            hosted = [
                use
                for use in self.uses
                if use.offer.kind != SELF and use.offer.release.is_open == (kind == "open")
            ]
            spent, tokens = sum(use.spend for use in hosted), sum(use.tokens for use in hosted)
            told["price_paid_usd_per_mtok", kind] = ratio(spent, tokens)


def seen_from(one: Stream) -> list[tuple[str, float]]:
    """Return the places a stream is seen from, each with its weight there (R21: the router's)."""
    places = [("world", 1.0), (one.region, 1.0)]
    if one.segment == "startup":
        places.append(("router", ROUTER_WEIGHT[one.region]))
    if one.segment == "enterprise" and one.region == "US":
        places.append(("enterprise", 1.0))
    return places


def ratio(part: float, whole: float) -> float:
    """Return part over whole, or NaN where there is nothing to divide."""
    return part / whole if whole else float("nan")
