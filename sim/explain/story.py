"""One actor's story: what it did in one future of both runs, month by month.

The future told is the typical one: that whose effect lies nearest to the median of all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.catalogue import load_labs
from sim.explain.effects import Effect
from sim.explain.releases import PARTS, TOGETHER, tally, turns
from sim.explain.statements import TERM_WORDS
from sim.log import Entries, Event
from sim.outcomes import REGIONS
from sim.result import Result
from sim.wording import digits, measure

Floats = npt.NDArray[np.float64]
NOTHING = "nothing"
GATE_ACTOR = REGIONS.index("US")
_OF_LABS = {
    Event.WEIGHTS: "weights follow",
    Event.PREDECESSOR: "opens the model before",
    Event.LICENCE_ASKED: "asks for a licence",
    Event.LICENCE_GRANTED: "gets the licence",
    Event.TERMS_ASKED: "attaches terms to weights",
    Event.EXIT: "leaves the market",
    Event.CHANGE_OF_MIND: "changes its mind on weights",
}


@dataclass(frozen=True)
class Deed:
    """What was done in a month, and with what numbers beside it."""

    act: str
    detail: str = ""

    @property
    def words(self) -> str:
        """Both in one line."""
        return f"{self.act} ({self.detail})" if self.detail else self.act


@dataclass(frozen=True)
class Moment:
    """What an actor did in one month of both runs, and what turned it where that is known."""

    month: int
    before: tuple[Deed, ...]
    after: tuple[Deed, ...]
    turned: str = ""

    @property
    def differs(self) -> bool:
        """Whether it did something else in the two runs, whatever the numbers beside it."""
        return [deed.act for deed in self.before] != [deed.act for deed in self.after]


def say(deeds: tuple[Deed, ...]) -> str:
    """Return what was done in one line."""
    return "; ".join(deed.words for deed in deeds) or NOTHING


def lab_number(name: str) -> int:
    """Return a lab's number in the log."""
    return [lab.name for lab in load_labs()].index(name)


def typical(values: Floats) -> int:
    """Return the first future whose value is nearest to the median of all."""
    return int(np.nanargmin(np.abs(values - np.nanmedian(values))))


def typical_of_lab(base: Result, result: Result, lab: int, start: int) -> int:
    """Return the future in which a lab opens as many more or fewer releases as at the median."""
    return typical((tally(result, start).opened - tally(base, start).opened)[:, lab])


def lab_story(base: Result, result: Result, lab: int, future: int, start: int) -> list[Moment]:
    """Return a lab's decisions in one future, by month and product."""
    told = _turns(base, result, lab, future, start)
    before, after = (_lab_events(run.logs[future], lab, start) for run in (base, result))
    return [
        Moment(key[0], before.get(key, ()), after.get(key, ()), told.get(key, ""))
        for key in sorted({*before, *after})
    ]


def government_story(
    base: Result, result: Result, government: int, future: int, start: int
) -> list[Moment]:
    """Return a government's reviews, its gate and the incidents it saw in one future, by month."""
    before, after = (
        _government_events(run.logs[future], government, start) for run in (base, result)
    )
    months = sorted({*before, *after})
    return [Moment(m, before.get(m, ()), after.get(m, ())) for m in months]


def developer_story(base: Result, result: Result, region: str, start: int) -> list[Moment]:
    """Return how a region's developers stand each December, at the median of all futures."""
    last = len(result.months) - 1
    decembers = [month for month in range(11, last + 1, 12) if month >= start]
    return [Moment(m, _standing(base, region, m), _standing(result, region, m)) for m in decembers]


def effect_future(effect: Effect, base: Result, result: Result, start: int) -> int:
    """Return the typical future of an effect."""
    return typical(effect.measure(base, result, start))


def _turns(
    base: Result, result: Result, lab: int, future: int, start: int
) -> dict[tuple[int, int], str]:
    both = turns(base, result, start)
    own = both.where((both.lab == lab) & (both.future == future))
    return {
        (int(month), int(product)): "several terms together"
        if part == TOGETHER
        else TERM_WORDS[PARTS[part]]
        for month, product, part in zip(own.month, own.product, own.part, strict=True)
    }


def _lab_events(log: Entries, lab: int, start: int) -> dict[tuple[int, int], tuple[Deed, ...]]:
    """Return what a lab did, by month and product; what is of no product has product -1."""
    said: dict[tuple[int, int], tuple[Deed, ...]] = {}
    for entry in log[(log["actor"] == lab) & (log["month"] >= start)]:
        deed, key = _lab_deed(entry), (int(entry["month"]), int(entry["product"]))
        if deed is not None:
            said[key] = (*said.get(key, ()), deed)
    return said


def _lab_deed(entry: np.void) -> Deed | None:
    event = Event(int(entry["event"]))
    if event is Event.RELEASE:
        chance = round(100 * float(entry["chance"]))
        act = "opens the weights" if entry["value"] > 0.5 else "keeps the weights"
        return Deed(act, f"chance to open {chance} in 100")
    if event is Event.RATIONING:
        served = measure("share").say(float(entry["value"]))
        return Deed("turns users away for want of chips", f"serves {served} of demand")
    return Deed(_OF_LABS[event]) if event in _OF_LABS else None


def _government_events(log: Entries, government: int, start: int) -> dict[int, tuple[Deed, ...]]:
    said: dict[int, tuple[Deed, ...]] = {}
    for entry in log[log["month"] >= start]:
        deed, month = _government_deed(entry, government), int(entry["month"])
        if deed is not None:
            said[month] = (*said.get(month, ()), deed)
    return said


def _government_deed(entry: np.void, government: int) -> Deed | None:
    event, value = Event(int(entry["event"])), float(entry["value"])
    if event is Event.REVIEW and int(entry["actor"]) == government:
        return Deed(f"sets its rules to {value:.2f} of 1", f"fear {digits(float(entry['chance']))}")
    if event is Event.GATE and government == GATE_ACTOR:
        return Deed("shuts the gate on frontier models")
    if event is Event.INCIDENT:
        return Deed("sees an incident" if round(value) == 1 else f"sees {round(value)} incidents")
    return None


def _standing(run: Result, region: str, month: int) -> tuple[Deed, ...]:
    def median(outcome: str) -> str:
        return measure("share").say(float(np.nanmedian(run.series(outcome, region)[:, month])))

    return (
        Deed(f"{median('cn_open_share_tokens')} of tokens on Chinese open models"),
        Deed(f"{median('cleared_share')} of organisations have cleared Chinese makers"),
    )
