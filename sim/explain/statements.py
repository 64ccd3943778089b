"""Who decided otherwise, in two or three sentences: labs, governments and developers.

Of labs and developers a sentence is told only if its effect goes one way in more than half of the
futures. For labs it names the term that alone turned most of the decisions; for governments whether
the incidents they saw differ, since fear remembers nothing but incidents and foreign leads.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.catalogue import load_labs
from sim.explain import switch
from sim.explain.effects import Count, Effect, counted, first_difference, lab_numbers
from sim.explain.releases import PARTS, TOGETHER, Tally, Turns, tally, turns
from sim.explain.reviews import partings
from sim.explain.switch import Switch
from sim.levers import BY_ID as LEVERS
from sim.outcomes import FOREIGN, ORIGINS, REGIONS
from sim.place_names import REGION_LABELS
from sim.result import Result
from sim.wording import and_list, digits, futures, measure, month_words

Ints = npt.NDArray[np.int64]
MOST = 3  # sentences
MOST_LABS = 3
LEAST_SHARE = 0.5  # of futures in which the effect goes one way
LEAST_PARTED = 0.1  # of futures in which a government's reviews part
MAKERS = {"US": "American", "CN": "Chinese", "EU": "European", "OTHER": "Other countries'"}
TERM_WORDS = {
    "own sales": "what opening costs in own sales",
    "complements": "what open models sell elsewhere for the lab",
    "community": "reputation and hiring",
    "public support": "public money for open models",
    "licence and liability": "licence and liability",
    "leak to rivals": "what rivals would learn",
    "pressure to earn": "pressure to earn",
    "peers": "what domestic peers do",
    "habit": "what the lab did before, or its change of mind",
}


@dataclass(frozen=True)
class Statement:
    """One sentence: an effect, how often it holds, what is known of why, and how to put it back.

    `actors` are the labs (numbers in the log) or the region it is about, the most moved first.
    """

    effect: Effect
    sign: int
    start: int
    told: Count
    text: str
    because: str
    actors: tuple[str, ...]
    switch: Switch | None


def statements(base: Result, result: Result) -> tuple[Statement, ...]:
    """Return what is told of two runs of the same futures; nothing if they carry no logs."""
    if not (base.logs and result.logs) or np.array_equal(
        base.values, result.values, equal_nan=True
    ):
        return ()
    start = first_difference(base, result)
    labs, governments, developers = (
        sorted(tell(base, result, start), key=_size, reverse=True)
        for tell in (_labs, _governments, _developers)
    )
    others = (*governments[:1], *developers[:1])
    return (*labs[: MOST - len(others)], *others)


def recount(statement: Statement, base: Result, result: Result) -> Count:
    """Return how often and how far the same effect goes the same way in two other runs."""
    values = statement.effect.measure(base, result, statement.start)
    return counted(values, statement.sign)


def say_check(statement: Statement, back: Count) -> str:
    """Return what became of an effect once what it is ascribed to was put back."""
    assert statement.switch is not None
    return (
        f"Checked on the same futures with {statement.switch.words}: the same way in "
        f"{futures(back.count, back.of)} instead of {round(100 * statement.told.count / back.of)}, "
        f"at the median {say_median(statement, back)} instead of "
        f"{say_median(statement, statement.told)}."
    )


def say_median(statement: Statement, told: Count) -> str:
    """Return the median of an effect with its unit: "−18 releases", "+0.25 of 1", "−12 points"."""
    kind = statement.effect.kind
    if kind == "developers":
        return measure("share").say_change(told.median)
    sign = "+" if told.median > 0 else "−" if told.median < 0 else ""
    unit = "releases" if kind == "labs" else "of 1"
    return f"{sign}{digits(abs(told.median))} {unit}"


def _size(statement: Statement) -> tuple[float, float]:
    return statement.told.count / statement.told.of, abs(statement.told.median)


def _one_way(effect: Effect, base: Result, result: Result, start: int) -> tuple[int, Count] | None:
    """Return the way most futures go, or None where they do not agree on one."""
    values = effect.measure(base, result, start)
    sign = 1 if (values > 0).sum() >= (values < 0).sum() else -1
    told = counted(values, sign)
    agreed = told.count > LEAST_SHARE * told.of and told.median * sign > 0
    return (sign, told) if agreed else None


def _labs(base: Result, result: Result, start: int) -> list[Statement]:
    both, usual, now = turns(base, result, start), tally(base, start), tally(result, start)
    found = []
    for origin in ORIGINS:
        effect, labs = Effect("labs", origin), lab_numbers(origin)
        agreed = _one_way(effect, base, result, start)
        if agreed is None:
            continue
        sign, told = agreed
        ours = both.where(np.isin(both.lab, labs) & (both.opens == (sign > 0)))
        term, why = _why(ours)
        names = _most_moved(usual, now, labs, sign)
        way = "more" if sign > 0 else "fewer"
        made = float(np.median(usual.made[:, labs].sum(axis=1)))
        text = (
            f"{MAKERS[origin]} labs open the weights of {way} releases in "
            f"{futures(told.count, told.of)}: {digits(abs(told.median))} {way} at the median, of "
            f"about {digits(made)} releases from {month_words(start)} on. Most: {and_list(names)}."
        )
        back = switch.of_term(term, result.scenario) if term else None
        found.append(Statement(effect, sign, start, told, text, why, tuple(names), back))
    return found


def _most_moved(usual: Tally, now: Tally, labs: Ints, sign: int) -> list[str]:
    moved = sign * (now.opened - usual.opened).mean(axis=0)[labs]
    order = np.argsort(-moved, kind="stable")[:MOST_LABS]
    return [load_labs()[labs[at]].name for at in order if moved[at] > 0]


def _why(theirs: Turns) -> tuple[str, str]:
    """Return the term that turned most of these decisions, and how many it did."""
    if not theirs.part.size:
        return "", "No decision that both runs had to make turned: other releases came up."
    counts = Counter(int(part) for part in theirs.part if part != TOGETHER)
    if not counts:
        return "", "No single term turned these decisions: several did together."
    part, count = counts.most_common(1)[0]
    share = round(100 * count / theirs.part.size)
    return PARTS[part], (
        f"Of the decisions that turned this way, {share} in 100 turned on "
        f"{TERM_WORDS[PARTS[part]]}: with that term as in the status quo and all else as in the "
        "scenario, the lab decides as in the status quo."
    )


def _governments(base: Result, result: Result, start: int) -> list[Statement]:
    found = []
    for number, region in enumerate(REGIONS):
        effect = Effect("governments", region)
        values = effect.measure(base, result, start)
        parted = partings(base, result, number)
        if not values.any() or len(parted) < LEAST_PARTED * len(values):
            continue
        sign = 1 if (values > 0).sum() >= (values < 0).sum() else -1
        told, other = counted(values, sign), counted(values, -sign)
        way = ("stricter", "milder") if sign > 0 else ("milder", "stricter")
        alike = sum(not parting.other_incidents for parting in parted)
        text = (
            f"Reviews in {_the(region)} set other rules, or at other times, in "
            f"{futures(len(parted), told.of)}: they end {way[0]} in "
            f"{round(100 * told.count / told.of)} and {way[1]} in "
            f"{round(100 * other.count / told.of)} of 100."
        )
        why = (
            f"In {alike} of the {len(parted)} futures in which they part, the incidents until then "
            "are the same, so that what differs in the government's fear is the lead of foreign "
            "models."
        )
        actors = (REGION_LABELS[region],)
        found.append(Statement(effect, sign, start, told, text, why, actors, switch.of_reviews()))
    return found


def _developers(base: Result, result: Result, start: int) -> list[Statement]:
    found = []
    for region in FOREIGN:
        effect = Effect("developers", region)
        agreed = _one_way(effect, base, result, start)
        if agreed is None:
            continue
        sign, told = agreed
        say = measure("share").say
        level, usual = (
            float(np.nanmedian(run.series("cn_open_share_tokens", region)[:, -1]))
            for run in (result, base)
        )
        text = (
            f"Developers in {_the(region)} put {'more' if sign > 0 else 'fewer'} of their tokens "
            f"on Chinese open models in {futures(told.count, told.of)}: {say(level)} in "
            f"{month_words(len(result.months) - 1)} at the median, {say(usual)} in the status quo."
        )
        back = switch.of_rules(region, result.scenario)
        found.append(
            Statement(effect, sign, start, told, text, _bound(back), (REGION_LABELS[region],), back)
        )
    return found


def _bound(back: Switch | None) -> str:
    if back is None:
        return "No lever that was moved binds them directly; what they can choose from differs."
    names = and_list([f"“{LEVERS[name].label}”" for name in back.hold])
    return f"Of the levers that were moved, these bind them directly: {names}."


def _the(region: str) -> str:
    label = REGION_LABELS[region]
    if region in ("US", "EU"):
        return f"the {label}"
    return label if region == "CN" else label[0].lower() + label[1:]
