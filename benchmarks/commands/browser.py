"""`browser`: how long a reader waits, from letting a lever go to the numbers and charts redrawn.

A real browser moves levers by keyboard on a server of its own with an empty database. A number or
chart counts as redrawn when the page itself has changed; the time is taken in the page, from the
key or the click. A bare page is measured before and after, as a lower bound.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from sim.commands.common import count
from sim.declare import InputError, printable

NAME, HELP = "browser", "measure a moved lever in a real browser, median and 95th percentile"
BROWSER = "/usr/bin/chromium"
FUTURES, MOVES, MOST_MOVES = 64, 30, 1000


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    more = parser.add_argument
    more(
        "--moves",
        default=str(MOVES),
        metavar="N",
        help="moves, taken in turn over ten levers",
    )
    more("--futures", default=str(FUTURES), metavar="N", help="futures the page ends with")
    more("--browser", default=BROWSER, metavar="FILE", help="Chromium to drive")
    more("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> int:
    """Measure and print; a time is a time, nothing is judged."""
    futures, moves = count("replicates", options.futures), _moves(options.moves)
    if not Path(options.browser).exists():
        raise InputError(f"browser: {printable(options.browser)} does not exist")
    from benchmarks.browser.moves import measure
    from benchmarks.browser.table import document, text

    measured = measure(moves, futures, options.browser)
    print(json.dumps(document(measured), indent=2) if options.json else text(measured))
    return 0


def _moves(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if not 1 <= number <= MOST_MOVES:
        raise InputError(f"moves: {printable(text)!r}; allowed 1 to {MOST_MOVES}")
    return number
