"""Decides what one stream of demand does in a month: keep its model, choose another, trust more.

ODD.md 7.9, 7.10 and 7.12, told from the side of the agent. A choice is made by adding Gumbel noise
to the utility of every offer and taking the best, which is a logit, drawn in another way than the
simulator draws it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import mesa

from benchmarks.mesa_twin.fixed import NONALIGNED_SHARE_OF_ALIGNMENT, SURGE
from benchmarks.mesa_twin.market import MAKER, SELF, Offer
from benchmarks.mesa_twin.menus import Cell, Considered

if TYPE_CHECKING:
    from benchmarks.mesa_twin.economy import Economy

REFUSES, CONDITIONAL, INDIFFERENT = "refuses", "conditional", "indifferent"
ORGANISATIONS = ("enterprise", "public")


class Stream(mesa.Agent):
    """One developer-task pair with a volume."""

    model: Economy

    def __init__(self, model: Economy, cell: Cell) -> None:
        super().__init__(model)
        self.cell = cell
        self.region, self.segment, self.task = cell
        self.volume_mtok = 0.0
        self.alpha = 0.0
        self.fixed_cost = 0.0  # $ per Mtok when hosting itself
        self.attitude = INDIFFERENT
        self.maker_aversion = 0.0
        self.host_aversion = 0.0
        self.is_newcomer = False  # its demand is new since the surge began
        self.cleared = True
        self.peers: list[Stream] = []
        self.ban_rank = self.model.random.random()
        self.compliance_rank = self.model.random.random()
        self.procurement_rank = self.model.random.random()  # R11
        self.first: Offer | None = None
        self.second: Offer | None = None
        self.incumbent: str | None = None  # the maker of the first model
        self._next: tuple[float, bool] = (0.0, True)

    # What is open to it

    def usable(self, offer: Offer) -> bool:
        """Return whether an offer is within reach and nothing forbids it."""
        return self.model.market.reachable(offer, self.region) and self.allowed(offer)  # R12

    def allowed(self, offer: Offer) -> bool:
        """Return whether clearance, bans and procurement let the stream use an offer."""
        if offer.is_chinese and (not self.cleared or self.banned(offer)):
            return False
        trusted = offer.release.is_open and not offer.is_chinese
        return trusted or not self.must_buy_trusted()

    def banned(self, offer: Offer) -> bool:
        """Return whether a ban on Chinese models covers the stream and it complies."""
        market = self.model.parameters.market
        own = offer.kind == SELF
        complies = market.ban_compliance_self if own else market.ban_compliance_hosted
        return self.ban_rank < self.coverage() and self.compliance_rank < complies

    def coverage(self) -> float:
        """Return the share of the region's streams that a ban covers this month."""
        policy = self.model.policy
        followed = policy["us_foreign_model_ban"] * policy["third_country_alignment"]
        return {
            "US": policy["us_foreign_model_ban"],
            "CN": 0.0,
            "EU": policy["eu_foreign_model_ban"],
            "ALIGNED": followed,
            "NONALIGNED": followed * NONALIGNED_SHARE_OF_ALIGNMENT,
        }[self.region]

    def must_buy_trusted(self) -> bool:
        """Return whether procurement rules leave only open models made outside China."""
        public = self.segment == "public" and self.region != "CN"
        return public and self.procurement_rank < self.model.policy["trusted_open_procurement"]

    # Choosing

    def decide(self) -> None:
        """Keep the model, or choose again: because it is gone, new, or worth another look."""
        self.follow_successors()
        new, hazard = self.entry(), self.hazard()
        draw = self.model.random.random()
        is_new = draw < new
        if is_new:
            self.forget()
            self.welcome()
        if is_new or draw < new + (1.0 - new) * hazard or self.first is None:
            self.choose()

    def follow_successors(self) -> None:
        """Move from models that left the list to their heirs; drop what can no longer be used."""
        first, second = self.still_there(self.first), self.still_there(self.second)  # R13
        if first is None:
            self.incumbent = None  # R14: gone without an heir
        self.first = first if first is not None and self.usable(first) else None
        self.second = second if second is not None and self.usable(second) else None

    def still_there(self, offer: Offer | None) -> Offer | None:
        """Return this month's offer of a model or of its heir, at the same host or the maker's."""
        if offer is None:
            return None
        offers, month = self.model.market.offers, self.model.month
        now = offers.get((offer.release.id, offer.kind))
        heir = offer.release if now else self.model.record.heir(offer.release, month)
        if now is None and heir is not None:
            now = offers.get((heir.id, offer.kind)) or offers.get((heir.id, MAKER))
        return now

    def entry(self) -> float:
        """Return the chance that the slot holds new demand this month."""
        n = self.model.parameters.developers
        if self.segment != "startup":
            growth = n.entry_enterprise
        else:
            growth = n.entry_startup_2026 if self.model.month in SURGE else n.entry_startup
        return growth / (1.0 + growth)

    def hazard(self) -> float:
        """Return the chance that a stream reconsiders its model this month."""
        n = self.model.parameters.developers
        return n.reconsider_startup if self.segment == "startup" else n.reconsider_enterprise

    def forget(self) -> None:
        """Make room for new demand, which has no incumbent."""
        self.incumbent = None

    def welcome(self) -> None:
        """Leave a start-up's first new demand since the surge began a part of the aversion."""
        if self.segment == "startup" and self.model.month >= SURGE.start and not self.is_newcomer:
            self.is_newcomer = True
            kept = self.model.parameters.trust.newcomer_aversion
            self.maker_aversion *= kept
            self.host_aversion *= kept

    def choose(self) -> None:
        """Take the best of the shortlist as first model, and once more for a second."""
        options = [c for c in self.model.menus.shortlist(self.cell) if self.allowed(c.offer)]
        values = [self.value(option) for option in options]
        self.first = self.best(options, values)
        self.second = self.second_choice(options, values)
        self.incumbent = None if self.first is None else self.first.release.lab

    def second_choice(self, options: list[Considered], values: list[float]) -> Offer | None:
        """Choose again, from all; a second offer is one that differs from the first (R15)."""
        other = self.best(options, values)
        return None if other is self.first else other

    def best(self, options: list[Considered], values: list[float]) -> Offer | None:
        """Return the option of greatest value once Gumbel noise is added."""
        exponential = self.model.random.expovariate
        top, found = -math.inf, None
        for option, value in zip(options, values, strict=True):
            noisy = value - math.log(exponential(1.0))
            if noisy > top:
                top, found = noisy, option.offer
        return found

    def value(self, option: Considered) -> float:
        """Return what an option is worth to this stream, noise apart."""
        other_cost = self.model.parameters.developers.other_cost_usd_per_mtok
        cost = self.price(option.offer, option.paid) + other_cost
        value = option.base - self.alpha * math.log(cost) - self.distrust(option.offer)
        return value + (self.loyalty() if option.offer.release.lab == self.incumbent else 0.0)

    def price(self, offer: Offer, paid: float) -> float:
        """Return $ per Mtok with the fixed cost of hosting oneself."""
        return paid + (self.fixed_cost if offer.kind == SELF else 0.0)

    def distrust(self, offer: Offer) -> float:
        """Return the utility lost on a Chinese maker, and on its hosts."""
        lost = self.maker_aversion if offer.is_chinese else 0.0
        return lost + (self.host_aversion if offer.at_chinese_maker else 0.0)

    def loyalty(self) -> float:
        """Return what leaving the incumbent maker costs."""
        n = self.model.parameters.developers
        held = self.segment in ORGANISATIONS
        return n.switching_enterprise if held else n.switching_startup

    # Trust

    def look_at_peers(self) -> None:
        """Work out next month's aversion and clearance from what peers use and have cleared."""
        if self.region != "CN":
            using = sum(peer.uses_chinese() for peer in self.peers) / len(self.peers)
            cleared = sum(peer.cleared for peer in self.peers) / len(self.peers)
            self._next = (self.eroded(using), self.cleared or self.clears(cleared))

    def take_it_in(self) -> None:
        """Make next month's aversion and clearance this stream's own."""
        if self.region != "CN":
            self.maker_aversion, self.cleared = self._next
            self.host_aversion *= 1.0 - self.model.policy["assurance_scheme"]

    def uses_chinese(self) -> bool:
        """Return whether the first or second model was made in China."""
        return any(offer is not None and offer.is_chinese for offer in (self.first, self.second))

    def eroded(self, using: float) -> float:
        """Return aversion to Chinese makers after a month among such peers."""
        t = self.model.parameters.trust
        left = 1.0 - t.erosion_rate * max(0.0, using - t.erosion_threshold)
        left *= 1.0 - self.model.policy["assurance_scheme"]
        floor = t.refuser_floor if self.attitude == REFUSES else 0.0
        floor *= t.newcomer_aversion if self.is_newcomer else 1.0
        return max(floor, self.maker_aversion * left)

    def clears(self, cleared: float) -> bool:
        """Return whether the organisation clears Chinese makers this month."""
        t = self.model.parameters.trust
        pace = t.clearance_enterprise if self.segment in ORGANISATIONS else 1.0
        chance = pace * self.model.nearness() * (t.clearance_own + t.clearance_peers * cleared)
        return self.model.random.random() < chance
