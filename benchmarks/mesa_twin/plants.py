"""Decides which mistakes are planted in the twin on purpose, to see that docking notices them.

Each is a world in which one rule of ODD.md is broken in one place.
"""

from __future__ import annotations

from benchmarks.mesa_twin.economy import Economy
from benchmarks.mesa_twin.market import Market, Offer
from benchmarks.mesa_twin.menus import Considered
from benchmarks.mesa_twin.streams import Stream


class _DisloyalStream(Stream):
    def loyalty(self) -> float:
        return -super().loyalty()


class _CuriousStream(Stream):
    def second_choice(self, options: list[Considered], values: list[float]) -> Offer | None:
        left = [place for place, option in enumerate(options) if option.offer is not self.first]
        return self.best([options[place] for place in left], [values[place] for place in left])


class _RememberingStream(Stream):
    def forget(self) -> None:
        """Keep the incumbent of the slot."""


class _OldHandStream(Stream):
    def welcome(self) -> None:
        """Keep all the aversion of the slot."""


class _WaryStream(Stream):
    def distrust(self, offer: Offer) -> float:
        if not offer.is_chinese or offer.kind == "self":
            return super().distrust(offer)
        return self.maker_aversion + self.host_aversion


class _ObedientStream(Stream):
    def banned(self, offer: Offer) -> bool:
        return self.ban_rank < self.coverage()


class _FreeTradeMarket(Market):
    def tariff(self) -> float:
        return 0.0


class _Disloyal(Economy):
    kind_of_stream = _DisloyalStream


class _Curious(Economy):
    kind_of_stream = _CuriousStream


class _Remembering(Economy):
    kind_of_stream = _RememberingStream


class _OldHand(Economy):
    kind_of_stream = _OldHandStream


class _Wary(Economy):
    kind_of_stream = _WaryStream


class _Obedient(Economy):
    kind_of_stream = _ObedientStream


class _FreeTrade(Economy):
    kind_of_market = _FreeTradeMarket


class _Hasty(Economy):
    def nearness(self) -> float:
        return min(1.0, 1e9 * super().nearness())


PLANTS: dict[str, type[Economy]] = {
    "switching_sign": _Disloyal,
    "second_without_replacement": _Curious,
    "incumbent_kept": _Remembering,
    "newcomers_forgotten": _OldHand,
    "host_aversion_everywhere": _Wary,
    "compliance_ignored": _Obedient,
    "tariff_forgotten": _FreeTrade,
    "clearance_without_gap": _Hasty,
}
