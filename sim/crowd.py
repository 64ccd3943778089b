"""Which streams choose this month, under which rules, and what they carry into the choice.

A stream chooses when its offer is gone or forbidden, when its slot holds new demand, or when it
reconsiders; one draw a stream and month decides between the last two. Users of a model that was
replaced go on with its heir, without noticing, at the same kind of host where there is one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.chance import uniforms
from sim.choice import FORBIDDEN, Choosers
from sim.offers import CLASSES, CLOSED, CN_MAKER, CN_SELF, CN_THIRD, FIRST_PARTY, Menu
from sim.outcomes import REGIONS
from sim.population import Codes
from sim.twins import twin

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Bits = npt.NDArray[np.uint8]
Versions = npt.NDArray[np.int16]
Kinds = npt.NDArray[np.int8]
Rows = npt.NDArray[np.int32]

BANNED_HOSTED, BANNED_SELF, ONLY_TRUSTED = 1, 2, 4  # bits of what binds a stream
FORBIDDING = np.zeros(len(CLASSES), dtype=np.uint8)  # which of them forbid a class
FORBIDDING[CLOSED] = ONLY_TRUSTED
FORBIDDING[[CN_MAKER, CN_THIRD]] = BANNED_HOSTED | ONLY_TRUSTED
FORBIDDING[CN_SELF] = BANNED_SELF | ONLY_TRUSTED


class Crowd(NamedTuple):
    """What of the streams enters a month's choice, arrays of shape (N,).

    Fixed: `region`, `segment`, `cell`, `alpha`, `scale`, `ids`, `public` (a public body outside
    China) and its keyed ranks for the coverage of bans, compliance and procurement. Changing:
    aversion to Chinese makers and hosts, util, and clearance.
    """

    region: Codes
    segment: Codes
    cell: Codes
    alpha: Singles
    scale: Codes
    ids: npt.NDArray[np.uint64]
    public: Bools
    coverage_rank: Floats
    compliance_rank: Floats
    procurement_rank: Floats
    maker: Floats
    host: Floats
    cleared: Bools


class Held(NamedTuple):
    """What each stream uses, shape (N,), -1 for none: version and kind of host of its first and
    second model, and their rows in this month's menu. Changed in place."""

    version: Versions
    kind: Kinds
    row: Rows
    second_version: Versions
    second_kind: Kinds
    second_row: Rows


class Rules(NamedTuple):
    """Whom this month's rules bind: share of volume covered by bans, by region; the share of the
    covered that complies, hosted and self-hosted; the share of public bodies that must use trusted
    open models."""

    coverage: Floats
    hosted: float
    own: float
    procurement: float


class Pulse(NamedTuple):
    """How the month moves streams, by segment: the chance that a slot holds new demand and that a
    stream reconsiders; what staying with a family saves, util. Keys of the draws."""

    new: Floats
    hazard: Floats
    saved: Floats
    event_key: int
    first_key: int
    second_key: int


def bound(crowd: Crowd, rules: Rules) -> Bits:
    """Return which rules bind each stream this month, as bits, shape (N,)."""
    covered = crowd.coverage_rank < rules.coverage[crowd.region]
    bits = BANNED_HOSTED * (covered & (crowd.compliance_rank < rules.hosted))
    bits = bits + BANNED_SELF * (covered & (crowd.compliance_rank < rules.own))
    trusted = crowd.public & (crowd.procurement_rank < rules.procurement)
    return np.asarray(bits + ONLY_TRUSTED * trusted, dtype=np.uint8)


def forbidding(menu: Menu) -> Bits:
    """Return which rules forbid each offer, as bits, shape (J,)."""
    return np.repeat(FORBIDDING, np.diff(menu.starts))


@twin("stir")
def stir(
    crowd: Crowd, held: Held, heirs: Ints, menu: Menu, rules: Rules, pulse: Pulse
) -> tuple[Ints, Choosers]:
    """Move users to heirs, and return who chooses now, and with what.

    `heirs` has shape (2, versions + 1): see shelf.followers.
    """
    bits = bound(crowd, rules)
    _follow(held, heirs, menu.rows)
    lost = ~_permitted(crowd, menu, bits, held.row)
    held.second_row[~_permitted(crowd, menu, bits, held.second_row)] = -1
    draw = uniforms(crowd.ids, pulse.event_key)
    fresh = draw < pulse.new.take(crowd.segment)
    either = pulse.new + (1.0 - pulse.new) * pulse.hazard
    now = np.flatnonzero(lost | (draw < either.take(crowd.segment)))
    maker = np.append(menu.lab, -1).take(held.row[now])
    family = np.where(fresh[now], -1, maker)
    return now, choosers(crowd, now, bits[now], family, pulse)


def choosers(crowd: Crowd, now: Ints, bits: Bits, family: Ints, pulse: Pulse) -> Choosers:
    """Return what the streams `now` carry into the choice; `family` is their incumbents' maker."""
    saved = np.where(family >= 0, pulse.saved.take(crowd.segment[now]), 0.0)
    return Choosers(
        cell=crowd.cell[now],
        alpha=crowd.alpha[now],
        penalty=penalties(crowd.maker[now], crowd.host[now], crowd.cleared[now], bits),
        family=family,
        loyalty=saved.astype(np.float32),
        scale=crowd.scale[now],
        first=uniforms(crowd.ids[now], pulse.first_key),
        second=uniforms(crowd.ids[now], pulse.second_key),
    )


def penalties(maker: Floats, host: Floats, cleared: Bools, bits: Bits) -> Singles:
    """Return what trust and rules take from each class of choice.PENALTIES, shape (4, n)."""
    trusted_only = (bits & ONLY_TRUSTED) > 0
    no_hosted = trusted_only | ((bits & BANNED_HOSTED) > 0) | ~cleared
    no_own = trusted_only | ((bits & BANNED_SELF) > 0) | ~cleared
    distrust, distance = maker.astype(np.float32), host.astype(np.float32)
    table = np.zeros((4, maker.size), dtype=np.float32)
    table[0] = FORBIDDEN * trusted_only
    table[1] = distrust + distance + FORBIDDEN * no_hosted
    table[2] = distrust + FORBIDDEN * no_hosted
    table[3] = distrust + FORBIDDEN * no_own
    return table


def _follow(held: Held, heirs: Ints, rows: Ints) -> None:
    """Move users to the heir of their version at the same kind of host, else at its maker."""
    first, other = heirs
    for version, kind, row in (
        (held.version, held.kind, held.row),
        (held.second_version, held.second_kind, held.second_row),
    ):
        at_maker = kind <= FIRST_PARTY  # no user, kind -1, has version -1: the last place
        heir = np.where(at_maker, first.take(version), other.take(version))
        row[:] = rows.take(3 * heir + np.maximum(kind, 0))
        gone = np.flatnonzero((row < 0) & (version >= 0))
        row[gone] = rows.take(3 * first.take(version[gone]) + FIRST_PARTY)


def _permitted(crowd: Crowd, menu: Menu, bits: Bits, row: Rows) -> Bools:
    """Return which streams hold an offer that they can still reach and may still use."""
    ok = row >= 0
    if not menu.size:
        return ok & False
    ok &= menu.open_to.ravel().take(np.maximum(row, 0) * len(REGIONS) + crowd.region)
    under = np.flatnonzero((bits > 0) & ok)
    if under.size:
        ok[under] = (forbidding(menu).take(row[under]) & bits[under]) == 0
    return ok


@twin("remember")
def remember(held: Held, versions: Ints, kinds: Ints) -> None:
    """Store version and kind of host of what is used, which outlive this month's menu, from the
    versions and kinds of its rows, shape (J,)."""
    versions, kinds = np.append(versions, -1), np.append(kinds, -1)
    for row, version, kind in (
        (held.row, held.version, held.kind),
        (held.second_row, held.second_version, held.second_kind),
    ):
        version[:] = versions.take(row)  # no row, -1, takes the last place: none
        kind[:] = kinds.take(row)
