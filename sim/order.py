"""In which order things happen in a month: the list below is the code that runs."""

from __future__ import annotations

from collections.abc import Callable

from sim import bookkeeping, developers, governing, makers, releases, twins
from sim.world import World

Step = tuple[str, Callable[[World], None]]

MAKERS, MARKET = 2, 6  # first of the steps that machine code does together: see sim/compiled
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
    labs_month, market_month = twins.form("makers"), twins.form("market")
    if labs_month is None or market_month is None or order is not ORDER:
        for _, step in order:
            step(world)
        return
    for _, step in order[:MAKERS]:
        step(world)
    if world.labs_decide:
        labs_month(world)
    else:
        for _, step in order[MAKERS:MARKET]:
            step(world)
    market_month(world)
