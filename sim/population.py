"""Who demands: streams, each one developer-task pair with a volume, and what never changes of them.

Stream i of a replicate is a function of i alone: its place in the table of region x segment x
task and its volume come from an additive low-discrepancy sequence (generalised golden ratio) with
a random shift per replicate. Every prefix of the sequence is stratified, so shares are not at the
mercy of a few heavy streams, and a larger population contains the smaller one unchanged.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sim.assumptions.developers import DeveloperParameters
from sim.assumptions.trust import TrustParameters
from sim.chance import Dice, Purpose, normal_quantile
from sim.outcomes import REGIONS

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

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

_ROOT = 1.2207440846057596  # positive root of x^4 = x + 1: the sequence in three dimensions
_STEPS = tuple(1.0 / _ROOT**k for k in (1, 2, 3))


@dataclass(frozen=True)
class Population:
    """What never changes of the streams of one replicate; all arrays have shape (N,).

    `peers` has shape (12, N). `volume_mtok` is monthly volume at the reference month in millions
    of tokens; `type` is 0 refuses, 1 conditional, 2 indifferent to Chinese makers; `cell` numbers
    region x segment x task and `place` region x segment.
    """

    region: Ints
    segment: Ints
    task: Ints
    cell: Ints
    place: Ints
    volume_mtok: Floats
    price_taste: Floats
    type: Ints
    peers: Ints
    ids: npt.NDArray[np.uint64]

    @property
    def size(self) -> int:
        """Number of streams."""
        return int(self.region.size)


def build_population(
    dice: Dice,
    p: DeveloperParameters,
    trust: TrustParameters,
    streams: int,
    mtok_per_month: float,
) -> Population:
    """Return the streams of one replicate; `mtok_per_month` is their total volume."""
    ids = np.arange(streams, dtype=np.uint64)
    cell = _cells(_sequence(dice, Purpose.TASK, streams, 0))
    region, segment, task = cell // 24, cell // 6 % 4, cell % 6
    quantile = _sequence(dice, Purpose.VOLUME, streams, 1)
    volume = np.exp(p.volume_log_sd * normal_quantile(quantile))
    volume *= (np.array(SEGMENT_VOLUME) / np.array(SEGMENT_STREAMS))[segment]
    taste = np.exp(
        p.price_sensitivity_spread
        * normal_quantile(_sequence(dice, Purpose.PRICE_TASTE, streams, 2))
    )
    place = cell // 6
    return Population(
        region=region,
        segment=segment,
        task=task,
        cell=cell,
        place=place,
        volume_mtok=volume * (mtok_per_month / volume.sum()),
        price_taste=taste,
        type=_types(dice.uniform(Purpose.ORIGIN_TYPE, ids), region, trust),
        peers=_peers(dice, place),
        ids=ids,
    )


def _sequence(dice: Dice, purpose: Purpose, n: int, dimension: int) -> Floats:
    shift = dice.one(purpose, 0)
    points = (np.arange(n) * _STEPS[dimension] + shift) % 1.0
    return np.clip(points, 1e-9, 1.0 - 1e-9)


@lru_cache(maxsize=1)
def _cell_bounds() -> Floats:
    mix = np.array([t.mix for t in TASKS]).T  # (segment, task)
    joint = np.einsum("r,s,st->rst", REGION_VOLUME, SEGMENT_STREAMS, mix).ravel()
    return np.cumsum(joint / joint.sum())


def _cells(points: Floats) -> Ints:
    return np.searchsorted(_cell_bounds()[:-1], points, side="right").astype(np.int64)


def _types(u: Floats, region: Ints, p: TrustParameters) -> Ints:
    refuse = np.array([p.refusers_us, 0.0, p.refusers_elsewhere, p.refusers_elsewhere, 0.05])
    indifferent = np.array(
        [p.indifferent_us, 1.0, p.indifferent_elsewhere, p.indifferent_elsewhere, 0.5]
    )
    return np.where(u < refuse[region], 0, np.where(u > 1.0 - indifferent[region], 2, 1)).astype(
        np.int64
    )


def _peers(dice: Dice, place: Ints) -> Ints:
    """Return 12 peers a stream, about 70 % from its own region and segment."""
    n = place.size
    order = np.argsort(place, kind="stable")
    counts = np.bincount(place, minlength=len(REGIONS) * len(SEGMENTS))
    start = np.concatenate([[0], np.cumsum(counts)[:-1]])
    links = np.arange(n * PEERS, dtype=np.uint64).reshape(n, PEERS)
    u = dice.uniform(Purpose.PEERS, links)
    at_home = u < PEERS_AT_HOME
    home = order[
        start[place][:, None]
        + (u / PEERS_AT_HOME * counts[place][:, None]).astype(int) % counts[place][:, None]
    ]
    away = ((u - PEERS_AT_HOME) / (1.0 - PEERS_AT_HOME) * n).astype(int) % n
    return np.ascontiguousarray(np.where(at_home, home, away).T.astype(np.int64))
