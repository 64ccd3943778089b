"""Compiled: what labs do in a month in one call, once the record has ended.

Research, releases, and what they charge: the steps of makers.py and releases.py one after the
other, with the same functions in the same order. What was decided comes back, to be written down.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from sim import twins
from sim.chance import Purpose
from sim.climate import climate_of
from sim.compiled.chance import draw_all, draw_of, key_of, quantiles
from sim.compiled.jit import compiled
from sim.compiled.state import stand_of, state_of
from sim.governing import host_entry
from sim.labs import Labs
from sim.labs import research as grow
from sim.levers import Policy
from sim.makers import breakthrough_of
from sim.openness import weigh
from sim.pricing import reprice as move_prices
from sim.releases import leadership, renew
from sim.reversals import rows_of_minds, turned
from sim.shelf import Line, best_weights, clear_out
from sim.telling import rows_of_renewals, rows_of_weights, tell
from sim.twins import composed
from sim.weights import Luck, release_ready, weights_ready
from sim.world import World

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
UInts = npt.NDArray[np.uint64]

OPENNESS, DELAY, TERMS = (
    int(Purpose.OPENNESS),
    int(Purpose.WEIGHTS_DELAY),
    int(Purpose.LICENCE_TERMS),
)
TRAILING, LUCK, KEPT = int(Purpose.TRAILING), int(Purpose.RELEASE_LUCK), int(Purpose.WEIGHT_EXPORT)
SIZE, PICK = int(Purpose.GENERATION_SIZE), int(Purpose.FRINGE_PICK)


@compiled
def draws(keys: UInts, dice: np.uint64, purpose: int, month: int) -> Floats:
    """Return one uniform in (0, 1) per number."""
    found = np.empty(keys.size)
    draw_all(keys, key_of(dice, purpose, month), found)
    return found


@compiled
def normals(keys: UInts, dice: np.uint64, purpose: int, month: int) -> Floats:
    """Return one standard normal per number."""
    found = np.empty(keys.size)
    quantiles(draws(keys, dice, purpose, month), np.empty(keys.size), found)
    return found


@compiled
def products_renewed(labs: Labs, line: Line, due: Bools, dice: np.uint64, month: int) -> Ints:
    """Return the products renewed now: a lab's whole line, one product of a fringe."""
    found, count = np.empty(line.lab.size, np.int64), 0
    pick = key_of(dice, PICK, month)
    for lab in range(due.size):
        if not (due[lab] and labs.active[lab] and np.isfinite(labs.capability[lab])):
            continue
        start, stop = np.searchsorted(line.lab, lab), np.searchsorted(line.lab, lab + 1)
        if labs.members[lab] > 1.0 and stop > start:
            start += int(draw_of(np.uint64(lab), pick) * (stop - start))
            stop = start + 1
        for product in range(start, stop):
            found[count] = product
            count += 1
    return found[:count].copy()


@compiled
def draw_luck(line: Line, labs: int, dice: np.uint64, month: int) -> Luck:
    """Return the draws of a month's releases."""
    makers = np.arange(labs).astype(np.uint64)
    return Luck(
        draws(line.key, dice, OPENNESS, month),
        draws(line.key, dice, DELAY, month),
        draws(line.key, dice, TERMS, month),
        draws(line.key, dice, TRAILING, month),
        normals(makers, dice, LUCK, month),
        draws(makers, dice, KEPT, month),
        normals(line.key, dice, SIZE, month),
    )


@composed
def labs_month(
    month: int,
    state: Any,
    stand: Any,
    first_party: Floats,
    elsewhere: Floats,
    policy: Policy,
    status_quo: Policy,
    turns: Bools,
    due: Bools,
    granted: Ints,
    generations: Ints,
    breakthrough: float,
    best: Floats,
    frontier_today: float,
) -> Floats:
    """Let labs do research, release and set prices; return what was decided, as rows of the log.

    `due` are labs whose release clock rang, `granted` the products whose licence came for the
    generation of `generations`.
    """
    labs, line, shelf = state.labs, stand.line, stand.shelf
    p, on, dice, frontiers = state.p, state.on, state.dice, state.frontiers
    best_open, best_closed = best[:, 1].max(), best[:, 0].max()
    source = best_weights(shelf)
    from_source = source >= 0 and labs.source[shelf.lab[max(source, 0)]]
    grow(
        labs, month, p.labs, policy, on, breakthrough, best_open, best_closed, from_source,
        state.derivatives, True,
    )  # fmt: skip
    told = rows_of_minds(month, turned(labs, line, turns))
    decision = weigh(
        labs, line, shelf, first_party, elsewhere, month, policy, status_quo, p.labs, p.release,
        p.market, best_open, state.peers_start, on,
    )  # fmt: skip
    if granted.size or due.any() or (line.weights_due <= month).any():
        lead = leadership(labs, shelf, first_party, elsewhere)
        luck = draw_luck(line, labs.origin.size, dice, month)
        ready = weights_ready(line, shelf, month, granted, generations)
        terms_chance, with_terms = release_ready(
            line, shelf, ready, lead, luck, policy, p.release, p.market.open_list_over_cost,
            best, on,
        )  # fmt: skip
        eci = shelf.eci[2 * ready + 1]
        weights = rows_of_weights(
            month, line, granted, ready, eci, terms_chance, with_terms, luck.terms
        )
        told = np.concatenate((told, weights))
        renewed = products_renewed(labs, line, due, dice, month)
        if renewed.size:
            done = renew(
                labs, line, shelf, renewed, decision, lead, luck, month, policy,
                p.labs.release_step_eci, p.labs.eci_per_oom, p.labs.algorithmic_progress,
                p.release, p.market, max(labs.capability.max(), best.max()), False,
                state.releases[:, month], state.benchmarked[:, month], best, on,
            )  # fmt: skip
            weight = p.release.peer_weight
            renewals = rows_of_renewals(month, line, decision, luck, renewed, done, weight)
            told = np.concatenate((told, renewals))
    frontiers[month] = clear_out(shelf, month)
    climate = climate_of(
        month, frontiers[month], frontier_today, frontiers, state.derivatives, p.developers, on
    )
    move_prices(
        shelf, labs.served, climate.thresholds, p.developers, p.market,
        p.release.demand_elasticity, on,
    )  # fmt: skip
    return told


def makers(world: World) -> None:
    """Do a month's steps from research to prices; the record has ended."""
    month, office, sales = world.month, world.office, world.sales
    due = np.zeros(world.labs.size, np.bool_)
    due[world.due] = True
    run = twins.form("labs_month")
    assert run is not None
    told: Floats = run(
        month,
        state_of(world),
        stand_of(world),
        sales.first_party,
        sales.elsewhere,
        world.policy,
        world.rules.status_quo[month],
        world.turns[month],
        due,
        *office.in_hand(),
        breakthrough_of(world),
        world.best,
        world.frontier_today,
    )
    office.granted.clear()
    world.due.clear()
    if len(told):
        tell(world, told)
    host_entry(world)
