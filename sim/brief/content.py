"""Turns a comparison into a brief: the same runs always give the same words and numbers.

One result alone is told by itself. Which outcomes are drawn is the caller's choice or the usual
three; the first of them leads, and its differences from the first scenario are drawn as well.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.brief import citation, doubts, paths, sentences
from sim.brief.fields import (
    MAX_QUESTION,
    MAX_TITLE,
    MOST_SCENARIOS,
    check_date,
    check_link,
    one_line,
)
from sim.brief.likelihood import EXPLAINED
from sim.brief.phrases import FIGURES, ROWS, chosen, pictured
from sim.brief.policies import beyond_evidence, lever_rows
from sim.brief.reasons import reasons
from sim.brief.record import Brief, Figure, Row, Settings, Told
from sim.brief.rows import row
from sim.brief.sources import sources
from sim.compare import Comparison
from sim.declare import InputError
from sim.pictures import Picture
from sim.result import Result
from sim.version import MODEL_VERSION
from sim.wording import and_list

LONGEST_LABEL, MOST_HEADLINES = 24, 6


def brief_of(
    comparison: Comparison,
    *,
    date: str,
    title: str = "",
    question: str = "",
    pictures: Sequence[str] = FIGURES,
    link: str = "",
) -> Brief:
    """Return the brief of one to six results; `date` is "YYYY-MM-DD" and stands on every export.

    Without a title or a question, both are made from the scenarios' titles. InputError if a field
    is not allowed.
    """
    results = comparison.results
    if not 1 <= len(results) <= MOST_SCENARIOS:
        raise InputError(f"scenarios: {len(results)} given; allowed 1 to {MOST_SCENARIOS}")
    shown = chosen(tuple(pictures))
    date, link = check_date(date), check_link(link)
    scenarios, settings = _told(comparison), _settings(results[0])
    title = one_line("title", title, MAX_TITLE) or _title(scenarios)
    question = one_line("question", question, MAX_QUESTION) or _question(scenarios)
    drawn = [row(picture, comparison) for picture in shown]
    levers = lever_rows(comparison)
    rows = (*drawn, *(row(p, comparison) for p in map(pictured, ROWS) if p not in shown))
    cited = (title, date, MODEL_VERSION, scenarios, link)
    return Brief(
        title=title,
        question=question,
        date=date,
        version=MODEL_VERSION,
        link=link,
        settings=settings,
        scenarios=scenarios,
        headlines=_headlines(rows, scenarios, settings.months - 1),
        rows=rows,
        figures=_figures(shown, drawn, comparison, scenarios, settings),
        levers=levers,
        beyond=beyond_evidence(comparison),
        assumptions=doubts.assumptions(comparison),
        reasons=reasons(comparison, scenarios),
        uncertain=doubts.uncertain(rows, scenarios, settings),
        cannot_say=doubts.bullets("cannot_say"),
        reading=_reading(rows, len(scenarios) > 1),
        sources=sources(levers, shown),
        command=citation.command(scenarios, settings),
        apa=citation.apa(*cited),
        bibtex=citation.bibtex(*cited),
    )


def _told(comparison: Comparison) -> tuple[Told, ...]:
    told: list[Told] = []
    for name, result in zip(comparison.labels, comparison.results, strict=True):
        scenario = result.scenario
        title, label = scenario.title, _short(scenario.title)
        same = sum(other.title.startswith(title) for other in told)
        told.append(
            Told(
                name=name,
                title=f"{title} ({same + 1})" if same else title,
                label=f"{label} ({same + 1})" if same else label,
                story=scenario.story.replace("\n", " "),
                run_id=result.run_id,
                start=min((s.start for s in scenario.changed_levers().values()), default=None),
            )
        )
    return tuple(told)


def _short(title: str) -> str:
    if len(title) > LONGEST_LABEL:
        title = title.partition(",")[0]
    return title if len(title) <= LONGEST_LABEL else f"{title[: LONGEST_LABEL - 1].rstrip()}…"


def _settings(result: Result) -> Settings:
    return Settings(
        replicates=result.replicates,
        streams=result.streams,
        seed=result.seed,
        months=len(result.months),
        supply=result.scenario.supply,
    )


def _title(scenarios: Sequence[Told]) -> str:
    if len(scenarios) == 1:
        return scenarios[0].title[:MAX_TITLE]
    others = and_list([told.title for told in scenarios[1:]])
    return _cut(f"{others} against {scenarios[0].title}", MAX_TITLE)


def _question(scenarios: Sequence[Told]) -> str:
    if len(scenarios) == 1:
        return f"What follows, in the model, from {scenarios[0].title}?"[:MAX_QUESTION]
    others = and_list([told.title for told in scenarios[1:]])
    asked = f"What would {others} change, compared with {scenarios[0].title}?"
    return _cut(asked, MAX_QUESTION)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def _headlines(rows: Sequence[Row], scenarios: Sequence[Told], until: int) -> tuple[str, ...]:
    """Return the first outcome for every scenario, then what is likely of the others."""
    compared = range(1, len(scenarios)) if len(scenarios) > 1 else range(1)
    lead = [sentences.headline(rows[0], at, scenarios, until) for at in compared]
    others = [
        sentences.headline(row, at, scenarios, until)
        for row in rows[1:]
        for at in compared
        if (change := row.cells[at].change) is None or change.direction in ("higher", "lower")
    ]
    return tuple([*lead, *others][: max(MOST_HEADLINES, len(lead))])


def _reading(rows: Sequence[Row], several: bool) -> tuple[str, ...]:
    """Return how to read the numbers: bands, calibrated words, the scale of capability."""
    scaled = (sentences.CAPABILITY,) if any(row.unit == "ECI" for row in rows) else ()
    return (sentences.BANDS, *((EXPLAINED,) if several else ()), *scaled)


def _figures(
    shown: Sequence[Picture],
    drawn: Sequence[Row],
    comparison: Comparison,
    scenarios: Sequence[Told],
    settings: Settings,
) -> tuple[Figure, ...]:
    made = [
        paths.levels(number, picture, one, comparison, scenarios, settings)
        for number, (picture, one) in enumerate(zip(shown, drawn, strict=True), start=1)
    ]
    if len(scenarios) > 1:
        lead = paths.changes(len(made) + 1, shown[0], drawn[0], comparison, scenarios, settings)
        made.append(lead)
    return tuple(made)
