"""In which order things happen in a month: the list below is the code that runs.

Policy is read where it acts, from the levers' paths, so scheduled policy is in force before
anything else happens in its month.
"""

from __future__ import annotations

from collections.abc import Callable

from sim import bookkeeping, developers, makers
from sim.world import World

Step = tuple[str, Callable[[World], None]]

ORDER: tuple[Step, ...] = (
    ("research and spillovers", makers.research),
    ("releases due: openness, licence, price", makers.release),
    ("hosts enter, prices are set", makers.open_market),
    ("developers enter, reconsider, choose", developers.choose),
    ("peers: clearance, aversion, derivatives", developers.meet_peers),
    ("accounts", bookkeeping.record),
)
