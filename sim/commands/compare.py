"""`compare`: scenarios on the same futures, each against the first."""

from __future__ import annotations

import argparse
from pathlib import Path

from sim.commands import common
from sim.progress import shown_progress

NAME, HELP = "compare", "compare scenarios with the first, future by future"


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("scenario", metavar="A", help=common.SCENARIO_HELP)
    parser.add_argument("others", metavar="B", nargs="+", help="what is compared with A")
    common.add_change_options(parser)
    common.add_size_options(parser)
    common.add_output_options(parser)


def run(options: argparse.Namespace) -> None:
    """Run the scenarios and tell how they differ."""
    scenarios = common.scenarios_named([options.scenario, *options.others], options)
    sizes = common.sizes(options)
    from sim.compare import compare_scenarios
    from sim.documents import compare_document, to_json
    from sim.export import write_table
    from sim.report import compare_text

    with shown_progress(quiet=options.quiet) as bar:
        told = compare_scenarios(scenarios, **sizes, progress=bar)
    if options.out is not None:
        write_table(Path(options.out), list(zip(told.labels, told.results, strict=True)))
    if options.json:
        print(to_json(compare_document(told)))
    elif not options.quiet:
        print(compare_text(told))
