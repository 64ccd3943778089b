"""What differs between versions of a scenario, in words: for who must choose between them."""

from __future__ import annotations

from collections.abc import Callable

from sim.calendar import month_label
from sim.levers import LEVERS
from sim.mechanisms import MECHANISMS
from sim.parameters import ASSUMPTIONS
from sim.scenario import Scenario
from sim.shocks import BY_ID as SHOCKS
from sim.wording import dial, month_words

_AS_IT_WAS = "as it was"
_LONGEST = 160


def differences(base: Scenario, *others: Scenario) -> list[list[str]]:
    """Return a row for everything in which any of the others differs from the base.

    A row holds what it is, and how it stands in the base and in each of the others.
    """
    rows = []
    for label, say in _told():
        said = [say(scenario) for scenario in (base, *others)]
        if len(set(said)) > 1:
            rows.append([label, *(_cut(words) for words in said)])
    return rows


def _told() -> list[tuple[str, Callable[[Scenario], str]]]:
    """Return everything a scenario says: its label, and how to say it."""
    told: list[tuple[str, Callable[[Scenario], str]]] = [
        ("Note", lambda s: " ".join(s.story.split()) or "none"),
        ("Last month", lambda s: month_label(s.horizon)),
        ("Supply", lambda s: s.supply),
        ("Worlds", lambda s: s.worlds),
        ("Shocks", _shocks),
    ]
    told += [(lever.label, _lever(lever.id)) for lever in LEVERS]
    told += [(quantity.label, _assumption(name)) for name, quantity in ASSUMPTIONS.items()]
    told += [(item.label, _mechanism(item.id)) for item in MECHANISMS]
    return told


def _lever(lever_id: str) -> Callable[[Scenario], str]:
    def say(scenario: Scenario) -> str:
        setting = scenario.levers.get(lever_id)
        if setting is None:
            return _AS_IT_WAS
        lever = next(lever for lever in LEVERS if lever.id == lever_id)
        phase = f" over {setting.phase_in_months} months" if setting.phase_in_months else ""
        return f"{dial(lever).say(setting.value)} from {month_words(setting.start)}{phase}"

    return say


def _assumption(name: str) -> Callable[[Scenario], str]:
    quantity = ASSUMPTIONS[name]
    return lambda s: dial(quantity).say(s.assumptions.get(name, quantity.default))


def _mechanism(name: str) -> Callable[[Scenario], str]:
    return lambda s: "off" if name in s.off else "on"


def _shocks(scenario: Scenario) -> str:
    said = [
        f"{SHOCKS[shock.kind].label} ({shock.size:g}) in {month_words(shock.month)}"
        + (f", {shock.lab}" if shock.lab else "")
        for shock in scenario.shocks
    ]
    return "; ".join(said) or "none scheduled"


def _cut(words: str) -> str:
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"
