"""Compiled: a month of the market in one call, the last four steps of order.py.

The steps do the same one after the other, with the same functions in the same order; here nothing
goes back to Python between them. Whole futures are compared bit by bit (tests/parity).
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim import twins
from sim.assumptions.developers import DeveloperParameters
from sim.assumptions.labs import LabParameters
from sim.assumptions.market import MarketParameters
from sim.assumptions.trust import TrustParameters
from sim.bookkeeping import (
    N_ORIGINS,
    N_REGIONS,
    chips_by_lab,
    earned,
    exposure,
    price_levels,
    take_leave,
)
from sim.calendar import LAST_OBSERVED_MONTH
from sim.chance import Purpose
from sim.climate import climate_of
from sim.compiled.chance import draw_of, key_of
from sim.compiled.choice import choose_all
from sim.compiled.crowd import bind, carried, remember_rows, stir_all
from sim.compiled.jit import compiled
from sim.compiled.ledger import add_lines, fill_prices, sum_trust, sum_welfare
from sim.compiled.menu import menu_of
from sim.compiled.numbers import pairwise_sum
from sim.compiled.orders import list_orders, sum_orders
from sim.compiled.people import mingle_all
from sim.compiled.shortlist import lists_of
from sim.crowd import Crowd, Held
from sim.developers import (
    BOOM,
    DERIVATIVES_FADE,
    DERIVATIVES_PER_SHARE,
    coverage_of,
    observed_heirs,
    observed_stock,
    rates,
    stock_of,
)
from sim.labs import Labs
from sim.labs import settle as book_profit
from sim.ledger import HARMS, LAB_LINES, PLACES_SOLD, Ledger, demand_index
from sim.levers import Policy
from sim.log import Event
from sim.mechanisms import On
from sim.offers import (
    CN_MAKER,
    CN_THIRD,
    HOST_OTHER,
    ORIGIN_CN,
    THIRD_PARTY,
    Menu,
    Stock,
    Terms,
    self_hosting_factor,
    third_party_hosts,
)
from sim.outcomes import TASK_IDS, WEIGHTINGS
from sim.people import what_peers_do
from sim.population import SCALES, SEGMENTS, STARTUP
from sim.pricing import capacity_musd
from sim.shelf import Line, Shelf, empty_shelf, followers
from sim.shortlist import NEVER, Shortlists, premiums
from sim.twins import composed
from sim.world import Sales, World

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

S, J_PRICES = len(SEGMENTS), N_REGIONS + SCALES
GATES = HARMS.index("gate")
EVENT, CHOICE, SECOND = int(Purpose.EVENT), int(Purpose.CHOICE), int(Purpose.SECOND_CHOICE)
AGAIN, AGAIN_SECOND = int(Purpose.RATIONED_CHOICE), int(Purpose.RATIONED_SECOND)
CLEARANCE = int(Purpose.CLEARANCE)
BOOM_FROM = BOOM[0]
N_WEIGHTINGS, N_TASKS = len(WEIGHTINGS), len(TASK_IDS)


class Streams(NamedTuple):
    """What a month reads and changes of the streams: see Crowd, Held, Population and Trust."""

    crowd: Crowd
    held: Held
    volume: Floats
    place: Ints
    task: Ints
    peers: Ints
    floor: Floats
    pace: Floats
    newcomer: Bools
    queue_rank: Floats


class Numbers(NamedTuple):
    """The assumptions that a month of the market reads."""

    developers: DeveloperParameters
    market: MarketParameters
    trust: TrustParameters
    labs: LabParameters
    demand_elasticity: float
    jailbreak_gap: float
    exposure_scale: float


class Done(NamedTuple):
    """What a month leaves beside the ledger: whether there was a market; chips needed, $M of rent,
    and new derivatives by lab; tokens and tokens times ECI by task; sales by version, $M; which
    labs were short of chips and which leave."""

    sold: bool
    needed: Floats
    derived: Floats
    used_eci: Floats
    first_party: Floats
    elsewhere: Floats
    short: Bools
    gone: Bools


@compiled
def welcome(crowd: Crowd, floor: Floats, newcomer: Bools, new: float, key: int, kept: float) -> None:
    """Give start-ups' slots that hold new demand for the first time since the boom began the
    newcomers' part of the aversion that was there."""
    for i in range(newcomer.size):
        if crowd.segment[i] != STARTUP or newcomer[i]:
            continue
        if draw_of(crowd.ids[i], key) < new:
            crowd.maker[i] *= kept
            crowd.host[i] *= kept
            floor[i] *= kept
            newcomer[i] = True


@compiled
def without(lists: Shortlists, full: Bools) -> Shortlists:
    """Return shortlists in which the offers marked in `full` are out of reach."""
    base = lists.base.copy()
    for c in range(base.shape[0]):
        for slot in range(base.shape[1]):
            row = lists.row[c, slot]
            if row >= 0 and full[row]:
                base[c, slot] = NEVER
    return Shortlists(
        lists.row, base, lists.price, lists.lab, lists.gate, lists.stop, lists.own_price,
        lists.filled,
    )  # fmt: skip


@compiled
def turned_away(
    row: Ints,
    second_row: Ints,
    stream: Ints,
    bought: Ints,
    tokens: Floats,
    primary: int,
    menu: Menu,
    available: Floats,
    short: Bools,
    queue_rank: Floats,
) -> tuple[Ints, Ints]:
    """Return the streams whose first and whose second model a maker short of chips refuses."""
    n = stream.size
    refused = np.zeros(n, np.bool_)
    own, rank = np.empty(n, np.int64), np.empty(n)
    for lab in range(short.size):
        if not short[lab]:
            continue
        count = 0
        for k in range(n):
            if menu.lab[bought[k]] == lab:
                own[count], rank[count] = k, queue_rank[stream[k]]
                count += 1
        served = 0.0
        for place in np.argsort(rank[:count], kind="mergesort"):
            k = own[place]
            served += tokens[k] * menu.chips[bought[k]] / 1e6
            refused[k] = served > available[lab]
    first, second = np.empty(n, np.int64), np.empty(2 * n, np.int64)
    firsts = seconds = 0
    for k in range(primary):
        if refused[k]:
            first[firsts] = stream[k]
            firsts += 1
    for k in range(primary, n):
        if refused[k]:
            second[seconds] = stream[k]
            seconds += 1
    for k in range(firsts):
        if row[first[k]] == second_row[first[k]]:
            second[seconds] = first[k]
            seconds += 1
    return first[:firsts], second[:seconds]


@compiled
def choices_of(
    lists: Shortlists,
    crowd: Crowd,
    now: Ints,
    bits: npt.NDArray[np.uint8],
    family_row: Ints,
    lab: Ints,
    new: Floats,
    saved: Floats,
    event_key: int,
    first_key: int,
    second_key: int,
) -> tuple[Ints, Ints, Floats, Floats, Floats, Floats, npt.NDArray[np.float32]]:
    """Return rows chosen first and second, log-sums and losses of the streams `now`, and what
    staying with a family saves each."""
    cell, alpha, penalty, family, loyalty, scale, first, second = carried(
        now, bits, family_row, lab, crowd.segment, crowd.cell, crowd.alpha, crowd.scale, crowd.ids,
        crowd.maker, crowd.host, crowd.cleared, new, saved, event_key, first_key, second_key,
    )  # fmt: skip
    n = now.size
    row, other = np.empty(n, np.int64), np.empty(n, np.int64)
    log_sum, ban, stop, gate = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    choose_all(
        lists.row, lists.base, lists.price, lists.lab, lists.gate, lists.stop, lists.own_price,
        lists.filled, cell, alpha, penalty, family, loyalty, scale, first, second, row, other,
        log_sum, ban, stop, gate,
    )  # fmt: skip
    return row, other, log_sum, ban, stop, gate, loyalty


@compiled
def buy(
    streams: Streams, menu: Menu, price: Floats, shrink: Floats, demand: float, second: float
) -> tuple[Floats, Floats]:
    """Return what was bought, and tokens and tokens times ECI by task."""
    bought = np.zeros((N_WEIGHTINGS, menu.lab.size, PLACES_SOLD))
    used, crowd = np.zeros((N_TASKS, 2)), streams.crowd
    sum_orders(
        streams.held.row, streams.held.second_row, streams.volume, crowd.region, crowd.scale,
        streams.place, streams.task, menu.own, menu.eci, price, shrink, demand, second, bought,
        used,
    )  # fmt: skip
    return bought, used


@compiled
def add_by(key: Ints, amount: Floats, out: Floats) -> None:
    """Write the sums of amounts by key."""
    out[:] = 0.0
    for k in range(key.size):
        out[key[k]] += amount[k]


@compiled
def make_derivatives(menu: Menu, tokens: Floats, derivatives: Floats) -> Floats:
    """Let derivatives fade and grow with use; return the new ones, shape (labs,)."""
    derived, used = np.zeros(derivatives.size), np.empty(menu.lab.size)
    for j in range(menu.lab.size):
        used[j] = pairwise_sum(tokens[j])
        derived[menu.lab[j]] += used[j] * menu.open[j]
    total = pairwise_sum(used)
    factor = DERIVATIVES_PER_SHARE / total if total != 0.0 else 0.0
    for lab in range(derivatives.size):
        derived[lab] = derived[lab] * factor
        derivatives[lab] = derivatives[lab] * (1.0 - DERIVATIVES_FADE) + derived[lab]
    return derived


@composed
def market_month(
    month: int,
    observed: bool,
    listed: Stock,
    heirs: Ints,
    shelf: Shelf,
    labs: Labs,
    streams: Streams,
    p: Numbers,
    on: On,
    policy: Policy,
    terms: Terms,
    dice: int,
    fixed: Floats,
    derivatives: Floats,
    best: Floats,
    frontiers: Floats,
    frontier_today: float,
    book: Ledger,
) -> Done:
    """Let developers choose, buy and meet their peers; settle accounts and write all down."""
    crowd, held, n_labs = streams.crowd, streams.held, labs.origin.size
    book.best[month, :, :] = best
    book.exposure[month] = exposure(best, book.best, month, p.jailbreak_gap, p.exposure_scale)
    add_by(labs.origin, labs.training + labs.inference, book.compute[month])
    stock = listed if observed else stock_of(shelf, labs.active)
    next_of = heirs if observed else followers(shelf)
    versions = next_of.shape[1] - 1
    host_of, factor = third_party_hosts(terms, p.market)
    own_factor = self_hosting_factor(month, p.market)
    menu = menu_of(
        stock, versions, month, p.market.host_markup, own_factor, host_of, factor, terms
    )
    n = menu.lab.size
    nothing, nobody = np.zeros(n_labs), np.zeros(n_labs, np.bool_)
    if n == 0:
        held.row[:] = -1
        held.second_row[:] = -1
        sum_trust(crowd.region, crowd.cleared, crowd.maker, book.cleared[month], book.aversion[month])
        none = np.zeros(versions)
        return Done(
            False, nothing, nothing, np.zeros((N_TASKS, 2)), none, none, nobody, nobody
        )
    price, shrink = np.ones((n, J_PRICES)), np.ones((n, J_PRICES))
    elasticity = p.developers.volume_elasticity
    fill_prices(menu.price, menu.paid, menu.own, fixed, elasticity, price, shrink)

    # Who chooses, and what.
    new, hazard, saved = rates(month, p.developers, on)
    event_key = key_of(dice, EVENT, month)
    if month >= BOOM_FROM and on.newcomers:
        welcome(
            crowd, streams.floor, streams.newcomer, new[STARTUP], event_key,
            p.trust.newcomer_aversion,
        )  # fmt: skip
    coverage = coverage_of(policy)
    hosted, own = p.market.ban_compliance_hosted, p.market.ban_compliance_self
    procurement = policy.trusted_open_procurement
    bits = np.empty(crowd.region.size, np.uint8)
    bind(
        crowd.region, crowd.public, crowd.coverage_rank, crowd.compliance_rank,
        crowd.procurement_rank, coverage, hosted, own, procurement, bits,
    )  # fmt: skip
    chose = stir_all(
        crowd.region, crowd.segment, crowd.ids, held.version, held.kind, held.row,
        held.second_version, held.second_kind, held.second_row, next_of, menu.rows, menu.open_to,
        menu.starts, bits, new + (1.0 - new) * hazard, event_key,
    )  # fmt: skip
    climate = climate_of(
        month, menu.frontier, frontier_today, frontiers, derivatives, p.developers, on
    )
    lists = lists_of(menu, climate, p.developers, fixed, premiums(p.developers))
    row, other, log_sum, ban, stop, gate, loyalty = choices_of(
        lists, crowd, chose, bits, held.row, menu.lab, new, saved, event_key,
        key_of(dice, CHOICE, month), key_of(dice, SECOND, month),
    )  # fmt: skip
    for k in range(chose.size):
        held.row[chose[k]], held.second_row[chose[k]] = row[k], other[k]
        log_sum[k] = log_sum[k] - loyalty[k]

    # What they buy, and who is turned away.
    demand, second = demand_index(p.market, month), p.developers.second_model_share
    bought, used = buy(streams, menu, price, shrink, demand, second)
    needed = chips_by_lab(menu, bought[0], n_labs)
    labs.served[:] = 1.0
    short = nobody
    if not observed and on.capacity_cap:
        available = capacity_musd(labs.inference, p.labs.api_capacity_share)
        short = needed > available
        if short.any():
            for lab in range(n_labs):
                if short[lab]:
                    labs.served[lab] = available[lab] / needed[lab]
            full = menu.first & short[menu.lab]
            others = without(lists, full)
            most = 2 * crowd.region.size
            stream, order = np.empty(most, np.int64), np.empty(most, np.int64)
            tokens, spend = np.empty(most), np.empty(most)
            count, primary = list_orders(
                held.row, held.second_row, streams.volume, crowd.region, crowd.scale,
                streams.place, streams.task, menu.own, menu.eci, price, shrink, demand, second,
                full, stream, order, tokens, spend,
            )  # fmt: skip
            first, seconds = turned_away(
                held.row, held.second_row, stream[:count], order[:count], tokens[:count], primary,
                menu, available, short, streams.queue_rank,
            )  # fmt: skip
            before, never = held.row.copy(), np.zeros(S)
            again, again_second = key_of(dice, AGAIN, month), key_of(dice, AGAIN_SECOND, month)
            if first.size:
                made = choices_of(
                    others, crowd, first, bits, before, menu.lab, never, saved, event_key, again,
                    again_second,
                )  # fmt: skip
                for k in range(first.size):
                    held.row[first[k]] = made[0][k]
            if seconds.size:
                made = choices_of(
                    others, crowd, seconds, bits, before, menu.lab, never, saved, event_key,
                    again, again_second,
                )  # fmt: skip
                for k in range(seconds.size):
                    held.second_row[seconds[k]] = made[1][k]
            bought, used = buy(streams, menu, price, shrink, demand, second)
    remember_rows(held.row, menu.version, menu.kind, held.version, held.kind)
    remember_rows(
        held.second_row, menu.version, menu.kind, held.second_version, held.second_kind
    )

    # Peers, and what is built on open models.
    chinese = menu.starts[CN_MAKER]
    uses = np.empty(crowd.region.size, np.bool_)
    for i in range(uses.size):
        uses[i] = (held.row[i] >= chinese) | (held.second_row[i] >= chinese)
    gap = best.max() - best[ORIGIN_CN, 1]
    clears, keeps = what_peers_do(gap, policy.assurance_scheme, p.trust, on)
    mingle_all(
        crowd.cleared, uses, streams.peers, streams.pace, streams.floor, clears, keeps, crowd.ids,
        key_of(dice, CLEARANCE, month), crowd.maker,
    )  # fmt: skip
    crowd.host[:] *= 1.0 - policy.assurance_scheme
    derived = make_derivatives(menu, bought[0], derivatives)

    # Accounts.
    e = p.demand_elasticity
    done = earned(
        menu, bought[0], labs, versions, e / (e - 1.0), p.market.open_list_over_cost,
        on.complements,
    )  # fmt: skip
    labs.first_party[:] = done.first_party
    labs.ecosystem[:] = done.ecosystem
    labs.licence_income[:] = done.licence
    add_by(labs.origin, done.first_party, book.revenue[month])
    add_by(labs.origin, done.profit, book.profit[month])
    add_by(labs.origin, done.complement, book.complements[month])
    add_by(labs.origin, needed, book.demanded[month])
    add_by(labs.origin, needed * labs.served, book.supplied[month])
    add_by(labs.origin, done.rent, book.rent[month])
    book.income[month] = done.profit + done.complement
    gone = nobody
    if month > LAST_OBSERVED_MONTH:
        gone = book_profit(labs, done.profit + done.complement, p.labs)
    add_by(labs.origin, 1.0 - labs.active, book.exits[month])

    # What is written down.
    sum_trust(crowd.region, crowd.cleared, crowd.maker, book.cleared[month], book.aversion[month])
    lines = np.zeros((N_WEIGHTINGS, LAB_LINES + 2 * n_labs, PLACES_SOLD))
    add_lines(menu.origin, menu.open, menu.lab, menu.kind, bought, lines)
    book.bought[month, :, :, :, :] = lines.reshape((N_WEIGHTINGS, LAB_LINES + 2 * n_labs, N_REGIONS, S))
    book.served[month] = True
    for j in range(n):
        if menu.kind[j] == THIRD_PARTY and menu.host[j, N_REGIONS - 1] == HOST_OTHER:
            book.thirds_at_home[month] = True
    book.used_eci[month, :, :] = used
    add_by(labs.origin, derived, book.derived[month])
    cheapest, tier = price_levels(menu, bought[0])
    book.cheapest[month, :] = cheapest
    book.tier[month, :, :] = tier
    book.welfare[month] = 0.0
    book.harm[month] = 0.0
    sum_welfare(
        chose, log_sum, ban, stop, gate, held.row, streams.volume, crowd.region, crowd.maker,
        crowd.host, chinese, menu.starts[CN_THIRD], p.developers.price_sensitivity,
        book.welfare[month], book.harm[month],
    )  # fmt: skip
    if terms.gate_shut:
        book.harm[month, GATES] = np.nan
    return Done(True, needed, derived, used, done.sold, done.elsewhere, short, gone)


@cache
def _nothing() -> tuple[Stock, Ints, Shelf]:
    """Return the stock and heirs of a month after the record, and the shelf of one on it."""
    listed = observed_stock(0, 1.0, 1.0, 0.0)
    line = Line(*(np.zeros(0, np.int64) for _ in Line._fields))
    stock = Stock(*(part[:0].copy() for part in listed))
    return stock, np.full((2, 1), -1), empty_shelf(line)


def market(world: World) -> None:
    """Do a month's steps from choices to the ledger."""
    observed, month, p, who, trust = (
        world.observed,
        world.month,
        world.numbers,
        world.who,
        world.trust,
    )
    listed, heirs, shelf = _nothing()
    if observed:
        m = p.market
        listed = observed_stock(month, m.open_list_over_cost, m.chip_cost_share, m.cost_decline)
        heirs = observed_heirs(month)
    else:
        assert world.shelf is not None
        shelf = world.shelf
    book, office, labs = world.ledger, world.office, world.labs
    run = twins.form("market_month")
    assert run is not None
    done: Done = run(
        month,
        observed,
        listed,
        heirs,
        shelf,
        labs,
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
            world.queue_rank,
        ),
        Numbers(
            p.developers,
            p.market,
            p.trust,
            p.labs,
            p.release.demand_elasticity,
            p.state.jailbreak_gap_eci,
            world.exposure_scale,
        ),
        world.on,
        world.policy,
        world.terms,
        np.uint64(world.dice.base),
        world.fixed_costs,
        world.derivatives,
        world.best,
        world.frontiers,
        world.frontier_today,
        book,
    )
    book.fear[month], book.rules[month] = world.governments.fear, world.governments.rules
    book.waits[month], book.queue[month] = office.mean_wait(month), office.pending
    if not done.sold:
        return
    for lab in np.flatnonzero(done.short).tolist():
        world.log.add(month, Event.RATIONING, lab, value=float(labs.served[lab]))
    world.needed_chips, world.derived, world.used_eci = done.needed, done.derived, done.used_eci
    world.sales = Sales(done.first_party, done.elsewhere)
    take_leave(world, done.gone)
