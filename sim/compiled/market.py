"""Compiled: a month of the market in one call, the last four steps of order.py.

The steps do the same one after the other, with the same functions in the same order; here nothing
goes back to Python between them. Whole futures are compared bit by bit (tests/parity).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from sim import twins
from sim.bookkeeping import N_REGIONS, Month, earned, exposure, price_levels
from sim.calendar import LAST_OBSERVED_MONTH
from sim.chance import Purpose
from sim.climate import climate_of
from sim.compiled.chance import key_of
from sim.compiled.demand import (
    N_WEIGHTINGS,
    Bought,
    Choice,
    S,
    choose_offers,
    offer,
    purchase,
)
from sim.compiled.jit import compiled
from sim.compiled.ledger import add_lines, sum_trust, sum_welfare
from sim.compiled.numbers import pairwise_sum
from sim.compiled.people import mingle_all
from sim.compiled.state import Numbers, Streams, listing_of, stand_of, state_of
from sim.developers import DERIVATIVES_FADE, DERIVATIVES_PER_SHARE
from sim.labs import Labs
from sim.labs import settle as book_profit
from sim.ledger import HARMS, LAB_LINES, PLACES_SOLD, Ledger
from sim.levers import Policy
from sim.log import COLUMNS, Event, write_row
from sim.mechanisms import On
from sim.offers import CN_MAKER, CN_THIRD, HOST_OTHER, ORIGIN_CN, THIRD_PARTY, Menu, Terms
from sim.people import what_peers_do
from sim.shelf import withdraw
from sim.twins import composed
from sim.world import World

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

GATES = HARMS.index("gate")
CLEARANCE = int(Purpose.CLEARANCE)


@compiled
def add_by(key: Ints, amount: Floats, out: Floats) -> None:
    """Write the sums of amounts by key."""
    out[:] = 0.0
    for k in range(key.size):
        out[key[k]] += amount[k]


@compiled
def make_derivatives(menu: Menu, tokens: Floats, derivatives: Floats, derived: Floats) -> None:
    """Let derivatives fade and grow with use; write the new ones, shape (labs,)."""
    used = np.empty(menu.lab.size)
    derived[:] = 0.0
    for j in range(menu.lab.size):
        used[j] = pairwise_sum(tokens[j])
        derived[menu.lab[j]] += used[j] * menu.open[j]
    total = pairwise_sum(used)
    factor = DERIVATIVES_PER_SHARE / total if total != 0.0 else 0.0
    for lab in range(derivatives.size):
        derived[lab] = derived[lab] * factor
        derivatives[lab] = derivatives[lab] * (1.0 - DERIVATIVES_FADE) + derived[lab]


@composed
def meet(
    month: int,
    chinese: int,
    streams: Streams,
    gap_eci: float,
    assurance: float,
    p: Numbers,
    on: On,
    dice: np.uint64,
) -> None:
    """Let peers change trust; `chinese` is the first row of Chinese makers' offers."""
    crowd, held = streams.crowd, streams.held
    uses = np.empty(crowd.region.size, np.bool_)
    for i in range(uses.size):
        uses[i] = (held.row[i] >= chinese) | (held.second_row[i] >= chinese)
    clears, keeps = what_peers_do(gap_eci, assurance, p.trust, on)
    mingle_all(
        crowd.cleared, uses, streams.peers, streams.pace, streams.floor, clears, keeps, crowd.ids,
        key_of(dice, CLEARANCE, month), crowd.maker,
    )  # fmt: skip
    if assurance != 0.0:
        crowd.host[:] *= 1.0 - assurance


@composed
def settle_accounts(
    month: int,
    menu: Menu,
    versions: int,
    bought: Bought,
    labs: Labs,
    p: Numbers,
    on: On,
    book: Ledger,
) -> tuple[Month, Bools]:
    """Credit makers with their income, write it down, and return it and which labs leave."""
    e = p.release.demand_elasticity
    done = earned(
        menu, bought.lines[0], labs, versions, e / (e - 1.0), p.market.open_list_over_cost,
        on.complements,
    )  # fmt: skip
    labs.first_party[:] = done.first_party
    labs.ecosystem[:] = done.ecosystem
    labs.licence_income[:] = done.licence
    income = done.profit + done.complement
    add_by(labs.origin, done.first_party, book.revenue[month])
    add_by(labs.origin, done.profit, book.profit[month])
    add_by(labs.origin, done.complement, book.complements[month])
    add_by(labs.origin, bought.needed, book.demanded[month])
    add_by(labs.origin, bought.needed * labs.served, book.supplied[month])
    add_by(labs.origin, done.rent, book.rent[month])
    book.income[month] = income
    gone = np.zeros(labs.origin.size, np.bool_)
    if month > LAST_OBSERVED_MONTH:
        gone = book_profit(labs, income, p.labs)
    add_by(labs.origin, 1.0 - labs.active, book.exits[month])
    return done, gone


@composed
def write_down(
    month: int,
    menu: Menu,
    chosen: Choice,
    bought: Bought,
    streams: Streams,
    labs: int,
    sensitivity: float,
    gate_shut: bool,
    book: Ledger,
) -> None:
    """Write what was bought, and what choices were worth and would lose, into the ledger."""
    crowd, lines = streams.crowd, LAB_LINES + 2 * labs
    table = np.zeros((N_WEIGHTINGS, lines, PLACES_SOLD))
    add_lines(menu.origin, menu.open, menu.lab, menu.kind, bought.lines, table)
    book.bought[month] = table.reshape((N_WEIGHTINGS, lines, N_REGIONS, S))
    book.served[month] = True
    for j in range(menu.lab.size):
        if menu.kind[j] == THIRD_PARTY and menu.host[j, N_REGIONS - 1] == HOST_OTHER:
            book.thirds_at_home[month] = True
    book.used_eci[month] = bought.used_eci
    cheapest, tier = price_levels(menu, bought.lines[0])
    book.cheapest[month] = cheapest
    book.tier[month] = tier
    book.welfare[month] = 0.0
    book.harm[month] = 0.0
    sum_welfare(
        chosen.streams, chosen.log_sum, chosen.ban, chosen.stop, chosen.gate, streams.held.row,
        streams.volume, crowd.region, crowd.maker, crowd.host, menu.starts[CN_MAKER],
        menu.starts[CN_THIRD], sensitivity, book.welfare[month], book.harm[month],
    )  # fmt: skip
    if gate_shut:
        book.harm[month, GATES] = np.nan  # already lost: nothing to compare with


@composed
def rows_of_labs(month: int, short: Bools, served: Floats, gone: Bools) -> Floats:
    """Return as rows of the log which labs were short of chips, and which leave."""
    rows, at = np.empty((short.size + gone.size, COLUMNS)), 0
    for lab in range(short.size):
        if short[lab]:
            at = write_row(rows, at, month, Event.RATIONING.value, lab, -1, served[lab], 1.0, 0.0)
    for lab in range(gone.size):
        if gone[lab]:
            at = write_row(rows, at, month, Event.EXIT.value, lab, -1, 0.0, 1.0, 0.0)
    return rows[:at].copy()


@composed
def market_month(
    month: int,
    observed: bool,
    state: Any,
    listing: Any,
    stand: Any,
    policy: Policy,
    terms: Terms,
    best: Floats,
    frontier_today: float,
    first_party: Floats,
    elsewhere: Floats,
) -> Floats:
    """Let developers choose, buy and meet their peers; settle accounts and write all down.

    Write sales of each version into `first_party` and `elsewhere`, (versions,), and return what
    labs are told of, as rows of the log.
    """
    labs, streams, p, on, dice = state.labs, state.streams, state.p, state.on, state.dice
    fixed, frontiers, book = state.fixed, state.frontiers, state.book
    crowd, held, n = streams.crowd, streams.held, labs.origin.size
    book.best[month] = best
    book.exposure[month] = exposure(best, book.best, month, p.jailbreak_gap, p.exposure_scale)
    add_by(labs.origin, labs.training + labs.inference, book.compute[month])
    offered = offer(
        month, observed, listing.stock, listing.heirs, stand.shelf, labs.active, p, terms, fixed
    )
    menu, versions = offered.menu, offered.heirs.shape[1] - 1
    if menu.lab.size == 0:
        held.row[:] = -1
        held.second_row[:] = -1
        sum_trust(
            crowd.region, crowd.cleared, crowd.maker, book.cleared[month], book.aversion[month]
        )
        return np.zeros((0, COLUMNS))
    climate = climate_of(
        month, menu.frontier, frontier_today, frontiers, state.derivatives, p.developers, on
    )
    chosen = choose_offers(month, offered, streams, p, on, policy, dice, fixed, climate)
    bought = purchase(month, observed, offered, chosen, streams, labs, p, on, dice)
    gap = best.max() - best[ORIGIN_CN, 1]
    meet(month, menu.starts[CN_MAKER], streams, gap, policy.assurance_scheme, p, on, dice)
    make_derivatives(menu, bought.lines[0], state.derivatives, state.derived)
    add_by(labs.origin, state.derived, book.derived[month])
    done, gone = settle_accounts(month, menu, versions, bought, labs, p, on, book)
    withdraw(stand.shelf, gone)
    state.needed[:] = bought.needed
    state.used_eci[:] = bought.used_eci
    first_party[:] = done.sold
    elsewhere[:] = done.elsewhere
    sum_trust(crowd.region, crowd.cleared, crowd.maker, book.cleared[month], book.aversion[month])
    sensitivity = p.developers.price_sensitivity
    write_down(month, menu, chosen, bought, streams, n, sensitivity, terms.gate_shut, book)
    return rows_of_labs(month, bought.short, labs.served, gone)


def market(world: World) -> None:
    """Do a month's steps from choices to the ledger."""
    month, book, office = world.month, world.ledger, world.office
    run = twins.form("market_month")
    assert run is not None
    told: Floats = run(
        month,
        world.observed,
        state_of(world),
        listing_of(world),
        stand_of(world),
        world.policy,
        world.terms,
        world.best,
        world.frontier_today,
        world.sales.first_party,
        world.sales.elsewhere,
    )
    book.fear[month], book.rules[month] = world.governments.fear, world.governments.rules
    book.waits[month], book.queue[month] = office.mean_wait(month), office.pending
    if len(told):
        world.log.add_rows(told)
