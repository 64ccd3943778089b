"""In which order things happen in a month: the list below is the code that runs."""

from __future__ import annotations

from collections.abc import Callable

from sim import bookkeeping, developers, governing, makers, releases
from sim.world import World

Step = tuple[str, Callable[[World], None]]

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
