"""How the ten claims are tested: each against a rival, on the same futures, by rules set before.

An experiment is a file in scenarios/claims. Its futures are run as they are, with the mechanism
off, with the rival off, and with both off; the effect of the mechanism is the paired difference.
The rules of the verdict are in rules.toml, written before the first run. A verdict holds in this
model.
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from sim.compare import paired_difference
from sim.declare import InputError
from sim.mechanisms import mechanism
from sim.outcomes import BY_ID as OUTCOMES
from sim.parameters import ASSUMPTIONS
from sim.result import Result
from sim.scenario import Scenario, check_month, scenario_from_dict

Floats = npt.NDArray[np.float64]
Sign = Literal["+", "-", "not below"]
Verdict = Literal["supported", "not supported", "cannot tell"]
Runner = Callable[[Scenario, int, int], Result]

FOLDER = Path(__file__).resolve().parent.parent / "scenarios" / "claims"
SIGNS = ("+", "-", "not below")
ARMS = ("as it is", "mechanism off", "rival off", "both off")


@dataclass(frozen=True)
class Rules:
    """What counts as supported: see rules.toml."""

    most: float
    replicates: int
    streams: int
    flip_replicates: int


@dataclass(frozen=True)
class Test:
    """One thing a claim says: the sign of the effect on an outcome, and the smallest effect worth
    its words. `not below` claims that the outcome does not fall by as much."""

    outcome: str
    group: str
    sign: Sign
    smallest: float

    @property
    def floor(self) -> float:
        """What an effect counted by `towards` must reach."""
        return 0.0 if self.sign == "not below" else self.smallest


@dataclass(frozen=True)
class Claim:
    """One experiment; `first` is the month from which effects are averaged to the horizon."""

    number: int
    title: str
    claim: str
    mechanism: str
    rival: str
    requires: str
    first: int
    flips: tuple[str, ...]
    tests: tuple[Test, ...]
    scenario: Scenario


@dataclass(frozen=True)
class Effect:
    """The effect of the mechanism on one tested outcome, with the rival on and off.

    `with_rival` and `alone` hold one effect a future; `rival` is the rival's own effect.
    """

    test: Test
    with_rival: Floats
    alone: Floats
    rival: Floats

    def share_with_sign(self, values: Floats) -> float:
        """Return the share of futures in which the effect has the claimed sign."""
        return float(np.mean(towards(self.test, values) > 0.0))


@dataclass(frozen=True)
class Finding:
    """What came of an experiment; `flips_when` are assumptions at which the verdict changes."""

    claim: Claim
    effects: tuple[Effect, ...]
    verdict: Verdict
    flips_when: tuple[str, ...]
    run_ids: Mapping[str, str]


@lru_cache(maxsize=1)
def load_rules() -> Rules:
    """Return the rules of the verdict."""
    return Rules(**tomllib.loads((FOLDER / "rules.toml").read_text("utf-8")))


def load_claims() -> tuple[Claim, ...]:
    """Return the ten experiments by number."""
    return tuple(read_claim(path) for path in sorted(FOLDER.glob("claim_*.toml")))


def read_claim(path: Path) -> Claim:
    """Return the experiment in a file, or raise InputError naming what is wrong."""
    raw = tomllib.loads(path.read_text("utf-8"))
    scenario = scenario_from_dict({"title": raw["title"], **raw["scenario"]}, path.stem)
    for name in raw["flips"]:
        if name not in ASSUMPTIONS:
            raise InputError(f"{path.name}: flips: {name!r} is no assumption")
    return Claim(
        number=int(path.stem.rpartition("_")[2]),
        title=raw["title"],
        claim=raw["claim"],
        mechanism=mechanism(raw["mechanism"]).id,
        rival=mechanism(raw["rival"]).id,
        requires=raw["requires"],
        first=check_month("from", raw["from"], scenario.horizon),
        flips=tuple(raw["flips"]),
        tests=tuple(_test(path.name, item) for item in raw["tests"]),
        scenario=scenario,
    )


def _test(file: str, raw: Mapping[str, Any]) -> Test:
    test = Test(raw["outcome"], raw["group"], raw["sign"], float(raw["smallest"]))
    if test.outcome not in OUTCOMES or test.group not in OUTCOMES[test.outcome].groups:
        raise InputError(f"{file}: tests: there is no outcome {test.outcome} of {test.group}")
    if test.sign not in SIGNS:
        raise InputError(f"{file}: tests: sign {test.sign!r}; allowed {', '.join(SIGNS)}")
    return test


def arms(claim: Claim) -> tuple[Scenario, ...]:
    """Return the four scenarios of an experiment, in the order of ARMS."""
    off = ((), (claim.mechanism,), (claim.rival,), (claim.mechanism, claim.rival))
    return tuple(
        dataclasses.replace(
            claim.scenario,
            off=tuple(sorted({*claim.scenario.off, *names})),
            name=f"{claim.scenario.name} {arm}",
        )
        for arm, names in zip(ARMS, off, strict=True)
    )


def effects(claim: Claim, results: Sequence[Result]) -> tuple[Effect, ...]:
    """Return the effects of the mechanism, from the results of the four arms."""
    found = []
    for test in claim.tests:
        whole, without, no_rival, neither = (_mean(claim, test, result) for result in results)
        found.append(
            Effect(
                test,
                paired_difference(whole, without),
                paired_difference(no_rival, neither),
                paired_difference(whole, no_rival),
            )
        )
    return tuple(found)


def _mean(claim: Claim, test: Test, result: Result) -> Floats:
    """Return the outcome averaged from the claim's month to the horizon, one value a future."""
    values = result.series(test.outcome, test.group)[:, claim.first :]
    known = ~np.isnan(values)
    counted = known.sum(axis=1)
    total = np.where(known, values, 0.0).sum(axis=1)
    return np.where(counted > 0, total / np.maximum(counted, 1), np.nan)


def towards(test: Test, values: Floats) -> Floats:
    """Return effects counted in the direction of the claim; for `not below`, from its bound."""
    if test.sign == "not below":
        return values + test.smallest
    return values if test.sign == "+" else -values


def judge(found: Sequence[Effect], rules: Rules) -> Verdict:
    """Return the verdict on the effects of one experiment."""
    holds, fails = [], []
    for effect in found:
        for values in (effect.with_rival, effect.alone):
            counted = towards(effect.test, values[~np.isnan(values)])
            floor = effect.test.floor
            if not counted.size:
                holds.append(False)
                fails.append(False)
                continue
            signed = float(np.mean(counted > 0.0)) >= rules.most
            holds.append(signed and float(np.median(counted)) >= floor)
            fails.append(float(np.mean(counted < floor)) >= rules.most)
    if all(holds):
        return "supported"
    failed_both = any(fails[k] and fails[k + 1] for k in range(0, len(fails), 2))
    return "not supported" if failed_both else "cannot tell"


def experiment(claim: Claim, run: Runner, rules: Rules) -> Finding:
    """Return what comes of one claim; `run` takes a scenario, replicates and streams."""
    results = [run(arm, rules.replicates, rules.streams) for arm in arms(claim)]
    found = effects(claim, results)
    verdict = judge(found, rules)
    flips = tuple(_flips(claim, verdict, run, rules))
    ids = {arm: result.run_id for arm, result in zip(ARMS, results, strict=True)}
    return Finding(claim, found, verdict, flips, ids)


def _flips(claim: Claim, verdict: Verdict, run: Runner, rules: Rules) -> Iterator[str]:
    """Yield "assumption = value: other verdict" for each end of a range that changes it."""
    for name in claim.flips:
        declared = ASSUMPTIONS[name]
        for value in (declared.low, declared.high):
            held = {**claim.scenario.assumptions, name: value}
            moved = dataclasses.replace(
                claim, scenario=dataclasses.replace(claim.scenario, assumptions=held)
            )
            results = [run(arm, rules.flip_replicates, rules.streams) for arm in arms(moved)]
            other = judge(effects(moved, results), rules)
            if other != verdict:
                yield f"{name} = {value:g}: {other}"


def runs_needed(claims: Sequence[Claim], rules: Rules) -> int:
    """Return how many futures the experiments run in all."""
    each = len(ARMS) * rules.replicates
    return sum(each + len(ARMS) * 2 * len(c.flips) * rules.flip_replicates for c in claims)
