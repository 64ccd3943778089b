"""By which rules numbers become sentences: headlines, findings, captions, text alternatives.

A sentence says "in the model", the level with its range, the change and in how many futures it
holds. Where fewer than 66 of 100 futures agree on the sign, it says that either may happen.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.brief.phrases import pictured
from sim.brief.record import Cell, Change, Path, Row, Settings, Told
from sim.calendar import LAST_OBSERVED_MONTH
from sim.wording import and_list, month_words

_VERBS = {"higher": "raises", "lower": "lowers", "still": "mostly leaves unchanged"}
BANDS = (
    "A future is one run of the model with its own luck. The median has half of the futures on "
    "each side; 90 of 100 futures lie in the range given."
)
CAPABILITY = (
    "ECI points are those of the Epoch Capabilities Index: GPT-4 of March 2023 has about 126, and "
    "the frontier gains roughly 12 a year."
)


def meaning(picture: str) -> str:
    """Return what an outcome is, in one sentence that explains its name."""
    return pictured(picture).outcome.meaning


def named(scenarios: Sequence[Told], at: int) -> str:
    """Return what a scenario is called within a sentence: its title up to a comma, if that tells it
    from the others, so that "Status quo, November 2026" does not date the number beside it."""
    short = [told.title.partition(",")[0] for told in scenarios]
    return short[at] if short.count(short[at]) == 1 else scenarios[at].title


def headline(row: Row, at: int, scenarios: Sequence[Told], until: int) -> str:
    """Return one outcome of one scenario as a sentence or two."""
    cell, base = row.cells[at], row.cells[0]
    month, change = month_words(until), cell.change
    if change is None or change.direction == "unknown":
        return (
            f"In the model, {row.phrase} is {cell.level.words} in {month} under "
            f"{named(scenarios, at)} (90 of 100 futures: {cell.level.range})."
        )
    if change.direction == "same":
        return (
            f"In the model, {named(scenarios, at)} changes nothing about {row.phrase}: it is "
            f"{cell.level.words} in {month} (90 of 100 futures: {cell.level.range}) with and "
            f"without it, in every future."
        )
    verb = _VERBS.get(change.direction, "may raise or lower")
    return (
        f"In the model, {named(scenarios, at)} {verb} {row.phrase}: {cell.level.words} in {month} "
        f"(90 of 100 futures: {cell.level.range}), against {base.level.words} under "
        f"{named(scenarios, 0)}. {told_change(change)}"
    )


def told_change(change: Change) -> str:
    """Return how sure a change is and how large, as a sentence."""
    size = f"the median change is {change.words} ({change.range})"
    return f"{_capital(change.likely)}: {change.sure}; {size}."


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]


def short(row: Row, at: int, scenarios: Sequence[Told]) -> str:
    """Return one outcome of one scenario in one line: level, change, how sure."""
    cell = row.cells[at]
    level = f"{scenarios[at].label}: {cell.level.words} ({cell.level.range})"
    change = cell.change
    if change is None or change.direction in ("same", "unknown"):
        return f"{level}, {change.sure}" if change is not None else level
    return f"{level}, {change.words} ({change.range}). {_capital(change.likely)}: {change.sure}."


def finding(row: Row, scenarios: Sequence[Told], until: int) -> str:
    """Return what a figure of levels shows, as its heading."""
    month = month_words(until)
    if len(row.cells) == 1:
        return f"{row.title}: {row.cells[0].level.words} in {month}"
    return f"{row.title}, {month}: {and_list(_ends(row, scenarios))}"


def _ends(row: Row, scenarios: Sequence[Told]) -> list[str]:
    return [
        f"{told.label} {short_change(cell)}"
        for told, cell in zip(scenarios[1:], row.cells[1:], strict=True)
    ]


def short_change(cell: Cell) -> str:
    """Return a change in a word or two: "−18 points", "no change", "either way"."""
    change = cell.change
    if change is None:
        return cell.level.words
    words = {
        "same": "no change",
        "still": "mostly no change",
        "either": "either way",
        "unknown": "not available",
    }
    return words.get(change.direction, change.words)


def caption(number: int, row: Row, scenarios: Sequence[Told], settings: Settings) -> str:
    """Return what a figure of levels is, and how to read it."""
    what = f"{row.title}, {row.subtitle}. {meaning(row.picture)}"
    return f"Figure {number}. {what} {level_key(scenarios, settings)}"


def level_key(scenarios: Sequence[Told], settings: Settings) -> str:
    """Return how the lines, bands and rules of figures of levels are to be read."""
    base = f" Thin line: median of {named(scenarios, 0)}." if len(scenarios) > 1 else ""
    return (
        f"Thick line: median of {settings.replicates} futures; darker band: half of them; lighter "
        f"band: 90 of 100.{base}{_rules(scenarios)}"
    )


def change_caption(number: int, row: Row, scenarios: Sequence[Told], settings: Settings) -> str:
    """Return what the figure of differences is, and how to read it."""
    return (
        f"Figure {number}. Difference from {named(scenarios, 0)}, future by future: {row.title}, "
        f"{row.subtitle}. Lines: medians of {settings.replicates} paired futures. Bars at the end: "
        f"where 90 of 100 futures lie in {month_words(settings.months - 1)}, the thick part half "
        f"of them.{_rules(scenarios)}"
    )


def _rules(scenarios: Sequence[Told]) -> str:
    """Return what the upright rules are."""
    today = f" Dotted rule: today ({month_words(LAST_OBSERVED_MONTH)})"
    starts = {told.start for told in scenarios[1:] if told.start is not None}
    if not starts:
        return f"{today}."
    first = month_words(min(starts))
    return f"{today}; dashed rule: policy starts{f' ({first})' if len(starts) == 1 else ''}."


def alternative(row: Row, paths: Sequence[Path], scenarios: Sequence[Told], until: int) -> str:
    """Return what a figure of levels says, for those who do not see it."""
    ends = [
        f"{named(scenarios, path.scenario)}: median {row.cells[path.scenario].level.words}, 90 of "
        f"100 futures {row.cells[path.scenario].level.range}"
        for path in paths
    ]
    base = f"; {named(scenarios, 0)}: {row.cells[0].level.words}" if len(scenarios) > 1 else ""
    return f"{row.title}, {row.subtitle}, in {month_words(until)}. {'; '.join(ends)}{base}."


def change_alternative(row: Row, scenarios: Sequence[Told], until: int) -> str:
    """Return what the figure of differences says, for those who do not see it."""
    ends = [
        f"{named(scenarios, at)}: {cell.change.words} ({cell.change.range}), {cell.change.sure}"
        for at, cell in enumerate(row.cells)
        if cell.change is not None
    ]
    where = f"Difference from {named(scenarios, 0)} in {month_words(until)}"
    return f"{where}: {row.title}, {row.subtitle}. {'; '.join(ends)}."
