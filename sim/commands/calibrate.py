"""`calibrate`: fit the record, or made-up records whose truth is known."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import studies
from sim.commands import common
from sim.declare import InputError, printable
from sim.progress import shown_progress
from sim.report import table
from sim.settings import check_workers

if TYPE_CHECKING:
    from sim.calibration.posterior import Plan

NAME, HELP = "calibrate", "fit the assumptions to the record (minutes to hours)"


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    add = parser.add_argument
    add("--synthetic", action="store_true", help="fit made-up records whose truth is known")
    add("--work", metavar="FOLDER", help="where finished trials are kept, to go on after a stop")
    add("--out", metavar="FILE", help="where the sets go (default: sim/data/posterior.csv)")
    add("--seed", metavar="N", help="which trials (default: those of the shipped posterior)")
    add("--first", metavar="N", help="trials of the first wave")
    add("--later", metavar="N", help="trials of each later wave")
    add("--candidates", metavar="N", help="candidates for the posterior")
    add("--workers", metavar="N", help="processes (default: one a processor)")
    parser.add_argument("--keep", action="store_true", help=f"of --synthetic: {studies.KEEP}")
    common.add_output_options(parser, table=False)


def run(options: argparse.Namespace) -> None:
    """Calibrate, and tell what came of it."""
    try:
        import emcee  # noqa: F401
        import sklearn  # noqa: F401
    except ImportError as error:
        raise InputError(
            f"calibrate needs {error.name}: pip install -r requirements-calibrate.txt"
        ) from None
    from sim.calibration import posterior, recovery
    from sim.calibration.bank import run_bank
    from sim.calibration.matching import wanted
    from sim.calibration.prior import design
    from sim.observation import fit_targets
    from sim.twins import code_folder
    from sim.worlds import POSTERIOR

    plan = _plan(options)
    folder = Path(options.work) if options.work else code_folder().parent / "calibration"
    workers = check_workers(
        None if options.workers is None else common.count("workers", options.workers)
    )

    def say(line: str) -> None:
        if not options.quiet:
            print(line, file=sys.stderr, flush=True)

    with shown_progress(quiet=options.quiet) as bar:
        if options.synthetic:
            record = wanted(fit_targets())
            _, emulator = posterior.explore(plan, record, folder, workers, say, bar)
            truths = design(recovery.RECORDS, plan.seed + 50)
            shown = run_bank(truths, plan.seed + 50_000_000, folder, workers, bar)
            told = recovery.recover(truths, shown, emulator, record, plan.seed, say)
            if options.keep:
                studies.keep("recovery", told, "python -m sim calibrate --synthetic --keep")
        else:
            out = Path(options.out) if options.out else POSTERIOR
            told = posterior.calibrate(plan, folder, workers, say, bar, out)
    print(json.dumps(told, indent=1) if options.json else _text(told))


def _plan(options: argparse.Namespace) -> Plan:
    """Return how much is run, with what the options say."""
    from sim.calibration.posterior import Plan

    said = {
        name: _whole(name, getattr(options, name))
        for name in ("first", "later", "candidates", "seed")
        if getattr(options, name) is not None
    }
    return Plan(**said)


def _whole(name: str, text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 10**9:
        raise InputError(f"{name}: {printable(text)!r}; allowed whole numbers from 1")
    return int(text)


def _text(told: dict[str, Any]) -> str:
    """Return the table of assumptions: how much the record narrows each."""
    if "assumptions" in told:
        rows = [["assumption", "width over prior", "truth covered", "identified"]]
        for name, item in told["assumptions"].items():
            covered = f"{100 * item['covered']:.0f} %"
            yes = "yes" if item["identified"] else "no"
            rows.append([name, f"{item['width']:.2f}", covered, yes])
        pairs = [f"{r['one']} and {r['other']}: {r['correlation']:+.2f}" for r in told["ridges"]]
        return "\n".join([*table(rows), "", "Trade off:", *(pairs or ["none"])])
    rows = [["assumption", "median", "5 %", "95 %", "width over prior"]]
    for name, item in told["free"].items():
        cells = [f"{item[key]:.2f}" for key in ("median", "low", "high", "width")]
        rows.append([name, *cells])
    size = f"{told['sets']} sets, effective sample {told['effective_sample_size']:.0f}"
    return "\n".join([size, "in quantiles of the prior:", *table(rows)])
