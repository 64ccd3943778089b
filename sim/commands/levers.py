"""`levers`: every lever with unit, range, default, landmarks and source."""

from __future__ import annotations

import argparse

NAME, HELP = "levers", "list every lever"


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> None:
    """Print every lever."""
    from sim.documents import levers_document, to_json
    from sim.report import levers_text

    print(to_json(levers_document()) if options.json else levers_text())
