"""What labs release in a month, and whether the weights go with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim import beginning, openness, shelf, supply
from sim import labs as lab_rules
from sim.arithmetic import log, logistic
from sim.chance import Purpose
from sim.labs import CN, US
from sim.log import Event
from sim.pricing import capacity_musd
from sim.shelf import Generation
from sim.world import Bools, Floats, Ints, World

HABIT_STEP = 0.25  # how far a release moves a lab's recent openness
TERMS_SPREAD = 0.05  # of leadership, over which asking for terms becomes likely
TRAILING_ODDS = -2.5  # log-odds of opening a predecessor with nothing to gain or lose


def release(world: World) -> None:
    """Bring observed releases to market, or let labs whose clock rang release and decide."""
    if world.observed:
        record, month = supply.observed(), world.month
        world.best = record.best[month].copy()
        world.releases[:, month] = record.releases[:, month]
        world.frontiers[month] = record.frontier[month]
        return
    assert world.shelf is not None
    if world.scenario.supply == "simulated":
        _enter(world)
        if not np.isfinite(world.labs.capability).any():
            return
    decision = _weigh(world)
    _release_due_weights(world)
    if world.due:
        _renew(world, decision, np.unique(world.due))
    world.due.clear()
    shelf.clear_out(world.shelf, world.month)
    world.frontiers[world.month] = world.shelf.frontier


def _enter(world: World) -> None:
    """Let labs that first released in this month of the record enter, with what they had then."""
    labs = world.labs
    first, best = beginning.early_capability()
    new = np.flatnonzero((first == world.month) & np.isfinite(best))
    if not new.size:
        return
    labs.capability[new] = best[new]
    labs.openness[new] = beginning.early_openness()[new]
    labs.gap_start[new] = np.maximum(0.0, labs.capability.max() - best[new])
    lag = log(labs.training.max() / labs.training) / lab_rules.LN10
    labs.compute_lag_start[new] = lag[new]
    world.due.extend(int(lab) for lab in new)


@dataclass(frozen=True)
class _Decision:
    """What every product's next release would weigh this month: terms in $M a year, shape
    (TERMS, n), noise, chance to open, shape (n,), and the change of peers' openness, (labs,)."""

    terms: Floats
    scale: Floats
    peers: Floats
    chance: Floats


def _weigh(world: World) -> _Decision:
    """Work out the gain from opening each product and the chance that it is opened."""
    labs, stock, p = world.labs, world.shelf, world.p
    assert stock is not None and world.sales is not None
    line = stock.line
    at = openness.stakes(
        stock,
        labs.members,
        world.sales.first_party,
        world.sales.elsewhere,
        p.release,
        by_price=world.has("price_collapse"),
    )
    flop = openness.log10_flop(
        labs.capability[line.lab] - line.behind,
        world.month,
        p.labs.eci_per_oom,
        p.labs.algorithmic_progress,
    )
    capacity = _capacity_for(world, at)
    peers = openness.peers_open(labs, stock) if world.has("peer_cascade") else np.zeros(labs.count)
    if world.peers_start is None:
        world.peers_start = peers
    best_open = float(world.best[:, 1].max())

    def weigh(policy: dict[str, float]) -> Floats:
        return openness.gain_terms(
            labs, stock, at, policy, p.release, p.market, flop, best_open, capacity, world.off
        )

    scale = openness.scale_of_noise(at, p.release)
    fresh = np.isnan(line.base) & np.isfinite(labs.capability[line.lab])
    if fresh.any():
        start = weigh(world.rules.status_quo[world.month]).sum(axis=0) / scale
        line.base[fresh] = start[fresh]
    terms = weigh(world.policy)
    change = peers - world.peers_start
    chance = openness.chance_to_open(line, terms.sum(axis=0), scale, change, p.release)
    return _Decision(terms, scale, change, chance)


def _capacity_for(world: World, at: openness.Stakes) -> Floats:
    """Return the share of its potential demand each lab's chips could serve, shape (labs,)."""
    labs, stock = world.labs, world.shelf
    assert stock is not None
    line = stock.line
    version = 2 * np.arange(stock.products) + line.opened
    chips = at.closed_sales * labs.members[line.lab] * stock.chips[version] / stock.price[version]
    needed = np.bincount(line.lab, chips, minlength=labs.count)
    available = capacity_musd(labs.inference, world.p.labs.api_capacity_share)
    return np.minimum(1.0, np.maximum(available / np.maximum(needed, 1e-9), 0.01))


def _release_due_weights(world: World) -> None:
    """Release weights that were to follow the interface, or whose licence has come."""
    stock, office = world.shelf, world.office
    assert stock is not None
    due = np.flatnonzero(stock.line.weights_due <= world.month)
    licensed = [
        product
        for product, generation in office.granted
        if stock.released[2 * product] == generation and stock.on_sale[2 * product]
    ]
    for product, _ in office.granted:
        lab = int(stock.line.lab[product])
        world.log.add(world.month, Event.LICENCE_GRANTED, lab, product=product)
    office.granted.clear()
    ready = np.unique(np.concatenate([due, np.array(licensed, dtype=np.int64)])).astype(np.int64)
    if ready.size:
        restrictive, terms, withheld = _licence(world, ready)
        ratio = world.p.market.open_list_over_cost
        shelf.release_weights(stock, ready, restrictive, terms, withheld, ratio)
        lab, eci = stock.line.lab[ready], stock.eci[2 * ready + 1]
        _raise_best(world, stock.line.origin[ready], np.ones(ready.size, dtype=np.bool_), eci)
        for k, product in enumerate(ready.tolist()):
            world.log.add(
                world.month, Event.WEIGHTS, int(lab[k]), product=product, value=float(eci[k])
            )


def _licence(world: World, product: Ints) -> tuple[Bools, Floats, Bools]:
    """Return, of products opened now, which licences restrict, what they take, what stays in
    China."""
    stock, p = world.shelf, world.p.release
    assert stock is not None
    line = stock.line
    lab = line.lab[product]
    asks = np.zeros(product.size, dtype=np.bool_)
    restrictive = np.zeros(product.size, dtype=np.bool_)
    if world.has("retained_control"):
        lead = _leadership(world)[lab] / world.labs.members[lab]
        chance = logistic((lead - p.terms_from_share) / TERMS_SPREAD)
        draw = world.dice.uniform(Purpose.LICENCE_TERMS, line.key[product], world.month)
        asks = draw < chance
        restrictive = line.licence[product] | asks
        for k in np.flatnonzero(asks).tolist():
            world.log.add(
                world.month,
                Event.TERMS_ASKED,
                int(lab[k]),
                product=int(product[k]),
                chance=float(chance[k]),
                draw=float(draw[k]),
            )
    labs = np.arange(world.labs.count, dtype=np.uint64)
    kept = (
        world.dice.uniform(Purpose.WEIGHT_EXPORT, labs, world.month)
        < world.policy["cn_weight_export_limits"]
    )
    return restrictive, asks * p.terms_revenue_share, kept[lab] & (line.origin[product] == CN)


def _leadership(world: World) -> Floats:
    """Return each lab's share of all use of open models, by spend, shape (labs,)."""
    stock, sales = world.shelf, world.sales
    assert stock is not None and sales is not None
    use = (sales.first_party + sales.elsewhere) * stock.open
    total = float(np.sum(use))
    by_lab = np.bincount(stock.lab, use, minlength=world.labs.count)
    return by_lab / total if total > 0.0 else by_lab * 0.0


def _renew(world: World, decision: _Decision, due: Ints) -> None:
    """Renew these labs' product lines, deciding for each product whether its weights go out."""
    labs, stock, month = world.labs, world.shelf, world.month
    assert stock is not None
    line = stock.line
    able = labs.active & np.isfinite(labs.capability)
    product = _renewed(world, due[able[due]])
    if not product.size:
        return
    lab = line.lab[product]
    draw = world.dice.uniform(Purpose.OPENNESS, line.key[product], month)
    opens = draw < decision.chance[product]
    _form_habits(world, lab, opens)
    every = np.arange(labs.count, dtype=np.uint64)
    luck = world.p.labs.release_step_eci * world.dice.normal(Purpose.RELEASE_LUCK, every, month)
    eci = (labs.capability + luck)[lab] - line.behind[product]
    licensed, due_in = _weights_wait(world, product, opens, eci)
    now_open = opens & ~licensed & (due_in == 0.0)
    restrictive, terms, withheld = _licence(world, product[now_open])
    full = [np.zeros(product.size, dtype=part.dtype) for part in (restrictive, terms, withheld)]
    for whole, part in zip(full, (restrictive, terms, withheld), strict=True):
        whole[now_open] = part
    cost, chips = _launch_costs(world, product, eci)
    ratio = np.where(now_open, world.p.market.open_list_over_cost, markup(world))
    fresh = Generation(product, now_open, eci, cost * ratio, cost, chips, *full)
    shelf.put_on_sale(stock, fresh, month)
    later = due_in > 0.0
    line.weights_due[product[later]] = month + due_in[later]
    _count(world, line.origin[product], opens)
    _raise_best(world, line.origin[product], now_open, eci)
    _log_releases(world, decision, product, opens, draw)
    _consider_predecessors(world, decision, product[~opens & line.flagship[product]])


def _renewed(world: World, due: Ints) -> Ints:
    """Return the products renewed now: a lab's whole line, one product of a fringe."""
    assert world.shelf is not None
    line = world.shelf.line
    renewed = np.isin(line.lab, due)
    for lab in due[world.labs.members[due] > 1.0].tolist():
        own = np.flatnonzero(line.lab == lab)
        if own.size:
            pick = world.dice.one(Purpose.FRINGE_PICK, lab, world.month)
            renewed[own] = False
            renewed[own[int(pick * own.size)]] = True
    return np.flatnonzero(renewed)


def markup(world: World) -> float:
    """Return the price over cost at which a maker with this elasticity of demand earns most."""
    elasticity = world.p.release.demand_elasticity
    return elasticity / (elasticity - 1.0)


def _launch_costs(world: World, product: Ints, eci: Floats) -> tuple[Floats, Floats]:
    """Return serving cost and rent of chips of new models, $ per Mtok.

    After today those of the product at the start; in a simulated history what the regression of
    list prices on distance and year gives.
    """
    assert world.shelf is not None
    line, p = world.shelf.line, world.p
    if world.scenario.supply == "simulated":
        frontier = max(float(world.labs.capability.max()), float(world.best.max()))
        price = beginning.regression_price(np.maximum(0.0, frontier - eci), world.month)
        line.launch_cost[product] = price * (1.0 - 1.0 / p.release.demand_elasticity)
    cost = line.launch_cost[product]
    return cost, cost * (p.market.chip_cost_share / (1.0 - 1.0 / p.release.demand_elasticity))


def _weights_wait(
    world: World, product: Ints, opens: Bools, eci: Floats
) -> tuple[Bools, Floats]:
    """Return which open releases need a licence, and in how many months weights of others follow.

    Those that need one apply for it now; either sells through the maker's interface meanwhile.
    """
    labs, stock, month = world.labs, world.shelf, world.month
    assert stock is not None
    line, p = stock.line, world.p
    lab = line.lab[product]
    flop = openness.log10_flop(eci, month, p.labs.eci_per_oom, p.labs.algorithmic_progress)
    licensed = opens & (line.origin[product] == US)
    licensed &= flop >= world.policy["us_open_licence_threshold"]
    for k in np.flatnonzero(licensed).tolist():
        draw = world.dice.one(Purpose.LICENSING, int(line.key[product[k]]), month)
        world.office.apply(int(product[k]), month, draw, p.state.licence_review_months)
        world.log.add(month, Event.LICENCE_ASKED, int(lab[k]), product=int(product[k]))
    drawn = world.dice.uniform(Purpose.WEIGHTS_DELAY, line.key[product], month)
    due_in = np.floor(p.release.weights_delay_months * labs.weights_delay[lab] + drawn)
    return licensed, due_in * (opens & ~licensed)


def _form_habits(world: World, lab: Ints, opens: Bools) -> None:
    """Move the recent openness of labs that release a quarter of the way to this release."""
    labs = world.labs
    steps = np.bincount(lab, minlength=labs.count)
    opened = np.bincount(lab, opens * 1.0, minlength=labs.count)
    acts = steps > 0
    labs.openness[acts] += HABIT_STEP * (opened[acts] / steps[acts] - labs.openness[acts])


def _count(world: World, origin: Ints, opens: Bools) -> None:
    """Count releases, arrays of shape (new,)."""
    np.add.at(world.releases[:, world.month], (origin, opens.astype(np.int64)), 1.0)


def _raise_best(world: World, origin: Ints, is_open: Bools, eci: Floats) -> None:
    """Raise the best model so far by origin and openness."""
    np.maximum.at(world.best, (origin, is_open.astype(np.int64)), eci)


def _log_releases(
    world: World, decision: _Decision, product: Ints, opens: Bools, draw: Floats
) -> None:
    assert world.shelf is not None
    line, weight = world.shelf.line, world.p.release.peer_weight
    terms = decision.terms[:, product].T.tolist()
    peers = (weight * decision.peers[line.lab[product]]).tolist()
    for k, number in enumerate(product.tolist()):
        world.log.add(
            world.month,
            Event.RELEASE,
            int(line.lab[number]),
            product=number,
            value=float(opens[k]),
            chance=float(decision.chance[number]),
            draw=float(draw[k]),
            terms=(*terms[k], peers[k], float(line.anchor[number]), float(decision.scale[number])),
        )


def _consider_predecessors(world: World, decision: _Decision, product: Ints) -> None:
    """Let labs whose flagship stays closed release the weights of the one before."""
    stock, p, month = world.shelf, world.p.release, world.month
    assert stock is not None
    line = stock.line
    product = product[np.isfinite(line.predecessor_eci[product])]
    if not product.size:
        return
    terms = decision.terms[:, product]
    gain = p.trailing_share * (terms[0] + terms[5]) + 0.5 * terms[2] + terms[4]
    odds = TRAILING_ODDS + gain / decision.scale[product]
    chance = logistic(np.minimum(np.maximum(odds, -50.0), 50.0))
    draw = world.dice.uniform(Purpose.TRAILING, line.key[product], month)
    opens = np.flatnonzero(draw < chance)
    for k in opens.tolist():
        world.log.add(
            month,
            Event.PREDECESSOR,
            int(line.lab[product[k]]),
            product=int(product[k]),
            value=float(line.predecessor_eci[product[k]]),
            chance=float(chance[k]),
            draw=float(draw[k]),
        )
    if opens.size:
        chosen = product[opens]
        eci = line.predecessor_eci[chosen]
        shelf.release_predecessors(stock, chosen, month, world.p.market.open_list_over_cost)
        every = np.ones(opens.size, dtype=np.bool_)
        _count(world, line.origin[chosen], every)
        _raise_best(world, line.origin[chosen], every, eci)
