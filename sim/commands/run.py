"""`run`: one scenario, its headline outcomes, and every future as a table if asked."""

from __future__ import annotations

import argparse
from pathlib import Path

from sim.commands import common, running

NAME, HELP = "run", "run one scenario"


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("scenario", metavar="SCENARIO", help=common.SCENARIO_HELP)
    common.add_change_options(parser)
    common.add_size_options(parser)
    running.add_running_options(parser)
    common.add_output_options(parser)
    keep = "keep the run, so that `open` knows its id and its numbers"
    parser.add_argument("--keep", action="store_true", help=keep)


def run(options: argparse.Namespace) -> None:
    """Run the scenario and tell what came of it."""
    scenario = common.changed(common.find_scenario(options.scenario), options)
    (result,), precise = running.run_futures([scenario], options)
    from sim import links
    from sim.documents import run_document, to_json
    from sim.export import write_table
    from sim.report import run_text

    if options.out is not None:
        write_table(Path(options.out), [(scenario.name, result)])
    if options.keep:
        from sim.store import Store

        Store().runs.keep(result)
    if options.json:
        print(to_json(run_document(result) | running.beside(precise)))
    elif not options.quiet:
        print(run_text(result) + running.below(precise))
        if options.keep:
            told = links.query(links.of_run(result))
            print(f"\nKept. Make it again anywhere with: python -m sim open '?{told}'")
