"""`open`: make a run again from its id or a link, and say whether it is byte-equal."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from sim.commands import common
from sim.progress import shown_progress

NAME, HELP = "open", "reproduce a run and say whether it is byte-equal"


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "what", metavar="RUN_ID_OR_LINK", help="fc-... of a kept run, or a link in quotes"
    )
    parser.add_argument("--workers", metavar="N", help="processes (default: as many as pay)")
    common.add_output_options(parser)


def run(options: argparse.Namespace) -> None:
    """Run again what is asked for and tell how it compares."""
    if options.out is not None:
        from sim.export import check_out

        check_out(Path(options.out))
    workers = None if options.workers is None else common.count("workers", options.workers)
    from sim import ensemble
    from sim.documents import run_document, to_json
    from sim.export import write_table
    from sim.reopen import asked, verdict, verdict_document, verdict_text
    from sim.report import run_text

    what = asked(options.what)
    with shown_progress(quiet=options.quiet) as bar:
        result = ensemble.run(what.scenario, **asdict(what.size), workers=workers, progress=bar)
    told = verdict(what, result)
    if options.out is not None:
        write_table(Path(options.out), [(what.scenario.name, result)])
    if options.json:
        print(to_json(run_document(result) | {"reproduced": verdict_document(told)}))
    elif not options.quiet:
        print(f"{run_text(result)}\n\n{verdict_text(told)}")
