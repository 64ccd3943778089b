"""`speed`, which is also what runs when no command is named: how long things take."""

from __future__ import annotations

import argparse
import sys

NAME, HELP = "speed", "time the simulator beside its lower bound, its targets and its peers"


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("--json", action="store_true", help="print JSON, one flat object")


def run(options: argparse.Namespace) -> int:
    """Time everything, in a few minutes, and print the figures."""
    from benchmarks.speed.futures import growth, in_workers, one_future
    from benchmarks.speed.kernels import kernels
    from benchmarks.speed.processes import million, starting
    from benchmarks.speed.table import FIGURES, text
    from benchmarks.speed.timing import probe_ms
    from sim import compiling
    from sim.documents import to_json

    before = probe_ms()
    found: dict[str, float | None] = dict(starting())
    compiling.load()
    ratios, missing = kernels()
    found |= ratios
    for measure in (one_future, growth, million, in_workers):
        found |= measure()
    probes = (before, probe_ms())
    ordered = {figure.key: found[figure.key] for figure in FIGURES}
    if options.json:
        print(to_json(ordered))
        missing.append(f"processor probe: {probes[0]:.2f} ms before, {probes[1]:.2f} ms after")
    else:
        print(text(ordered, probes))
    for reason in missing:
        print(reason, file=sys.stderr)
    return 0
