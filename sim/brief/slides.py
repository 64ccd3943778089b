"""What each slide of a deck says, from the frozen brief: the same on the stage and in PPTX."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.brief.deck import KINDS, Deck, DeckSlide
from sim.brief.record import Brief, Figure, Row
from sim.brief.sentences import headline, meaning, short, short_change
from sim.levers import BY_ID as LEVERS
from sim.wording import and_list, month_words

MOST_HEADLINES = 4
MOST_CHANGES = 2  # of levers told in full above a figure


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One slide, ready to be laid out.

    `lines` follow from the numbers and `text` is the presenter's own; `prompts` are what only the
    presenter sees beside the notes. `figure` is the figure drawn, if any, and `panel` which of its
    panels (None: all of them).
    """

    kind: str
    title: str
    lines: tuple[str, ...]
    text: str
    notes: str
    prompts: tuple[str, ...]
    figure: Figure | None = None
    panel: int | None = None
    lever: str = ""


def shown(deck: Deck, brief: Brief) -> tuple[Shown, ...]:
    """Return every slide of the deck."""
    return tuple(_shown(slide, deck, brief) for slide in deck.slides)


def lever_changes(brief: Brief, scenario: int) -> tuple[str, ...]:
    """Return each lever a scenario moves (0: any), its unit, from what to what and for what."""
    several = scenario == 0 and len(brief.scenarios) > 2
    return tuple(
        f"{lever.label}, {lever.unit}: {lever.values[0]} → {lever.values[at]}"
        f"{f' in {told.label}' if several else ''} ({lever.landmarks[at]})"
        for lever in brief.levers
        for at, told in enumerate(brief.scenarios)
        if lever.changed[at] and scenario in (0, at)
    )


def _levers_moved(brief: Brief, scenario: int) -> str:
    """Return which levers a scenario moves (0: any), without how far."""
    moved = [
        lever.label
        for lever in brief.levers
        if (lever.changed[scenario] if scenario else any(lever.changed))
    ]
    return f"{len(moved)} levers move: {'; '.join(moved)}."


def _shown(slide: DeckSlide, deck: Deck, brief: Brief) -> Shown:
    figure = _figure(slide, brief)
    lines, prompts = _words(slide, deck, brief, figure)
    single = slide.scenario and figure is not None and figure.kind == "levels"
    return Shown(
        kind=slide.kind,
        title=slide.title or _title(slide, deck, brief, figure),
        lines=lines,
        text=slide.text,
        notes=slide.notes,
        prompts=prompts,
        figure=figure,
        panel=slide.scenario - 1 if single else None,
        lever=slide.lever,
    )


def _figure(slide: DeckSlide, brief: Brief) -> Figure | None:
    """Return the figure a slide draws: of its outcome, or the first where that was not frozen."""
    if slide.kind == "overview":
        return next((one for one in brief.figures if one.kind == "changes"), None)
    if slide.kind not in ("guess", "reveal", "replay", "what_if"):
        return None
    levels = [one for one in brief.figures if one.kind == "levels"]
    return next((one for one in levels if one.picture == slide.picture), levels[0])


def _title(slide: DeckSlide, deck: Deck, brief: Brief, figure: Figure | None) -> str:
    if slide.kind == "question":
        return deck.question or brief.question
    if slide.kind == "reveal" and slide.scenario and figure is not None:
        change = short_change(_row(figure, brief).cells[slide.scenario])
        told = brief.scenarios[slide.scenario].label
        return f"{figure.title}, {month_words(brief.until)}: {told} {change}"
    if slide.kind == "reveal" and figure is not None:
        several = len(brief.scenarios) > 2
        return f"{figure.title}, {month_words(brief.until)}" if several else figure.finding
    if slide.kind == "overview" and figure is not None:
        return figure.finding
    if slide.kind == "guess" and figure is not None:
        return f"Your guess: {figure.title}, {month_words(brief.until)}"
    if slide.kind == "what_if":
        return f"What if: {LEVERS[slide.lever].label}"
    return KINDS[slide.kind]


def _words(
    slide: DeckSlide, deck: Deck, brief: Brief, figure: Figure | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what a slide says and what only the presenter sees."""
    told = brief.scenarios
    names = and_list([one.title for one in told[1:]])
    against = f"{names} against {told[0].title}" if names else told[0].title
    if slide.kind == "question":
        derived = against.startswith(deck.title.rstrip("…"))
        return (against,) if derived else (deck.title, against), tuple(
            f"{one.title}: {one.story}" for one in told if one.story
        )
    if slide.kind == "headlines":
        return brief.headlines[:MOST_HEADLINES], brief.reading
    if slide.kind == "guess" and figure is not None:
        focus = told[slide.scenario or min(1, len(told) - 1)].title
        asked = f"Where does it stand in {month_words(brief.until)} under {focus}?"
        return (asked, f"{meaning(figure.picture)} In {figure.subtitle}."), (figure.alt,)
    if slide.kind in ("reveal", "what_if", "replay") and figure is not None:
        said = _sentences(_row(figure, brief), slide.scenario, brief)
        if slide.kind == "reveal":
            row = _row(figure, brief)
            lines = tuple(short(row, at, told) for at in _places(row, slide.scenario))
            alone = (meaning(figure.picture),) if len(lines) == 1 else ()
            return (*lines, *alone), (*said, figure.caption)
        if slide.kind == "replay":
            changes = lever_changes(brief, slide.scenario)
            if len(changes) <= MOST_CHANGES:
                return changes, said
            return (_levers_moved(brief, slide.scenario),), (*changes, *said)
        return (LEVERS[slide.lever].meaning,), said
    if slide.kind == "overview" and figure is not None:
        return (figure.subtitle,), (figure.alt, figure.caption)
    return _listed(slide, brief)


def _listed(slide: DeckSlide, brief: Brief) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if slide.kind == "why":
        several = slide.scenario == 0 and len(brief.scenarios) > 2
        reasons = tuple(
            f"{brief.scenarios[one.scenario].label}: {one.text}" if several else one.text
            for one in brief.reasons
            if slide.scenario in (0, one.scenario)
        )
        return reasons or ("The frozen runs carry no record of decisions.",), ()
    if slide.kind == "levers":
        return lever_changes(brief, slide.scenario), brief.beyond
    if slide.kind == "doubts":
        return (*brief.reading[1:], *brief.assumptions, *brief.uncertain), brief.reading[:1]
    if slide.kind == "sources":
        return tuple(f"{one.text} {one.url}".strip() for one in brief.sources), ()
    if slide.kind == "limits":
        return brief.cannot_say, ()
    if slide.kind == "share":
        return (brief.apa,), (brief.bibtex, brief.command)
    return (), brief.reading


def _sentences(row: Row, scenario: int, brief: Brief) -> tuple[str, ...]:
    return tuple(headline(row, at, brief.scenarios, brief.until) for at in _places(row, scenario))


def _places(row: Row, scenario: int) -> Sequence[int]:
    """Return whose numbers are told: one scenario's, or those of all that are compared."""
    return (scenario,) if scenario else range(min(1, len(row.cells) - 1), len(row.cells))


def _row(figure: Figure, brief: Brief) -> Row:
    return next(row for row in brief.rows if row.picture == figure.picture)
