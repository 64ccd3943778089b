"""Who demands: streams, each one developer-task pair with a volume, and what never changes of them.

Stream i is a function of i alone: its place in the table of region x segment x task comes from the
golden-ratio sequence, which fills the table evenly from any beginning; within its cell, its volume
and price taste come from a two-dimensional additive sequence with a random shift for each cell
and replicate. So no share hangs on a few heavy streams, and a larger population contains the
smaller one. Volumes are scaled so that each cell has its share of the world's volume exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sim.arithmetic import exp, log
from sim.assumptions.developers import DeveloperParameters
from sim.assumptions.market import MarketParameters
from sim.assumptions.trust import TrustParameters
from sim.chance import Dice, Purpose, normal_quantile
from sim.outcomes import REGIONS

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int8]  # numbers of kinds of streams: a byte each, for there may be millions

SEGMENTS = ("startup", "enterprise", "public", "self_hoster")
STARTUP, ENTERPRISE, PUBLIC, SELF_HOSTER = range(4)
US, CN, EU, ALIGNED, NONALIGNED = range(5)
PEERS = 12
PEERS_AT_HOME = 0.7


@dataclass(frozen=True)
class Task:
    """A kind of work. `threshold_eci` is the capability wanted in 2023-01.

    `drift` names the parameter by which the wanted capability rises; `mix` is the share of each
    segment's volume (start-up, enterprise, public, self-hoster). Assumptions of this model, set
    from router task mixes and enterprise surveys; see docs/ODD.md.
    """

    id: str
    label: str
    threshold_eci: float
    drift: str
    mix: tuple[float, float, float, float]


TASKS = (
    Task("coding_agent", "Coding agents", 121.0, "frontier", (0.45, 0.25, 0.10, 0.20)),
    Task("hard_reasoning", "Hard reasoning", 124.0, "frontier", (0.10, 0.10, 0.10, 0.05)),
    Task("general_enterprise", "General office work", 115.0, "general", (0.10, 0.40, 0.50, 0.10)),
    Task("bulk", "Bulk and extraction", 108.0, "none", (0.15, 0.15, 0.15, 0.30)),
    Task("chat", "Chat", 111.0, "general", (0.18, 0.10, 0.15, 0.15)),
    Task("edge", "On device", 101.0, "none", (0.02, 0.00, 0.00, 0.20)),
)

# Share of streams, and of world volume, by segment; share of both by region. Estimates: API spend
# is mostly enterprise (F108), China's is a quarter of demand outside its closed consumer apps.
SEGMENT_STREAMS = (0.42, 0.34, 0.10, 0.14)
SEGMENT_VOLUME = (0.30, 0.50, 0.08, 0.12)
REGION_VOLUME = (0.42, 0.20, 0.16, 0.12, 0.10)
# The router's users: 47 % US and 6 % Chinese by billing region (F030, O5); the rest assumed.
ROUTER_MIX = (0.47, 0.06, 0.17, 0.15, 0.15)

GOLDEN_STEP = 0.6180339887498949  # 1 / golden ratio: the evenest sequence in one dimension
PLASTIC_STEPS = (0.7548776662466927, 0.5698402909980532)  # powers of 1 / the root of x^3 = x + 1
MTOK_PER_TRILLION = 1e6
SCALES = 32  # classes of a self-hoster's fixed cost
SCALE_STEP = 0.25  # their width, in ln of dollars per Mtok
SCALE_LOWEST = -3.0


@dataclass(frozen=True)
class Population:
    """What never changes of the streams of one replicate; all arrays have shape (N,).

    `peers` has shape (12, N). `volume_mtok` is monthly volume at the reference month in millions
    of tokens; `alpha` is price sensitivity times taste; `type` is 0 refuses, 1 conditional, 2
    indifferent to Chinese makers; `cell` numbers region x segment x task and `place` region x
    segment; `scale` is the class of a self-hoster's fixed cost per Mtok.
    """

    region: Codes
    segment: Codes
    task: Codes
    cell: Codes
    place: Codes
    volume_mtok: Floats
    alpha: Singles
    type: Codes
    scale: Codes
    peers: npt.NDArray[np.int32]
    ids: npt.NDArray[np.uint64]

    @property
    def size(self) -> int:
        """Number of streams."""
        return int(self.region.size)


def build_population(
    dice: Dice,
    p: DeveloperParameters,
    trust: TrustParameters,
    market: MarketParameters,
    streams: int,
) -> Population:
    """Return the streams of one replicate."""
    ids = np.arange(streams, dtype=np.uint64)
    points = np.arange(streams, dtype=np.float64) * GOLDEN_STEP + dice.one(Purpose.CELL, 0)
    cell = _cells(points % 1.0)
    region, segment, task = cell // 24, cell // 6 % 4, cell % 6
    rank = _rank_within(cell)
    heavy = _sequence(dice, Purpose.VOLUME, cell, rank, 0)
    volume = exp(p.volume_log_sd * normal_quantile(heavy))
    volume *= _scaled_to(cell_volumes(), cell, volume)
    volume *= market.tokens_2025_07 * MTOK_PER_TRILLION / volume.sum()
    taste = exp(
        p.price_sensitivity_spread
        * normal_quantile(_sequence(dice, Purpose.PRICE_TASTE, cell, rank, 1))
    )
    place = cell // 6
    return Population(
        region=region.astype(np.int8),
        segment=segment.astype(np.int8),
        task=task.astype(np.int8),
        cell=cell.astype(np.int8),
        place=place.astype(np.int8),
        volume_mtok=volume,
        alpha=(p.price_sensitivity * taste).astype(np.float32),
        type=_types(dice.uniform(Purpose.ORIGIN_TYPE, ids), region, trust),
        scale=_scales(volume, market),
        peers=_peers(dice, place),
        ids=ids,
    )


def _rank_within(cell: Ints) -> Ints:
    """Return how many earlier streams share each stream's cell."""
    order = np.argsort(cell.astype(np.int16), kind="stable")
    counts = np.bincount(cell, minlength=CELLS)
    rank = np.empty_like(cell)
    rank[order] = np.arange(cell.size) - np.repeat(np.cumsum(counts) - counts, counts)
    return rank


def _sequence(dice: Dice, purpose: Purpose, cell: Ints, rank: Ints, dimension: int) -> Floats:
    """Return each stream's coordinate, in (0, 1): the member `rank` of its cell's sequence."""
    shift = dice.uniform(purpose, np.arange(CELLS, dtype=np.uint64))[cell]
    points: Floats = (rank * PLASTIC_STEPS[dimension] + shift) % 1.0
    return np.minimum(np.maximum(points, 1e-9), 1.0 - 1e-9)


def _scaled_to(wanted: Floats, cell: Ints, volume: Floats) -> Floats:
    """Return the factor that gives every cell with streams its share of the volume."""
    held = np.bincount(cell, volume, minlength=CELLS)
    factor = np.zeros(CELLS)
    np.divide(wanted, held, out=factor, where=held > 0.0)
    return factor[cell]


def fixed_cost_classes() -> Floats:
    """Return the fixed cost of hosting oneself in each class, $ per Mtok, shape (SCALES,)."""
    middles = np.arange(SCALES, dtype=np.float64) + 0.5
    return exp(SCALE_LOWEST + SCALE_STEP * middles)


def _scales(volume: Floats, p: MarketParameters) -> Codes:
    """Return each stream's class: fixed cost of a deployment over the stream's own volume."""
    fixed = p.self_host_fixed_usd / (p.deployment_mtok * volume / volume.mean())
    place = np.floor((log(fixed) - SCALE_LOWEST) / SCALE_STEP).astype(np.int64)
    return np.minimum(np.maximum(place, 0), SCALES - 1).astype(np.int8)


CELLS = len(REGIONS) * len(SEGMENTS) * len(TASKS)


@lru_cache(maxsize=1)
def cell_volumes() -> Floats:
    """Return each cell's share of the world's volume, shape (CELLS,)."""
    return _joint(SEGMENT_VOLUME)


def _joint(by_segment: tuple[float, ...]) -> Floats:
    mix = np.array([t.mix for t in TASKS]).T  # (segment, task)
    parts = np.array(REGION_VOLUME)[:, None, None] * np.array(by_segment)[:, None] * mix
    joint: Floats = parts.ravel()
    whole: Floats = joint / joint.sum()
    return whole


@lru_cache(maxsize=1)
def _cell_bounds() -> Floats:
    return np.cumsum(_joint(SEGMENT_STREAMS))


def _cells(points: Floats) -> Ints:
    return np.searchsorted(_cell_bounds()[:-1], points, side="right").astype(np.int64)


def _types(u: Floats, region: Ints, p: TrustParameters) -> Codes:
    refuse = np.array([p.refusers_us, 0.0, p.refusers_elsewhere, p.refusers_elsewhere, 0.05])
    indifferent = np.array(
        [p.indifferent_us, 1.0, p.indifferent_elsewhere, p.indifferent_elsewhere, 0.5]
    )
    refuses, accepts = u < refuse[region], u > 1.0 - indifferent[region]
    return np.asarray(1 - refuses.astype(np.int64) + (accepts & ~refuses), dtype=np.int8)


def _peers(dice: Dice, place: Ints) -> npt.NDArray[np.int32]:
    """Return 12 peers a stream, about 70 % from its own region and segment, shape (12, N)."""
    n = place.size
    order = np.argsort(place.astype(np.int16), kind="stable")
    counts = np.bincount(place, minlength=len(REGIONS) * len(SEGMENTS))
    start = np.cumsum(counts) - counts
    links = np.arange(PEERS, dtype=np.uint64)[:, None] + np.arange(n, dtype=np.uint64) * np.uint64(
        PEERS
    )
    u = dice.uniform(Purpose.PEERS, links)
    near = (u / PEERS_AT_HOME * counts[place]).astype(np.int64)
    home = order[np.minimum(near, counts[place] - 1) + start[place]]
    away = ((u - PEERS_AT_HOME) / (1.0 - PEERS_AT_HOME) * n).astype(np.int64)
    return np.where(u < PEERS_AT_HOME, home, np.minimum(away, n - 1)).astype(np.int32)
