"""What compiled code keeps of a world between months, handed over once and then by reference.

To check and unpack an array takes compiled code half a microsecond, and a month has some two
hundred. So the arrays of a world, which all change in place, go into one record that numba refers
to; only what is new each month is passed each month.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import types as numba_types
from numba.experimental import structref as numba_structref

from sim.assumptions.developers import DeveloperParameters
from sim.assumptions.labs import LabParameters
from sim.assumptions.market import MarketParameters
from sim.assumptions.release import ReleaseParameters
from sim.assumptions.trust import TrustParameters
from sim.compiled.jit import compiled
from sim.crowd import Crowd, Held
from sim.developers import observed_heirs, observed_stock
from sim.labs import Labs
from sim.ledger import Ledger
from sim.mechanisms import On
from sim.offers import Stock
from sim.population import Codes
from sim.shelf import Line, Shelf, empty_shelf
from sim.world import World

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class Streams(NamedTuple):
    """What a month reads and changes of the streams: see Crowd, Held, Population and Trust. `queue`
    holds the streams as makers short of chips serve them."""

    crowd: Crowd
    held: Held
    volume: Floats
    place: Codes
    task: Codes
    peers: npt.NDArray[np.int32]
    floor: Floats
    pace: Floats
    newcomer: Bools
    queue: npt.NDArray[np.int32]


class Numbers(NamedTuple):
    """The assumptions that a month reads."""

    developers: DeveloperParameters
    market: MarketParameters
    trust: TrustParameters
    labs: LabParameters
    release: ReleaseParameters
    jailbreak_gap: float
    exposure_scale: float


types: Any = numba_types  # these ship no types
structref: Any = numba_structref


def _by_reference(name: str, fields: str) -> Any:
    """Return a record type that compiled code passes by reference, to be called in compiled code.

    Its fields may be anything; machine code on disk finds it under its name in this module.
    """

    def plain_fields(_: Any, found: Any) -> Any:
        return tuple((field, types.unliteral(kind)) for field, kind in found)

    place = {"__module__": __name__}
    kind = type(f"{name}Type", (types.StructRef,), place | {"preprocess_fields": plain_fields})
    record = type(name, (structref.StructRefProxy,), place)
    globals()[kind.__name__] = kind
    structref.register(kind)
    structref.define_boxing(kind, record)
    structref.define_constructor(record, kind, fields.split())
    return record


# All that lasts as long as the world; what is on record in a month; what labs have on the shelf.
State = _by_reference(
    "State",
    "labs streams p on dice fixed derivatives frontiers book releases benchmarked peers_start "
    "needed derived used_eci",
)
Listing = _by_reference("Listing", "stock heirs")
Stand = _by_reference("Stand", "line shelf")


@compiled
def _state(
    labs: Labs,
    streams: Streams,
    p: Numbers,
    on: On,
    dice: np.uint64,
    fixed: Floats,
    derivatives: Floats,
    frontiers: Floats,
    book: Ledger,
    releases: Floats,
    benchmarked: Floats,
    peers_start: Floats,
    needed: Floats,
    derived: Floats,
    used_eci: Floats,
) -> Any:
    return State(
        labs, streams, p, on, dice, fixed, derivatives, frontiers, book, releases, benchmarked,
        peers_start, needed, derived, used_eci,
    )  # fmt: skip


@compiled
def _listing(stock: Stock, heirs: Ints) -> Any:
    return Listing(stock, heirs)


@compiled
def _stand(line: Line, shelf: Shelf) -> Any:
    return Stand(line, shelf)


def state_of(world: World) -> Any:
    """Return the arrays of a world that last, taken at its first month."""
    if world.state is None:
        who, trust, p = world.who, world.trust, world.numbers
        world.state = _state(
            world.labs,
            Streams(
                world.crowd,
                world.use.held,
                who.volume_mtok,
                who.place,
                who.task,
                who.peers,
                trust.floor,
                trust.pace,
                world.newcomer,
                np.argsort(world.queue_rank, kind="stable").astype(np.int32),
            ),
            Numbers(
                p.developers,
                p.market,
                p.trust,
                p.labs,
                p.release,
                p.state.jailbreak_gap_eci,
                world.exposure_scale,
            ),
            world.on,
            np.uint64(world.dice.base),
            world.fixed_costs,
            world.derivatives,
            world.frontiers,
            world.ledger,
            world.releases,
            world.benchmarked,
            world.peers_start,
            world.needed_chips,
            world.derived,
            world.used_eci,
        )
    return world.state


def stand_of(world: World) -> Any:
    """Return what labs have on the shelf; in months on record it is empty."""
    if world.observed:
        return _empty()[1]
    if world.stand is None:
        assert world.line is not None
        assert world.shelf is not None
        world.stand = _stand(world.line, world.shelf)
    return world.stand


def listing_of(world: World) -> Any:
    """Return what is on sale in a month on record; nothing in others."""
    if not world.observed:
        return _empty()[0]
    p = world.numbers.market
    return _listed(world.month, p.open_list_over_cost, p.chip_cost_share, p.cost_decline)


@lru_cache(maxsize=256)
def _listed(month: int, list_over_cost: float, chip_share: float, decline: float) -> Any:
    stock = observed_stock(month, list_over_cost, chip_share, decline)
    return _listing(stock, observed_heirs(month))


@cache
def _empty() -> tuple[Any, Any]:
    listed = observed_stock(0, 1.0, 1.0, 0.0)
    stock = Stock._make(part[:0].copy() for part in listed)
    products = np.zeros(0, np.int64)
    floats, bools = np.zeros(0), np.zeros(0, np.bool_)
    line = Line(
        products, products, floats, floats, bools, floats, floats, floats, bools, bools, floats,
        floats, floats, np.zeros(0, np.uint64),
    )  # fmt: skip
    return _listing(stock, np.full((2, 1), -1)), _stand(line, empty_shelf(line))
