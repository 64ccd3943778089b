"""Why the outcomes differ: which labs opened more or less than in the first scenario, and why.

Read from the logs of the runs. A lab's releases from the month the policy starts are pooled over
all futures. The reason named is the term of the decision whose part in the log-odds of opening,
term / noise, moved most in the direction in which the lab moved.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.brief.record import Reason, Told
from sim.catalogue import load_labs
from sim.compare import Comparison
from sim.explain.releases import odds
from sim.explain.statements import TERM_WORDS
from sim.log import TERM_NAMES, Entries, Event
from sim.outcomes import REGIONS
from sim.place_names import REGION_LABELS
from sim.result import Result
from sim.wording import measure, month_words

MOST_LABS, MOST_GOVERNMENTS = 4, 2
LEAST_SHARE = 0.03  # of a lab's releases
LEAST_RULES = 0.05  # of the index of rules
LEAST_RELEASES = 8


def reasons(comparison: Comparison, scenarios: Sequence[Told]) -> tuple[Reason, ...]:
    """Return who decided otherwise in each scenario; nothing where the runs carry no logs."""
    base, *others = comparison.results
    base_name = scenarios[0].label
    found: list[Reason] = []
    for at, result in enumerate(others, start=1):
        if result.logs and base.logs:
            start = scenarios[at].start or 0
            told = [
                *_labs(result, base, start, base_name),
                *_governments(result, base, base_name),
            ]
            told = told or [f"No lab opens noticeably more or less than under {base_name}."]
            found += [Reason(scenario=at, text=text) for text in told]
    return tuple(found)


def _labs(result: Result, base: Result, start: int, name: str) -> list[str]:
    ours, theirs = _releases(result, start), _releases(base, start)
    moves = []
    for number, lab in enumerate(load_labs()):
        mine, other = ours[ours["actor"] == number], theirs[theirs["actor"] == number]
        if min(len(mine), len(other)) >= LEAST_RELEASES:
            share, usual = float(mine["value"].mean()), float(other["value"].mean())
            if abs(share - usual) >= LEAST_SHARE:
                moves.append((abs(share - usual), lab.name, share, usual, _reason(mine, other)))
    moves.sort(key=lambda move: (-move[0], move[1]))
    say = measure("share").say
    return [
        f"{lab} opens {say(share)} of its releases from {month_words(start)} on, {say(usual)} "
        f"under {name}. What moves it most: {why}."
        for _, lab, share, usual, why in moves[:MOST_LABS]
    ]


def _releases(result: Result, start: int) -> Entries:
    entries: Entries = np.concatenate(result.logs)
    kept: Entries = entries[(entries["event"] == Event.RELEASE) & (entries["month"] >= start)]
    return kept


def _reason(mine: Entries, other: Entries) -> str:
    """Return in words the term that moved most in the direction of the share."""
    shift = odds(mine).mean(axis=0) - odds(other).mean(axis=0)
    more = mine["value"].mean() > other["value"].mean()
    name = TERM_NAMES[int(np.argmax(shift if more else -shift))]
    return TERM_WORDS[name]


def _governments(result: Result, base: Result, name: str) -> list[str]:
    """Return whose own reviews end noticeably tighter or looser."""
    moves = []
    for region in REGIONS:
        ours, usual = (
            float(np.nanmean(run.series("rule_stringency", region)[:, -1]))
            for run in (result, base)
        )
        if abs(ours - usual) >= LEAST_RULES:
            moves.append((-abs(ours - usual), region, ours, usual))
    return [
        f"Reviews in {REGION_LABELS[region]} end at {ours:.2f} of 1 in strictness, "
        f"{usual:.2f} under {name}."
        for _, region, ours, usual in sorted(moves)[:MOST_GOVERNMENTS]
    ]
