"""Compiled: what developers do in a month. See developers.py.

Parts of market.py, which does a month of the market in one call.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.bookkeeping import chips_by_lab
from sim.chance import Purpose
from sim.compiled.chance import draw_of, key_of
from sim.compiled.choice import choose_all, pick_all
from sim.compiled.crowd import bind, carried, remember_rows, stir_all
from sim.compiled.jit import compiled
from sim.compiled.ledger import fill_prices
from sim.compiled.menu import menu_of
from sim.compiled.orders import sum_orders, sum_tokens, weigh
from sim.compiled.shortlist import lists_of
from sim.compiled.state import Numbers, Streams
from sim.crowd import Crowd, Rows
from sim.developers import BOOM, coverage_of, rates, stock_of
from sim.labs import Labs
from sim.ledger import PLACES_SOLD, demand_index
from sim.levers import Policy
from sim.mechanisms import On
from sim.offers import Menu, Stock, Terms, self_hosting_factor, third_party_hosts
from sim.outcomes import REGIONS, TASK_IDS, WEIGHTINGS
from sim.population import SCALES, SEGMENTS, STARTUP
from sim.pricing import capacity_musd
from sim.shelf import Shelf, followers
from sim.shortlist import NEVER, Climate, Shortlists, premiums
from sim.twins import composed

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Bits = npt.NDArray[np.uint8]

S, PRICES = len(SEGMENTS), len(REGIONS) + SCALES
EVENT, CHOICE, SECOND = int(Purpose.EVENT), int(Purpose.CHOICE), int(Purpose.SECOND_CHOICE)
AGAIN, AGAIN_SECOND = int(Purpose.RATIONED_CHOICE), int(Purpose.RATIONED_SECOND)
BOOM_FROM = BOOM[0]
N_WEIGHTINGS, N_TASKS = len(WEIGHTINGS), len(TASK_IDS)
FIRST, SECOND_TOO = np.uint8(1), np.uint8(2)  # which of a stream's models is refused, as bits


class Offered(NamedTuple):
    """A month's offers, where users of each version go on (shelf.followers), and what offers cost
    whom and do to volume: see bookkeeping.Buyers."""

    menu: Menu
    heirs: Ints
    price: Floats
    shrink: Floats


class Choice(NamedTuple):
    """What a month's choice was made from, who made it, and what it was worth and would lose,
    util: see shortlist.Shortlists and choice.Choices. `bits` are the rules that bind each stream
    and `saved` what staying with a family saves, by segment."""

    lists: Shortlists
    bits: Bits
    saved: Floats
    streams: Ints
    log_sum: Floats
    ban: Floats
    stop: Floats
    gate: Floats


class Bought(NamedTuple):
    """What was bought (weightings, J, places), tokens and tokens times ECI by task, chips that the
    first orders needed by lab, $M of rent, and which labs were short of them."""

    lines: Floats
    used_eci: Floats
    needed: Floats
    short: Bools


@compiled
def welcome(
    crowd: Crowd, floor: Floats, newcomer: Bools, new: float, key: int, kept: float
) -> None:
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
    row: Rows,
    second_row: Rows,
    tokens: Floats,
    menu: Menu,
    full: Bools,
    available: Floats,
    queue: Rows,
) -> Bits:
    """Return which of its models a maker short of chips refuses each stream: FIRST, SECOND, both.

    The queues of all these makers, whose offers are marked in `full`, are gone through at once,
    since a stream stands at the same place in each; `queue` holds the streams in this order.
    """
    refused, served = np.zeros(row.size, np.uint8), np.zeros(available.size)
    for place in range(queue.size):
        i = queue[place]
        for turn in range(2):
            j = row[i] if turn == 0 else second_row[i]
            exists = j >= 0 and (turn == 0 or (row[i] >= 0 and j != row[i]))
            if exists and full[j]:
                lab = menu.lab[j]
                served[lab] += tokens[turn, i] * menu.chips[j] / 1e6
                if served[lab] > available[lab]:
                    refused[i] |= FIRST if turn == 0 else SECOND_TOO
        if refused[i] & FIRST and row[i] == second_row[i]:
            refused[i] |= SECOND_TOO
    return refused


@compiled
def choices_of(
    lists: Shortlists,
    crowd: Crowd,
    now: Ints,
    bits: Bits,
    family_row: Rows,
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
def weigh_orders(
    who: Ints, streams: Streams, offered: Offered, demand: float, second: float, tokens: Floats
) -> None:
    """Write the tokens of the orders of the streams `who`, shape (first and second, N)."""
    crowd, held = streams.crowd, streams.held
    weigh(
        who, held.row, held.second_row, streams.volume, crowd.region, crowd.scale,
        offered.menu.own, offered.shrink, demand, second, tokens,
    )  # fmt: skip


@compiled
def buy(streams: Streams, menu: Menu, price: Floats, tokens: Floats) -> tuple[Floats, Floats]:
    """Return what was bought, and tokens and tokens times ECI by task."""
    bought = np.zeros((N_WEIGHTINGS, menu.lab.size, PLACES_SOLD))
    used, crowd = np.zeros((N_TASKS, 2)), streams.crowd
    sum_orders(
        streams.held.row, streams.held.second_row, tokens, crowd.region, crowd.scale,
        streams.place, streams.task, menu.own, menu.eci, price, bought, used,
    )  # fmt: skip
    return bought, used


@composed
def offer(
    month: int,
    observed: bool,
    listed: Stock,
    heirs: Ints,
    shelf: Shelf,
    active: Bools,
    p: Numbers,
    terms: Terms,
    fixed: Floats,
) -> Offered:
    """Return a month's offers: of the record, or of what labs have on the shelf."""
    stock = listed if observed else stock_of(shelf, active)
    next_of = heirs if observed else followers(shelf)
    host_of, factor = third_party_hosts(terms, p.market)
    own_factor = self_hosting_factor(month, p.market)
    menu = menu_of(
        stock, next_of.shape[1] - 1, month, p.market.host_markup, own_factor, host_of, factor, terms
    )
    n = menu.lab.size
    price, shrink = np.ones((n, PRICES)), np.ones((n, PRICES))
    elasticity = p.developers.volume_elasticity
    fill_prices(menu.price, menu.paid, menu.own, fixed, elasticity, price, shrink)
    return Offered(menu, next_of, price, shrink)


@composed
def choose_offers(
    month: int,
    offered: Offered,
    streams: Streams,
    p: Numbers,
    on: On,
    policy: Policy,
    dice: np.uint64,
    fixed: Floats,
    climate: Climate,
) -> Choice:
    """Let streams that are new, reconsider, or lost their offer choose from their shortlists."""
    crowd, held, menu = streams.crowd, streams.held, offered.menu
    new, hazard, saved = rates(month, p.developers, on)
    key = key_of(dice, EVENT, month)
    if month >= BOOM_FROM and on.newcomers:
        kept = p.trust.newcomer_aversion
        welcome(crowd, streams.floor, streams.newcomer, new[STARTUP], key, kept)
    bits = np.empty(crowd.region.size, np.uint8)
    bind(
        crowd.region, crowd.public, crowd.coverage_rank, crowd.compliance_rank,
        crowd.procurement_rank, coverage_of(policy), p.market.ban_compliance_hosted,
        p.market.ban_compliance_self, policy.trusted_open_procurement, bits,
    )  # fmt: skip
    chose = stir_all(
        crowd.region, crowd.segment, crowd.ids, held.version, held.kind, held.row,
        held.second_version, held.second_kind, held.second_row, offered.heirs, menu.rows,
        menu.open_to, menu.starts, bits, new + (1.0 - new) * hazard, key,
    )  # fmt: skip
    lists = lists_of(menu, climate, p.developers, fixed, premiums(p.developers))
    row, other, log_sum, ban, stop, gate, loyalty = choices_of(
        lists, crowd, chose, bits, held.row, menu.lab, new, saved, key,
        key_of(dice, CHOICE, month), key_of(dice, SECOND, month),
    )  # fmt: skip
    for k in range(chose.size):
        held.row[chose[k]], held.second_row[chose[k]] = row[k], other[k]
        log_sum[k] = log_sum[k] - loyalty[k]
    return Choice(lists, bits, saved, chose, log_sum, ban, stop, gate)


@compiled
def choose_again(
    month: int,
    offered: Offered,
    chosen: Choice,
    streams: Streams,
    demand: float,
    second_share: float,
    available: Floats,
    short: Bools,
    dice: np.uint64,
    tokens: Floats,
) -> None:
    """Let those whom makers short of chips turn away choose another offer, once; `tokens` are those
    of all orders, and are brought up to date."""
    menu, held, crowd = offered.menu, streams.held, streams.crowd
    full = menu.first & short[menu.lab]
    refused = turned_away(held.row, held.second_row, tokens, menu, full, available, streams.queue)
    who = np.flatnonzero(refused)
    others, nobody = without(chosen.lists, full), np.zeros(S)
    cell, alpha, penalty, family, loyalty, scale, first, second = carried(
        who, chosen.bits, held.row, menu.lab, crowd.segment, crowd.cell, crowd.alpha, crowd.scale,
        crowd.ids, crowd.maker, crowd.host, crowd.cleared, nobody, chosen.saved, np.uint64(0),
        key_of(dice, AGAIN, month), key_of(dice, AGAIN_SECOND, month),
    )  # fmt: skip
    row, other = np.empty(who.size, np.int64), np.empty(who.size, np.int64)
    pick_all(
        others.row, others.base, others.price, others.lab, others.own_price, others.filled, cell,
        alpha, penalty, family, loyalty, scale, first, second, row, other,
    )  # fmt: skip
    for k in range(who.size):
        i = who[k]
        if refused[i] & FIRST:
            held.row[i] = row[k]
        if refused[i] & SECOND_TOO:
            held.second_row[i] = other[k]
    weigh_orders(who, streams, offered, demand, second_share, tokens)


@composed
def purchase(
    month: int,
    observed: bool,
    offered: Offered,
    chosen: Choice,
    streams: Streams,
    labs: Labs,
    p: Numbers,
    on: On,
    dice: np.uint64,
) -> Bought:
    """Return what developers buy, after those whom a maker's chips cannot serve chose again."""
    menu, held = offered.menu, streams.held
    demand, second = demand_index(p.market, month), p.developers.second_model_share
    tokens = np.empty((2, held.row.size))
    weigh_orders(np.arange(held.row.size), streams, offered, demand, second, tokens)
    labs.served[:] = 1.0
    needed = np.zeros(labs.origin.size)
    short = np.zeros(needed.size, np.bool_)
    capped = not observed and on.capacity_cap
    if capped:
        wanted = np.zeros((menu.lab.size, PLACES_SOLD))
        sum_tokens(held.row, held.second_row, streams.place, tokens, wanted)
        needed = chips_by_lab(menu, wanted, needed.size)
        available = capacity_musd(labs.inference, p.labs.api_capacity_share)
        short = needed > available
        for lab in np.flatnonzero(short):
            labs.served[lab] = available[lab] / needed[lab]
        if short.any():
            choose_again(
                month, offered, chosen, streams, demand, second, available, short, dice, tokens
            )
    lines, used = buy(streams, menu, offered.price, tokens)
    if not capped:
        needed = chips_by_lab(menu, lines[0], needed.size)
    remember_rows(held.row, menu.version, menu.kind, held.version, held.kind)
    remember_rows(held.second_row, menu.version, menu.kind, held.second_version, held.second_kind)
    return Bought(lines, used, needed, short)
