"""Decides who demands: cells, volumes, tastes, attitudes, clearance and peers of the streams.

ODD.md 5. Sequences instead of draws keep every cell's share and spread even in small populations.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from itertools import accumulate
from statistics import NormalDist
from typing import TYPE_CHECKING

from benchmarks.mesa_twin.fixed import INDIFFERENT_NONALIGNED, REFUSERS_NONALIGNED
from benchmarks.mesa_twin.menus import Cell
from benchmarks.mesa_twin.streams import (
    CONDITIONAL,
    INDIFFERENT,
    ORGANISATIONS,
    REFUSES,
    Stream,
)
from sim.outcomes import REGIONS
from sim.population import (
    GOLDEN_STEP,
    MTOK_PER_TRILLION,
    PEERS,
    PEERS_AT_HOME,
    PLASTIC_STEPS,
    REGION_VOLUME,
    SCALE_LOWEST,
    SCALE_STEP,
    SCALES,
    SEGMENT_STREAMS,
    SEGMENT_VOLUME,
    SEGMENTS,
    TASKS,
)

if TYPE_CHECKING:
    from benchmarks.mesa_twin.economy import Economy

CELLS: tuple[Cell, ...] = tuple((r, s, t.id) for r in REGIONS for s in SEGMENTS for t in TASKS)


def cell_shares(by_segment: tuple[float, ...]) -> list[float]:
    """Return each cell's share: region times segment times the segment's task mix."""
    parts = [
        region * segment * task.mix[place]
        for region in REGION_VOLUME
        for place, segment in enumerate(by_segment)
        for task in TASKS
    ]
    return [part / sum(parts) for part in parts]


def settle(economy: Economy, streams: int) -> list[Stream]:
    """Return the streams of one future, each with its place, means, attitude and peers."""
    bounds = list(accumulate(cell_shares(SEGMENT_STREAMS)))
    shift = economy.random.random()
    people = []
    for i in range(streams):
        place = bisect_right(bounds[:-1], (i * GOLDEN_STEP + shift) % 1.0)
        people.append(economy.kind_of_stream(economy, CELLS[place]))
    members: dict[Cell, list[Stream]] = {}
    for one in people:
        members.setdefault(one.cell, []).append(one)
    for of_cell in members.values():
        give_means(economy, of_cell)
    scale_volumes(economy, members)
    mean_volume = sum(one.volume_mtok for one in people) / streams
    for one in people:
        give_fixed_cost(economy, one, mean_volume)
        give_attitude(economy, one)
    give_peers(economy, people)
    return people


def give_means(economy: Economy, members: list[Stream]) -> None:
    """Spread volume and taste over a cell's members by a two-dimensional additive sequence."""
    n = economy.parameters.developers
    shifts = (economy.random.random(), economy.random.random())
    for k, one in enumerate(members):
        heavy, careful = (
            NormalDist().inv_cdf(min(max((k * step + shift) % 1.0, 1e-9), 1.0 - 1e-9))
            for step, shift in zip(PLASTIC_STEPS, shifts, strict=True)
        )
        one.volume_mtok = math.exp(n.volume_log_sd * heavy)
        one.alpha = n.price_sensitivity * math.exp(n.price_sensitivity_spread * careful)


def scale_volumes(economy: Economy, members: dict[Cell, list[Stream]]) -> None:
    """Give each cell its share of world volume, and the world its tokens of July 2025."""
    wanted = dict(zip(CELLS, cell_shares(SEGMENT_VOLUME), strict=True))
    whole = economy.parameters.market.tokens_2025_07 * MTOK_PER_TRILLION
    present = sum(wanted[cell] for cell in members)
    for cell, of_cell in members.items():
        held = sum(one.volume_mtok for one in of_cell)
        for one in of_cell:
            one.volume_mtok *= wanted[cell] / held * whole / present


def give_fixed_cost(economy: Economy, one: Stream, mean_volume: float) -> None:
    """Put a stream's fixed cost of hosting itself in the middle of its class."""
    market = economy.parameters.market
    exact = market.self_host_fixed_usd / (market.deployment_mtok * one.volume_mtok / mean_volume)
    place = math.floor((math.log(exact) - SCALE_LOWEST) / SCALE_STEP)  # R16: the lowest class
    middle = min(max(place, 0), SCALES - 1) + 0.5
    one.fixed_cost = math.exp(SCALE_LOWEST + SCALE_STEP * middle)


def give_attitude(economy: Economy, one: Stream) -> None:
    """Draw a stream's attitude to Chinese makers, and whether it has cleared them."""
    trust, draw = economy.parameters.trust, economy.random.random
    if one.region == "CN":
        return
    refuse, indifferent = attitudes(economy, one.region)
    u = draw()
    one.attitude = REFUSES if u < refuse else INDIFFERENT if u > 1.0 - indifferent else CONDITIONAL
    start = {REFUSES: trust.refuser_aversion, CONDITIONAL: trust.maker_aversion, INDIFFERENT: 0.0}
    one.maker_aversion = start[one.attitude]
    one.host_aversion = 0.0 if one.attitude == INDIFFERENT else trust.host_aversion
    slow = trust.clearance_enterprise if one.segment in ORGANISATIONS else 1.0
    one.cleared = draw() < trust.cleared_at_start * slow


def attitudes(economy: Economy, region: str) -> tuple[float, float]:
    """Return the shares of a region that refuse Chinese makers and that do not mind them (R1)."""
    t = economy.parameters.trust
    if region == "US":
        return t.refusers_us, t.indifferent_us
    if region == "NONALIGNED":
        return REFUSERS_NONALIGNED, INDIFFERENT_NONALIGNED
    return t.refusers_elsewhere, t.indifferent_elsewhere


def give_peers(economy: Economy, people: list[Stream]) -> None:
    """Give every stream its peers, most from its own region and segment (R17: with repetition)."""
    chance = economy.random
    at_home: dict[tuple[str, str], list[Stream]] = {}
    for one in people:
        at_home.setdefault((one.region, one.segment), []).append(one)
    for one in people:
        home = at_home[one.region, one.segment]
        one.peers = [
            chance.choice(home if chance.random() < PEERS_AT_HOME else people) for _ in range(PEERS)
        ]
