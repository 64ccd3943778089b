"""`dock`: whether the engine and its twin on Mesa agree in distribution; if not, status 1."""

from __future__ import annotations

import argparse

from sim.commands.common import count
from sim.declare import InputError, nearest, printable

NAME, HELP = "dock", "compare the engine's demand side with its twin on Mesa"
REPLICATES, STREAMS = 60, 2500
LEAST_REPLICATES = 8  # fewer say nothing about a spread


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    more = parser.add_argument
    more("--replicates", default=str(REPLICATES), metavar="N", help="futures of the twin")
    more("--streams", default=str(STREAMS), metavar="N", help="streams in each future of both")
    more("--seed", default="1", metavar="N", help="which futures")
    more("--workers", metavar="N", help="processes (default: as many as processors)")
    more("--plant", metavar="NAME", help="plant a mistake in the twin; `list` names them")
    more("--json", action="store_true", help="print JSON")
    more("--quiet", action="store_true", help="print nothing but the verdict")


def run(options: argparse.Namespace) -> int:
    """Run both on every case, compare, and print what came of it."""
    from benchmarks.mesa_twin.plants import PLANTS

    if options.plant == "list":
        print("\n".join(PLANTS))
        return 0
    if options.plant is not None and options.plant not in PLANTS:
        hint = nearest(options.plant, PLANTS)
        raise InputError(f"plant: {printable(options.plant)!r} is not planted anywhere{hint}")
    replicates = count("replicates", options.replicates)
    if replicates < LEAST_REPLICATES:
        raise InputError(f"replicates: {replicates}; allowed {LEAST_REPLICATES} to 10000")
    return _dock(options, replicates)


def _dock(options: argparse.Namespace, replicates: int) -> int:
    from benchmarks.docking.agreement import judge
    from benchmarks.docking.futures import Size, futures_of_both
    from benchmarks.docking.table import document, text, verdict
    from sim.documents import to_json
    from sim.progress import shown_progress

    size = Size(
        replicates=replicates,
        streams=count("streams", options.streams),
        seed=count("seed", options.seed),
        plant=options.plant,
    )
    workers = None if options.workers is None else count("workers", options.workers)
    with shown_progress(quiet=options.quiet or options.json) as bar:
        agreement = judge(futures_of_both(size, workers, bar))
    if options.json:
        print(to_json(document(agreement, size)))
    else:
        print(verdict(agreement) if options.quiet else text(agreement, size))
    return 0 if agreement.agrees else 1
