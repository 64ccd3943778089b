"""`compare`: scenarios on the same futures, each against the first."""

from __future__ import annotations

import argparse
from pathlib import Path

from sim.commands import common, running

NAME, HELP = "compare", "compare scenarios with the first, future by future"


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("scenario", metavar="A", help=common.SCENARIO_HELP)
    parser.add_argument("others", metavar="B", nargs="+", help="what is compared with A")
    common.add_change_options(parser)
    common.add_size_options(parser)
    running.add_running_options(parser)
    common.add_output_options(parser)


def run(options: argparse.Namespace) -> None:
    """Run the scenarios and tell how they differ."""
    scenarios = common.scenarios_named([options.scenario, *options.others], options)
    results, precise = running.run_futures(scenarios, options)
    from sim.compare import compare
    from sim.documents import compare_document, to_json
    from sim.export import write_table
    from sim.report import HEADLINES, compare_text

    told = compare(*results)
    if options.out is not None:
        write_table(Path(options.out), list(zip(told.labels, told.results, strict=True)))
    if options.json:
        print(to_json(compare_document(told, HEADLINES) | running.beside(precise)))
    elif not options.quiet:
        print(compare_text(told) + running.below(precise))
