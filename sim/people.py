"""Who trusts whom: aversion to Chinese makers and hosts, clearance, and what peers do to both.

Aversion and clearance are rivals: either can explain that use of Chinese models spread. Aversion
is a taste and erodes as peers use the models; clearance is an organisation's permission and
spreads as peers are cleared and as the models near the frontier. Each has its own switch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.arithmetic import exp_one
from sim.assumptions.trust import TrustParameters
from sim.chance import Dice, Purpose, uniforms
from sim.mechanisms import On
from sim.population import CN, ENTERPRISE, PEERS, PUBLIC, Population
from sim.twins import kernel, twin

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

REFUSES, CONDITIONAL, INDIFFERENT = range(3)
_SHARE = np.arange(16) / PEERS  # of peers, by their number


@dataclass
class Trust:
    """State of the streams, shape (N,): aversion in util, clearance as a flag.

    `floor` is where erosion of aversion to makers ends, `pace` how fast the organisation clears
    relative to a start-up; both stay as they are.
    """

    maker: Floats
    host: Floats
    cleared: Bools
    floor: Floats
    pace: Floats


def initial_trust(who: Population, p: TrustParameters, dice: Dice) -> Trust:
    """Return trust in 2023-01."""
    foreign = who.region != CN
    maker = np.array([p.refuser_aversion, p.maker_aversion, 0.0])[who.type] * foreign
    host = np.array([p.host_aversion, p.host_aversion, 0.0])[who.type] * foreign
    pace = caution(who, p)
    early = p.cleared_at_start * pace
    cleared = dice.uniform(Purpose.CLEARED_AT_START, who.ids) < early
    floor = np.where(who.type == REFUSES, p.refuser_floor, 0.0)
    return Trust(
        maker=maker,
        host=host,
        cleared=cleared | ~foreign,
        floor=np.minimum(floor, maker),
        pace=pace,
    )


def caution(who: Population, p: TrustParameters) -> Floats:
    """Return how fast each stream's organisation clears relative to a start-up, shape (N,)."""
    slow = (who.segment == ENTERPRISE) | (who.segment == PUBLIC)
    return np.where(slow, p.clearance_enterprise, 1.0)


@kernel
def clearance_hazard(peers_cleared: Floats, gap_eci: float, p: TrustParameters) -> Floats:
    """Return a start-up's monthly chance to clear Chinese makers.

    h = exp(-gap / clearance_efold_eci) (clearance_own + clearance_peers x peers cleared), where
    gap is the frontier minus the best Chinese open model, in ECI, not below zero.
    """
    ready = exp_one(-max(0.0, gap_eci) / p.clearance_efold_eci)
    return ready * (p.clearance_own + p.clearance_peers * peers_cleared)


def meet(
    trust: Trust,
    who: Population,
    uses_chinese: Bools,
    gap_eci: float,
    assurance: float,
    month: int,
    dice: Dice,
    p: TrustParameters,
    on: On,
) -> None:
    """Let peers change trust once; `assurance` is the share of aversion eroded this month.

    a(t+1) = a (1 - erosion_rate max(0, peers' use - erosion_threshold)) (1 - assurance), with a
    floor for refusers.
    """
    hazard, keep = what_peers_do(gap_eci, assurance, p, on)
    key = dice.key(Purpose.CLEARANCE, month)
    mingle(trust, who.peers, uses_chinese, hazard, keep, who.ids, key)
    trust.host *= 1.0 - assurance


@kernel
def what_peers_do(
    gap_eci: float, assurance: float, p: TrustParameters, on: On
) -> tuple[Floats, Floats]:
    """Return a start-up's chance to clear by the number of peers cleared, and what is kept of
    aversion by the number of peers using Chinese models, shape (16,) each."""
    hazard = np.zeros(_SHARE.size)
    if on.clearance_spread:
        hazard = clearance_hazard(_SHARE, gap_eci, p)
    keep = np.full(_SHARE.size, 1.0 - assurance)
    if on.aversion_erosion:
        keep *= 1.0 - p.erosion_rate * np.maximum(0.0, _SHARE - p.erosion_threshold)
    return hazard, keep


@twin("mingle")
def mingle(
    trust: Trust,
    peers: npt.NDArray[np.int32],
    uses_chinese: Bools,
    hazard: Floats,
    keep: Floats,
    ids: npt.NDArray[np.uint64],
    key: int,
) -> None:
    """Let each stream see its peers: clear, or not, at the hazard of their number cleared, and keep
    of its aversion what the number using Chinese models leaves; both tables by number of peers.
    Whether a stream clears is drawn by its number `ids` under `key`."""
    both = trust.cleared.view(np.uint8) + np.uint8(16) * uses_chinese.view(np.uint8)
    seen = both.take(peers).sum(axis=0, dtype=np.uint8)  # at most 12 x 17 = 204
    trust.cleared |= uniforms(ids, key) < hazard.take(seen & 15) * trust.pace
    np.maximum(trust.floor, trust.maker * keep.take(seen >> 4), out=trust.maker)
