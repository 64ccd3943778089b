"""Which slides a new briefing starts with: for five minutes, for ten, or as a report to read."""

from __future__ import annotations

from collections.abc import Sequence

from sim.brief.deck import Deck, DeckSlide
from sim.brief.phrases import FIGURES
from sim.declare import unknown
from sim.settings import REPLICATES, SEED, STREAMS

TEMPLATES = {
    "five": "Five minutes: question, guess, reveal, why, limits",
    "ten": "Ten minutes: also the change step by step, a second outcome, the comparison",
    "report": "To be read: every figure, the table, the doubts",
}
_NOTES = {
    "question": "Half a minute. Say who asks, and what would be done with the answer. Say at once "
    "that this is a model: it compares, it does not forecast.",
    "guess": "One minute. Press G, ask for a number, enter it and press Enter; or draw with the "
    "pointer. Ask one person why.",
    "reveal": "One to two minutes. Say the direction first, then the size, then in how many "
    "futures. Let the room compare with its guess before you explain.",
    "replay": "One minute. Each step is one press: the status quo, the policy, the median, the "
    "range.",
    "why": "One minute. Name one lab and the reason the model gives. It is the model’s reason: a "
    "rival explanation is on the Claims page.",
    "overview": "One minute. The bars at the end are the ranges: where they cross nought, the sign "
    "is open.",
    "table": "One minute. Point at one row that got better and one that got worse.",
    "doubts": "One minute. Read the first two points aloud.",
    "limits": "Half a minute. Read all of it. What is not in the model is not thereby unimportant.",
    "share": "The code leads to the same scenarios; the run ids make the same numbers again.",
}


def deck(
    template: str,
    scenarios: Sequence[str],
    *,
    title: str,
    question: str = "",
    pictures: Sequence[str] = FIGURES,
    replicates: int = REPLICATES,
    seed: int = SEED,
    streams: int = STREAMS,
    link: str = "",
) -> Deck:
    """Return a new deck of one template; `title` may not be empty."""
    if template not in TEMPLATES:
        raise unknown("template", template, TEMPLATES)
    several = len(scenarios) > 1
    made = {"five": _five, "ten": _ten, "report": _report}[template](tuple(pictures), several)
    return Deck(
        title=title,
        question=question,
        scenarios=tuple(scenarios),
        slides=made,
        pictures=tuple(pictures),
        replicates=replicates,
        seed=seed,
        streams=streams,
        link=link,
    )


def _five(pictures: tuple[str, ...], several: bool) -> tuple[DeckSlide, ...]:
    lead, focus = pictures[0], int(several)
    return (
        _slide("question"),
        _slide("guess", lead, focus),
        _slide("reveal", lead, focus),
        *([_slide("why", scenario=focus)] if several else []),
        _slide("limits"),
        _slide("share"),
    )


def _ten(pictures: tuple[str, ...], several: bool) -> tuple[DeckSlide, ...]:
    lead, focus = pictures[0], int(several)
    second = pictures[1] if len(pictures) > 1 else lead
    compared = [
        _slide("replay", lead, focus),
        _slide("why", scenario=focus),
    ]
    return (
        _slide("question"),
        _slide("guess", lead, focus),
        _slide("reveal", lead, focus),
        *(compared if several else []),
        *([_slide("reveal", second, focus)] if second != lead else []),
        *([_slide("overview")] if several else []),
        _slide("table"),
        _slide("doubts"),
        _slide("limits"),
        _slide("share"),
    )


def _report(pictures: tuple[str, ...], several: bool) -> tuple[DeckSlide, ...]:
    compared = [_slide("overview"), _slide("table"), _slide("levers"), _slide("why")]
    return (
        _slide("question"),
        _slide("headlines"),
        *(_slide("reveal", name) for name in pictures),
        *(compared if several else [_slide("table")]),
        _slide("doubts"),
        _slide("limits"),
        _slide("share"),
    )


def _slide(kind: str, picture: str = "", scenario: int = 0) -> DeckSlide:
    return DeckSlide(kind=kind, picture=picture, scenario=scenario, notes=_NOTES.get(kind, ""))
