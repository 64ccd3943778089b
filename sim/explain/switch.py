"""How to put back what an effect is ascribed to: a mechanism off, or levers held at the status quo.

A mechanism is switched off in both runs, levers are held in the second only, where they moved.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from sim.levers import BY_ID as LEVERS
from sim.mechanisms import BY_ID as MECHANISMS
from sim.scenario import Scenario
from sim.wording import and_list

_MECHANISM = {
    "own sales": "commercial_retreat",
    "complements": "complements",
    "community": "reputation",
    "leak to rivals": "spillovers",
    "pressure to earn": "commercial_retreat",
    "peers": "peer_cascade",
}
_LEVERS = {
    "public support": ("us_open_funding", "cn_open_support", "eu_open_funding"),
    "licence and liability": (
        "us_open_liability",
        "us_open_licence_threshold",
        "eu_open_burden",
    ),
}
_EVERYWHERE = (
    "trusted_open_procurement",
    "assurance_scheme",
    "closed_price_levy",
    "foreign_api_tariff",
)
_BINDING = {
    "US": ("us_foreign_model_ban",),
    "CN": (),
    "EU": ("eu_foreign_model_ban", "us_frontier_gate"),
    "ALIGNED": ("us_foreign_model_ban", "third_country_alignment", "us_frontier_gate"),
    "NONALIGNED": ("us_foreign_model_ban", "third_country_alignment", "us_frontier_gate"),
}


@dataclass(frozen=True)
class Switch:
    """What to put back: mechanisms to switch off and levers to hold at the status quo."""

    off: tuple[str, ...] = ()
    hold: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What the switch does, for a sentence that begins with "with"."""
        held = [f"“{LEVERS[name].label}” held at the status quo" for name in self.hold]
        return and_list([*(f"“{MECHANISMS[name].label}” off" for name in self.off), *held])

    def put_back(self, base: Scenario, scenario: Scenario) -> tuple[Scenario, Scenario]:
        """Return both scenarios with the switch thrown."""
        off = tuple(sorted({*base.off, *self.off}))
        levers = {name: held for name, held in scenario.levers.items() if name not in self.hold}
        levers |= {name: base.levers[name] for name in self.hold if name in base.levers}
        return (
            dataclasses.replace(base, off=off),
            dataclasses.replace(
                scenario, levers=levers, off=tuple(sorted({*scenario.off, *self.off}))
            ),
        )


def of_term(term: str, scenario: Scenario) -> Switch | None:
    """Return the switch of one term of a lab's decision, or None if nothing moves it alone.

    Governments' reviews add to liability and licences, so where no lever of these was moved the
    switch is that of the reviews.
    """
    if term in _MECHANISM:
        return Switch(off=(_MECHANISM[term],))
    if term in _LEVERS:
        moved = _moved(_LEVERS[term], scenario)
        if moved:
            return Switch(hold=moved)
        return of_reviews() if term == "licence and liability" else None
    return None


def of_reviews() -> Switch:
    """Return the switch of what governments add to their levers."""
    return Switch(off=("fear_rules",))


def of_rules(region: str, scenario: Scenario) -> Switch | None:
    """Return the switch of the rules that bind developers in a region, None if none was moved."""
    moved = _moved((*_BINDING[region], *_EVERYWHERE), scenario)
    return Switch(hold=moved) if moved else None


def _moved(levers: tuple[str, ...], scenario: Scenario) -> tuple[str, ...]:
    changed = scenario.changed_levers()
    return tuple(name for name in levers if name in changed)
