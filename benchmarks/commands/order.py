"""`order`: four steps of the month in every order, and what that moves."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Sequence
from itertools import permutations

import numpy as np

from sim.calendar import LAST_OBSERVED_MONTH, month_index
from sim.commands.common import count
from sim.order import ORDER, Step
from sim.outcomes import ROW
from sim.progress import shown_progress
from sim.replicate import Future

NAME, HELP = "order", "permute research, releases, hosts and prices, and report what moves"
FIRST, LAST = 2, 6  # the steps of ORDER that are permuted
NAMES = ("research", "releases", "hosts", "prices")
REPLICATES, STREAMS = 8, 1000
UNTIL = "2030-12"
WATCHED = (
    ("cn_open_share_tokens", "world"),
    ("open_share_tokens", "world"),
    ("open_release_share", "CN"),
    ("open_closed_gap_eci", "world"),
    ("price_paid_usd_per_mtok", "closed"),
    ("capacity_served", "US"),
    ("host_share", "US"),
    ("surplus_util", "world"),
)
Places = tuple[int, ...]


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    more = parser.add_argument
    more("--replicates", default=str(REPLICATES), metavar="N", help="futures of each order")
    more("--streams", default=str(STREAMS), metavar="N", help="streams in each future")
    more("--seed", default="1", metavar="N", help="which futures")
    more("--quiet", action="store_true", help="no progress")


def run(options: argparse.Namespace) -> int:
    """Run the status quo in every order, and print the orders that differ."""
    from sim import compiling
    from sim.replicate import simulate
    from sim.scenario import load_scenario

    told = dataclasses.replace(load_scenario("status_quo"), horizon=month_index(UNTIL))
    replicates, seed = count("replicates", options.replicates), count("seed", options.seed)
    streams = count("streams", options.streams)
    compiling.load_if_there()
    found: dict[Places, list[Future]] = {}
    orders = every_order()
    with shown_progress(quiet=options.quiet) as bar:
        for done, places in enumerate(orders):
            order = reordered(places)
            found[places] = [
                simulate(told, seed=seed, replicate=k, streams=streams, order=order)
                for k in range(replicates)
            ]
            bar(done + 1, len(orders))
    print(text(found))
    return 0


def every_order() -> list[Places]:
    """Return the places of the four steps in every order, that of the model first."""
    return list(permutations(range(LAST - FIRST)))


def reordered(places: Places) -> tuple[Step, ...]:
    """Return the order of the month with its four steps in other places."""
    middle = ORDER[FIRST:LAST]
    return (*ORDER[:FIRST], *(middle[k] for k in places), *ORDER[LAST:])


def text(found: dict[Places, list[Future]]) -> str:
    """Return the table: orders whose changes are the same stand in one row."""
    usual = found[every_order()[0]]
    rows: dict[tuple[float, ...], list[str]] = {}
    for places, futures in found.items():
        row = tuple(change(usual, futures, *key) for key in WATCHED)
        rows.setdefault(row, []).append(" ".join(NAMES[k] for k in places))
    letters = [chr(ord("A") + k) for k in range(len(rows))]
    heads = " " * 32 + "".join(f"{letter:>10}" for letter in letters)
    cells = [
        f"{f'{outcome} {group}':<32}" + "".join(f"{row[k]:>10.4f}" for row in rows)
        for k, (outcome, group) in enumerate(WATCHED)
    ]
    orders = [f"{k}: {'; '.join(names)}" for k, names in zip(letters, rows.values(), strict=True)]
    return "\n".join(["mean change after today, each in its unit", heads, *cells, "", *orders])


def change(usual: Sequence[Future], other: Sequence[Future], outcome: str, group: str) -> float:
    """Return the mean change of an outcome after today, over futures and months."""
    row, first = ROW[outcome, group], LAST_OBSERVED_MONTH + 1
    pairs = zip(usual, other, strict=True)
    return float(np.nanmean([b.values[row, first:] - a.values[row, first:] for a, b in pairs]))
