"""`brief`: one scenario against the status quo, or several, as a file to hand on or to present."""

from __future__ import annotations

import argparse
import dataclasses
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sim.brief.exports import check_kinds, check_out
from sim.brief.fields import (
    MAX_QUESTION,
    MAX_TITLE,
    MOST_SCENARIOS,
    check_date,
    check_link,
    one_line,
)
from sim.brief.phrases import FIGURES, chosen
from sim.commands import common, running
from sim.compare import Comparison, compare
from sim.declare import InputError, printable
from sim.progress import shown_progress
from sim.scenario import Scenario, in_world_of, load_scenario

NAME, HELP = "brief", "write a brief of scenarios: slides, paper, page, numbers"
BASELINE = "status_quo"


@dataclass(frozen=True)
class Wanted:
    """What the caller says of the brief; fields as in `brief_of`."""

    date: str
    title: str
    question: str
    pictures: tuple[str, ...]
    link: str


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    add = parser.add_argument
    add("scenario", metavar="A", help=common.SCENARIO_HELP)
    add("others", metavar="B", nargs="*", help="what is compared with A; without it, A is")
    add(
        "--out",
        metavar="PATH",
        required=True,
        help="brief.pptx, .pdf, .docx, .html, .csv or .parquet; with --format, a folder",
    )
    add("--format", metavar="all|pptx,pdf,...", help="formats to fill the folder with")
    add("--title", default="", metavar="TEXT", help="title (default: the scenarios' titles)")
    add("--question", default="", metavar="TEXT", help="the question it answers")
    add("--template", default="report", metavar="NAME", help="slides: report, five or ten")
    add("--pictures", default="", metavar="OUTCOME.GROUP,...", help="one to four outcomes drawn")
    add("--link", default="", metavar="URL", help="where the scenarios can be opened")
    add("--date", metavar="YYYY-MM-DD", help="date on every page (default: today)")
    common.add_change_options(parser)
    common.add_size_options(parser)
    add("--no-cache", action="store_true", help="neither use nor keep runs on disk")
    add("--quiet", action="store_true", help="print nothing but errors")


def run(options: argparse.Namespace) -> None:
    """Run the scenarios, write the brief and say where."""
    path = Path(options.out)
    wanted = _checked(path, options)
    named = common.scenarios_named([options.scenario, *options.others], options)
    scenarios = _against_the_status_quo(named)
    names = [scenario.name for scenario in scenarios]
    sizes = common.sizes(argparse.Namespace(**{**vars(options), "out": None}))
    from sim.brief.content import brief_of
    from sim.brief.exports import write_all, write_brief
    from sim.brief.templates import deck

    slides = deck(options.template, names, title="?", pictures=wanted.pictures)
    told = _run(scenarios, sizes, options)
    brief = brief_of(told, **dataclasses.asdict(wanted))
    slides = dataclasses.replace(slides, title=brief.title, question=brief.question)
    if options.format is None:
        write_brief(path, brief, slides)
        written = [path]
    else:
        written = write_all(path, brief, slides, check_kinds(options.format))
    if not options.quiet:
        print("\n".join([*brief.headlines, "", *(f"written {printable(p, 200)}" for p in written)]))


def _checked(path: Path, options: argparse.Namespace) -> Wanted:
    """Return what the brief is to say, checked before the run rather than after it."""
    check_out(path, None if options.format is None else check_kinds(options.format))
    pictures = tuple(options.pictures.split(",")) if options.pictures else FIGURES
    return Wanted(
        date=check_date(options.date or f"{datetime.now(UTC):%Y-%m-%d}"),
        title=one_line("title", options.title, MAX_TITLE),
        question=one_line("question", options.question, MAX_QUESTION),
        pictures=tuple(shown.id for shown in chosen(pictures)),
        link=check_link(options.link),
    )


def _run(scenarios: list[Scenario], sizes: common.Sizes, options: argparse.Namespace) -> Comparison:
    from sim.ensemble import run_all

    with shown_progress(quiet=options.quiet) as bar:
        kept = running.run_cache(options)
        results = run_all(scenarios, **sizes, progress=bar, cache=kept)
    return compare(*results) if len(results) > 1 else Comparison(results)


def _against_the_status_quo(scenarios: list[Scenario]) -> list[Scenario]:
    """Return one scenario with the status quo of its own world before it; several as they are."""
    if len(scenarios) > MOST_SCENARIOS:
        raise InputError(f"scenarios: {len(scenarios)} given; allowed 1 to {MOST_SCENARIOS}")
    only = scenarios[0]
    if len(scenarios) > 1 or not only.changed_levers():
        return scenarios
    return [in_world_of(load_scenario(BASELINE), only), only]
