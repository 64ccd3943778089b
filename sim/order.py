"""In which order things happen in a month: the list below is the code that runs."""

from __future__ import annotations

from collections.abc import Callable

from sim import bookkeeping, developers, governing, makers, releases, twins
from sim.world import World

Step = tuple[str, Callable[[World], None]]

MARKET = 6  # the first of the steps that machine code does in one call: sim/compiled/market.py
ORDER: tuple[Step, ...] = (
    ("scheduled policy and shocks", governing.schedule),
    ("incidents and government reviews due", governing.review),
    ("research and spillovers", makers.research),
    ("releases due: openness, licence, price", releases.release),
    ("hosts enter, access and host prices are set", governing.host_entry),
    ("labs reprice", makers.reprice),
    ("developers enter, reconsider, choose; rationing", developers.choose),
    ("peers: clearance, aversion, derivatives", developers.meet_peers),
    ("accounts and exits", bookkeeping.settle),
    ("outcomes are written down", bookkeeping.record),
)


def run_month(world: World, order: tuple[Step, ...] = ORDER) -> None:
    """Run the month's steps in their order."""
    market = twins.form("market") if order is ORDER else None
    for _, step in order if market is None else order[:MARKET]:
        step(world)
    if market is not None:
        market(world)
